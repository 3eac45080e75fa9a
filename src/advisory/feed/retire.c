/* retire.c - the repository of retire.js: npm packages and JavaScript libraries.
 *
 * An object of libraries, each with a list of vulnerabilities {atOrAbove, above, below, atOrBelow,
 * identifiers}. Source: https://github.com/RetireJS/retire.js, repository/.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"
#include "base/ascii.h"

static enum json_choice begins(const struct json_step *path, size_t steps, enum json_kind kind)
{
	(void)path;
	if (kind != JSON_DICT)
		return JSON_PASS;
	return steps ? JSON_TAKE : JSON_ENTER;
}

/* The name at npm; empty: it has none. */
static struct span npm_name(struct span key, const struct json *library)
{
	struct span name = json_get_text(library, "npmname");

	if (!name.len)
		name = key;
	for (size_t i = 0; i < name.len; i++)
		if (ascii_is_upper(span_at(name, i)) || ascii_is_space(span_at(name, i)))
			return (struct span){ 0 };
	return name;
}

/* Its versions are compared loosely there: 1.9.0b1, 1.0.0.beta.3 and 1.3.0-* (before all of 1.3.0)
 * are 1.9.0-b1, 1.0.0-beta.3 and 1.3.0-0 of SemVer. */
static struct span semver_of(struct feed *f, struct span version)
{
	size_t at = 0;

	if (span_ends(version, SPAN("-*")))
		return span_str(arena_printf(
			&f->arena, "%.*s0", SPAN_ARG(span_sub(version, 0, version.len - 1))));
	while (ascii_is_digit(span_at(version, at)) ||
		(span_at(version, at) == '.' && ascii_is_digit(span_at(version, at + 1))))
		at++;
	if (!at || at == version.len || span_at(version, at) == '-' || span_at(version, at) == '+')
		return version;
	return span_str(arena_printf(&f->arena, "%.*s-%.*s", SPAN_ARG(span_sub(version, 0, at)),
		SPAN_ARG(span_from(version, at + (span_at(version, at) == '.')))));
}

static struct span bound(struct feed *f, const struct json *flaw, const char *key)
{
	return semver_of(f, json_get_text(flaw, key));
}

struct ids {
	VEC(struct span) cves;
	struct span ghsa;
	struct span id; /* made of the bounds, when nobody gave it one */
};

static struct ids ids_of(
	struct feed *f, struct span name, const struct json *flaw, const struct advisory_range *r)
{
	const struct json *identifiers = json_get(flaw, "identifiers");
	const struct json *cves = json_get(identifiers, "CVE");
	struct ids ids = { .ghsa = json_get_text(identifiers, "githubID") };

	for (size_t i = 0; i < json_count(cves); i++) {
		struct span cve = span_trim(json_text(json_at(cves, i)));

		if (feed_is_cve(cve))
			vec_add(&ids.cves, &f->arena, &cve);
	}
	if (!ids.cves.n && !ids.ghsa.len)
		ids.id = span_str(arena_printf(&f->arena, "RETIREJS-%.*s-%.*s-%.*s", SPAN_ARG(name),
			SPAN_ARG(r->introduced), SPAN_ARG(r->fixed)));
	return ids;
}

static int put(struct feed *f, struct span name, struct span id, struct span same,
	const struct json *flaw, const struct advisory_range *range, struct scov_err *err)
{
	struct span word = json_get_text(flaw, "severity");
	struct advisory_record record = { .id = id,
		.aliases = &same,
		.aliases_n = same.len > 0,
		.rating = (uint8_t)rating_of_word(word),
		.rating_class = RATED_OTHER,
		.title =
			span_sub(json_get_text(json_get(flaw, "identifiers"), "summary"), 0, 200) };
	struct advisory_row row = { .id = id,
		.ecosystem = SPAN("npm"),
		.package = name,
		.ranges = range,
		.ranges_n = 1,
		.state = range->fixed.len ? FIX_FIXED : FIX_UNKNOWN };
	int code = feed_row(f, &row, err);

	return code ? code : feed_record(f, &record, err);
}

static int read_flaw(
	struct feed *f, struct span name, const struct json *flaw, struct scov_err *err)
{
	struct advisory_range range;
	struct ids ids;
	int code = 0;

	feed_begin(f);
	if (!name.len)
		return feed_leave_out(f, FEED_NO_ECOSYSTEM);
	range = (struct advisory_range){ .introduced = bound(f, flaw, "atOrAbove"),
		.fixed = bound(f, flaw, "below") };
	if (!range.fixed.len)
		range.last_affected = bound(f, flaw, "atOrBelow");
	if (json_get(flaw, "above") || (!range.fixed.len && !range.last_affected.len))
		return feed_leave_out(f, FEED_UNREADABLE);
	ids = ids_of(f, name, flaw, &range);
	for (size_t i = 0; i < ids.cves.n && !code; i++)
		code = put(f, name, ids.cves.p[i], ids.cves.n == 1 ? ids.ghsa : SPAN(""), flaw,
			&range, err);
	if (!ids.cves.n)
		code = put(f, name, ids.ghsa.len ? ids.ghsa : ids.id, SPAN(""), flaw, &range, err);
	return code;
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	const struct json *flaws = json_get(v, "vulnerabilities");
	int code = 0;

	if (steps != 1 || span_eq(path[0].name, SPAN("retire-example")))
		return 0;
	struct span name = npm_name(path[0].name, v);

	for (size_t i = 0; i < json_count(flaws) && !code; i++)
		code = read_flaw(f, name, json_at(flaws, i), err);
	return code;
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_JSON && feed_head_has(h, "retire-example");
}

const struct feed_format feed_retire = {
	.name = "retirejs",
	.what = "the repositories of retire.js (JSON)",
	.is = is,
	.begins = begins,
	.value = value,
	.source = { SPAN_INIT("retirejs"), SPAN_INIT("https://github.com/RetireJS/retire.js"),
		SPAN_INIT("Apache-2.0"), 0, FEED_FIXED | FEED_RATING | FEED_PARTIAL },
};
