/* requirement.c - intervals from comparisons, and their complement.
 *
 * Sources: guides.rubygems.org, "Declaring dependencies" (~>); the Cargo book, "Specifying
 * dependencies"; getcomposer.org, "Versions and constraints".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/requirement.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "version/version.h"

static enum version_scheme scheme_of(enum requirement_style style)
{
	static const enum version_scheme schemes[] = {
		[REQUIREMENT_GEM] = VERSION_GEM,
		[REQUIREMENT_CARGO] = VERSION_SEMVER,
		[REQUIREMENT_COMPOSER] = VERSION_PACKAGIST,
	};

	return schemes[style];
}

/* ---- versions that a requirement implies ---- */

enum { NUMBERS = 4 };

/* The leading numbers of 1.2.3-rc1: how many. */
static size_t numbers_of(struct span version, uint64_t out[NUMBERS])
{
	struct span part;
	size_t n = 0;

	version = span_from(version, span_at(version, 0) == 'v');
	while (n < NUMBERS && span_split(&version, '.', &part)) {
		size_t digits = 0;

		while (ascii_is_digit(span_at(part, digits)))
			digits++;
		if (!span_number(span_sub(part, 0, digits), 10, UINT32_MAX, &out[n]))
			break;
		n++;
		if (digits < part.len)
			break;
	}
	return n;
}

/* Three numbers, as SemVer wants them; itself when it has them. */
static struct span padded(enum requirement_style style, struct span version, struct arena *a)
{
	uint64_t n[NUMBERS] = { 0 };
	size_t count = numbers_of(version, n);
	bool is_bare = true;

	for (size_t i = 0; i < version.len; i++)
		is_bare = is_bare &&
			  (ascii_is_digit(span_at(version, i)) || span_at(version, i) == '.');
	if (style != REQUIREMENT_CARGO || count >= 3 || !is_bare)
		return version;
	return span_str(
		arena_printf(a, "%llu.%llu.0", (unsigned long long)n[0], (unsigned long long)n[1]));
}

/* Before any pre-release of this one. */
static struct span before_all(struct arena *a, uint64_t x, uint64_t y, uint64_t z)
{
	return span_str(arena_printf(a, "%llu.%llu.%llu-0", (unsigned long long)x,
		(unsigned long long)y, (unsigned long long)z));
}

/* The first version that "~> V" no longer takes; 3.a is before every pre-release of 3.0. */
static struct span gem_bump(struct span version, struct arena *a)
{
	uint64_t n[NUMBERS] = { 0 };
	size_t count = numbers_of(version, n);
	struct buf b = { 0 };
	struct span out = { 0 };

	count -= count > 1;
	for (size_t i = 0; i < count; i++)
		buf_printf(&b, "%llu.", (unsigned long long)n[i] + (i + 1 == count));
	buf_byte(&b, 'a');
	if (count && !b.failed)
		out = arena_dup(a, buf_view(&b));
	buf_release(&b);
	return out;
}

static struct span cargo_caret(struct span version, struct arena *a)
{
	uint64_t n[NUMBERS] = { 0 };
	size_t count = numbers_of(version, n);

	if (!count)
		return (struct span){ 0 };
	if (n[0] || count == 1)
		return before_all(a, n[0] + 1, 0, 0);
	if (n[1] || count == 2)
		return before_all(a, 0, n[1] + 1, 0);
	return before_all(a, 0, 0, n[2] + 1);
}

static struct span cargo_tilde(struct span version, struct arena *a)
{
	uint64_t n[NUMBERS] = { 0 };
	size_t count = numbers_of(version, n);

	if (!count)
		return (struct span){ 0 };
	return count == 1 ? before_all(a, n[0] + 1, 0, 0) : before_all(a, n[0], n[1] + 1, 0);
}

/* The least version above this one, or one below which none is published. Empty: not known. */
static struct span successor(enum requirement_style style, struct span version, struct arena *a)
{
	uint64_t n[NUMBERS] = { 0 };
	size_t count = numbers_of(version, n);
	bool has_tail = span_find(version, '-') < version.len;

	if (style == REQUIREMENT_GEM)
		return span_str(arena_printf(a, "%.*s.0.0.1", SPAN_ARG(version)));
	if (style == REQUIREMENT_CARGO)
		return has_tail ? span_str(arena_printf(a, "%.*s.0", SPAN_ARG(version)))
				: before_all(a, n[0], n[1], n[2] + 1);
	if (has_tail || !count || count == NUMBERS)
		return (struct span){ 0 };
	return span_str(arena_printf(a, "%llu.%llu.%llu.1", (unsigned long long)n[0],
		(unsigned long long)n[1], (unsigned long long)n[2]));
}

/* ---- comparisons ---- */

static bool is_before(enum version_scheme scheme, const struct requirement_edge *a,
	const struct requirement_edge *b)
{
	int order = 0;

	if (!version_cmp(scheme, a->version, b->version, &order))
		return false;
	return order < 0 || (!order && !a->is_after && b->is_after);
}

static void raise_low(enum version_scheme s, struct requirement *r, struct requirement_edge e)
{
	if (!r->low.version.len || is_before(s, &r->low, &e))
		r->low = e;
}

