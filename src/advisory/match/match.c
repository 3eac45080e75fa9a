/* match.c - each package against the advisories of its ecosystem; one finding a flaw and package.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/match/match.h"

#include <stdlib.h>

#include "advisory/match/parts.h"
#include "base/ascii.h"
#include "base/hash.h"
#include "base/hashtable.h"

/* ---- hits of one package -------------------------------------------------------------------- */

/* The row names a source package, and is about all that is built from it. */
static bool is_of_source(const struct advisory_hit *h)
{
	return span_eq(h->arch, SPAN("src"));
}

/* A row of a source rpm has no epoch, as its file's name has none: a version with one would be
 * newer than all of them. */
static struct span without_epoch(struct span version)
{
	size_t colon = span_find(version, ':');

	return span_from(version, colon < version.len ? colon + 1 : 0);
}

static bool fits_arch(const struct advisory_hit *h, const struct package_fact *p)
{
	static const struct span any = SPAN_INIT("noarch");

	return !h->arch.len || is_of_source(h) || !p->arch.len || span_eq(p->arch, any) ||
	       span_has_word(h->arch, any) || span_has_word(h->arch, p->arch);
}

/* "8.1" of "0:8.1.2-3.module_el8": the first two numbers. */
static struct span first_numbers(struct span version)
{
	struct span v = without_epoch(version);
	size_t dot = span_find(v, '.');

	return span_sub(v, 0, dot + 1 + span_find(span_from(v, dot + 1), '.'));
}

/* A row of a module is about packages of its stream only. Where the row does not say which, a fix
 * of the same first two numbers is of the same stream; of another one nothing is known. */
static bool fits_module(
	const struct advisory_hit *h, const struct package_fact *p, bool *out_is_unsure)
{
	static const struct span mark = SPAN_INIT(".module");

	if (h->module.len)
		return span_starts(p->module, h->module) &&
		       (p->module.len == h->module.len || span_at(p->module, h->module.len) == ':');
	if (!span_has(h->fixed, mark))
		return !p->module.len && !span_has(p->version, mark);
	if (!span_has(p->version, mark))
		return false;
	if (span_eq(first_numbers(h->fixed), first_numbers(p->version)))
		return true;
	*out_is_unsure = true;
	return false;
}

/* v0.0.0-20230101000000-0123456789ab, v1.2.4-0.20230101000000-0123456789ab, or after a release
 * before the last: a commit, not a release. */
static bool is_pseudo(struct span version)
{
	enum { DAY_AND_TIME = 14, HASH = 12, LEAST = DAY_AND_TIME + 1 + HASH };
	struct span v = span_sub(version, 0, span_find(version, '+'));
	size_t from = v.len > LEAST ? v.len - LEAST : v.len;
	struct span time = span_sub(v, from, DAY_AND_TIME),
		    hash = span_from(v, span_rfind(v, '-') + 1);
	uint8_t before = from ? span_at(v, from - 1) : 0;

	for (size_t i = 0; i < DAY_AND_TIME; i++)
		if (!ascii_is_digit(span_at(time, i)))
			return false;
	return time.len == DAY_AND_TIME && hash.len == HASH && (before == '.' || before == '-');
}

static bool is_better(
	const struct query *q, const struct advisory_hit *a, const struct advisory_hit *b)
{
	int order;

	if ((a->state == FIX_FIXED) != (b->state == FIX_FIXED))
		return a->state == FIX_FIXED;
	if ((a->state == FIX_EXTENDED) != (b->state == FIX_EXTENDED))
		return a->state == FIX_EXTENDED;
	if (q->scheme == VERSION_GO && !is_pseudo(q->version) &&
		span_starts(a->id, SPAN("GHSA-")) != span_starts(b->id, SPAN("GHSA-")))
		return span_starts(a->id, SPAN("GHSA-"));
	if (a->fixed.len && b->fixed.len && version_cmp(q->scheme, a->fixed, b->fixed, &order))
		return order > 0;
	return a->fixed.len > b->fixed.len || (!b->rating && a->rating);
}

/* The name under which all that is one flaw is found: the CVE, else one of GitHub, else the first
 * in byte order. */
static struct span flaw_id(const struct advisory_record *r)
{
	static const struct span heads[] = { SPAN_INIT("CVE-"), SPAN_INIT("GHSA-"), SPAN_INIT("") };
	struct span best = r->id;

