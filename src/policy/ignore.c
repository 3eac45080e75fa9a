/* ignore.c - the ignore file.
 *
 * One entry a line: ID [fp=... path=... purl=... layer=...] until=DATE reason="...". A value is
 * bare up to a blank, or in double quotes with \" and \\. Lines that start with '#' are
 * comments. One line may be key=BASE64 (or "key BASE64"): the key of the fingerprints.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "base/ascii.h"
#include "base/err.h"
#include "policy/policy.h"

enum { LINE_MAX_BYTES = 8192, WAIVERS_MAX = 100000, LAYER_MAX = 4096, FP_LEN = 26 };

enum {
	SEEN_FP = 1,
	SEEN_PATH = 2,
	SEEN_PURL = 4,
	SEEN_LAYER = 8,
	SEEN_UNTIL = 16,
	SEEN_REASON = 32
};

struct line {
	struct policy *policy;
	struct span rest;
	const char *name;
	unsigned number;
	struct scov_err *err;
};

#define LINE_FAIL(l, fmt, ...)                                                                     \
	err_fail((l)->err, SCOV_E_USAGE, "%s:%u: " fmt, (l)->name, (l)->number, __VA_ARGS__)

static void skip_blanks(struct line *l)
{
	while (l->rest.len && ascii_is_blank(span_at(l->rest, 0)))
		l->rest = span_from(l->rest, 1);
}

static size_t word_end(struct span s)
{
	size_t n = 0;

	while (n < s.len && !ascii_is_blank(span_at(s, n)))
		n++;
	return n;
}

/* A quoted value without its quotes; escapes are resolved in a copy. */
static int take_quoted(struct line *l, struct span *out)
{
	char *copy = arena_alloc(&l->policy->arena, l->rest.len);
	size_t n = 0, i = 1;

	if (!copy)
		return err_memory(l->err);
	for (; i < l->rest.len && span_at(l->rest, i) != '"'; i++) {
		uint8_t c = span_at(l->rest, i);

		if (c == '\\' &&
			(span_at(l->rest, i + 1) == '"' || span_at(l->rest, i + 1) == '\\'))
			c = span_at(l->rest, ++i);
		copy[n++] = (char)c;
	}
	if (i >= l->rest.len)
		return LINE_FAIL(l, "%s", "missing closing quote");
	l->rest = span_from(l->rest, i + 1);
	if (l->rest.len && !ascii_is_blank(span_at(l->rest, 0)))
		return LINE_FAIL(l, "%s", "text right after a closing quote");
	*out = span_of(copy, n);
	return 0;
}

static int take_value(struct line *l, struct span *out)
{
	if (span_at(l->rest, 0) == '"')
		return take_quoted(l, out);

	size_t n = word_end(l->rest);

	*out = arena_dup(&l->policy->arena, span_sub(l->rest, 0, n));
	l->rest = span_from(l->rest, n);
	return out->p ? 0 : err_memory(l->err);
}

static int set_layer(struct line *l, struct span value, struct waiver *w)
{
	uint64_t layer;

	if (!span_number(value, 10, LAYER_MAX, &layer))
		return LINE_FAIL(l, "layer '%.*s': must be 0 to %d", SPAN_ARG(value), LAYER_MAX);
	w->layer = (int32_t)layer;
	return 0;
}

static int set_until(struct line *l, struct span value, struct waiver *w)
{
	if (!date_parse_day(value, &w->until))
		return LINE_FAIL(l, "until '%.*s': must be a day, YYYY-MM-DD", SPAN_ARG(value));
	return 0;
}

static int take_field(struct line *l, struct waiver *w, unsigned *seen)
{
	static const struct {
		const char *key;
		unsigned bit;
	} keys[] = {
		{ "fp", SEEN_FP },
		{ "path", SEEN_PATH },
		{ "purl", SEEN_PURL },
		{ "layer", SEEN_LAYER },
		{ "until", SEEN_UNTIL },
		{ "reason", SEEN_REASON },
	};
	size_t word = word_end(l->rest), eq = span_find(l->rest, '=');
	struct span key = span_sub(l->rest, 0, eq < word ? eq : word), value;
	unsigned bit = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (span_eq(key, span_str(keys[i].key)))
			bit = keys[i].bit;
	if (!bit || eq >= word)
		return LINE_FAIL(l, "'%.*s': must be fp=, path=, purl=, layer=, until= or reason=",
			SPAN_ARG(key));
	if (*seen & bit)
		return LINE_FAIL(l, "%.*s= given twice", SPAN_ARG(key));
	*seen |= bit;
	l->rest = span_from(l->rest, eq + 1);

	int r = take_value(l, &value);

	if (r)
		return r;
	if (!value.len)
		return LINE_FAIL(l, "%.*s= has no value", SPAN_ARG(key));
	switch (bit) {
	case SEEN_FP:
		w->fingerprint = value;
		return 0;
	case SEEN_PATH:
		w->path = span_at(value, 0) == '/' ? span_from(value, 1) : value;
		return 0;
	case SEEN_PURL:
		w->purl = value;
		return 0;
	case SEEN_LAYER:
		return set_layer(l, value, w);
	case SEEN_UNTIL:
		return set_until(l, value, w);
	default:
		w->reason = span_trim(value);
		return 0;
	}
}

