/* osv.c - records of the Open Source Vulnerability schema, in JSON or YAML.
 *
 * Source: https://ossf.github.io/osv-schema, 1.7.4, and what publishers do: AlmaLinux and Rocky
 * put the CVEs of an erratum in `related`, its severity in the first word of the summary and the
 * stream of a module in its words; Go puts the ranges of pseudo-versions and other numbering in
 * ecosystem_specific.custom_ranges, and then its SEMVER range has no end; RustSec marks what is not
 * a vulnerability with database_specific.informational.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"
#include "version/version.h"

enum { TITLE_MAX = 200 };

/* ---- whose a record is ---- */

enum kind {
	FLAW,
	ERRATUM, /* an update: the flaws are its CVEs */
	BUGFIX,  /* the same; one that names no CVE is about no flaw */
};

struct publisher {
	const char *prefix;  /* of its ids */
	uint8_t kind;        /* enum kind */
	bool words_severity; /* the summary begins with it */
	uint8_t rating;      /* enum rating: of all that it has */
	struct advisory_source source;
};

#define PUBLISHER(name, address, licence, classes)                                                 \
	{                                                                                          \
		SPAN_INIT(name), SPAN_INIT(address), SPAN_INIT(licence), 0, classes                \
	}
#define ALMA                                                                                       \
	PUBLISHER("almalinux-osv", "https://github.com/AlmaLinux/osv-database", "MIT",             \
		FEED_FIXED | FEED_RATING)
#define ROCKY                                                                                      \
	PUBLISHER("rocky-osv", "https://osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux", \
		"BSD", FEED_FIXED | FEED_RATING)
#define REDHAT                                                                                     \
	PUBLISHER("redhat-osv", "https://osv-vulnerabilities.storage.googleapis.com/Red%20Hat",    \
		"CC-BY-4.0", FEED_FIXED)
#define UBUNTU                                                                                     \
	PUBLISHER("ubuntu-osv", "https://osv-vulnerabilities.storage.googleapis.com/Ubuntu",       \
		"CC-BY-SA-4.0", FEED_FIXED | FEED_UNFIXED | FEED_RATING)
/* What the tracker has not rated yet is not in it. */
#define DEBIAN                                                                                     \
	PUBLISHER("debian-osv", "https://osv-vulnerabilities.storage.googleapis.com/Debian",       \
		"MIT", FEED_FIXED | FEED_UNFIXED | FEED_RATING | FEED_PARTIAL)
/* Notices are about what is fixed. */
#define DEBIAN_NOTICES                                                                             \
	PUBLISHER("debian-osv-notices",                                                            \
		"https://osv-vulnerabilities.storage.googleapis.com/Debian", "MIT",                \
		FEED_FIXED | FEED_PARTIAL)
#define UBUNTU_NOTICES                                                                             \
	PUBLISHER("ubuntu-osv-notices",                                                            \
		"https://osv-vulnerabilities.storage.googleapis.com/Ubuntu", "CC-BY-SA-4.0",       \
		FEED_FIXED | FEED_RATING)
#define SUSE                                                                                       \
	PUBLISHER("suse-osv", "https://osv-vulnerabilities.storage.googleapis.com/SUSE",           \
		"CC-BY-4.0", FEED_FIXED)

/* Source of the prefixes: OSV schema, "id"; of the licences: the repositories, and the list of
 * data sources of google.github.io/osv.dev. */