	for (size_t h = 0; h < sizeof(heads) / sizeof(*heads); h++) {
		bool any = span_starts(r->id, heads[h]);

		for (size_t i = 0; i < r->aliases_n; i++) {
			if (!span_starts(r->aliases[i], heads[h]) ||
				(any && span_cmp(best, r->aliases[i]) <= 0))
				continue;
			best = r->aliases[i];
			any = true;
		}
		if (any)
			return best;
	}
	return best;
}

static struct flaw *flaw_of(struct matcher *m, struct package_flaws *list, struct span id)
{
	uint64_t hash = hash_span(m->key, id);
	struct table_slot *s;
	struct flaw *f;

	if (!table_room(&list->by_id, m->a))
		return NULL;
	s = table_next(&list->by_id, hash, NULL);
	while (s->row && !span_eq(list->all.p[s->row - 1].id, id))
		s = table_next(&list->by_id, hash, s);
	if (s->row)
		return &list->all.p[s->row - 1];
	f = vec_push(&list->all, m->a);
	if (!f)
		return NULL;
	*f = (struct flaw){ .id = id };
	table_put(&list->by_id, s, hash, list->all.n - 1);
	return f;
}

static int take_hit(struct matcher *m, const struct query *q, const struct advisory_hit *h,
	struct package_flaws *list)
{
	struct advisory_record record;
	bool is_known;
	int code = advisory_db_record(m->db, h->id, m->a, &record, &is_known, m->err);
	struct flaw *f = code ? NULL : flaw_of(m, list, flaw_id(&record));

	if (!f)
		return code ? code : arena_check(m->a, m->err);
	if (!f->hits++)
		f->record = record;
	if (h->state == FIX_NOT_AFFECTED) {
		f->is_negative = true;
		return 0;
	}
	f->has_github = f->has_github || span_starts(h->id, SPAN("GHSA-"));
	for (size_t i = 0; i < h->symbols_n; i++)
		vec_add(&f->symbols, m->a, &h->symbols[i]);
	f->is_whole = f->is_whole || (!h->symbols_n && span_starts(h->id, SPAN("GO-")));
	if (!f->hit.id.len || is_better(q, h, &f->hit))
		f->hit = *h;
	return 0;
}

static int ask(struct matcher *m, const struct query *q, struct package_flaws *list,
	struct advisory_hits *out)
{
	int code = advisory_db_find(m->db, q->ecosystem, q->name, q->version, m->a, out, m->err);

	for (size_t i = 0; !code && i < out->n; i++) {
		const struct advisory_hit *h = &out->p[i];

		if (q->is_unfixed_only && (h->state == FIX_FIXED || h->state == FIX_EXTENDED ||
						  h->state == FIX_NOT_AFFECTED))
			continue;
		if (is_of_source(h) != q->is_source)
			continue;
		if (q->package->fact->type == PACKAGE_RPM &&
			(!fits_arch(h, q->package->fact) ||
				!fits_module(h, q->package->fact, &list->is_unsure)))
			continue;
		code = take_hit(m, q, h, list);
	}
	return code;
}

/* ---- findings ------------------------------------------------------------------------------- */

static void put_aliases(struct matcher *m, const struct flaw *f, struct vulnerability *v)
{
	struct span *list = arena_array(m->a, f->record.aliases_n + 2, sizeof(*list));
	struct span from[] = { f->record.id, f->hit.advisory };

	for (size_t i = 0; list && i < f->record.aliases_n + 2; i++) {
		struct span id = i < 2 ? from[i] : f->record.aliases[i - 2];
		size_t k = v->aliases_n;

		if (!id.len || span_eq(id, v->id))
			continue;
		while (k && span_cmp(list[k - 1], id) > 0)
			k--;
		if (k && span_eq(list[k - 1], id))
			continue;
		for (size_t n = v->aliases_n++; n > k; n--)
			list[n] = list[n - 1];
		list[k] = id;
	}
	v->aliases = list;
}

