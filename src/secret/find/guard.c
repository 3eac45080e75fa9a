/* guard.c - what must be around a literal.
 *
 * Reads a part of PCRE2's syntax: characters, escapes, classes, groups without a choice, and
 * quantifiers. At anything else it stops: what is read so far must still hold.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/guard.h"

#include "base/ascii.h"

#include <string.h>

static void put(struct byte_set *s, uint8_t c)
{
	s->bits[c >> 6] |= (uint64_t)1 << (c & 63);
}

static bool has(const struct byte_set *s, uint8_t c)
{
	return s->bits[c >> 6] >> (c & 63) & 1;
}

static void put_range(struct byte_set *s, unsigned from, unsigned to)
{
	for (unsigned c = from; c <= to && c < 256; c++)
		put(s, (uint8_t)c);
}

static void invert(struct byte_set *s)
{
	for (size_t i = 0; i < 4; i++)
		s->bits[i] = ~s->bits[i];
}

static bool overlap(const struct byte_set *a, const struct byte_set *b)
{
	uint64_t any = 0;

	for (size_t i = 0; i < 4; i++)
		any |= a->bits[i] & b->bits[i];
	return any != 0;
}

static void fold(struct byte_set *s)
{
	for (uint8_t c = 'a'; c <= 'z'; c++) {
		if (has(s, c))
			put(s, c ^ 32);
		else if (has(s, c ^ 32))
			put(s, c);
	}
}

/* What is read. */
struct text {
	struct span s;
	size_t at;
	bool nocase;
};

static uint8_t peek(const struct text *t)
{
	return span_at(t->s, t->at);
}

static struct byte_set kind_of(uint8_t c)
{
	struct byte_set s = { { 0 } };

	switch (c | 32) {
	case 'd':
		put_range(&s, '0', '9');
		break;
	case 'w':
		put_range(&s, '0', '9');
		put_range(&s, 'a', 'z');
		put_range(&s, 'A', 'Z');
		put(&s, '_');
		break;
	case 's':
		put_range(&s, 9, 13);
		put(&s, ' ');
		break;
	default:
		put(&s, ' ');
		put(&s, '\t');
		put(&s, 0xa0); /* PCRE2's \h has it */
		break;
	}
	if (c < 'a')
		invert(&s);
	return s;
}

/* One escape after its backslash: a kind of bytes, or one byte. False: another thing (\b, \K, \1).
 */
static bool escape(struct text *t, struct byte_set *out)
{
	uint8_t c = span_at(t->s, t->at++);

	*out = (struct byte_set){ { 0 } };
	if (c == 'd' || c == 'D' || c == 'w' || c == 'W' || c == 's' || c == 'S' || c == 'h')
		*out = kind_of(c);
	else if (c == 'n' || c == 'r' || c == 't')
		put(out, c == 'n' ? '\n' : c == 'r' ? '\r' : '\t');
	else if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'))
		return false;
	else
		put(out, c);
	return true;
}

/* After its bracket. */
static bool class(struct text *t, struct byte_set *out)
{
	bool negative = peek(t) == '^', first = true;

	*out = (struct byte_set){ { 0 } };
	t->at += negative;
	for (; t->at < t->s.len && (first || peek(t) != ']'); first = false) {
		struct byte_set one = { { 0 } };
		uint8_t c = span_at(t->s, t->at++), last;

		if (c == '[')
			return false; /* a POSIX name */
		if (c == '\\') {
			if (!escape(t, &one))
				return false;
		} else if (peek(t) == '-' && span_at(t->s, t->at + 1) != ']') {
			last = span_at(t->s, t->at + 1);
			if (last == '\\' || last < c)
				return false;
			put_range(&one, c, last);
			t->at += 2;
		} else {
			put(&one, c);
		}
		for (size_t i = 0; i < 4; i++)
			out->bits[i] |= one.bits[i];
	}
	if (t->nocase)
		fold(out);
	if (negative)
		invert(out);
	return t->at++ < t->s.len;
}

static unsigned number(struct text *t)
{
	unsigned n = 0;

	while (peek(t) >= '0' && peek(t) <= '9' && n < 100000)
		n = n * 10 + (unsigned)(span_at(t->s, t->at++) - '0');
	return n < GUARD_RUN_MAX ? n : GUARD_RUN_MAX;
}

