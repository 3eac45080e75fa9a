/* diff_json.c - the JSON of `diff`: doc/formats/diff.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "facts/difference.h"
#include "report/json_parts.h"
#include "report/table.h"

enum { SCHEMA = 1 };

static void digest(struct json_out *w, const char *key, const struct digest *d)
{
	char text[DIGEST_TEXT];

	json_member_str(w, key, digest_size(d) ? digest_format(d, text) : NULL);
}

static void image(struct json_out *w, const char *key, const struct compared *c)
{
	json_out_key(w, key);
	json_out_dict(w);
	json_member(w, "reference", c->reference);
	json_member(w, "transport", c->transport);
	json_member(w, "platform", c->platform);
	digest(w, "digest", &c->manifest);
	digest(w, "config_digest", &c->config);
	json_member_int(w, "layers", (int64_t)c->layers);
	json_out_end(w);
}

static void side(struct json_out *w, const char *key, struct span text)
{
	json_out_key(w, key);
	if (text.len)
		json_out_text(w, text);
	else
		json_out_null(w);
}

static void example(struct json_out *w, const struct difference *d)
{
	bool is_setting = d->kind == DIFFER_CONFIG || d->kind == DIFFER_HISTORY ||
			  d->kind == DIFFER_ANNOTATIONS || d->kind == DIFFER_MANIFEST ||
			  (d->kind == DIFFER_TIME && span_starts(d->at, SPAN("/")));

	json_out_dict(w);
	json_out_key(w, "layer");
	if (d->layer < 0)
		json_out_null(w);
	else
		json_out_int(w, d->layer);
	side(w, is_setting ? "pointer" : "path", d->at);
	side(w, "a", d->a);
	side(w, "b", d->b);
	json_member_str(w, "why", d->why);
	json_out_end(w);
}

static void kinds(struct json_out *w, const struct difference_report *r)
{
	json_out_key(w, "differences");
	json_out_list(w);
	for (size_t i = 0; i < DIFFERENCE_KINDS; i++) {
		const struct difference_list *l = &r->kinds[i];

		if (!l->count)
			continue;
		json_out_dict(w);
		json_member_str(w, "kind", difference_names[i]);
		json_member_int(w, "count", (int64_t)l->count);
		json_out_key(w, "examples");
		json_out_list(w);
		for (size_t k = 0; k < l->list.n; k++)
			example(w, &l->list.p[k]);
		json_out_end(w);
		json_out_end(w);
	}
	json_out_end(w);
}

int diff_json_write(const struct difference_report *r, const struct write_options *o,
	struct buf *out, struct scov_err *err)
{
	struct json_out w = { .out = out };

	(void)o;
	json_out_dict(&w);
	json_member_int(&w, "schema", SCHEMA);
	json_member_str(&w, "verdict", difference_verdicts[r->verdict]);
	json_member(&w, "summary", r->summary);
	image(&w, "a", &r->a);
	image(&w, "b", &r->b);
	json_member_str(&w, "compared", r->is_final ? "files" : "layers");
	json_member_int(&w, "layers_shared", (int64_t)r->layers_shared);
	kinds(&w, r);
	json_out_key(&w, "unread");
	json_out_list(&w);
	for (size_t i = 0; i < r->unread.n; i++)
		json_out_text(&w, r->unread.p[i]);
	json_out_end(&w);
	json_out_end(&w);
	buf_byte(out, '\n');
	return out->failed ? err_memory(err) : 0;
}