/* Names that one ecosystem gives: in another they say nothing. */
static const struct {
	struct span head;
	uint8_t family; /* enum advisory_family */
} alias_heads[] = {
	{ SPAN_INIT("ALAS"), FAMILY_RPM },
	{ SPAN_INIT("ALBA-"), FAMILY_RHEL },
	{ SPAN_INIT("ALEA-"), FAMILY_RHEL },
	{ SPAN_INIT("ALPINE-"), FAMILY_ALPINE },
	{ SPAN_INIT("ALSA-"), FAMILY_RHEL },
	{ SPAN_INIT("BIT-"), FAMILY_BITNAMI },
	{ SPAN_INIT("CGA-"), FAMILY_WOLFI },
	{ SPAN_INIT("DEBIAN-"), FAMILY_DEBIAN },
	{ SPAN_INIT("DLA-"), FAMILY_DEBIAN },
	{ SPAN_INIT("DSA-"), FAMILY_DEBIAN },
	{ SPAN_INIT("ELSA-"), FAMILY_RHEL },
	{ SPAN_INIT("GO-"), FAMILY_GO },
	{ SPAN_INIT("PHPSEC-"), FAMILY_COMPOSER },
	{ SPAN_INIT("PYSEC-"), FAMILY_PYPI },
	{ SPAN_INIT("RETIREJS-"), FAMILY_NPM },
	{ SPAN_INIT("RHSA-"), FAMILY_RHEL },
	{ SPAN_INIT("RLSA-"), FAMILY_RHEL },
	{ SPAN_INIT("RUSTSEC-"), FAMILY_CARGO },
	{ SPAN_INIT("SUSE-"), FAMILY_SUSE },
	{ SPAN_INIT("UBUNTU-"), FAMILY_UBUNTU },
	{ SPAN_INIT("USN-"), FAMILY_UBUNTU },
};

static bool is_foreign_name(struct span id, uint8_t family)
{
	for (size_t i = 0; i < sizeof(alias_heads) / sizeof(*alias_heads); i++)
		if (span_starts(id, alias_heads[i].head))
			return alias_heads[i].family != family;
	return false;
}

/* After the documents of the user, which may use any name. */
static void drop_aliases(const struct matcher *m, struct vulnerability *v)
{
	const char *osv = package_row(v->package->fact->type)->osv;
	struct span name = osv ? span_str(osv) : SPAN("");
	struct span *list = (struct span *)(uintptr_t)v->aliases; /* ours: put_aliases */
	const struct advisory_ecosystem *e;
	size_t n = 0;

	if (package_is_system(v->package->fact->type) && m->system.n)
		name = m->system.feeds[0].ecosystem;
	e = advisory_ecosystem(name);
	for (size_t i = 0; e && i < v->aliases_n; i++)
		if (!is_foreign_name(list[i], e->family))
			list[n++] = list[i];
	v->aliases_n = e ? n : v->aliases_n;
}

static void add_finding(struct matcher *m, const struct image_package *p, const struct flaw *f)
{
	struct vulnerability *v = vec_push(&m->out->list, m->a);
	const struct advisory_record *r = &f->record;

	if (!v)
		return;
	*v = (struct vulnerability){ .id = f->id,
		.title = r->title,
		.package = p,
		.fix_state = f->hit.state,
		.fixed_in = f->hit.fixed,
		.origin = f->hit.source ? f->hit.source->name : (struct span){ 0 },
		.is_exploited = r->is_exploited,
		.is_ransomware = r->is_ransomware,
		.has_epss = r->has_epss,
		.epss = r->epss,
		.epss_percentile = r->epss_percentile };
	put_aliases(m, f, v);
	rate(f, m->a, v);
	match_settle(m, f, v);
	drop_aliases(m, v);
	m->out->statuses[v->status]++;
}

static void add_findings(
	struct matcher *m, const struct image_package *p, const struct package_flaws *list)
{
	m->unsure += list->is_unsure;
	for (size_t i = 0; i < list->all.n; i++)
		if (list->all.p[i].hit.id.len && !list->all.p[i].is_negative)
			add_finding(m, p, &list->all.p[i]);
}

/* ---- packages ------------------------------------------------------------------------------- */

/* *is_read: false when some rows could not be compared. */
static int ask_system(struct matcher *m, struct query *q, struct package_flaws *list, bool *is_read)
{
	for (size_t i = 0; i < m->system.n; i++) {
		const struct system_feed *feed = &m->system.feeds[i];
		struct advisory_hits hits;

		if (!feed->is_there)
			continue;
		q->ecosystem = feed->ecosystem;
		q->scheme = advisory_ecosystem(feed->ecosystem)->scheme;
		q->is_unfixed_only = feed->is_unfixed_only;
		int code = ask(m, q, list, &hits);

		if (code)
			return code;
		*is_read = *is_read && !(hits.has_package && hits.is_unread) && !hits.unread_n;
	}
	return 0;
}