static const struct publisher publishers[] = {
	{ "GO-", FLAW, false, 0,
		PUBLISHER("go-vulndb", "https://vuln.go.dev", "CC-BY-4.0",
			FEED_FIXED | FEED_UNFIXED) },
	{ "GHSA-", FLAW, false, 0,
		PUBLISHER("github-advisories", "https://github.com/github/advisory-database",
			"CC-BY-4.0", FEED_FIXED | FEED_UNFIXED | FEED_RATING) },
	{ "PYSEC-", FLAW, false, 0,
		PUBLISHER("pypa-advisories", "https://github.com/pypa/advisory-database",
			"CC-BY-4.0", FEED_FIXED | FEED_UNFIXED) },
	{ "RUSTSEC-", FLAW, false, 0,
		PUBLISHER("rustsec", "https://github.com/rustsec/advisory-db", "CC0-1.0",
			FEED_FIXED | FEED_UNFIXED | FEED_RATING) },
	{ "BIT-", FLAW, false, 0,
		PUBLISHER("bitnami-vulndb", "https://github.com/bitnami/vulndb", "Apache-2.0",
			FEED_FIXED | FEED_UNFIXED | FEED_RATING) },
	{ "MAL-", FLAW, false, RATING_CRITICAL,
		PUBLISHER("malicious-packages", "https://github.com/ossf/malicious-packages",
			"Apache-2.0", FEED_UNFIXED | FEED_RATING | FEED_PARTIAL) },
	{ "ALSA-", ERRATUM, true, 0, ALMA },
	{ "ALBA-", BUGFIX, true, 0, ALMA },
	{ "ALEA-", BUGFIX, true, 0, ALMA },
	{ "RLSA-", ERRATUM, true, 0, ROCKY },
	{ "RXSA-", ERRATUM, true, 0, ROCKY },
	{ "RHSA-", ERRATUM, false, 0, REDHAT },
	{ "RHBA-", BUGFIX, false, 0, REDHAT },
	{ "RHEA-", BUGFIX, false, 0, REDHAT },
	{ "UBUNTU-", ERRATUM, false, 0, UBUNTU },
	{ "USN-", ERRATUM, false, 0, UBUNTU_NOTICES },
	{ "LSN-", ERRATUM, false, 0, UBUNTU_NOTICES },
	{ "DEBIAN-", ERRATUM, false, 0, DEBIAN },
	{ "DSA-", ERRATUM, false, 0, DEBIAN_NOTICES },
	{ "DLA-", ERRATUM, false, 0, DEBIAN_NOTICES },
	{ "SUSE-", ERRATUM, false, 0, SUSE },
	{ "openSUSE-", ERRATUM, false, 0, SUSE },
	{ "ALPINE-", ERRATUM, false, 0,
		PUBLISHER("alpine-osv", "https://osv-vulnerabilities.storage.googleapis.com/Alpine",
			"not stated", FEED_FIXED) },
	{ "MGASA-", ERRATUM, false, 0,
		PUBLISHER("mageia-osv", "https://osv-vulnerabilities.storage.googleapis.com/Mageia",
			"CC-BY-SA-4.0", FEED_FIXED) },
	{ "OESA-", ERRATUM, true, 0,
		PUBLISHER("openeuler-osv",
			"https://osv-vulnerabilities.storage.googleapis.com/openEuler",
			"not stated", FEED_FIXED) },
	{ "", FLAW, false, 0,
		PUBLISHER("osv", "https://osv-vulnerabilities.storage.googleapis.com",
			"as each record's source", FEED_FIXED | FEED_UNFIXED | FEED_RATING) },
};

static const struct publisher *publisher_of(struct span id)
{
	const struct publisher *p = publishers;

	while (!span_starts(id, span_str(p->prefix)))
		p++;
	return p;
}

/* ---- severity ---- */

/* severity[]: the vector of the highest version, and a vendor's word. */
static void severity_of(const struct json *list, struct span *cvss, uint8_t *rating)
{
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *s = json_at(list, i);
		struct span score = json_get_text(s, "score");

		if (span_starts(json_get_text(s, "type"), SPAN("CVSS_")))
			*cvss = feed_vector(*cvss, score);
		else if (!*rating)
			*rating = (uint8_t)rating_of_word(score);
	}
}

/* "Important: ...", or at the end "(Important)". */
static uint8_t rating_of_summary(struct span summary)
{
	uint8_t rating = (uint8_t)rating_of_word(span_sub(summary, 0, span_find(summary, ':')));
	size_t open = span_rfind(summary, '(');

	if (rating || !span_ends(summary, SPAN(")")))
		return rating;
	return (uint8_t)rating_of_word(span_sub(summary, open + 1, summary.len - open - 2));
}

/* ---- one record ---- */

struct record {
	struct span id, summary;
	const struct publisher *by;
	VEC(struct span) flaws; /* each gets its rows */
	struct span advisory;   /* the erratum of these */
	struct span cvss, module;
	uint8_t rating;
};

