/* trust_show.c - trust roots, shown.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <string.h>

#include "api/api.h"
#include "api/trust.h"
#include "base/date.h"
#include "report/page.h"
#include "syntax/json.h"
#include "trust/roots.h"

enum { AGE_NOTE_DAYS = 180 };

struct shown {
	const struct trust_roots *roots;
	const struct trust_root_origin *origin; /* NULL: files of the user */
	int64_t now;
};

static const char *const kinds[] = { "certificate authority", "certificate log", "log",
	"timestamping authority" };

struct row {
	uint8_t kind;
	struct span name, what; /* what: of a key or certificate */
	int64_t from, until;
};
typedef VEC(struct row) rows;

static void add_logs(rows *out, uint8_t kind, const struct trust_log *l, size_t n, struct arena *a)
{
	for (size_t i = 0; i < n; i++)
		vec_add(out, a,
			&(struct row){ kind, l[i].name,
				span_str(l[i].key ? public_key_name(l[i].key) : "not supported"),
				l[i].from, l[i].until });
}

static void add_authorities(
	rows *out, uint8_t kind, const struct trust_authority *l, size_t n, struct arena *a)
{
	for (size_t i = 0; i < n; i++)
		vec_add(out, a,
			&(struct row){ kind, l[i].name,
				l[i].anchors.n ? certificate_subject(l[i].anchors.p[0], a)
					       : (struct span){ 0 },
				l[i].from, l[i].until });
}

static rows rows_of(const struct trust_root *r, struct arena *a)
{
	rows out = { 0 };

	add_authorities(&out, 0, r->authorities.p, r->authorities.n, a);
	add_logs(&out, 1, r->ct_logs.p, r->ct_logs.n, a);
	add_logs(&out, 2, r->logs.p, r->logs.n, a);
	add_authorities(&out, 3, r->timestampers.p, r->timestampers.n, a);
	for (size_t i = 0; i < out.n; i++) {
		out.p[i].name = api_masked(a, out.p[i].name);
		out.p[i].what = api_masked(a, out.p[i].what);
	}
	return out;
}

static int64_t age_days(const struct shown *s)
{
	int64_t date = trust_roots_date(s->roots);

	return date ? date_day(s->now) - date_day(date) : 0;
}

static void json_day(struct json_out *w, const char *key, int64_t seconds)
{
	char day[DATE_TEXT];

	json_out_key(w, key);
	json_out_str(w, seconds > 0 && seconds < INT64_MAX ? date_format_day(date_day(seconds), day)
							   : NULL);
}

static void write_json(const struct shown *s, struct arena *a, struct buf *b)
{
	const struct trust_root_origin *o = s->origin;
	struct json_out w = { .out = b, .indent = 2 };

	json_out_dict(&w);
	json_out_key(&w, "origin");
	json_out_str(&w, !o ? "files" : !o->is_updated ? "built-in" : o->is_own ? "own" : "update");
	json_day(&w, "date", trust_roots_date(s->roots));
	json_out_key(&w, "age_days");
	json_out_int(&w, age_days(s));
	json_out_key(&w, "is_old");
	json_out_bool(&w, age_days(s) > AGE_NOTE_DAYS);
	json_out_key(&w, "file");
	json_out_str(&w, o && o->is_updated ? o->file : NULL);
	json_out_key(&w, "not_used");
	json_out_str(&w, o && *o->why.text ? o->why.text : NULL);
	if (o && o->is_updated) {
		json_out_key(&w, "tuf");
		json_out_dict(&w);
		json_out_key(&w, "root");
		json_out_int(&w, o->state.root);
		json_day(&w, "root_expires", o->state.root_expires);
		json_out_key(&w, "timestamp");
		json_out_int(&w, o->state.timestamp);
		json_day(&w, "timestamp_expires", o->state.timestamp_expires);
		json_out_key(&w, "targets");
		json_out_int(&w, o->state.targets);
		json_out_end(&w);
	}
	json_out_key(&w, "roots");
	json_out_list(&w);
	for (size_t i = 0; i < s->roots->list.n; i++) {
		rows list = rows_of(&s->roots->list.p[i], a);

		json_out_list(&w);
		for (size_t k = 0; k < list.n; k++) {
			json_out_dict(&w);
			json_out_key(&w, "kind");
			json_out_str(&w, kinds[list.p[k].kind]);
			json_out_key(&w, "name");
			json_out_text(&w, list.p[k].name);
			json_out_key(&w, "key");
			json_out_text(&w, list.p[k].what);
			json_day(&w, "from", list.p[k].from);
			json_day(&w, "until", list.p[k].until);
			json_out_end(&w);
		}
		json_out_end(&w);
	}
	json_out_end(&w);
	json_out_end(&w);
	buf_byte(b, '\n');
}