/* Rows of sources about an rpm: by the name of its source, and by its own, under which some feeds
 * list what has no fix. */
static int ask_sources(
	struct matcher *m, struct query *q, struct package_flaws *list, bool *is_read)
{
	const struct package_fact *f = q->package->fact;
	const struct span names[] = { f->name, f->source };
	int code = 0;

	q->is_source = true;
	for (size_t i = 0; i < 2 && !code; i++) {
		bool is_own = !i && f->source.len && !span_eq(f->source, f->name);

		if (!names[i].len || (i && span_eq(f->source, f->name)))
			continue;
		q->name = names[i];
		q->version = without_epoch(
			!is_own && f->source_version.len ? f->source_version : f->version);
		code = ask_system(m, q, list, is_read);
	}
	return code;
}

static int match_system(struct matcher *m, const struct image_package *p)
{
	const struct package_fact *f = p->fact;
	bool by_source = f->type != PACKAGE_RPM;
	struct package_flaws list = { 0 };
	struct query q = {
		.package = p,
		.name = by_source && f->source.len ? f->source : f->name,
		.version = by_source && f->source_version.len ? f->source_version : f->version,
	};
	struct span maker;
	bool is_read = true;
	int code;

	if (!m->system.is_known)
		return 0;
	if (f->type == PACKAGE_RPM && span_eq(f->name, SPAN("gpg-pubkey")))
		return 0; /* a key, not software */
	maker = match_maker(m, f);
	if (maker.len) {
		if (!m->foreign++) {
			m->foreign_name = f->name;
			m->foreign_maker = maker;
		}
		return 0;
	}
	m->sourceless += f->type == PACKAGE_CHISEL && !f->source.len;
	code = ask_system(m, &q, &list, &is_read);
	if (!code && !by_source)
		code = ask_sources(m, &q, &list, &is_read);
	if (code)
		return code;
	m->unread += !is_read;
	add_findings(m, p, &list);
	return 0;
}

/* Programs that are known by their content, under the names of Bitnami's products. */
static struct span product_of(struct span name)
{
	static const struct {
		const char *ours, *theirs;
	} names[] = {
		{ "apache", "apache" },
		{ "httpd", "apache" },
		{ "jdk", "java" },
		{ "mongod", "mongodb" },
		{ "mariadbd", "mariadb" },
		{ "nodejs", "node" },
		{ "openjdk", "java" },
		{ "postgres", "postgresql" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_eq(name, span_str(names[i].ours)))
			return span_str(names[i].theirs);
	return name;
}

static int find_language(struct matcher *m, unsigned type, struct language **out)
{
	struct language *l = &m->languages[type < PACKAGE_TYPES ? type : 0];
	struct advisory_extent extent;
	int code = 0;

	*out = l;
	if (l->is_asked)
		return 0;
	l->is_asked = true;
	l->ecosystem = span_str(package_row(type)->osv);
	if (l->ecosystem.len)
		code = advisory_db_ecosystem(m->db, l->ecosystem, &extent, &l->is_there, m->err);
	return code;
}

/* A main module that was not built from a release has no version to compare. */
static bool lacks_version(const struct package_fact *f)
{
	return !f->version.len || (f->type == PACKAGE_GO && f->is_main &&
					  (span_eq(f->version, SPAN("(devel)")) ||
						  span_starts(f->version, SPAN("v0.0.0-"))));
}

/* Of Go's own advisories and GitHub's on a flaw, the ranges of GitHub count. */
static int deny(struct matcher *m, const struct query *q, struct flaw *f)
{
	int code = 0;

	for (size_t i = 0; i < f->record.aliases_n && !code && !f->denied.len; i++) {
		struct span id = f->record.aliases[i];
		bool has_row = false;

		if (span_starts(id, SPAN("GHSA-")))
			code = advisory_db_has_row(
				m->db, q->ecosystem, q->name, id, m->a, &has_row, m->err);
		if (has_row)
			f->denied = id;
	}
	return code;
}

/* What only Go's own ranges hold for; where some range of the package cannot be evaluated, it may
 * be GitHub's. */
static int deny_all(struct matcher *m, const struct query *q, const struct advisory_hits *hits,
	struct package_flaws *list)
{
	int code = 0;

