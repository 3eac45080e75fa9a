/* dsa.c - Debian's lists of advisories, DSA.list and DLA.list: which version of which release fixes
 * which flaws.
 *
 *	[29 Mar 2023] DSA-5380-1 xorg-server - security update
 *		{CVE-2023-1393}
 *		[bullseye] - xorg-server 2:1.20.11-1+deb11u1
 *
 * Source: the security tracker's repository, data/DSA/list and data/DLA/list.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/distribution.h"
#include "base/date.h"

struct notice {
	struct span id, what; /* "DSA-5380-1"; "xorg-server - security update" */
	VEC(struct span) flaws;
	size_t lines; /* of releases */
};

/* "29 Mar 2023" */
static void take_day(struct feed *f, struct span date, struct scov_err *err)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct span day, month, year, rest = date;
	size_t at;

	if (!span_split(&rest, ' ', &day) || !span_split(&rest, ' ', &month) ||
		!span_split(&rest, ' ', &year) || month.len != 3)
		return;
	at = span_find_span(span_str(months), month);
	feed_day(f,
		span_str(arena_printf(&f->arena, "%.*s-%02zu-%s%.*s", SPAN_ARG(year), at / 3 + 1,
			day.len == 1 ? "0" : "", SPAN_ARG(day))),
		err);
}

static void begin(struct feed *f, struct span line, struct notice *n, struct scov_err *err)
{
	size_t close = span_find(line, ']');
	struct span rest = span_trim(span_from(line, close + 1));

	feed_begin(f);
	*n = (struct notice){ 0 };
	span_split(&rest, ' ', &n->id);
	n->what = span_trim(rest);
	take_day(f, span_sub(line, 1, close - 1), err);
}

static void take_flaws(struct feed *f, struct span line, struct notice *n)
{
	struct span rest = span_sub(line, 1, span_find(line, '}') - 1), id;

	while (span_split(&rest, ' ', &id))
		if (id.len)
			vec_add(&n->flaws, &f->arena, &id);
}

/* The word after the name: a version, or a state in angle brackets. False: neither. */
static bool read_state(struct span word, struct advisory_row *row, struct advisory_range *range)
{
	row->ranges = range;
	row->ranges_n = 1;
	if (span_at(word, 0) != '<') {
		range->fixed = word;
		row->state = FIX_FIXED;
	} else if (span_eq(word, SPAN("<not-affected>"))) {
		row->state = FIX_NOT_AFFECTED;
		row->ranges_n = 0;
	} else if (span_eq(word, SPAN("<end-of-life>"))) {
		row->state = FIX_END_OF_LIFE;
	} else if (span_eq(word, SPAN("<unfixed>"))) {
		row->state = FIX_NOT_FIXED;
	} else {
		return false;
	}
	return word.len;
}

/* "[bullseye] - xorg-server 2:1.20.11-1+deb11u1 (bug #1)" */
static int take_release(struct feed *f, struct span line, struct notice *n, struct scov_err *err)
{
	struct span rest = span_from(line, span_find(line, ']') + 1), dash, word = { 0 };
	struct span codename = span_sub(line, 1, span_find(line, ']') - 1);
	struct advisory_range range = { 0 };
	struct advisory_row row = { .ecosystem = debian_release(codename, &f->arena) };
	int code = 0;

	n->lines++;
	rest = span_trim(rest);
	if (!span_split(&rest, ' ', &dash) || !span_eq(dash, SPAN("-")) ||
		!span_split(&rest, ' ', &row.package))
		return feed_leave_out(f, FEED_MALFORMED);
	rest = span_trim(rest);
	span_split(&rest, ' ', &word);
	if (!row.ecosystem.len || !read_state(word, &row, &range))
		return feed_leave_out(f, FEED_MALFORMED);
	if (!n->flaws.n && span_has(n->what, SPAN("regression")))
		return feed_leave_out(f, FEED_NOT_SECURITY);
	row.advisory = n->flaws.n ? n->id : (struct span){ 0 };
	if (!n->flaws.n) {
		row.id = n->id;
		return feed_row(f, &row, err);
	}
	for (size_t i = 0; i < n->flaws.n && !code; i++) {
		row.id = n->flaws.p[i];
		code = feed_row(f, &row, err);
	}
	return code;
}

static void end(struct feed *f, const struct notice *n)
{
	if (n->id.len && !n->lines)
		feed_leave_out(f, FEED_NO_VERSIONS);
}

static int text(struct feed *f, struct span text, struct scov_err *err)
{
	struct notice n = { 0 };
	struct span line, word;
	int code = 0;

	while (!code && span_line(&text, &line)) {
		word = span_trim(line);
		if (span_at(word, 0) == '[' && span_has(word, SPAN("] D"))) {
			end(f, &n);
			begin(f, word, &n, err);
		} else if (!n.id.len) {
			continue;
		} else if (span_at(word, 0) == '{') {
			take_flaws(f, word, &n);
		} else if (span_at(word, 0) == '[') {
			code = take_release(f, word, &n, err);
		}
	}
	end(f, &n);
	return code;
}

/* The first line: "[29 Mar 2023] DSA-5380-1 ..." */
static bool is(const struct feed_head *h)
{
	struct span rest = span_trim(h->bytes), line;

	return span_line(&rest, &line) && span_at(line, 0) == '[' &&
	       (span_has(line, SPAN("] DSA-")) || span_has(line, SPAN("] DLA-")));
}

const struct feed_format feed_dsa = {
	.name = "dsa",
	.what = "Debian's DSA.list and DLA.list",
	.is = is,
	.text = text,
	.source = { SPAN_INIT("debian-advisories"),
		SPAN_INIT("https://salsa.debian.org/security-tracker-team/security-tracker"),
		SPAN_INIT("not stated"), 0, FEED_FIXED | FEED_PARTIAL },
};
