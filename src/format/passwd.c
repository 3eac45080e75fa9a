/* passwd.c - passwd(5) and group(5) lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/passwd.h"

struct passwd_reader passwd_read(struct span in)
{
	return (struct passwd_reader){ .rest = in };
}

/* White space of Unicode, as UTF-8: bytes of the first (at_end: of the last) character, 0 when it
 * is another. Source: Go, unicode.IsSpace. */
static size_t blank(struct span s, bool at_end)
{
	static const struct {
		struct span head; /* then one byte */
		uint8_t from, to;
	} rows[] = {
		{ SPAN_INIT(""), '\t', '\r' },
		{ SPAN_INIT(""), ' ', ' ' },
		{ SPAN_INIT("\xc2"), 0x85, 0x85 },
		{ SPAN_INIT("\xc2"), 0xa0, 0xa0 },
		{ SPAN_INIT("\xe1\x9a"), 0x80, 0x80 },
		{ SPAN_INIT("\xe2\x80"), 0x80, 0x8a },
		{ SPAN_INIT("\xe2\x80"), 0xa8, 0xa9 },
		{ SPAN_INIT("\xe2\x80"), 0xaf, 0xaf },
		{ SPAN_INIT("\xe2\x81"), 0x9f, 0x9f },
		{ SPAN_INIT("\xe3\x80"), 0x80, 0x80 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t n = rows[i].head.len + 1;
		struct span one = at_end && s.len >= n ? span_from(s, s.len - n) : s;

		if (s.len >= n && span_starts(one, rows[i].head) &&
			span_at(one, n - 1) >= rows[i].from && span_at(one, n - 1) <= rows[i].to)
			return n;
	}
	return 0;
}

/* White space around a line is not part of it; "+" and "-" of NIS, "#" and no name at all are names
 * like any other. Source: moby/sys/user, ParsePasswdFilter and ParseGroupFilter. */
static bool next_line(struct passwd_reader *r, struct span *line)
{
	size_t n;

	while (r->line < PASSWD_LINES_MAX && span_line(&r->rest, line)) {
		r->line++;
		r->has_long_line = r->has_long_line || line->len >= PASSWD_LINE_LENGTH_MAX;
		while ((n = blank(*line, false)))
			*line = span_from(*line, n);
		while ((n = blank(*line, true)))
			line->len -= n;
		if (line->len)
			return true;
	}
	return false;
}

/* A field that is missing or not a number is 0, as for the runtime; one that is negative or too
 * large for a runtime is UINT32_MAX. Source: moby/sys/user, parseParts, which ignores errors of
 * strconv.Atoi. */
static uint32_t field_number(struct span s)
{
	bool negative = span_starts(s, SPAN("-"));
	struct span digits = negative || span_starts(s, SPAN("+")) ? span_from(s, 1) : s;
	uint64_t v;

	for (size_t i = 0; i < digits.len; i++)
		if (span_at(digits, i) < '0' || span_at(digits, i) > '9')
			return 0;
	if (digits.len == 0)
		return 0;
	if (!span_number(digits, 10, INT32_MAX, &v) || (negative && v))
		return UINT32_MAX;
	return (uint32_t)v;
}

/* name:password:number[:number:gecos:home:shell]; the last field may hold no colon. */
static size_t fields(struct span line, struct span out[7])
{
	size_t n = 0;
	struct span rest = line;

	while (n < 7 && span_split(&rest, ':', &out[n]))
		n++;
	return n;
}

bool passwd_next(struct passwd_reader *r, struct passwd_user *out)
{
	struct span line, f[7] = { 0 };

	if (!next_line(r, &line))
		return false;
	fields(line, f);
	*out = (struct passwd_user){ .name = f[0],
		.uid = field_number(f[2]),
		.gid = field_number(f[3]),
		.home = f[5],
		.shell = f[6] };
	return true;
}

bool group_next(struct passwd_reader *r, struct passwd_group *out)
{
	struct span line, f[7] = { 0 };

	if (!next_line(r, &line))
		return false;
	fields(line, f);
	*out = (struct passwd_group){ .name = f[0], .gid = field_number(f[2]) };
	return true;
}