	if (q->package->fact->type != PACKAGE_GO || is_pseudo(q->version) || hits->is_unread ||
		hits->unread_n)
		return 0;
	for (size_t i = 0; i < list->all.n && !code; i++)
		if (span_starts(list->all.p[i].hit.id, SPAN("GO-")) && !list->all.p[i].has_github)
			code = deny(m, q, &list->all.p[i]);
	return code;
}

static int match_language(struct matcher *m, const struct image_package *p)
{
	const struct package_fact *f = p->fact;
	bool is_owned = match_is_owned(m, p),
	     is_program = f->type == PACKAGE_BINARY || f->type == PACKAGE_JDK;
	struct package_flaws list = { 0 };
	struct advisory_hits hits;
	struct language *l;
	int code = find_language(m, f->type, &l);

	if (code)
		return code;
	l->packages += !is_owned;
	if (!l->is_there)
		return 0;
	struct query q = { .package = p,
		.ecosystem = l->ecosystem,
		.scheme = advisory_ecosystem(l->ecosystem)->scheme,
		.name = is_program ? product_of(f->name) : f->name,
		.version = lacks_version(f) ? (struct span){ 0 } : f->version };

	if (f->type == PACKAGE_MAVEN && span_at(f->name, 0) == ':') {
		m->groupless += !is_owned;
		return 0;
	}
	code = ask(m, &q, &list, &hits);
	if (!code)
		code = deny_all(m, &q, &hits, &list);
	if (code)
		return code;
	if (!is_owned) {
		/* an own program that nobody publishes advisories on has none to miss */
		m->unread +=
			hits.has_package && (hits.is_unread || !q.version.len || hits.unread_n);
		m->unlisted += is_program && !hits.has_package;
		if (is_program && !hits.has_package && !m->unlisted_name.len)
			m->unlisted_name = f->name;
	}
	if (q.version.len)
		add_findings(m, p, &list);
	return 0;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int rank(const struct vulnerability *v)
{
	static const int ranks[RATINGS] = { [RATING_CRITICAL] = 0,
		[RATING_HIGH] = 1,
		[RATING_MEDIUM] = 2,
		[RATING_LOW] = 3,
		[RATING_UNRATED] = 4,
		[RATING_NEGLIGIBLE] = 5 };

	return ranks[v->rating];
}

static bool is_out(const struct vulnerability *v)
{
	return v->status == MATCH_SUPPRESSED || v->status == MATCH_VEX;
}

/* What counts before what does not, then the worst first. */
static int by_weight(const void *left, const void *right)
{
	const struct vulnerability *a = left, *b = right;
	int d = is_out(a) - is_out(b);

	d = d ? d : rank(a) - rank(b);
	d = d ? d : b->is_exploited - a->is_exploited;
	d = d ? d : (a->epss < b->epss) - (a->epss > b->epss);
	d = d ? d : package_cmp(a->package->fact, b->package->fact);
	return d ? d : span_cmp(a->id, b->id);
}

static void list_sources(struct matcher *m)
{
	size_t n;
	const struct advisory_source *s = advisory_db_sources(m->db, &n);

	m->out->built_day = advisory_db_built(m->db);
	m->out->is_builtin = advisory_db_is_builtin(m->db);
	for (size_t i = 0; i < n; i++)
		vec_add(&m->out->sources, m->a,
			&((struct match_source){ s[i].name, s[i].day, s[i].classes }));
}

int match_image(const struct image_facts *image, struct advisory_db *db,
	const struct match_options *opt, struct arena *a, struct matches *out, struct scov_err *err)
{
	struct matcher m = { .image = image,
		.db = db,
		.opt = opt,
		.a = a,
		.out = out,
		.err = err,
		.key = hash_random_key(),
		.vex_image = { image, opt->reference } };
	int code = system_of(image, db, a, &m.system, err);

	*out = (struct matches){ 0 };
	out->waiver_hits = arena_array(a, opt->policy->waivers.n, sizeof(*out->waiver_hits));
	list_sources(&m);
	for (size_t i = 0; !code && i < image->packages.n && watch_on(image->watch); i++) {
		const struct image_package *p = &image->packages.p[i];

		code = package_is_system(p->fact->type) ? match_system(&m, p)
							: match_language(&m, p);
	}
	if (code)
		return code;
	if (out->list.n)
		qsort(out->list.p, out->list.n, sizeof(*out->list.p), by_weight);
	match_gaps(&m);
	code = watch_check(image->watch, err);
	return code ? code : arena_check(a, err);
}