static void add_cves(struct feed *f, struct record *r, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++) {
		struct span id = json_text(json_at(list, i));
		size_t at = span_find_span(id, SPAN("-CVE-")); /* UBUNTU-CVE-2024-1 */

		id = at < id.len ? span_from(id, at + 1) : id;
		bool is_new = feed_is_cve(id);

		for (size_t j = 0; j < r->flaws.n && is_new; j++)
			is_new = !span_eq(id, r->flaws.p[j]);
		if (is_new)
			vec_add(&r->flaws, &f->arena, &id);
	}
}

/* Whose rows these are. False: an erratum that is about no flaw. */
static bool find_flaws(struct feed *f, struct record *r, const struct json *v)
{
	struct span after = span_from(r->id, strlen(r->by->prefix));

	if (r->by->kind == FLAW) {
		vec_add(&r->flaws, &f->arena, &r->id);
		return true;
	}
	if (feed_is_cve(after)) /* UBUNTU-CVE-2024-1 */
		vec_add(&r->flaws, &f->arena, &after);
	else
		r->advisory = r->id;
	add_cves(f, r, json_get(v, "upstream"));
	add_cves(f, r, json_get(v, "related"));
	add_cves(f, r, json_get(v, "aliases"));
	if (!r->flaws.n && r->by->kind == ERRATUM)
		vec_add(&r->flaws, &f->arena, &r->id);
	return r->flaws.n;
}

/* "nodejs:18" in "Important: nodejs:18 security update". Empty: none is named. */
static struct span module_of(const struct record *r)
{
	struct span rest = r->summary, word;

	while (span_split(&rest, ' ', &word)) {
		size_t colon = span_find(word, ':');

		if (colon && colon + 1 < word.len && !span_starts(word, r->id))
			return word;
	}
	return (struct span){ 0 };
}

/* ---- what is affected ---- */

struct affected {
	struct span ecosystem, package;
	enum version_scheme scheme; /* 0: of no ecosystem that we match */
	uint8_t family;             /* enum advisory_family, where there is a scheme */
	VEC(struct advisory_range) ranges;
	VEC(struct span) versions;
	VEC(struct span) symbols;
	bool has_fixed, is_open, only_commits;
};

static void add_range(struct feed *f, struct affected *a, const struct json *range)
{
	static const char *const kinds[] = { "introduced", "fixed", "last_affected" };
	const struct json *events = json_get(range, "events");
	VEC(struct advisory_event) list = { 0 };
	struct advisory_range *ranges = NULL;
	size_t n = 0;

	if (span_eq(json_get_text(range, "type"), SPAN("GIT"))) {
		a->only_commits = !a->ranges.n;
		return;
	}
	for (size_t i = 0; i < json_count(events); i++)
		for (uint8_t k = 0; k < 3; k++) {
			struct span at = json_get_text(json_at(events, i), kinds[k]);

			if (!at.len)
				continue;
			/* Bitnami: a version without a revision is all of its revisions. */
			if (k == 2 && a->scheme == VERSION_BITNAMI && span_find(at, '-') == at.len)
				at = span_str(
					arena_printf(&f->arena, "%.*s-9999999", SPAN_ARG(at)));
			vec_add(&list, &f->arena, &((struct advisory_event){ k, at }));
		}
	if (!list.n)
		return;
	advisory_ranges(a->scheme, list.p, list.n, &f->arena, &ranges, &n);
	for (size_t i = 0; i < n; i++) {
		a->has_fixed = a->has_fixed || ranges[i].fixed.len;
		a->is_open = a->is_open || (!ranges[i].fixed.len && !ranges[i].last_affected.len);
		vec_add(&a->ranges, &f->arena, &ranges[i]);
	}
	a->only_commits = false;
}

static void add_ranges(struct feed *f, struct affected *a, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++)
		add_range(f, a, json_at(list, i));
}

/* Go: without an end, the ranges of module versions hide the real ones. */
static void take_custom_ranges(struct feed *f, struct affected *a, const struct json *specific)
{
	const struct json *custom = json_get(specific, "custom_ranges");

	if (!a->is_open || !json_count(custom))
		return;
	a->ranges.n = 0;
	a->has_fixed = a->is_open = false;
	add_ranges(f, a, custom);
}

