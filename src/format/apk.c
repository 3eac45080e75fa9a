/* apk.c - the installed database of Alpine, Wolfi and Chainguard.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/apk.h"

struct apk_reader apk_read(struct span in)
{
	return (struct apk_reader){ .rest = in };
}

static bool is_field(struct span line)
{
	uint8_t k = span_at(line, 0);

	return span_at(line, 1) == ':' && ((k >= 'a' && k <= 'z') || (k >= 'A' && k <= 'Z'));
}

static void take_field(uint8_t key, struct span value, struct apk_package *p)
{
	uint64_t t;

	switch (key) {
	case 'P':
		p->name = value;
		break;
	case 'V':
		p->version = value;
		break;
	case 'A':
		p->arch = value;
		break;
	case 'o':
		p->origin = value;
		break;
	case 'D':
		p->depends = value;
		break;
	case 'p':
		p->provides = value;
		break;
	case 'L':
		p->license = value;
		break;
	case 't':
		p->built = span_number(value, 10, INT64_MAX, &t) ? (int64_t)t : 0;
		break;
	default:
		break;
	}
}

bool apk_next(struct apk_reader *r, struct apk_package *out)
{
	struct apk_package p = { .stanza = r->rest };
	struct span line;
	bool any = false;

	while (r->rest.len) {
		struct span before = r->rest;

		span_line(&r->rest, &line);
		r->line++;
		if (is_field(line)) {
			any = true;
			take_field(span_at(line, 0), span_trim(span_from(line, 2)), &p);
		} else if (line.len && !r->bad_line) {
			r->bad_line = r->line;
		}
		if (line.len && r->rest.len)
			continue;
		p.stanza.len = line.len ? p.stanza.len : p.stanza.len - before.len;
		if (p.name.len && p.version.len) {
			*out = p;
			return true;
		}
		r->nameless += any;
		p = (struct apk_package){ .stanza = r->rest };
		any = false;
	}
	return false;
}

bool apk_file_next(struct apk_files *it, struct span *dir, struct span *name)
{
	struct span line;

	while (span_line(&it->rest, &line)) {
		struct span value = span_from(line, 2);

		if (span_starts(line, SPAN("F:"))) {
			it->dir = value;
		} else if (span_starts(line, SPAN("R:")) && value.len) {
			*dir = it->dir;
			*name = value;
			return true;
		}
	}
	return false;
}