static bool is_fingerprint(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (!(c >= 'a' && c <= 'z') && !(c >= '2' && c <= '7'))
			return false;
	}
	return s.len == FP_LEN;
}

static int check_fingerprint(struct line *l, const struct waiver *w)
{
	bool is_secret = span_eq(w->id, SPAN("conf.secrets"));

	if (is_secret && !w->fingerprint.len)
		return LINE_FAIL(l, "%s",
			"an entry for conf.secrets needs fp=: a path alone would hide the next "
			"secret there");
	if (w->fingerprint.len && !is_secret)
		return LINE_FAIL(l, "fp= is for conf.secrets, not for %.*s", SPAN_ARG(w->id));
	if (w->fingerprint.len && !is_fingerprint(w->fingerprint))
		return LINE_FAIL(l,
			"fp '%.*s': must be %d characters of a-z and 2-7, as in a report",
			SPAN_ARG(w->fingerprint), FP_LEN);
	return 0;
}

static int check_entry(struct line *l, const struct waiver *w, unsigned seen)
{
	int64_t today = date_day(l->policy->now);
	char day[DATE_TEXT];

	if (!(seen & SEEN_REASON) || !w->reason.len)
		return LINE_FAIL(l, "%.*s has no reason=\"...\"", SPAN_ARG(w->id));
	if (!(seen & SEEN_UNTIL))
		return LINE_FAIL(l, "%.*s has no until=YYYY-MM-DD", SPAN_ARG(w->id));
	if (w->until < today)
		return LINE_FAIL(l, "%.*s expired on %s: renew or remove it", SPAN_ARG(w->id),
			date_format_day(w->until, day));
	return check_fingerprint(l, w);
}

/* "key=..." or "key ...", and nothing after the value. An error never shows the value. */
static int take_key(struct line *l)
{
	struct span value;

	l->rest = span_from(l->rest, SPAN("key=").len);
	skip_blanks(l);
	if (!l->rest.len)
		return LINE_FAIL(l, "%s", "key= has no value");

	int r = take_value(l, &value);

	skip_blanks(l);
	if (!r && l->rest.len)
		return LINE_FAIL(l, "%s", "text after the key");
	if (!r)
		r = policy_key(l->policy, value, l->err);
	return r == SCOV_E_USAGE && l->err ? err_wrap(l->err, "%s:%u", l->name, l->number) : r;
}

bool policy_is_advisory(struct span id)
{
	return ascii_is_upper(span_at(id, 0)) && span_find(id, '-') < id.len;
}

static bool is_key(struct span line)
{
	return span_starts(line, SPAN("key")) &&
	       (span_at(line, 3) == '=' || ascii_is_blank(span_at(line, 3)) || line.len == 3);
}

static int take_entry(struct line *l, int (*check)(const struct waiver *w, struct scov_err *err))
{
	struct waiver w = { .layer = -1, .line = l->number };
	unsigned seen = 0;
	size_t n = word_end(l->rest);
	int r = 0;

	w.id = arena_dup(&l->policy->arena, span_sub(l->rest, 0, n));
	l->rest = span_from(l->rest, n);
	for (skip_blanks(l); !r && l->rest.len; skip_blanks(l))
		r = take_field(l, &w, &seen);
	if (!r)
		r = check_entry(l, &w, seen);
	if (!r && check(&w, l->err))
		return err_wrap(l->err, "%s:%u", l->name, l->number);
	if (r)
		return r;
	if (l->policy->waivers.n >= WAIVERS_MAX)
		return LINE_FAIL(l, "more than %d entries", WAIVERS_MAX);

	return vec_add(&l->policy->waivers, &l->policy->arena, &w) ? 0 : err_memory(l->err);
}

int policy_ignore_file(struct policy *p, struct span text, const char *name,
	int (*check)(const struct waiver *w, struct scov_err *err), struct scov_err *err)
{
	struct line l = { .policy = p, .name = name, .err = err };
	struct span raw;

	for (l.number = 1; span_line(&text, &raw); l.number++) {
		int r;

		l.rest = span_trim(raw);
		if (!l.rest.len || span_at(l.rest, 0) == '#')
			continue;
		if (l.rest.len > LINE_MAX_BYTES)
			return LINE_FAIL(&l, "line too long: %zu bytes (limit %d)", l.rest.len,
				LINE_MAX_BYTES);
		r = is_key(l.rest) ? take_key(&l) : take_entry(&l, check);
		if (r)
			return r;
	}
	return 0;
}

int policy_keyed(const struct policy *p, const char *name, struct scov_err *err)
{
	if (p->fingerprint_key.len)
		return 0;
	for (size_t i = 0; i < p->waivers.n; i++)
		if (p->waivers.p[i].fingerprint.len)
			return err_fail(err, SCOV_E_USAGE,
				"%s:%u: fp= without a key never matches: each run has its own; "
				"pass "
				"--fp-key or add a key= line",
				name, p->waivers.p[i].line);
	return 0;
}
