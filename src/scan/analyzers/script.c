/* script.c - what executable scripts do: secrets from files, other users, other scripts; and which
 * yarn is the package manager.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/script.h"

#include "base/table.h"
#include "scan/analyzers/record.h"
#include "secret/value/name.h"

enum { ANY_EXECUTE = 0111, SCRIPT_ROWS_MAX = 1 << 20 };

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)kind;
	/* A shell script may be sourced, or run by naming its shell, without an execute bit. */
	bool runs = e->mode & ANY_EXECUTE || span_ends(path, SPAN(".sh"));

	/* The scripts that dpkg runs when it installs; half of all scripts of a Debian image. */
	if (!is_file(e) || !runs || e->size < 8 || span_starts(path, SPAN("var/lib/dpkg/info/")))
		return WANT_NOTHING;
	return e->size <= SCRIPT_SIZE_MAX ? WANT_WHOLE : WANT_HEAD;
}

struct scanning {
	struct analysis *out;
	uint32_t entry;
	bool full;
};

static bool found(void *ctx, const struct script_find *find)
{
	static const uint8_t kinds[] = {
		[SCRIPT_EVENT_READS_FILE] = SCRIPT_READS_FILE,
		[SCRIPT_EVENT_WANTS_VALUE] = SCRIPT_WANTS_VALUE,
		[SCRIPT_EVENT_DROPS] = SCRIPT_DROPS,
		[SCRIPT_EVENT_RUNS] = SCRIPT_RUNS,
	};
	ROWS(kinds, SCRIPT_EVENTS);
	struct scanning *s = ctx;
	struct script_fact f = {
		.entry = s->entry, .kind = kinds[find->event], .line = find->line
	};
	struct span name = find->name;

	if (s->out->part->scripts.n >= SCRIPT_ROWS_MAX)
		return false;
	if (find->adds_file) {
		char *p = arena_printf(s->out->scratch, "%.*s_FILE", SPAN_ARG(name));

		name = p ? span_str(p) : name;
	}
	s->full = !record_name(s->out, name, &f.name) ||
		  !record_text(s->out, find->detail, &f.detail) ||
		  !vec_add(&s->out->part->scripts, s->out->arena, &f);
	return !s->full;
}

/* Hadoop has a program of this name too. The package manager's own starter loads yarn.js, its
 * lib/cli, or Corepack. */
static int yarn(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	struct span name = span_base(path);

	if (!span_eq(name, SPAN("yarn")) && !span_eq(name, SPAN("yarnpkg")) &&
		!span_eq(name, SPAN("yarn.js")))
		return 0;
	if (!span_has(data, SPAN("yarn.js")) && !span_has(data, SPAN("lib/cli")) &&
		!span_has(data, SPAN("corepack")))
		return 0;
	return record_marker(out, entry, MARKER_YARN, path, 0);
}

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	struct scanning s = { .out = out, .entry = entry };
	bool sourced = span_ends(path, SPAN(".sh"));
	uint64_t size = out->part->entries.p[entry].size;

	if (!span_starts(data, SPAN("#!")) && (!sourced || span_starts(data, SPAN("\x7f"
										  "ELF"))))
		return 0;
	if (size > SCRIPT_SIZE_MAX) {
		diag_add(out, DIAG_NOTE, entry, HIDES_NOTHING,
			"script too large to see what it runs: %llu bytes",
			(unsigned long long)size);
		return 0;
	}
	struct span program = script_program(script_shebang(data));
	bool shell = program.len ? script_is_shell(program) : sourced;

	script_scan(data, shell, name_is_secret, found, &s);
	return s.full ? SCOV_E_LIMIT : yarn(out, entry, path, data);
}

const struct analyzer analyzer_script = {
	.name = "script",
	.bit = BIT_SCRIPT,
	.hides = HIDES_FILE,
	.want = want,
	.file = file,
};
