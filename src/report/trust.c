/* trust.c - signatures and attestations as text and JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/trust.h"

#include <stdio.h>

#include "base/date.h"
#include "report/json_parts.h"
#include "report/purl.h"

enum { TIME_TEXT = DATE_TEXT + 16, INDENT = 4 };

static const char *time_text(int64_t seconds, char out[TIME_TEXT])
{
	char day[DATE_TEXT];
	int64_t days = seconds / DAY_SECONDS;
	int rest = (int)(seconds % DAY_SECONDS);

	if (seconds <= 0)
		return NULL;
	snprintf(out, TIME_TEXT, "%sT%02d:%02d:%02dZ", date_format_day(days, day), rest / 3600,
		rest / 60 % 60, rest % 60);
	return out;
}

static void json_inputs(struct json_out *w, const struct provenance *p)
{
	json_out_key(w, "inputs");
	json_out_list(w);
	for (size_t i = 0; i < p->inputs.n; i++) {
		const struct provenance_input *in = &p->inputs.p[i];

		json_out_dict(w);
		json_member(w, "uri", in->uri);
		json_member(w, "algorithm", in->algorithm);
		json_member(w, "digest", in->hex);
		json_out_end(w);
	}
	json_out_end(w);
}

static void json_provenance(struct json_out *w, const struct provenance *p)
{
	char time[TIME_TEXT];

	json_out_key(w, "provenance");
	if (!p) {
		json_out_null(w);
		return;
	}
	json_out_dict(w);
	json_member(w, "version", p->version);
	json_member(w, "builder", p->builder);
	json_member(w, "build_type", p->build_type);
	json_member(w, "source", p->source.uri);
	json_member(w, "source_digest", p->source.hex);
	json_member_str(w, "finished", time_text(p->finished, time));
	json_member_bool(w, "reproducible", p->is_reproducible);
	json_member_bool(w, "hermetic", p->is_hermetic);
	json_member_bool(w, "complete", p->has_all_inputs);
	json_member(w, "dockerfile", p->recipe_name);
	json_inputs(w, p);
	json_out_end(w);
}

static void json_packages(struct json_out *w, const char *key,
	const struct package_fact *const *list, size_t n, const struct distribution *distribution)
{
	static const struct distribution unknown;

	json_out_key(w, key);
	json_out_list(w);
	for (size_t i = 0; i < n; i++) {
		scoped_buf struct buf b = { 0 };

		purl_of(list[i], distribution ? distribution : &unknown, &b);
		json_out_text(w, buf_view(&b));
	}
	json_out_end(w);
}

static void json_sbom(
	struct json_out *w, const struct sbom_truth *s, const struct distribution *distribution)
{
	json_out_key(w, "sbom");
	if (!s) {
		json_out_null(w);
		return;
	}
	json_out_dict(w);
	json_member(w, "format", s->format);
	json_member_int(w, "packages", (int64_t)s->theirs);
	json_member_int(w, "in_image", (int64_t)s->ours);
	json_member_int(w, "in_both", (int64_t)s->found);
	json_packages(w, "missing", s->missing.p, s->missing.n, distribution);
	json_packages(w, "extra", s->extra.p, s->extra.n, distribution);
	json_out_end(w);
}

static void json_profile(struct json_out *w, const struct profile_facts *p)
{
	json_out_key(w, "profile");
	if (!p) {
		json_out_null(w);
		return;
	}
	json_out_dict(w);
	json_member_str(w, "kind", profile_kind_names[p->kind]);
	json_member_bool(w, "restricts", p->restricts);
	json_member(w, "why", p->why);
	json_out_end(w);
}

static void json_row(
	struct json_out *w, const struct trust_evidence *e, const struct distribution *distribution)
{
	char time[TIME_TEXT], digest[DIGEST_TEXT];

	json_out_dict(w);
	json_member_str(w, "kind", attached_kind_names[e->kind]);
	json_member_str(w, "level", trust_level_names[e->level]);
	json_member_bool(w, "failed", e->is_bad);
	json_member_bool(w, "wrong_signer", e->is_wrong_signer);
	json_member(w, "signer", e->signer);
	json_member(w, "issuer", e->issuer);
	json_member(w, "key", e->key_id);
	json_member_str(w, "time", time_text(e->time, time));
	json_member(w, "time_source", e->time_source);
	json_member(w, "log", e->log);
	json_member(w, "predicate_type", e->predicate_type);
	json_member_str(w, "subject", digest_format(&e->subject, digest));
	json_member_bool(w, "of_index", e->is_of_index);
	json_member(w, "format", e->format);
	json_member_str(w, "digest", digest_format(&e->digest, digest));
	json_member(w, "place", e->place);
	json_member(w, "why", e->why);
	if (e->kind != ATTACHED_SIGNATURE) {
		json_provenance(w, e->provenance);
		json_sbom(w, e->sbom, distribution);
		json_profile(w, e->profile);
	}
	json_out_end(w);
}

void json_trust(struct json_out *w, const struct trust *t, const struct distribution *distribution)
{
	static const char *const names[] = { "signatures", "attestations" };

	for (size_t k = 0; k < 2; k++) {
		json_out_key(w, names[k]);
		json_out_list(w);
		for (size_t i = 0; t && i < t->list.n; i++)
			if ((t->list.p[i].kind == ATTACHED_SIGNATURE) == !k)
				json_row(w, &t->list.p[i], distribution);
		json_out_end(w);
	}
}

static void line(struct page *p, const char *label, struct span text)
{
	if (!text.len)
		return;
	page_to(p, INDENT);
	page_printf(p, "%s ", label);
	page_words(p, INDENT + 2, text);
	page_end(p);
}

static void text_row(struct page *p, const struct trust_evidence *e)
{
	bool counts = !e->is_beside && trust_counts(e, TRUST_ROOTED);
	char time[TIME_TEXT];

	page_inked(p,
		counts                            ? GREEN
		: e->is_bad || e->is_wrong_signer ? RED
						  : YELLOW,
		e->is_bad            ? "failed"
		: e->is_wrong_signer ? "wrong signer"
				     : trust_level_names[e->level]);
	page_printf(p, "  %s: ", attached_kind_names[e->kind]);
	page_span(p, e->format);
	page_end(p);
	line(p, "signer", e->signer);
	line(p, "issuer", e->issuer);
	if (!span_eq(e->key_id, e->signer))
		line(p, "key", e->key_id);
	if (time_text(e->time, time)) {
		page_to(p, INDENT);
		page_printf(p, "signed %s, by ", time);
		page_span(p, e->time_source);
		page_end(p);
	}
	line(p, "log", e->log);
	line(p, "predicate", e->predicate_type);
	line(p, "found in", e->place);
	if (e->is_beside)
		line(p, "of", SPAN("something attached, not of the image"));
	line(p, "why", e->why);
}

void text_trust(struct page *p, const struct trust *t)
{
	for (size_t i = 0; i < t->list.n; i++)
		text_row(p, &t->list.p[i]);
	if (t->passed_over)
		page_printf(p, "%zu more were not checked", t->passed_over);
	page_end(p);
}
