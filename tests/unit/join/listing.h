/* listing.h - images written as text, for the tests of the join.
 *
 * Commands, parted by ';'. Files: "layer", "f PATH [MODE]", "x PATH [script]" (an ELF program), "d
 * PATH", "s PATH TARGET", "h PATH TARGET [MODE]", "w PATH" (whiteout), "o PATH" (opaque). About the
 * entry before: "t SECONDS", "p TYPE NAME VERSION [main|BUILT]", "own TYPE PACKAGE PATH", "rel KEY
 * VALUE", "u NAME UID GID", "g NAME GID", "m KIND", "cap", "run SCRIPT_KIND NAME", "guess KIND
 * [failed]", "hides N TEXT", "cert HASH [ca]", "sec FIELD=VALUE ..." (a secret). Config: "c KEY
 * NAME VALUE"
 * ('-' for an empty name, '_' for a blank in the value), "hist CREATED TEXT", "empty CREATED TEXT",
 * "csec FIELD=VALUE ...".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "../unit.h"
#include "base/hash.h"
#include "join/join.h"

enum { LISTING_LAYERS = 8 };

struct listing {
	struct arena arena;
	struct part parts[LISTING_LAYERS], config;
	struct join_layer layers[LISTING_LAYERS];
	struct join_input in;
	struct image_facts out;
	struct scov_err err;
};

static uint64_t number(struct span s, unsigned base, uint64_t otherwise)
{
	uint64_t n;

	return span_number(s, base, UINT64_MAX, &n) ? n : otherwise;
}

#define PUSH(l, vec, ...) (*vec_push(&(vec), &(l)->arena) = (__typeof__(*(vec).p)){ __VA_ARGS__ })

/* Fields of a secret; what is not said: rule and kind "r", medium, 8 bytes, file content. */
static void listing_secret(struct listing *l, struct part *p, uint32_t entry, struct span words)
{
	struct secret_fact x = { .entry = entry,
		.surface = entry == NO_ENTRY ? SURFACE_ENV : SURFACE_CONTENT,
		.level = SECRET_MEDIUM,
		.length = 8,
		.rule = SPAN("r"),
		.kind = SPAN("r") };
	struct span texts[] = { SPAN("rule"), SPAN("kind"), SPAN("fp"), SPAN("member"),
		SPAN("known"), SPAN("public") };
	struct span *text_at[] = { &x.rule, &x.kind, &x.fingerprint, &x.member, &x.known,
		&x.public_hash };
	struct span word;

	while (span_split(&words, ' ', &word)) {
		size_t eq = span_find(word, '=');
		struct span key = span_sub(word, 0, eq), value = span_from(word, eq + 1);
		uint64_t n = number(value, 10, 0);

		for (size_t i = 0; i < 6; i++)
			if (span_eq(key, texts[i]))
				*text_at[i] = value;
		x.level = span_eq(key, SPAN("level")) ? (uint8_t)n : x.level;
		x.proof = span_eq(key, SPAN("proof")) ? (uint8_t)n : x.proof;
		x.surface = span_eq(key, SPAN("surface")) ? (uint8_t)n : x.surface;
		x.encoding = span_eq(key, SPAN("encoding")) ? (uint8_t)n : x.encoding;
		x.flags = span_eq(key, SPAN("flags")) ? (uint32_t)n : x.flags;
		x.offset = span_eq(key, SPAN("at")) ? n : x.offset;
		x.length = span_eq(key, SPAN("len")) ? (uint32_t)n : x.length;
		x.line = x.end_line = span_eq(key, SPAN("line")) ? (uint32_t)n : x.line;
		x.tree = span_eq(key, SPAN("tree")) ? (uint32_t)n : x.tree;
		x.judgment = span_eq(key, SPAN("judgment")) ? (uint32_t)n : x.judgment;
		x.expires = span_eq(key, SPAN("expires")) ? (int64_t)n : x.expires;
	}
	*vec_push(&p->secrets, &l->arena) = x;
}

static void listing_about(struct listing *l, struct part *p, struct span cmd, const struct span *w)
{
	uint32_t last = (uint32_t)p->entries.n - 1;

	if (span_eq(cmd, SPAN("t"))) {
		p->entries.p[last].mtime = (int64_t)number(w[0], 10, 0);
	} else if (span_eq(cmd, SPAN("p"))) {
		PUSH(l, p->packages, .entry = last, .type = (uint8_t)number(w[0], 10, 1),
			.name = w[1], .version = w[2], .is_main = span_eq(w[3], SPAN("main")),
			.built = (int64_t)number(w[3], 10, 0));
	} else if (span_eq(cmd, SPAN("own"))) {
		PUSH(l, p->owners, .entry = last, .type = (uint8_t)number(w[0], 10, 1),
			.package = w[1]);
		PUSH(l, p->owned, .package = (uint32_t)p->owners.n - 1,
			.path_hash = hash_span(hash_fact_key, w[2]));
	} else if (span_eq(cmd, SPAN("rel"))) {
		PUSH(l, p->releases, .entry = last, .key = w[0], .value = w[1]);
	} else if (span_eq(cmd, SPAN("u"))) {
		PUSH(l, p->users, .entry = last, .name = w[0], .uid = (uint32_t)number(w[1], 10, 0),
			.gid = (uint32_t)number(w[2], 10, 0), .line = (uint32_t)p->users.n + 1);
	} else if (span_eq(cmd, SPAN("g"))) {
		PUSH(l, p->users, .entry = last, .name = w[0], .is_group = true,
			.gid = (uint32_t)number(w[1], 10, 0));
	} else if (span_eq(cmd, SPAN("m"))) {
		PUSH(l, p->markers, .entry = last, .kind = (uint8_t)number(w[0], 10, 0));
	} else if (span_eq(cmd, SPAN("guess"))) {
		PUSH(l, p->guesses, .entry = last, .kind = (uint8_t)number(w[0], 10, 0),
			.failed = w[1].len > 0);
	} else if (span_eq(cmd, SPAN("cap"))) {
		PUSH(l, p->capabilities, .entry = last, .permitted = 1);
	} else if (span_eq(cmd, SPAN("run"))) {
		PUSH(l, p->scripts, .entry = last, .kind = (uint8_t)number(w[0], 10, 0),
			.name = w[1]);
	} else if (span_eq(cmd, SPAN("hides"))) {
		PUSH(l, p->diags, .entry = last, .severity = DIAG_ERROR,
			.hides = (uint8_t)number(w[0], 10, 0), .text = w[1]);
	} else if (span_eq(cmd, SPAN("cert"))) {
		PUSH(l, p->publics, .entry = last, .public_hash = w[0], .is_ca = w[1].len > 0);
	} else {
		fail_msg("no such command: %.*s", SPAN_ARG(cmd));
	}
}

