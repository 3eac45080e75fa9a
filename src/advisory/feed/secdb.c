/* secdb.c - Alpine's secfixes, also in the form of Wolfi, Chainguard and MinimOS; JSON or YAML.
 *
 * Source: https://secdb.alpinelinux.org and the comments "secfixes:" of APKBUILD files. A version
 * "0" means that the package was never affected. An entry may name several flaws and other names
 * of them: "CVE-2016-9815 XSA-201".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"

#include "base/ascii.h"

static const struct advisory_source alpine = { SPAN_INIT("alpine-secdb"),
	SPAN_INIT("https://secdb.alpinelinux.org"), SPAN_INIT("not stated"), 0,
	FEED_FIXED | FEED_NEGATIVE };

/* Rolling: the file does not name a release, the packages' address tells whose it is. */
static const struct {
	const char *address; /* is in urlprefix */
	const char *ecosystem;
	struct advisory_source source;
} rolling[] = {
	{ "packages.wolfi.dev", "Wolfi",
		{ SPAN_INIT("wolfi-secdb"),
			SPAN_INIT("https://packages.wolfi.dev/os/security.json"),
			SPAN_INIT("the vendor's"), 0, FEED_FIXED | FEED_NEGATIVE } },
	{ "packages.cgr.dev", "Chainguard",
		{ SPAN_INIT("chainguard-secdb"),
			SPAN_INIT("https://packages.cgr.dev/chainguard/security.json"),
			SPAN_INIT("the vendor's"), 0, FEED_FIXED | FEED_NEGATIVE } },
	{ "packages.mini.dev", "MinimOS",
		{ SPAN_INIT("minimos-secdb"),
			SPAN_INIT("https://packages.mini.dev/advisories/secdb/security.json"),
			SPAN_INIT("the vendor's"), 0, FEED_FIXED | FEED_NEGATIVE } },
};

/* Whose the document is; the source of what follows. Empty: nobody's. */
static struct span ecosystem_of(struct feed *f, const struct json *v)
{
	struct span release = json_get_text(v, "distroversion");
	struct span address = json_get_text(v, "urlprefix");

	if (release.len) {
		feed_from(f, &alpine);
		return span_str(arena_printf(&f->arena, "Alpine:%.*s", SPAN_ARG(release)));
	}
	for (size_t i = 0; i < sizeof(rolling) / sizeof(*rolling); i++) {
		if (!span_has(address, span_str(rolling[i].address)))
			continue;
		feed_from(f, &rolling[i].source);
		return span_str(rolling[i].ecosystem);
	}
	return (struct span){ 0 };
}

/* A slip of those who write the comments: a version in quotes. */
static struct span unquoted(struct span version)
{
	if (span_at(version, 0) == '"' && span_ends(version, SPAN("\"")))
		return span_sub(version, 1, version.len - 2);
	return version;
}

/* "XSA-200", "GHSA-fhpf-pp6p-55qc", "VSV00010"; not a word of a comment. */
static bool is_id(struct span word)
{
	size_t i = 0;

	while (i < word.len && !ascii_is_digit(span_at(word, i)))
		i++;
	return ascii_is_letter(span_at(word, 0)) && i < word.len;
}

/* One entry: a row for each of its CVEs, else for its first name. */
static int put_entry(
	struct feed *f, struct advisory_row *row, struct span entry, struct scov_err *err)
{
	struct span rest = entry, word, other = { 0 };
	bool has_cve = false;
	int code = 0;

	while (!code && span_split(&rest, ' ', &word)) {
		if (feed_is_cve(word)) {
			has_cve = true;
			row->id = word;
			code = feed_row(f, row, err);
		} else if (!other.len && is_id(word)) {
			other = word;
		}
	}
	if (code || has_cve)
		return code;
	row->id = other;
	return other.len ? feed_row(f, row, err) : feed_leave_out(f, FEED_MALFORMED);
}

static int put_version(
	struct feed *f, struct advisory_row *row, const struct json *ids, struct scov_err *err)
{
	struct advisory_range range = { .fixed = unquoted(json_name(ids)) };
	bool is_never = span_eq(range.fixed, SPAN("0"));
	int code = 0;

	row->state = is_never ? FIX_NOT_AFFECTED : FIX_FIXED;
	row->ranges = &range;
	row->ranges_n = is_never ? 0 : 1;
	if (!is_never && !version_valid(VERSION_APK, range.fixed))
		feed_leave_out(f, FEED_UNREADABLE); /* kept: the database counts it at a look-up */
	for (size_t i = 0; i < json_count(ids) && !code; i++)
		code = put_entry(f, row, json_text(json_at(ids, i)), err);
	return code;
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	const struct json *packages = json_get(v, "packages");
	struct advisory_row row = { 0 };
	int code = 0;

	(void)path;
	(void)steps;
	feed_begin(f);
	row.ecosystem = ecosystem_of(f, v);
	if (!row.ecosystem.len)
		return feed_leave_out(f, FEED_NO_ECOSYSTEM);
	feed_day(f, json_get_text(v, "branch_date"), err);
	for (size_t i = 0; i < json_count(packages) && !code; i++) {
		const struct json *package = json_get(json_at(packages, i), "pkg");
		const struct json *fixes = json_get(package, "secfixes");

		row.package = json_get_text(package, "name");
		if (!row.package.len)
			code = feed_leave_out(f, FEED_MALFORMED);
		for (size_t j = 0; j < json_count(fixes) && row.package.len && !code; j++)
			code = put_version(f, &row, json_at(fixes, j), err);
	}
	return code;
}

static bool is(const struct feed_head *h)
{
	return h->syntax != FEED_TEXT && feed_head_has(h, "reponame") &&
	       feed_head_has(h, "packages") &&
	       (feed_head_has(h, "distroversion") || feed_head_has(h, "urlprefix"));
}

const struct feed_format feed_secdb = {
	.name = "secdb",
	.what = "secdb of Alpine, Wolfi, Chainguard and MinimOS (JSON, YAML)",
	.is = is,
	.value = value,
	.source = { SPAN_INIT("alpine-secdb"), SPAN_INIT("https://secdb.alpinelinux.org"),
		SPAN_INIT("not stated"), 0, FEED_FIXED | FEED_NEGATIVE },
};