static bool order(enum version_scheme scheme, struct span a, struct span b, int *out)
{
	if (!b.len || span_eq(b, SPAN("0"))) {
		*out = 1;
		return true;
	}
	return version_cmp(scheme, a, b, out);
}

/* Is it in one of the ranges? */
static bool is_covered(const struct affected *a, struct span version)
{
	for (size_t i = 0; i < a->ranges.n; i++) {
		const struct advisory_range *r = &a->ranges.p[i];
		bool is_fixed = r->fixed.len;
		struct span end = is_fixed ? r->fixed : r->last_affected;
		int low, high = -1;

		if (!order(a->scheme, version, r->introduced, &low) || low < 0)
			continue;
		if (end.len && !version_cmp(a->scheme, version, end, &high))
			continue;
		if (high < 0 || (!high && !is_fixed))
			return true;
	}
	return false;
}

/* A list of all versions that the ranges name too would be most of the database. */
static void add_versions(struct feed *f, struct affected *a, const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++) {
		struct span version = json_text(json_at(list, i));

		if (version.len && !(a->scheme && is_covered(a, version)))
			vec_add(&a->versions, &f->arena, &version);
	}
}

static bool has_linux(const struct json *systems)
{
	for (size_t i = 0; i < json_count(systems); i++)
		if (span_eq(json_text(json_at(systems, i)), SPAN("linux")))
			return true;
	return !json_count(systems);
}

static void add_symbol(struct feed *f, struct affected *a, struct span path, struct span name)
{
	const char *text = arena_printf(&f->arena, "%.*s.%.*s", SPAN_ARG(path), SPAN_ARG(name));

	vec_add(&a->symbols, &f->arena, &((struct span){ span_str(text).p, span_str(text).len }));
}

/* Go's imports. False: only on other systems. */
static bool add_symbols(struct feed *f, struct affected *a, const struct json *imports)
{
	bool any = !json_count(imports);

	for (size_t i = 0; i < json_count(imports); i++) {
		const struct json *import = json_at(imports, i);
		const struct json *symbols = json_get(import, "symbols");
		struct span path = json_get_text(import, "path");

		if (!has_linux(json_get(import, "goos")))
			continue;
		any = true;
		for (size_t j = 0; j < json_count(symbols); j++)
			add_symbol(f, a, path, json_text(json_at(symbols, j)));
		if (!json_count(symbols))
			add_symbol(f, a, path, SPAN(""));
	}
	return any;
}

static uint8_t state_of(const struct affected *a)
{
	if (span_starts(a->ecosystem, SPAN("Ubuntu:Pro")) && a->has_fixed)
		return FIX_EXTENDED;
	if (a->has_fixed)
		return FIX_FIXED;
	return a->is_open ? FIX_NOT_FIXED : FIX_UNKNOWN;
}

static bool is_of_module(const struct affected *a)
{
	for (size_t i = 0; i < a->ranges.n; i++)
		if (span_has(a->ranges.p[i].fixed, SPAN(".module_el")) ||
			span_has(a->ranges.p[i].fixed, SPAN(".module+el")))
			return true;
	return false;
}

static bool has_member(const struct json *dict, struct span name)
{
	for (size_t i = 0; i < json_count(dict); i++)
		if (span_eq(json_name(json_at(dict, i)), name))
			return true;
	return false;
}

static int put_flaws(
	struct feed *f, const struct record *r, struct advisory_row *row, struct scov_err *err)
{
	int code = 0;

	for (size_t i = 0; i < r->flaws.n && !code; i++) {
		row->id = r->flaws.p[i];
		code = feed_row(f, row, err);
	}
	return code;
}

/* SUSE names the source package; its binaries, an object {name: version} for each architecture, are
 * what an inventory has. */