/* How often what is ahead; lazy and possessive make no difference here. */
static void quantifier(struct text *t, struct guard_step *x)
{
	uint8_t c = peek(t);

	x->min = x->max = 1;
	if (c == '*' || c == '+' || c == '?') {
		x->min = c == '+';
		x->max = c == '?' ? 1 : GUARD_RUN_MAX;
		t->at++;
	} else if (c == '{' && span_at(t->s, t->at + 1) >= '0' && span_at(t->s, t->at + 1) <= '9') {
		t->at++;
		x->min = x->max = (uint8_t)number(t);
		if (peek(t) == ',') {
			t->at++;
			x->max = peek(t) == '}' ? GUARD_RUN_MAX : (uint8_t)number(t);
		}
		t->at++;
	} else {
		return;
	}
	if (peek(t) == '?' || peek(t) == '+')
		t->at++;
}

/* Where the group ends that begins at `at`, after its parenthesis: the offset after the closing
 * one. 0: it holds a choice or another thing, or is repeated. */
static size_t plain_group(struct span s, size_t at)
{
	size_t depth = 1;

	while (at < s.len && depth) {
		uint8_t c = span_at(s, at++);

		if (c == '\\') {
			at++;
		} else if (c == '[') {
			at += span_at(s, at) == '^';
			at += span_at(s, at) == ']';
			while (at < s.len && span_at(s, at) != ']')
				at += span_at(s, at) == '\\' ? 2 : 1;
			at++;
		} else if (c == '(') {
			depth++;
		} else if (c == ')') {
			depth--;
		} else if (c == '|' && depth == 1) {
			return 0;
		}
	}
	uint8_t next = span_at(s, at);

	return depth || next == '?' || next == '*' || next == '+' || next == '{' ? 0 : at;
}

/* The next element; false: unknown. Ends of groups are passed over: who came in through
 * plain_group knows that they are not repeated. */
static bool element(struct text *t, struct guard_step *x)
{
	while (peek(t) == '(' || peek(t) == ')') {
		if (peek(t) == '(') {
			if (span_at(t->s, t->at + 1) == '?' && span_at(t->s, t->at + 2) != ':')
				return false;
			t->at += span_at(t->s, t->at + 1) == '?' ? 3 : 1;
			if (!plain_group(t->s, t->at))
				return false;
		} else {
			uint8_t next = span_at(t->s, ++t->at);

			if (next == '?' || next == '*' || next == '+' || next == '{')
				return false;
		}
	}
	if (t->at >= t->s.len)
		return false;
	uint8_t c = span_at(t->s, t->at++);

	x->set = (struct byte_set){ { 0 } };
	if (c == '|' || c == '^' || c == '$' || c == '*' || c == '+' || c == '?')
		return false;
	if (c == '.') {
		put(&x->set, '\n');
		invert(&x->set);
	} else if (c == '[' ? !class(t, &x->set) : c == '\\' && !escape(t, &x->set)) {
		return false;
	} else if (c != '[' && c != '\\') {
		put(&x->set, c);
	}
	if (t->nocase)
		fold(&x->set);
	quantifier(t, x);
	return true;
}

/* The literal's bytes against the expression from `at` on: characters (two at least), then
 * at most one run of a class that holds the others. The offset after; 0: not so. rest: what is
 * left of the run. */
static size_t literal_at(
	const struct secret_rule *r, struct span literal, size_t at, struct guard_step *rest)
{
	struct text t = { r->expression, at, r->nocase };
	size_t k = 0;

	*rest = (struct guard_step){ .max = 0 };
	while (k < literal.len && t.at < t.s.len) {
		uint8_t c = peek(&t);
		struct guard_step x;
		size_t n = 0;

		bool is_kind = c == '[' || c == '.' ||
			       (c == '\\' && ascii_is_alnum(span_at(t.s, t.at + 1)));

		if ((is_kind && k < 2) || c == '(' || c == ')' || !element(&t, &x))
			return 0;
		while (n < x.max && k + n < literal.len && has(&x.set, span_at(literal, k + n)))
			n++;
		k += n;
		if (n < x.min && k < literal.len)
			return 0;
		if (x.min != 1 || x.max != 1) {
			rest->set = x.set;
			rest->min = n < x.min ? (uint8_t)(x.min - n) : 0;
			rest->max = x.max == GUARD_RUN_MAX ? x.max : (uint8_t)(x.max - n);
			return k == literal.len ? t.at : 0;
		}
	}
	return k == literal.len ? t.at : 0;
}

