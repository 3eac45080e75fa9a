/* info.c - what a database has, as text and as JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/db/info.h"

#include <inttypes.h>

#include "advisory/db/manifest.h"
#include "base/date.h"
#include "syntax/json.h"

struct info {
	struct advisory_db *db;
	const char *folder;
	int64_t age;
	const struct advisory_source *sources;
	size_t sources_n;
	struct advisory_extent *ecosystems;
	size_t ecosystems_n;
	uint64_t packages, rows;
};

/* Not every feed dates its records. */
static const char *day_text(int64_t day, char out[DATE_TEXT])
{
	return day ? date_format_day(day, out) : "not known";
}

static void classes_text(struct buf *out, uint8_t classes)
{
	bool is_first = true;

	for (int c = 0; c < FEED_CLASSES; c++)
		if (classes & 1 << c) {
			buf_printf(out, "%s%s", is_first ? "" : ", ", feed_class_names[c]);
			is_first = false;
		}
}

static void write_text(const struct info *in, struct buf *out)
{
	char day[DATE_TEXT];

	buf_printf(out, "%s\nbuilt %s, %" PRId64 " days ago%s\n", in->folder,
		date_format_day(advisory_db_built(in->db), day), in->age,
		advisory_db_is_builtin(in->db)
			? ", built-in: `scoville db update` gets current data"
			: "");
	buf_printf(out, "%zu ecosystems, %" PRIu64 " packages, %" PRIu64 " advisories\n",
		in->ecosystems_n, in->packages, in->rows);
	buf_printf(out, "\n%-24s %8s %10s  %-10s  %s\n", "ecosystem", "packages", "advisories",
		"newest", "says");
	for (size_t i = 0; i < in->ecosystems_n; i++) {
		const struct advisory_extent *e = &in->ecosystems[i];

		buf_printf(out, "%-24.*s %8u %10u  %-10s  ", SPAN_ARG(e->name), e->packages,
			e->rows, day_text(e->newest, day));
		classes_text(out, e->classes);
		buf_byte(out, '\n');
	}
	buf_printf(out, "\n%-24s %-10s  %s\n", "source", "newest", "licence, address");
	for (size_t i = 0; i < in->sources_n; i++) {
		const struct advisory_source *s = &in->sources[i];

		buf_printf(out, "%-24.*s %-10s  %.*s%s%.*s\n", SPAN_ARG(s->name),
			day_text(s->day, day), SPAN_ARG(s->licence),
			s->licence.len && s->address.len ? ", " : "", SPAN_ARG(s->address));
	}
}

static void put_text(struct json_out *w, const char *key, struct span value)
{
	json_out_key(w, key);
	json_out_text(w, value);
}

static void put_number(struct json_out *w, const char *key, uint64_t value)
{
	json_out_key(w, key);
	json_out_uint(w, value);
}

static void put_day(struct json_out *w, const char *key, int64_t day)
{
	char text[DATE_TEXT];

	json_out_key(w, key);
	json_out_str(w, day ? date_format_day(day, text) : NULL);
}

static void put_classes(struct json_out *w, uint8_t classes)
{
	json_out_key(w, "classes");
	json_out_list(w);
	for (int c = 0; c < FEED_CLASSES; c++)
		if (classes & 1 << c)
			json_out_str(w, feed_class_names[c]);
	json_out_end(w);
}

static void write_json(const struct info *in, struct buf *out)
{
	struct json_out w = { .out = out, .indent = 1 };

	json_out_dict(&w);
	put_text(&w, "folder", span_str(in->folder));
	put_day(&w, "built", advisory_db_built(in->db));
	json_out_key(&w, "age_days");
	json_out_int(&w, in->age);
	json_out_key(&w, "builtin");
	json_out_bool(&w, advisory_db_is_builtin(in->db));
	put_number(&w, "packages", in->packages);
	put_number(&w, "advisories", in->rows);
	json_out_key(&w, "ecosystems");
	json_out_list(&w);
	for (size_t i = 0; i < in->ecosystems_n; i++) {
		const struct advisory_extent *e = &in->ecosystems[i];

		json_out_dict(&w);
		put_text(&w, "name", e->name);
		put_number(&w, "packages", e->packages);
		put_number(&w, "advisories", e->rows);
		put_day(&w, "newest", e->newest);
		put_classes(&w, e->classes);
		json_out_end(&w);
	}
	json_out_end(&w);
	json_out_key(&w, "sources");
	json_out_list(&w);
	for (size_t i = 0; i < in->sources_n; i++) {
		const struct advisory_source *s = &in->sources[i];

		json_out_dict(&w);
		put_text(&w, "name", s->name);
		put_text(&w, "address", s->address);
		put_text(&w, "licence", s->licence);
		put_day(&w, "newest", s->day);
		put_classes(&w, s->classes);
		json_out_end(&w);
	}
	json_out_end(&w);
	json_out_end(&w);
	buf_byte(out, '\n');
}

int advisory_info(struct advisory_db *db, const char *folder, int64_t today, bool as_json,
	struct buf *out, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 16 << 20 };
	struct info in = { .db = db, .folder = folder, .age = today - advisory_db_built(db) };
	int rc = advisory_db_verify(db, err);

	if (!rc)
		rc = advisory_db_ecosystems(db, &a, &in.ecosystems, &in.ecosystems_n, err);
	if (rc)
		return rc;
	in.sources = advisory_db_sources(db, &in.sources_n);
	for (size_t i = 0; i < in.ecosystems_n; i++) {
		in.packages += in.ecosystems[i].packages;
		in.rows += in.ecosystems[i].rows;
	}
	if (as_json)
		write_json(&in, out);
	else
		write_text(&in, out);
	return out->failed ? err_memory(err) : 0;
}
