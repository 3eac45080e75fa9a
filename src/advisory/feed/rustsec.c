/* rustsec.c - advisories of RustSec: TOML between fences at the head of a Markdown page.
 *
 * What is affected is what is neither patched nor unaffected. Source:
 * https://github.com/rustsec/advisory-db, "Advisory Format".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/feed.h"
#include "advisory/feed/requirement.h"
#include "syntax/toml.h"

static const char fence[] = "```toml";

static bool read_all(
	struct feed *f, const struct json *list, struct requirement **all, size_t *n, size_t room)
{
	for (size_t i = 0; i < json_count(list) && *n < room; i++)
		if (!requirement_read(REQUIREMENT_CARGO, json_text(json_at(list, i)), &f->arena,
			    &(*all)[(*n)++]))
			return false;
	return true;
}

static bool ranges_of(struct feed *f, const struct json *versions, struct advisory_row *row)
{
	const struct json *patched = json_get(versions, "patched");
	const struct json *unaffected = json_get(versions, "unaffected");
	size_t room = json_count(patched) + json_count(unaffected), n = 0;
	struct requirement *all = arena_array(&f->arena, room, sizeof(*all));
	struct advisory_range *ranges = NULL;

	if (!all || !read_all(f, patched, &all, &n, room) ||
		!read_all(f, unaffected, &all, &n, room) ||
		!requirement_rest(REQUIREMENT_CARGO, all, n, &f->arena, &ranges, &row->ranges_n))
		return false;
	row->ranges = ranges;
	row->state = json_count(patched) ? FIX_FIXED : FIX_NOT_FIXED;
	return true;
}

static bool is_for_linux(const struct json *systems)
{
	for (size_t i = 0; i < json_count(systems); i++)
		if (span_eq(json_text(json_at(systems, i)), SPAN("linux")))
			return true;
	return !json_count(systems);
}

static int put(
	struct feed *f, const struct json *about, struct advisory_row *row, struct scov_err *err)
{
	const struct json *aliases = json_get(about, "aliases");
	VEC(struct span) same = { 0 };
	struct advisory_record record = { .id = row->id,
		.cvss = json_get_text(about, "cvss"),
		.rating_class = RATED_OTHER,
		.published = feed_day(f, json_get_text(about, "date"), err) };
	int code;

	for (size_t i = 0; i < json_count(aliases); i++) {
		struct span id = json_text(json_at(aliases, i));

		vec_add(&same, &f->arena, &id);
	}
	record.aliases = same.p;
	record.aliases_n = same.n;
	code = feed_row(f, row, err);
	return code ? code : feed_record(f, &record, err);
}

static int text(struct feed *f, struct span in, struct scov_err *err)
{
	struct span toml = span_from(in, sizeof(fence) - 1);
	const struct json *v = NULL, *about;
	struct advisory_row row = { .ecosystem = SPAN("crates.io") };

	feed_begin(f);
	int code = toml_parse(span_sub(toml, 0, span_find_span(toml, SPAN("\n```"))), FEED_YAML_MAX,
		&f->arena, &v, err);

	if (code)
		return code;
	about = json_get(v, "advisory");
	row.id = json_get_text(about, "id");
	row.package = json_get_text(about, "package");
	if (!row.id.len || !row.package.len)
		return feed_leave_out(f, FEED_MALFORMED);
	if (json_get_text(about, "withdrawn").len)
		return feed_leave_out(f, FEED_WITHDRAWN);
	if (json_get_text(about, "informational").len)
		return feed_leave_out(f, FEED_INFORMATIONAL);
	/* rust/std/..: of the toolchain, no crate. */
	if (span_eq(span_base(span_dir(span_dir(f->path))), SPAN("rust")))
		return feed_leave_out(f, FEED_NO_ECOSYSTEM);
	if (!is_for_linux(json_get(json_get(v, "affected"), "os")))
		return feed_leave_out(f, FEED_OTHER_SYSTEM);
	if (!ranges_of(f, json_get(v, "versions"), &row))
		return feed_leave_out(f, FEED_UNREADABLE);
	if (!row.ranges_n)
		return feed_leave_out(f, FEED_NO_VERSIONS);
	return put(f, about, &row, err);
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_TEXT && span_starts(h->bytes, span_str(fence)) &&
	       span_has(h->bytes, SPAN("[advisory]"));
}

const struct feed_format feed_rustsec = {
	.name = "rustsec",
	.what = "RustSec's advisories (Markdown with TOML)",
	.is = is,
	.text = text,
	.source = { SPAN_INIT("rustsec"), SPAN_INIT("https://github.com/rustsec/advisory-db"),
		SPAN_INIT("CC0-1.0"), 0, FEED_FIXED | FEED_UNFIXED | FEED_RATING },
};
