/* bodhi.c - updates of Fedora as Bodhi has them: one a file, or a page of its API.
 *
 * Source: https://bodhi.fedoraproject.org/docs/server_api. `builds` are source packages, as
 * NAME-VERSION-RELEASE, an epoch is beside it and not read; the flaws are named in the titles of
 * the bugs and of the update.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/distribution.h"

/* "python3-docs-3.12.9-1.fc40": the name, and "3.12.9-1.fc40". */
static bool split(struct span nvr, struct span *name, struct span *version)
{
	size_t release = span_rfind(nvr, '-');
	size_t at = release < nvr.len ? span_rfind(span_sub(nvr, 0, release), '-') : nvr.len;

	if (!at || at >= release)
		return false;
	*name = span_sub(nvr, 0, at);
	*version = span_from(nvr, at + 1);
	return true;
}

static int put_build(struct feed *f, struct advisory_row *row, const struct json *build,
	const struct rpm_flaws *flaws, struct scov_err *err)
{
	struct advisory_range range = { 0 };
	struct span nvr = json_get_text(build, "nvr"), type = json_get_text(build, "type");
	int code = 0;

	if (type.len && !span_eq(type, SPAN("rpm"))) /* a module, a Flatpak, a container */
		return feed_leave_out(f, FEED_NO_ECOSYSTEM);
	if (!split(nvr, &row->package, &range.fixed))
		return feed_leave_out(f, FEED_MALFORMED);
	row->ecosystem = rpm_release(range.fixed, &f->arena);
	if (!span_starts(row->ecosystem, SPAN("Fedora:")))
		return feed_leave_out(f, FEED_NO_ECOSYSTEM); /* EPEL */
	row->ranges = &range;
	row->ranges_n = 1;
	for (size_t i = 0; i < flaws->n && !code; i++) {
		row->id = flaws->p[i];
		code = feed_row(f, row, err);
	}
	return code;
}

static int put_update(struct feed *f, const struct json *v, struct scov_err *err)
{
	const struct json *bugs = json_get(v, "bugs"), *builds = json_get(v, "builds");
	struct span id = json_get_text(v, "alias"), status = json_get_text(v, "status");
	struct advisory_row row = { .arch = SPAN("src"),
		.state = FIX_FIXED,
		.rating = (uint8_t)rating_of_word(json_get_text(v, "severity")) };
	struct rpm_flaws flaws = { 0 };
	int code = 0;

	feed_begin(f);
	if (!id.len)
		id = json_get_text(v, "updateid");
	if (!id.len)
		return feed_leave_out(f, FEED_MALFORMED);
	if (status.len && !span_eq(status, SPAN("stable")))
		return feed_leave_out(f, FEED_NOTHING); /* not published yet, or taken back */
	for (size_t i = 0; i < json_count(bugs); i++)
		rpm_flaws_of(&flaws, json_get_text(json_at(bugs, i), "title"), &f->arena);
	rpm_flaws_of(&flaws, json_get_text(v, "display_name"), &f->arena);
	rpm_flaws_of(&flaws, json_get_text(v, "title"), &f->arena);
	if (!flaws.n) /* of a text only where nothing else names them: it may speak of others */
		rpm_flaws_of(&flaws, json_get_text(v, "notes"), &f->arena);
	if (!flaws.n && !span_eq(json_get_text(v, "type"), SPAN("security")))
		return feed_leave_out(f, FEED_NOT_SECURITY);
	row.advisory = flaws.n ? id : (struct span){ 0 };
	if (!flaws.n)
		vec_add(&flaws, &f->arena, &id);
	for (size_t i = 0; i < 2; i++)
		feed_day(f,
			span_sub(json_get_text(v, i ? "date_modified" : "date_submitted"), 0, 10),
			err);
	for (size_t i = 0; i < json_count(builds) && !code; i++)
		code = put_build(f, &row, json_at(builds, i), &flaws, err);
	return code;
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	const struct json *page = json_get(v, "updates");
	int code = 0;

	(void)path;
	(void)steps;
	if (!page)
		return put_update(f, v, err);
	for (size_t i = 0; i < json_count(page) && !code; i++)
		code = put_update(f, json_at(page, i), err);
	return code;
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_JSON &&
	       ((feed_head_has(h, "updates") &&
			span_has(h->bytes, SPAN("bodhi.fedoraproject.org"))) ||
		       (span_has(h->bytes, SPAN("bodhi.fedoraproject.org/updates/")) &&
			       feed_head_has(h, "alias") && feed_head_has(h, "status")));
}

const struct feed_format feed_bodhi = {
	.name = "bodhi",
	.what = "updates of Fedora from Bodhi (JSON)",
	.is = is,
	.value = value,
	.source = { SPAN_INIT("fedora-bodhi"), SPAN_INIT("https://bodhi.fedoraproject.org"),
		SPAN_INIT("not stated"), 0, FEED_FIXED | FEED_RATING },
};