static int put_binaries(struct feed *f, const struct record *r, struct advisory_row *row,
	const struct json *list, struct scov_err *err)
{
	int code = 0;

	for (size_t i = 0; i < json_count(list); i++)
		for (size_t j = 0; j < json_count(json_at(list, i)) && !code; j++) {
			const struct json *binary = json_at(json_at(list, i), j);
			struct advisory_range range = { .fixed = json_text(binary) };
			bool is_new = range.fixed.len;

			for (size_t k = 0; k < i && is_new; k++)
				is_new = !has_member(json_at(list, k), json_name(binary));
			if (!is_new)
				continue;
			row->package = json_name(binary);
			row->ranges = &range;
			row->ranges_n = 1;
			row->versions_n = 0;
			code = put_flaws(f, r, row, err);
		}
	return code;
}

static int put_rows(struct feed *f, const struct record *r, const struct affected *a,
	const struct json *v, struct scov_err *err)
{
	const struct json *specific = json_get(v, "ecosystem_specific");
	struct span urgency = json_get_text(specific, "urgency");
	struct advisory_row row = {
		.advisory = r->advisory,
		.ecosystem = a->ecosystem,
		.package = a->package,
		.ranges = a->ranges.p,
		.ranges_n = a->ranges.n,
		.versions = a->versions.p,
		.versions_n = a->versions.n,
		.state = state_of(a),
		.is_unimportant = span_eq(urgency, SPAN("unimportant")),
		.symbols = a->symbols.p,
		.symbols_n = a->symbols.n,
	};

	if (is_of_module(a)) /* of which stream it may not say: then the matcher has a doubt */
		row.module = r->module;
	severity_of(json_get(v, "severity"), &row.cvss, &row.rating);
	if (!row.rating)
		row.rating = (uint8_t)rating_of_word(urgency);
	if (!row.rating && r->by->kind != FLAW)
		row.rating = r->rating;
	if (a->family == FAMILY_SUSE && json_count(json_get(specific, "binaries")))
		return put_binaries(f, r, &row, json_get(specific, "binaries"), err);
	return put_flaws(f, r, &row, err);
}

/* The version that the entry is fixed in; empty where it has several. */
static struct span fixed_in(const struct json *v)
{
	const struct json *ranges = json_get(v, "ranges");
	const struct json *events = json_get(json_at(ranges, 0), "events");
	struct span fixed = { 0 };

	for (size_t i = 0; i < json_count(events); i++) {
		struct span at = json_get_text(json_at(events, i), "fixed");

		if (at.len && fixed.len)
			return (struct span){ 0 };
		fixed = at.len ? at : fixed;
	}
	return json_count(ranges) == 1 ? fixed : (struct span){ 0 };
}

static bool is_same_package(const struct json *a, const struct json *b)
{
	const struct json *p = json_get(a, "package"), *q = json_get(b, "package");

	return span_eq(json_get_text(p, "name"), json_get_text(q, "name")) &&
	       span_eq(json_get_text(p, "ecosystem"), json_get_text(q, "ecosystem"));
}

/* An update lists a package once for each of its builds, one after the other. Each has the fix, so
 * that the lowest of them says from where on it is there. */
static bool is_another_build(const struct json *list, size_t i, enum version_scheme scheme)
{
	const struct json *own = json_at(list, i);
	struct span fixed = fixed_in(own);
	size_t from = i;
	int c;

	while (from && is_same_package(json_at(list, from - 1), own))
		from--;
	for (size_t k = from; k < json_count(list) && is_same_package(json_at(list, k), own); k++) {
		struct span other = fixed_in(json_at(list, k));

		if (k != i && other.len && fixed.len && version_cmp(scheme, other, fixed, &c) &&
			(c < 0 || (c == 0 && k < i)))
			return true;
	}
	return false;
}

static int read_affected(struct feed *f, const struct record *r, const struct json *list, size_t i,
	struct scov_err *err)
{
	const struct json *v = json_at(list, i);
	const struct json *package = json_get(v, "package");
	const struct json *specific = json_get(v, "ecosystem_specific");
	struct affected a = { .ecosystem = json_get_text(package, "ecosystem"),
		.package = json_get_text(package, "name") };
	const struct advisory_ecosystem *e = advisory_ecosystem(a.ecosystem);

