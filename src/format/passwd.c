/* passwd.c - passwd(5) and group(5) lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/passwd.h"

struct passwd_reader passwd_read(struct span in)
{
	return (struct passwd_reader){ .rest = in };
}

static bool next_line(struct passwd_reader *r, struct span *line)
{
	while (r->line < PASSWD_LINES_MAX && span_line(&r->rest, line)) {
		uint8_t first = span_at(*line, 0);

		r->line++;
		if (line->len && first != '#' && first != '+' && first != '-')
			return true;
	}
	return false;
}

static bool field_number(struct span s, uint32_t *out)
{
	uint64_t v;

	if (!span_number(s, 10, UINT32_MAX, &v))
		return false;
	*out = (uint32_t)v;
	return true;
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
		if (f[0].len && field_number(f[2], &u.uid) && field_number(f[3], &u.gid)) {
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
		if (f[0].len && field_number(f[2], &g.gid)) {
			g.name = f[0];
			*out = g;
			return true;
		}
		r->bad++;
	}
	return false;
}