static bool listing_entry(struct listing *l, struct part *p, struct span cmd, const struct span *w)
{
	static const struct {
		char letter;
		uint8_t type;
	} types[] = {
		{ 'f', ENTRY_FILE },
		{ 'x', ENTRY_FILE },
		{ 'd', ENTRY_DIR },
		{ 's', ENTRY_SYMLINK },
		{ 'h', ENTRY_HARDLINK },
		{ 'w', ENTRY_WHITEOUT },
		{ 'o', ENTRY_OPAQUE },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (cmd.len != 1 || span_at(cmd, 0) != types[i].letter)
			continue;
		bool is_program = types[i].letter == 'x',
		     has_link = types[i].type == ENTRY_SYMLINK || types[i].type == ENTRY_HARDLINK;
		struct span path = span_eq(w[0], SPAN("-")) ? (struct span){ 0 } : w[0];

		PUSH(l, p->entries, .path = path, .type = types[i].type,
			.link = has_link ? w[1] : (struct span){ 0 },
			.mode = (uint32_t)(is_program ? 0755 : number(w[1 + has_link], 8, 0644)),
			.size = types[i].type == ENTRY_FILE ? 10 : 0);
		if (is_program)
			PUSH(l, p->execs, .entry = (uint32_t)p->entries.n - 1,
				.kind = w[1].len ? EXEC_SCRIPT : EXEC_ELF);
		return true;
	}
	return false;
}

static struct span blanks(struct listing *l, struct span s)
{
	uint8_t *p = arena_alloc(&l->arena, s.len);

	for (size_t i = 0; i < s.len; i++)
		p[i] = span_at(s, i) == '_' ? ' ' : span_at(s, i);
	return span_of(p, s.len);
}

static void listing_command(struct listing *l, struct span line)
{
	struct span w[5] = { 0 }, cmd = { 0 }, words = span_from(line, span_find(line, ' ') + 1);

	for (size_t i = 0; i < 5 && span_split(&line, ' ', i ? &w[i - 1] : &cmd); i++)
		;
	if (span_eq(cmd, SPAN("sec"))) {
		struct part *p = &l->parts[l->in.layers_n - 1];

		listing_secret(l, p, (uint32_t)p->entries.n - 1, words);
	} else if (span_eq(cmd, SPAN("csec"))) {
		l->in.config = &l->config;
		l->in.has_config = true;
		listing_secret(l, &l->config, NO_ENTRY, words);
	} else if (span_eq(cmd, SPAN("layer"))) {
		struct part *p = &l->parts[l->in.layers_n];

		*p = (struct part){
			.kind = PART_LAYER, .complete = true, .diff_id.algorithm = DIGEST_SHA256
		};
		p->diff_id.bytes[0] = (uint8_t)(l->in.layers_n + 1);
		l->layers[l->in.layers_n++] = (struct join_layer){ .part = p };
	} else if (span_eq(cmd, SPAN("c"))) {
		l->in.config = &l->config;
		l->in.has_config = true;
		PUSH(l, l->config.configs, .key = (uint8_t)number(w[0], 10, 0),
			.name = span_eq(w[1], SPAN("-")) ? (struct span){ 0 } : w[1],
			.value = blanks(l, w[2]), .has_value = true);
	} else if (span_eq(cmd, SPAN("hist")) || span_eq(cmd, SPAN("empty"))) {
		PUSH(l, l->config.history, .created = w[0], .created_by = w[1],
			.empty_layer = span_eq(cmd, SPAN("empty")));
	} else if (!listing_entry(l, &l->parts[l->in.layers_n - 1], cmd, w)) {
		listing_about(l, &l->parts[l->in.layers_n - 1], cmd, w);
	}
}

static void listing_read(struct listing *l, const char *text)
{
	struct span rest = span_str(text), line;

	*l = (struct listing){
		.in = { .limits = limits_default(), .layers = l->layers, .now = 1795392000 }
	};
	l->config = (struct part){ .kind = PART_CONFIG, .complete = true };
	while (span_split(&rest, ';', &line))
		if (span_trim(line).len)
			listing_command(l, span_trim(line));
	l->config.has_stars = strchr(text, '*');
	for (size_t i = 0; i < l->in.layers_n; i++)
		l->parts[i].has_stars = l->config.has_stars;
}

/* Reads the listing and joins it. */
static void listing_join(struct listing *l, const char *text)
{
	listing_read(l, text);
	if (join_image(&l->in, &l->out, &l->err))
		fail_msg("%s: %s", text, l->err.text);
}

static void listing_release(struct listing *l)
{
	arena_release(&l->out.arena);
	arena_release(&l->arena);
}
