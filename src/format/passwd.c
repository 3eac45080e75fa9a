/* passwd.c - passwd(5) and group(5) lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/passwd.h"

struct passwd_reader passwd_read(struct span in)
{
	return (struct passwd_reader){ .rest = in };
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Blanks around a line are not part of it, and "+" and "-" of NIS are names like any other. Source:
 * moby/sys/user, ParsePasswdFilter. */
static bool next_line(struct passwd_reader *r, struct span *line)
{
	while (r->line < PASSWD_LINES_MAX && span_line(&r->rest, line)) {
		r->line++;
		while (line->len && is_blank(span_at(*line, 0)))
			*line = span_from(*line, 1);
		while (line->len && is_blank(span_at(*line, line->len - 1)))
			line->len--;
		if (line->len && span_at(*line, 0) != '#')
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
	struct span line;

	while (next_line(r, &line)) {
		struct span f[7] = { 0 };
		struct passwd_user u;

		fields(line, f);
		if (f[0].len) {
			u.uid = field_number(f[2]);
			u.gid = field_number(f[3]);
			u.name = f[0];
			u.home = f[5];
			u.shell = f[6];
			*out = u;
			return true;
		}
		r->bad++;
	}
	return false;
}

bool group_next(struct passwd_reader *r, struct passwd_group *out)
{
	struct span line;

	while (next_line(r, &line)) {
		struct span f[7] = { 0 };
		struct passwd_group g;

		fields(line, f);
		if (f[0].len) {
			g.gid = field_number(f[2]);
			g.name = f[0];
			*out = g;
			return true;
		}
		r->bad++;
	}
	return false;
}
