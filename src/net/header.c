/* header.c - the values of HTTP headers that a registry client must understand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "net/header.h"

#include "base/ascii.h"
#include "base/date.h"
#include "base/err.h"

enum { SECONDS_MAX = 1 << 30 }; /* a longer Retry-After is cut to this */

static struct span take_set(struct cur *c, struct span extra)
{
	size_t from = c->off;

	while (cur_left(c) &&
		(ascii_is_alnum(cur_peek(c)) || span_find(extra, cur_peek(c)) < extra.len))
		cur_u8(c);
	return span_sub(c->in, from, c->off - from);
}

static struct span take_token(struct cur *c)
{
	return take_set(c, SPAN("!#$%&'*+-.^_`|~"));
}

/* RFC 9110 wants a token; registries in use send "realm=/" and bare URLs. */
static struct span take_bare(struct cur *c)
{
	return take_set(c, SPAN("!#$%&'*+-.^_`|~/:=?@;()[]{}<>\\"));
}

static void skip_blanks(struct cur *c)
{
	while (cur_peek(c) == ' ' || cur_peek(c) == '\t')
		cur_u8(c);
}

static bool at_element_end(struct cur *c)
{
	skip_blanks(c);
	return cur_left(c) == 0 || cur_peek(c) == ',';
}

/* The opening quote is next. Without escapes a view, else a copy. */
static struct span take_quoted(struct cur *c, struct arena *a)
{
	cur_expect(c, '"');
	size_t from = c->off, out = 0;
	bool has_escape = false;

	while (cur_left(c) && cur_peek(c) != '"') {
		has_escape |= cur_peek(c) == '\\';
		cur_skip(c, cur_peek(c) == '\\' ? 2 : 1);
	}
	struct span raw = span_sub(c->in, from, c->off - from);

	cur_expect(c, '"');
	if (!has_escape || c->bad)
		return raw;
	struct cur in = cur_over(raw);
	uint8_t *copy = arena_alloc(a, raw.len);

	cur_need(c, copy != NULL);
	while (copy && cur_left(&in)) {
		if (cur_peek(&in) == '\\')
			cur_u8(&in);
		copy[out++] = cur_u8(&in);
	}
	return span_of(copy, out);
}

static void set_param(struct challenge *ch, struct span name, struct span value)
{
	const struct {
		struct span name;
		struct span *to;
	} known[] = {
		{ SPAN_INIT("realm"), &ch->realm },
		{ SPAN_INIT("service"), &ch->service },
		{ SPAN_INIT("scope"), &ch->scope },
		{ SPAN_INIT("error"), &ch->error },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (span_eq_nocase(name, known[i].name) && !known[i].to->p)
			*known[i].to = value;
}

/* What follows a scheme's name when it is not a list of parameters: "Negotiate YII=". */
static void skip_token68(struct cur *c)
{
	struct cur probe = *c;

	take_set(&probe, SPAN("-._~+/"));
	while (cur_peek(&probe) == '=')
		cur_u8(&probe);
	if (at_element_end(&probe))
		*c = probe;
}

/* A parameter has '=' after its name; the name of the next scheme does not. */
static bool take_param(struct cur *c, struct arena *a, struct challenge *ch)
{
	struct cur probe = *c;
	struct span name = take_token(&probe);

	skip_blanks(&probe);
	if (!name.len || cur_peek(&probe) != '=')
		return false;
	*c = probe;
	cur_u8(c);
	skip_blanks(c);
	set_param(ch, name, cur_peek(c) == '"' ? take_quoted(c, a) : take_bare(c));
	cur_need(c, at_element_end(c));
	return true;
}

static void skip_commas(struct cur *c)
{
	while (skip_blanks(c), cur_peek(c) == ',')
		cur_u8(c);
}

int challenges_parse(struct span header, struct arena *a, challenges *out, struct scov_err *err)
{
	struct cur c = cur_over(header);
	challenges list = { 0 };

	for (skip_commas(&c); cur_left(&c); skip_commas(&c)) {
		struct challenge ch = { .scheme = take_token(&c) };
		size_t params = 0;

		cur_need(&c, ch.scheme.len > 0);
		cur_need(&c, cur_peek(&c) == ' ' || cur_peek(&c) == '\t' || at_element_end(&c));
		skip_blanks(&c);
		skip_token68(&c);
		while (skip_commas(&c), !c.bad && take_param(&c, a, &ch))
			if (++params > CHALLENGE_PARAMS_MAX)
				return err_fail(err, SCOV_E_LIMIT,
					"WWW-Authenticate: more than %d parameters",
					CHALLENGE_PARAMS_MAX);
		if (c.bad)
			break;
		if (list.n >= CHALLENGES_MAX || !vec_add(&list, a, &ch))
			return err_fail(err, SCOV_E_LIMIT,
				"WWW-Authenticate: more than %d challenges", CHALLENGES_MAX);
	}
	if (c.bad)
		return err_fail(
			err, SCOV_E_FORMAT, "WWW-Authenticate: malformed near byte %zu", c.off);
	*out = list;
	return 0;
}

int content_range_parse(struct span header, struct content_range *out, struct scov_err *err)
{
	struct cur c = cur_over(span_trim(header));
	struct content_range r = { 0 };

	cur_need(&c, span_eq_nocase(cur_take(&c, 6), SPAN("bytes ")));
	r.first = cur_decimal(&c, INT64_MAX);
	cur_expect(&c, '-');
	r.last = cur_decimal(&c, INT64_MAX);
	cur_expect(&c, '/');
	r.has_total = cur_peek(&c) != '*';
	if (r.has_total)
		r.total = cur_decimal(&c, INT64_MAX);
	else
		cur_u8(&c);
	cur_need(&c, cur_left(&c) == 0 && r.first <= r.last && (!r.has_total || r.last < r.total));
	if (c.bad)
		return err_fail(
			err, SCOV_E_FORMAT, "Content-Range '%.*s' is malformed", SPAN_ARG(header));
	*out = r;
	return 0;
}

/* One word of a list with blanks between. */
static bool has_word(struct span list, struct span word)
{
	struct span part;

	while (span_split(&list, ' ', &part))
		if (span_eq_nocase(part, word))
			return true;
	return false;
}

int link_next(struct span header, struct span *out, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 1 << 16 };
	struct cur c = cur_over(header);
	struct span next = { 0 };

	for (skip_commas(&c); cur_left(&c); skip_commas(&c)) {
		cur_expect(&c, '<');
		struct span target = cur_until(&c, '>');

		while (skip_blanks(&c), cur_peek(&c) == ';') {
			cur_u8(&c);
			skip_blanks(&c);
			struct span name = take_token(&c), value = { 0 };

			skip_blanks(&c);
			if (cur_peek(&c) == '=') {
				cur_u8(&c);
				skip_blanks(&c);
				value = cur_peek(&c) == '"' ? take_quoted(&c, &a) : take_token(&c);
			}
			if (span_eq_nocase(name, SPAN("rel")) && has_word(value, SPAN("next")) &&
				!next.len)
				next = target;
		}
		cur_need(&c, at_element_end(&c));
		if (c.bad)
			return err_fail(err, SCOV_E_FORMAT, "a malformed Link header");
	}
	*out = next;
	return 0;
}

