/* pattern.c - tier one: the literals, and their database.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/pattern.h"

#include "base/arena.h"

#include <hs.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "syntax/base64.h"

enum { DATABASES_MAX = 64 << 20, LENGTH_DIGITS = 16, TRIGGERS_MAX = 4000 };

/* The arrays as the library wants them. */
struct list {
	struct arena *arena;
	VEC(const char *) text;
	VEC(size_t) len;
	VEC(unsigned) flags;
	VEC(unsigned) id;
	VEC(bool) strong; /* its rule is looked for in binaries */
	bool failed;
};

static void add_as(struct list *l, enum pattern_kind kind, size_t row, struct span text,
	bool nocase, bool strong)
{
	struct span s = arena_dup(l->arena, text);
	const char **p = s.p ? vec_push(&l->text, l->arena) : NULL;
	size_t *len = p ? vec_push(&l->len, l->arena) : NULL;
	unsigned *flags = len ? vec_push(&l->flags, l->arena) : NULL;
	unsigned *id = flags ? vec_push(&l->id, l->arena) : NULL;
	bool *is_strong = id ? vec_push(&l->strong, l->arena) : NULL;

	if (!is_strong || !s.len || s.len > PATTERN_BYTES_MAX) {
		l->failed = true;
		return;
	}
	*p = (const char *)s.p;
	*len = s.len;
	*flags = nocase ? HS_FLAG_CASELESS : 0;
	*id = PATTERN_ID(kind, row, s.len);
	*is_strong = strong;
}

static void add(struct list *l, enum pattern_kind kind, size_t row, struct span text, bool nocase)
{
	add_as(l, kind, row, text, nocase, true);
}

/* The characters that depend on the literal alone, when `before` bytes are before it in its
 * group of three. */
static void add_base64(struct list *l, size_t row, struct span literal, size_t before)
{
	scoped_buf struct buf raw = { 0 }, text = { 0 };
	size_t from = (8 * before + 5) / 6, to = 8 * (before + literal.len) / 6;

	buf_bytes(&raw, "\0\0", before);
	buf_span(&raw, literal);
	base64_encode(&text, buf_view(&raw));
	if (text.failed || to < from + PATTERN_BASE64_MIN || to - from > PATTERN_BYTES_MAX)
		return;
	struct span s = span_sub(buf_view(&text), from, to - from);

	add(l, PATTERN_BASE64, row, s, false);
	if (span_find(s, '+') == s.len && span_find(s, '/') == s.len)
		return;
	for (size_t i = from; i < to; i++)
		text.p[i] = text.p[i] == '+' ? '-' : text.p[i] == '/' ? '_' : text.p[i];
	add(l, PATTERN_BASE64, row, s, false);
}

/* Both byte orders have these bytes. */
static void add_utf16(struct list *l, size_t row, struct span literal, bool nocase)
{
	scoped_buf struct buf b = { 0 };

	for (size_t i = 0; i < literal.len; i++) {
		if (i)
			buf_byte(&b, '\0');
		buf_byte(&b, (char)span_at(literal, i));
	}
	if (b.len <= PATTERN_BYTES_MAX)
		add(l, PATTERN_UTF16, row, buf_view(&b), nocase);
}

/* Where the encoding changes the literal. */
static void add_url(struct list *l, size_t row, struct span literal, bool nocase)
{
	scoped_buf struct buf b = { 0 };

	for (size_t i = 0; i < literal.len; i++) {
		uint8_t c = span_at(literal, i);
		bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
			     c == '-' || c == '_' || c == '.' || c == '~';

		if (plain)
			buf_byte(&b, (char)c);
		else
			buf_printf(&b, "%%%02X", c);
	}
	if (b.len != literal.len && b.len <= PATTERN_BYTES_MAX)
		add(l, PATTERN_URL, row, buf_view(&b), nocase);
}

static void add_rule(struct list *l, size_t row, const struct secret_rule *r)
{
	for (size_t i = 0; i < r->literals_n; i++) {
		struct span literal = r->literals[i];

		add_as(l, PATTERN_PLAIN, row, literal, r->nocase, r->strong || r->binary);
		if (!r->strong)
			continue;
		for (size_t before = 0; before < 3; before++)
			add_base64(l, row, literal, before);
		add_utf16(l, row, literal, r->nocase);
		add_url(l, row, literal, r->nocase);
	}
}