static void text_head(const struct shown *s, struct page *p)
{
	const struct trust_root_origin *o = s->origin;
	int64_t date = trust_roots_date(s->roots);
	char day[DATE_TEXT];

	page_printf(p, "%s",
		!o               ? "trust roots of files"
		: !o->is_updated ? "the built-in trust root of sigstore"
		: o->is_own      ? "a trust root of your own"
				 : "trust root of sigstore, updated");
	if (date)
		page_printf(p, ", as of %s", date_format_day(date_day(date), day));
	page_end(p);
	if (o && o->is_updated) {
		page_printf(p,
			"  root %" PRId64 ", targets %" PRId64 ", timestamp %" PRId64
			", next update due by %s",
			o->state.root, o->state.targets, o->state.timestamp,
			date_format_day(date_day(o->state.timestamp_expires), day));
		page_end(p);
		page_printf(p, "  ");
		page_span(p, span_str(o->file));
		page_end(p);
	}
	if (o && *o->why.text) {
		page_printf(p, "  not used: ");
		page_span(p, span_str(o->why.text));
		page_end(p);
	}
	if (age_days(s) > AGE_NOTE_DAYS) {
		page_printf(p,
			"  %" PRId64 " days old: `scoville trust update` gets the current one",
			age_days(s));
		page_end(p);
		page_printf(p, "  old signatures stay valid, revoked keys would be missed");
		page_end(p);
	}
}

static void text_row(const struct row *r, struct page *p)
{
	char from[DATE_TEXT], until[DATE_TEXT];

	page_printf(p, "  %-22s  ", kinds[r->kind]);
	page_printf(p, "%s to %-10s  ",
		r->from > 0 ? date_format_day(date_day(r->from), from) : "any time",
		r->until < INT64_MAX ? date_format_day(date_day(r->until), until) : "today");
	page_span(p, r->name.len ? r->name : r->what);
	page_end(p);
}

static void write_text(
	const struct shown *s, const struct write_options *o, struct arena *a, struct buf *b)
{
	struct page p = page_on(b, o);

	text_head(s, &p);
	for (size_t i = 0; i < s->roots->list.n; i++) {
		rows list = rows_of(&s->roots->list.p[i], a);

		page_end(&p);
		for (size_t k = 0; k < list.n; k++)
			text_row(&list.p[k], &p);
	}
}

static int show(const struct shown *s, const char *format, const struct write_options *o,
	scov_write write, void *ctx, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 16 << 20 };
	scoped_buf struct buf b = { 0 };

	if (!strcmp(format, "json"))
		write_json(s, &a, &b);
	else if (!strcmp(format, "text"))
		write_text(s, o, &a, &b);
	else
		return err_fail(err, SCOV_E_USAGE, "no format '%s': text or json", format);
	if (arena_failed(&a))
		return arena_check(&a, err);
	return api_deliver(&b, write, ctx, err);
}

int scov_trust_show(const struct scov_trust *trust, const char *format,
	const struct scov_format_options *opt, scov_write write, void *ctx, struct scov_err *err)
{
	struct scov_err ours;
	struct api_trust t;
	struct write_options o;

	err = err ? err : &ours;
	int code = api_write_options(opt, &o, err);

	if (!code)
		code = api_trust_open(trust, &t, err);
	if (code)
		return code;
	code = api_trust_ready(&t, err);
	const struct shown s = { t.roots, t.has_origin ? &t.origin : NULL, t.now };

	if (!code)
		code = show(&s, format ? format : "text", &o, write, ctx, err);
	api_trust_release(&t);
	return code;
}