static void cut_high(enum version_scheme s, struct requirement *r, struct requirement_edge e)
{
	if (!r->high.version.len || is_before(s, &e, &r->high))
		r->high = e;
}

enum operation { EQUAL, LESS, LESS_EQUAL, MORE, MORE_EQUAL, PESSIMISTIC, TILDE, CARET };

static const struct {
	struct span sign;
	enum operation operation;
} signs[] = {
	/* longer ones first */
	{ SPAN_INIT(">="), MORE_EQUAL },
	{ SPAN_INIT("<="), LESS_EQUAL },
	{ SPAN_INIT("~>"), PESSIMISTIC },
	{ SPAN_INIT("=="), EQUAL },
	{ SPAN_INIT(">"), MORE },
	{ SPAN_INIT("<"), LESS },
	{ SPAN_INIT("="), EQUAL },
	{ SPAN_INIT("~"), TILDE },
	{ SPAN_INIT("^"), CARET },
};

static bool compare(enum requirement_style style, enum operation o, struct span version,
	struct arena *a, struct requirement *r)
{
	enum version_scheme s = scheme_of(style);
	struct span end = { 0 };
	bool is_span = o == PESSIMISTIC || o == TILDE || o == CARET;

	if (o == PESSIMISTIC && style == REQUIREMENT_GEM)
		end = gem_bump(version, a);
	else if (o == TILDE && style == REQUIREMENT_CARGO)
		end = cargo_tilde(version, a);
	else if (o == CARET && style == REQUIREMENT_CARGO)
		end = cargo_caret(version, a);
	version = padded(style, version, a);
	if (!version_valid(s, version) || (is_span && !version_valid(s, end)))
		return false;
	if (o == EQUAL || o == MORE || o == MORE_EQUAL || is_span)
		raise_low(s, r, (struct requirement_edge){ version, o == MORE });
	if (o == EQUAL || o == LESS || o == LESS_EQUAL)
		cut_high(s, r, (struct requirement_edge){ version, o != LESS });
	if (is_span)
		cut_high(s, r, (struct requirement_edge){ end, false });
	return true;
}

bool requirement_narrow(
	enum requirement_style style, struct span text, struct arena *a, struct requirement *r)
{
	struct span part;

	while (span_split(&text, ',', &part)) {
		enum operation o = style == REQUIREMENT_CARGO ? CARET : EQUAL;
		size_t skip = 0;

		part = span_trim(part);
		if (span_eq(part, SPAN("*")))
			continue;
		for (size_t i = 0; i < sizeof(signs) / sizeof(*signs) && !skip; i++)
			if (span_starts(part, signs[i].sign)) {
				o = signs[i].operation;
				skip = signs[i].sign.len;
			}
		if (!compare(style, o, span_trim(span_from(part, skip)), a, r))
			return false;
	}
	r->is_empty = r->low.version.len && r->high.version.len &&
		      !is_before(scheme_of(style), &r->low, &r->high);
	return true;
}

bool requirement_read(
	enum requirement_style style, struct span text, struct arena *a, struct requirement *out)
{
	*out = (struct requirement){ 0 };
	return span_trim(text).len && requirement_narrow(style, text, a, out);
}

/* ---- ranges ---- */

static bool range_between(enum requirement_style style, struct requirement_edge from,
	struct requirement_edge to, struct arena *a, struct advisory_range *out)
{
	*out = (struct advisory_range){ .introduced = from.version };
	if (from.is_after) {
		out->introduced = successor(style, from.version, a);
		if (!version_valid(scheme_of(style), out->introduced))
			return false;
	}
	*(to.is_after ? &out->last_affected : &out->fixed) = to.version;
	return true;
}

bool requirement_range(enum requirement_style style, const struct requirement *r, struct arena *a,
	struct advisory_range *out)
{
	return range_between(style, r->low, r->high, a, out);
}

/* Few: insertion. */
static void sort_by_low(enum version_scheme s, struct requirement *all, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct requirement r = all[i];
		size_t at = i;

		while (at && all[at - 1].low.version.len &&
			(!r.low.version.len || is_before(s, &r.low, &all[at - 1].low))) {
			all[at] = all[at - 1];
			at--;
		}
		all[at] = r;
	}
}

bool requirement_rest(enum requirement_style style, struct requirement *all, size_t n,
	struct arena *a, struct advisory_range **out, size_t *out_n)
{
	enum version_scheme s = scheme_of(style);
	VEC(struct advisory_range) rest = { 0 };
	struct requirement_edge at = { 0 };
	struct advisory_range range;
	bool is_end = false; /* nothing is above `at` */

	sort_by_low(s, all, n);
	for (size_t i = 0; i < n && !is_end; i++) {
		const struct requirement *r = &all[i];

		if (r->is_empty)
			continue;
		if (r->low.version.len && (!at.version.len || is_before(s, &at, &r->low))) {
			if (!range_between(style, at, r->low, a, &range))
				return false;
			vec_add(&rest, a, &range);
		}
		is_end = !r->high.version.len;
		if (!at.version.len || is_before(s, &at, &r->high))
			at = r->high;
	}
	if (!is_end) {
		if (!range_between(style, at, (struct requirement_edge){ 0 }, a, &range))
			return false;
		vec_add(&rest, a, &range);
	}
	*out = rest.p;
	*out_n = rest.n;
	return true;
}