/* Where it is, once: the offset after it, and where it begins. */
static size_t find_literal(
	const struct secret_rule *r, struct span literal, size_t *start, struct guard_step *rest)
{
	struct span e = r->expression;
	size_t found = 0;
	bool in_class = false;

	for (size_t at = 0; at < e.len; at++) {
		struct guard_step left;
		size_t end = in_class ? 0 : literal_at(r, literal, at, &left);
		uint8_t c = span_at(e, at);

		if (end && found)
			return 0;
		if (end) {
			found = end;
			*start = at;
			*rest = left;
			at = end - 1;
		} else if (c == '\\') {
			at++;
		} else if (in_class) {
			in_class = c != ']';
		} else if (c == '[') {
			in_class = true;
			at += span_at(e, at + 1) == '^';
			at += span_at(e, at + 1) == ']';
		}
	}
	return found;
}

/* "(?<![0-9A-Za-z])", "\b" or "^" right ahead, but for an opening parenthesis. */
static void read_before(
	const struct secret_rule *r, size_t start, struct span literal, struct guard *out)
{
	struct span e = span_sub(r->expression, 0, start);

	if (span_at(literal, 0) == '\\')
		return;
	if (span_ends(e, SPAN("(?:")))
		e.len -= 3;
	else if (span_ends(e, SPAN("(")))
		e.len--;
	struct byte_set word = kind_of('w');

	if (span_eq(e, SPAN("\\b")) && has(&word, span_at(literal, 0))) {
		out->not_before = word;
		return;
	}
	if (span_ends(e, SPAN("^")) && !span_ends(e, SPAN("\\^"))) {
		put(&out->not_before, '\n');
		invert(&out->not_before);
		return;
	}
	struct text t = { e, 5, r->nocase };
	struct byte_set set;

	if (span_starts(e, SPAN("(?<![")) && class(&t, &set) && t.at + 1 == e.len &&
		peek(&t) == ')')
		out->not_before = set;
}

/* Where a run ahead could have ended earlier, or taken more, only its least is sure. */
static bool is_sure(const struct guard *g, const struct guard_step *next)
{
	for (size_t i = g->steps_n; i > 0; i--) {
		const struct guard_step *x = &g->steps[i - 1];

		if (x->min != x->max && overlap(&x->set, &next->set))
			return false;
		if (x->min)
			break;
	}
	return true;
}

void guard_make(const struct secret_rule *r, struct span literal, struct guard *out)
{
	struct guard_step x, rest;
	size_t start = 0, at = find_literal(r, literal, &start, &rest);
	struct text t = { r->expression, at, r->nocase };

	*out = (struct guard){ .is_made = true };
	/* A choice on the way to the literal, or one that it is repeated in, may be taken without
	 * it. */
	if (!at || span_find(span_sub(r->expression, 0, start), '|') < start)
		return;
	read_before(r, start, literal, out);
	if (rest.max)
		out->steps[out->steps_n++] = rest;
	while (out->steps_n < GUARD_STEPS && element(&t, &x) && is_sure(out, &x))
		out->steps[out->steps_n++] = x;
	while (out->steps_n && out->steps[out->steps_n - 1].min == 0)
		out->steps_n--;
}

bool guard_fits(const struct guard *g, int before, struct span behind, bool escapes)
{
	size_t at = 0;

	if (before >= 0 && has(&g->not_before, (uint8_t)before))
		return false;
	for (size_t i = 0; i < g->steps_n; i++) {
		const struct guard_step *x = &g->steps[i];
		size_t n = 0, most = i + 1 < g->steps_n ? x->max : x->min;

		while (n < most && at + n < behind.len && has(&x->set, span_at(behind, at + n)))
			n++;
		at += n;
		uint8_t stop = span_at(behind, at);

		if (n < x->min && at < behind.len)
			return escapes && (stop == '\\' || stop == '%');
		if (at >= behind.len)
			return true;
		/* Longer than any bound of ours: what follows it is not known. */
		if (x->max == GUARD_RUN_MAX && n == GUARD_RUN_MAX)
			return true;
	}
	return true;
}