	if (!a.ecosystem.len || !a.package.len)
		return feed_leave_out(f, FEED_NO_ECOSYSTEM);
	if (json_get_text(json_get(v, "database_specific"), "informational").len)
		return feed_leave_out(f, FEED_INFORMATIONAL);
	a.scheme = e ? (enum version_scheme)e->scheme : 0;
	a.family = e ? e->family : FAMILY_CVE;
	if (a.family == FAMILY_RHEL && is_another_build(list, i, a.scheme))
		return 0;
	add_ranges(f, &a, json_get(v, "ranges"));
	take_custom_ranges(f, &a, specific);
	add_versions(f, &a, json_get(v, "versions"));
	if (!a.ranges.n && !a.versions.n)
		return feed_leave_out(f, FEED_NO_VERSIONS);
	if (!add_symbols(f, &a, json_get(specific, "imports")))
		return feed_leave_out(f, FEED_OTHER_SYSTEM);
	return put_rows(f, r, &a, v, err);
}

/* ---- what is known of the flaw itself ---- */

static int put_record(
	struct feed *f, const struct record *r, const struct json *v, struct scov_err *err)
{
	const struct json *aliases = json_get(v, "aliases");
	VEC(struct span) same = { 0 };
	struct advisory_record out = {
		.id = r->flaws.p[0],
		.cvss = r->cvss,
		.rating = r->rating,
		.rating_class = RATED_OTHER,
		.published = feed_day(f, json_get_text(v, "published"), err),
		.title = span_sub(r->summary, 0, TITLE_MAX),
	};

	for (size_t i = 0; i < json_count(aliases); i++) {
		struct span id = json_text(json_at(aliases, i));

		if (id.len)
			vec_add(&same, &f->arena, &id);
	}
	out.aliases = same.p;
	out.aliases_n = same.n;
	return feed_record(f, &out, err);
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	struct record r = { .id = json_get_text(v, "id"), .summary = json_get_text(v, "summary") };
	const struct json *affected = json_get(v, "affected");
	int code = 0;

	(void)path;
	(void)steps;
	feed_begin(f);
	if (!r.id.len)
		return feed_leave_out(f, FEED_MALFORMED);
	if (feed_is_without(f, r.id))
		return 0;
	r.by = publisher_of(r.id);
	feed_from(f, &r.by->source);
	feed_day(f, json_get_text(v, "modified"), err);
	if (json_get_text(v, "withdrawn").len)
		return feed_leave_out(f, FEED_WITHDRAWN);
	if (!find_flaws(f, &r, v))
		return feed_leave_out(f, FEED_NOT_SECURITY);
	if (!json_count(affected))
		return feed_leave_out(f, FEED_NO_VERSIONS);
	severity_of(json_get(v, "severity"), &r.cvss, &r.rating);
	if (!r.rating)
		r.rating = (uint8_t)rating_of_word(
			json_get_text(json_get(v, "database_specific"), "severity"));
	if (!r.rating && r.by->words_severity)
		r.rating = rating_of_summary(r.summary);
	if (!r.rating)
		r.rating = r.by->rating;
	if (r.by->kind != FLAW)
		r.module = module_of(&r);
	for (size_t i = 0; i < json_count(affected) && !code; i++)
		code = read_affected(f, &r, affected, i, err);
	/* An erratum says nothing of its flaws, but for the one that it is named after. */
	if (!code && !r.advisory.len)
		code = put_record(f, &r, v, err);
	return code;
}

static bool is(const struct feed_head *h)
{
	static const char *const any[] = { "affected", "modified", "published", "schema_version",
		"summary", "details", "withdrawn" };

	if (h->syntax == FEED_TEXT || !feed_head_has(h, "id"))
		return false;
	for (size_t i = 0; i < sizeof(any) / sizeof(*any); i++)
		if (feed_head_has(h, any[i]))
			return true;
	return false;
}

const struct feed_format feed_osv = {
	.name = "osv",
	.what = "OSV records (JSON or YAML): one a file, a list, or one a line",
	.is = is,
	.value = value,
	.source = PUBLISHER("osv", "https://osv-vulnerabilities.storage.googleapis.com",
		"as each record's source", FEED_FIXED | FEED_UNFIXED | FEED_RATING),
};