static bool is_in(const struct list *l, size_t i, enum pattern_set set)
{
	unsigned kind = PATTERN_KIND(l->id.p[i]);

	if (set == PATTERNS_TEXT)
		return kind != PATTERN_UTF16;
	if (kind == PATTERN_NOUN) /* of addresses with a password */
		return PATTERN_ROW(l->id.p[i]) == NOUN_ADDRESS;
	return kind == PATTERN_PLAIN ? l->strong.p[i] : kind != PATTERN_PACE;
}

/* Those of one set, in front. */
static struct list only(const struct list *l, enum pattern_set set)
{
	struct list x = { .arena = l->arena };

	for (size_t i = 0; i < l->text.n; i++) {
		if (!is_in(l, i, set))
			continue;
		const char **p = vec_push(&x.text, x.arena);
		size_t *len = p ? vec_push(&x.len, x.arena) : NULL;
		unsigned *flags = len ? vec_push(&x.flags, x.arena) : NULL;
		unsigned *id = flags ? vec_push(&x.id, x.arena) : NULL;

		if (!id) {
			x.failed = true;
			break;
		}
		*p = l->text.p[i];
		*len = l->len.p[i];
		*flags = l->flags.p[i];
		*id = l->id.p[i];
	}
	return x;
}

static int compile(
	const struct list *all, enum pattern_set set, struct buf *out, struct scov_err *err)
{
	struct list l = only(all, set);
	hs_platform_info_t any = { .tune = HS_TUNE_FAMILY_GENERIC };
	hs_compile_error_t *why = NULL;
	hs_database_t *db = NULL;
	char *bytes = NULL;
	size_t len = 0;

	if (l.failed || hs_compile_lit_multi(l.text.p, l.flags.p, l.id.p, l.len.p,
				(unsigned)l.text.n, HS_MODE_STREAM, &any, &db, &why)) {
		err_fail(err, SCOV_E_USAGE, "rules: the literals do not compile: %s",
			why ? why->message : "");
		hs_free_compile_error(why);
		return SCOV_E_USAGE;
	}
	hs_error_t rc = hs_serialize_database(db, &bytes, &len);

	hs_free_database(db);
	buf_printf(out, "%016zx", len);
	buf_bytes(out, bytes, len);
	mem_free(bytes);
	return rc || out->failed ? err_memory(err) : 0;
}

int pattern_compile(const struct secret_rules *rules, struct span *out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	struct list l = { .arena = &a };
	size_t triggers_n;
	const struct span *triggers =
		lexicon_phrases(rules_lexicon(rules), WORDS_TRIGGER, &triggers_n);

	for (size_t i = 0; i < rules->n && i < RULES_MAX; i++)
		add_rule(&l, i, &rules->p[i]);
	add(&l, PATTERN_NOUN, NOUN_ADDRESS, SPAN("://"), true);
	for (size_t i = 0; i < triggers_n && i < TRIGGERS_MAX; i++)
		add(&l, PATTERN_NOUN, i + 1, triggers[i], true);
	add(&l, PATTERN_CERTIFICATE, 0, SPAN("-----BEGIN CERTIFICATE-----"), false);
	add(&l, PATTERN_PACE, 0, SPAN("\1\3"), false);
	if (l.failed)
		return err_fail(err, SCOV_E_USAGE,
			"rules: an empty literal, or one of more than %d bytes", PATTERN_BYTES_MAX);
	struct buf b = { .limit = DATABASES_MAX };

	for (int set = 0; set < PATTERN_SETS; set++) {
		int rc = compile(&l, (enum pattern_set)set, &b, err);

		if (rc) {
			buf_release(&b);
			return rc;
		}
	}
	*out = buf_view(&b);
	return 0;
}

struct span pattern_part(struct span all, enum pattern_set set)
{
	struct cur c = cur_over(all);
	struct span part = { 0 };

	for (int i = 0; i <= (int)set; i++) {
		uint64_t len = 0;

		if (!span_number(cur_take(&c, LENGTH_DIGITS), 16, DATABASES_MAX, &len))
			return (struct span){ 0 };
		part = cur_take(&c, (size_t)len);
	}
	return c.bad ? (struct span){ 0 } : part;
}

const char *pattern_version(void)
{
	return hs_version();
}

/* The library allocates with the C library's allocator by default. */
void pattern_release(struct span *bytes)
{
	mem_free((void *)(uintptr_t)bytes->p);
	*bytes = (struct span){ 0 };
}
