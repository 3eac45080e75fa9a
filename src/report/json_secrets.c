/* json_secrets.c - secrets[] and requirements[] of the JSON report.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "report/json_parts.h"
#include "report/secrets.h"

static void layer(struct json_out *w, const char *key, int32_t number)
{
	json_out_key(w, key);
	if (number < 0)
		json_out_null(w);
	else
		json_out_int(w, number);
}

static void where(struct json_out *w, const struct secret_finding *s)
{
	scoped_buf struct buf path = { 0 };
	bool is_file = s->at.kind == PLACE_FILE;

	secret_path(s, &path);
	json_member_str(w, "state", secret_state_name(s->state));
	json_member(w, "path", buf_view(&path));
	json_member_int(w, "line", is_file ? s->at.line : 0);
	json_member_int(w, "end_line", is_file ? s->at.end_line : 0);
	if (s->flags & SECRET_IN_BINARY)
		json_member_int(w, "offset", (int64_t)s->fact->offset);
	layer(w, "layer", s->layer);
	layer(w, "gone_in", s->gone_in);
	json_place(w, &s->at);
	json_member(w, "history", s->history);
	json_member(w, "owner", s->owner);
	w->out->failed = w->out->failed || path.failed;
}

/* Of the first place and of the further ones. */
static void lines(struct json_out *w, const struct secret_finding *s)
{
	json_out_key(w, "lines");
	json_out_list(w);
	if (s->at.kind == PLACE_FILE && s->at.line)
		json_out_uint(w, s->at.line);
	for (size_t i = 0; s->at.kind == PLACE_FILE && i < s->lines.n; i++)
		if (s->lines.p[i])
			json_out_uint(w, s->lines.p[i]);
	json_out_end(w);
}

static void finding(struct json_out *w, const struct secret_finding *s)
{
	const struct secret_fact *f = s->fact;
	char day[DATE_TEXT];

	json_out_dict(w);
	json_member(w, "rule", f->rule);
	json_member(w, "kind", f->kind);
	json_member(w, "title", s->title);
	json_member_str(w, "level", secret_level_name(s->level));
	where(w, s);
	json_member(w, "fingerprint", s->fingerprint);
	json_member_str(w, "proof", secrets_proof_name(s->proof));
	json_member(w, "proved_by", s->proof_text);
	json_member(w, "why", s->why);
	json_member(w, "advice", s->advice);
	json_member_str(w, "surface", secrets_surface_name(f->surface));
	json_member_str(w, "encoding", secrets_encoding_name(f->encoding));
	json_member_int(w, "length", f->length);
	json_member(w, "prefix", f->prefix);
	json_member(w, "known", f->known);
	json_member_str(
		w, "expires", f->expires ? date_format_day(f->expires / DAY_SECONDS, day) : NULL);
	json_member_int(w, "count", s->count ? (int64_t)s->count : 1);
	lines(w, s);
	json_member_bool(w, "ignored", s->waived);
	json_member_bool(w, "refused", s->refused);
	json_out_end(w);
}

static void search(struct json_out *w, const struct report *r)
{
	struct secrets_summary sum;

	secrets_sum(r, &sum);
	json_out_key(w, "secret_search");
	json_out_dict(w);
	json_member_bool(w, "complete", sum.is_complete);
	json_member(w, "missing", sum.missing);
	for (size_t l = SECRET_LEVELS; l--;)
		json_member_int(w, secret_level_name((uint8_t)l), (int64_t)sum.levels[l]);
	json_member_int(w, "ignored", (int64_t)sum.ignored);
	json_out_end(w);
}

void json_secrets(struct json_out *w, const struct report *r, bool all)
{
	const struct image_facts *f = r->image;

	json_member_str(w, "fingerprint_key",
		r->fingerprint_key_is_run     ? "run"
		: r->fingerprint_key_is_cache ? "cache"
					      : "user");
	json_member(w, "secret_rules", r->secret_rules);
	search(w, r);
	json_out_key(w, "secrets");
	json_out_list(w);
	for (size_t i = 0; i < f->secrets.n; i++)
		if (all || f->secrets.p[i].level > SECRET_NONE)
			finding(w, &f->secrets.p[i]);
	json_out_end(w);
}

static void requirement(struct json_out *w, const struct requirement_row *row)
{
	json_out_dict(w);
	json_member(w, "id", row->id);
	json_member(w, "source", row->source);
	json_member(w, "title", row->title);
	json_member_str(w, "result", verdict_names[row->result]);
	json_member(w, "reason", row->reason);
	json_evidence(w, &row->evidence);
	json_out_end(w);
}

void json_requirements(struct json_out *w, const struct report *r)
{
	json_out_key(w, "requirements");
	if (!r->requirements_name.len) {
		json_out_null(w);
		return;
	}
	json_out_dict(w);
	json_member(w, "name", r->requirements_name);
	json_out_key(w, "rows");
	json_out_list(w);
	for (size_t i = 0; i < r->requirements.n; i++)
		requirement(w, &r->requirements.p[i]);
	json_out_end(w);
	json_out_end(w);
}
