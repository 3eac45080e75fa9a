/* apk.c - Alpine, Wolfi and Chainguard: 1.2.3a_rc1~c0ffee-r4.
 *
 * Numbers with dots, a letter, suffixes with a number, a commit, a revision. Source:
 * apk-package(5) of apk-tools 3, "Package version"; a number after the letter ("6.6.2p1") and a
 * revision without one ("1-r") are versions to apk-tools 2 alone and are taken too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "version/schemes.h"

/* In the order of what follows when all before is equal: 1_rc1 < 1 < 1-r1 < 1_p1 < 1a < 1.1. */
enum kind { PRE, END, REVISION, COMMIT, SUFFIX_NUMBER, POST, LETTER, LETTER_NUMBER, NUMBER, BAD };

static const struct {
	struct span name;
	enum kind kind;
} suffixes[] = {
	{ SPAN_INIT("alpha"), PRE },
	{ SPAN_INIT("beta"), PRE },
	{ SPAN_INIT("pre"), PRE },
	{ SPAN_INIT("rc"), PRE },
	{ SPAN_INIT("cvs"), POST },
	{ SPAN_INIT("svn"), POST },
	{ SPAN_INIT("git"), POST },
	{ SPAN_INIT("hg"), POST },
	{ SPAN_INIT("p"), POST },
};
enum { SUFFIXES = sizeof(suffixes) / sizeof(*suffixes) };

struct token {
	enum kind kind;
	struct span text; /* digits, a letter, a commit */
	size_t suffix;    /* row */
};

static bool follows_number(enum kind last)
{
	return last == NUMBER || last == LETTER_NUMBER;
}

static struct token read_suffix(struct span *rest)
{
	struct span name = take_letters(rest);

	for (size_t i = 0; i < SUFFIXES; i++)
		if (span_eq(suffixes[i].name, name))
			return (struct token){ suffixes[i].kind, name, i };
	return (struct token){ .kind = BAD };
}

static struct span take_hex(struct span *rest)
{
	struct span in = *rest;

	while (ascii_is_hex(span_at(*rest, 0)) && !ascii_is_upper(span_at(*rest, 0)))
		*rest = span_from(*rest, 1);
	return span_sub(in, 0, in.len - rest->len);
}

/* The second and third are slips that the branches' secfixes have, and mean the same. */
static bool take_revision(struct span *rest)
{
	static const struct span marks[] = { SPAN_INIT("-r"), SPAN_INIT(".-r"), SPAN_INIT(".r") };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (span_starts(*rest, marks[i])) {
			*rest = span_from(*rest, marks[i].len);
			return true;
		}
	return false;
}

/* What follows a token of the kind `last` (END: nothing was read yet). */
static struct token next(struct span *rest, enum kind last)
{
	struct token t = { .kind = BAD };

	if (ascii_is_digit(span_at(*rest, 0))) {
		t.text = take_digits(rest);
		t.kind = last == END                   ? NUMBER
			 : last == LETTER              ? LETTER_NUMBER
			 : last == PRE || last == POST ? SUFFIX_NUMBER
						       : BAD;
	} else if (!rest->len) {
		t.kind = last == END ? BAD : END;
	} else if (last == END || last == REVISION) {
		t.kind = BAD;
	} else if (take_revision(rest)) {
		t = (struct token){ REVISION, take_digits(rest), 0 };
	} else if (last == COMMIT) {
		t.kind = BAD;
	} else if (take_byte(rest, '~')) {
		t.text = take_hex(rest);
		t.kind = t.text.len ? COMMIT : BAD;
	} else if (take_byte(rest, '_')) {
		t = read_suffix(rest);
	} else if (follows_number(last) && take_byte(rest, '.')) {
		t.text = take_digits(rest);
		t.kind = t.text.len ? NUMBER : BAD;
	} else if (follows_number(last) && ascii_is_lower(span_at(*rest, 0))) {
		t = (struct token){ LETTER, span_sub(*rest, 0, 1), 0 };
		*rest = span_from(*rest, 1);
	}
	return t;
}

/* The rest after a token of the kind `last` is as it should be. */
static bool ends(struct span rest, enum kind last)
{
	while (last != END && last != BAD)
		last = next(&rest, last).kind;
	return last == END;
}

/* After a dot a number with a zero in front is a fraction: 1.01 < 1.1, 1.0 < 1.01. */
static int number_cmp(struct span a, struct span b, bool is_first)
{
	if (!is_first && (span_at(a, 0) == '0' || span_at(b, 0) == '0'))
		return span_cmp(a, b);
	return digits_cmp(a, b);
}

bool version_apk(struct span a, struct span b, int *out_order)
{
	enum kind last = END, kind_a, kind_b;
	int order = 0;

	do {
		struct token x = next(&a, last), y = next(&b, last);

		kind_a = x.kind;
		kind_b = y.kind;
		order = (int)kind_a - (int)kind_b;
		if (!order)
			order = x.kind == COMMIT || x.kind == LETTER ? span_cmp(x.text, y.text)
				: x.kind == PRE || x.kind == POST
					? (int)x.suffix - (int)y.suffix
					: number_cmp(
						  x.text, y.text, x.kind != NUMBER || last == END);
		last = kind_a;
	} while (!order && last != END && last != BAD);
	if (!ends(a, kind_a) || !ends(b, kind_b))
		return false;
	*out_order = order;
	return true;
}
