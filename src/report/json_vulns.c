/* json_vulns.c - database and vulnerabilities[] of the JSON report.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "facts/matches.h"
#include "report/json_parts.h"
#include "report/purl.h"
#include "report/vulns.h"

enum { RATIO_DIGITS = 5 };

static void source(struct json_out *w, const struct match_source *s)
{
	char day[DATE_TEXT];

	json_out_dict(w);
	json_member(w, "name", s->name);
	json_member_str(w, "date", s->day ? date_format_day(s->day, day) : NULL);
	json_member_str(w, "class", vulns_class_text(s->classes));
	json_out_end(w);
}

static void database(struct json_out *w, const struct matches *m)
{
	char day[DATE_TEXT];

	json_out_key(w, "database");
	if (!m) {
		json_out_null(w);
		return;
	}
	json_out_dict(w);
	json_member_str(w, "built", date_format_day(m->built_day, day));
	json_member_bool(w, "builtin", m->is_builtin);
	json_out_key(w, "sources");
	json_out_list(w);
	for (size_t i = 0; i < m->sources.n; i++)
		source(w, &m->sources.p[i]);
	json_out_end(w);
	json_out_key(w, "gaps");
	json_out_list(w);
	for (size_t i = 0; i < m->gaps.n; i++)
		json_out_text(w, m->gaps.p[i].text);
	json_out_end(w);
	json_out_end(w);
}

/* 65535 is 1. */
static void ratio(struct json_out *w, const char *key, uint16_t v)
{
	json_out_key(w, key);
	json_out_decimal(w, ((int64_t)v * 100000 + 32767) / 65535, RATIO_DIGITS);
}

static void scores(struct json_out *w, const struct vulnerability *v)
{
	json_member_str(w, "severity", rating_names[v->rating]);
	json_member(w, "severity_source", v->rating_source);
	json_out_key(w, "cvss");
	if (v->cvss.len) {
		json_out_dict(w);
		json_member(w, "vector", v->cvss);
		json_out_key(w, "score");
		json_out_decimal(w, v->cvss_tenths, 1);
		json_out_end(w);
	} else {
		json_out_null(w);
	}
	json_member_bool(w, "kev", v->is_exploited);
	json_member_bool(w, "ransomware", v->is_ransomware);
	json_out_key(w, "epss");
	if (!v->has_epss) {
		json_out_null(w);
		return;
	}
	json_out_dict(w);
	ratio(w, "probability", v->epss);
	ratio(w, "percentile", v->epss_percentile);
	json_out_end(w);
}

static void finding(struct json_out *w, const struct vulnerability *v, const struct image_facts *f)
{
	const struct image_package *p = v->package;
	scoped_buf struct buf purl = { 0 };

	purl_of(p->fact, &f->distribution, &purl);
	json_out_dict(w);
	json_member(w, "id", v->id);
	json_out_key(w, "aliases");
	json_out_list(w);
	for (size_t i = 0; i < v->aliases_n; i++)
		json_out_text(w, v->aliases[i]);
	json_out_end(w);
	json_member(w, "title", v->title);
	scores(w, v);
	json_member(w, "purl", buf_view(&purl));
	json_member(w, "package", p->fact->name);
	json_member(w, "installed", p->fact->version);
	json_member(w, "fixed_in", v->fixed_in);
	json_member_str(w, "fix_state", fix_state_names[v->fix_state]);
	json_layer(w, p, f);
	json_member_bool(w, "base", vulnerability_is_base(v, f));
	json_place(w, &p->at);
	json_member(w, "source", v->origin);
	json_member_str(w, "status", match_status_names[v->status]);
	json_member_bool(w, "unimportant", v->is_unimportant);
	json_member(w, "why", v->why);
	if (v->symbols.len)
		json_member(w, "symbols", v->symbols);
	json_out_end(w);
	w->out->failed = w->out->failed || purl.failed;
}

void json_vulnerabilities(struct json_out *w, const struct report *r, bool only_fixed)
{
	const struct matches *m = r->matches;

	database(w, m);
	json_out_key(w, "vulnerabilities");
	json_out_list(w);
	for (size_t i = 0; m && i < m->list.n; i++)
		if (!only_fixed || m->list.p[i].fix_state == FIX_FIXED)
			finding(w, &m->list.p[i], r->image);
	json_out_end(w);
}