static int month_of(struct span name)
{
	static const struct span names = SPAN_INIT("JanFebMarAprMayJunJulAugSepOctNovDec");

	for (int m = 0; m < 12; m++)
		if (span_eq(span_sub(names, (size_t)m * 3, 3), name))
			return m + 1;
	return 0;
}

static unsigned two_digits(struct cur *c, unsigned max)
{
	uint64_t v = 0;

	cur_need(c, span_number(cur_take(c, 2), 10, max, &v));
	return (unsigned)v;
}

bool http_date(struct span text, int64_t *seconds)
{
	struct cur c = cur_over(text);
	struct civil day = { 0 };
	uint64_t year = 0;

	cur_skip(&c, 3);
	cur_expects(&c, SPAN(", "));
	day.day = (int)two_digits(&c, 31);
	cur_expect(&c, ' ');
	day.month = month_of(cur_take(&c, 3));
	cur_expect(&c, ' ');
	cur_need(&c, span_number(cur_take(&c, 4), 10, 9999, &year));
	day.year = (int)year;
	cur_expect(&c, ' ');
	unsigned h = two_digits(&c, 23);
	cur_expect(&c, ':');
	unsigned m = two_digits(&c, 59);
	cur_expect(&c, ':');
	unsigned s = two_digits(&c, 60);
	cur_expects(&c, SPAN(" GMT"));
	cur_need(&c, cur_left(&c) == 0 && day.month && day.day && day.year);
	if (c.bad)
		return false;
	*seconds = date_days(day) * DAY_SECONDS + h * 3600 + m * 60 + s;
	return true;
}

bool retry_after_parse(struct span header, int64_t now_seconds, uint64_t *out_seconds)
{
	struct span text = span_trim(header);
	uint64_t n;
	int64_t at;

	if (span_number(text, 10, UINT64_MAX, &n)) {
		*out_seconds = n > SECONDS_MAX ? SECONDS_MAX : n;
		return true;
	}
	if (!http_date(text, &at))
		return false;
	*out_seconds = at <= now_seconds                ? 0
		       : at - now_seconds > SECONDS_MAX ? SECONDS_MAX
							: (uint64_t)(at - now_seconds);
	return true;
}

struct span media_type_of(struct span content_type)
{
	return span_trim(span_sub(content_type, 0, span_find(content_type, ';')));
}
