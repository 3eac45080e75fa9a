/* updateinfo.c - updateinfo.xml of a repository of rpm packages: Amazon Linux, Fedora and others.
 *
 * Source: the file's form as createrepo_c's updaterecords write it, and what the publishers do: the
 * release of the distribution is in the releases of the packages; Oracle's errata name the product.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/distribution.h"

#include "base/ascii.h"

static const struct {
	const char *ecosystem; /* the beginning of OSV's string; the last that fits counts */
	struct advisory_source source;
} publishers[] = {
	{ "Amazon Linux:",
		{ SPAN_INIT("amazon-updateinfo"), SPAN_INIT("https://alas.aws.amazon.com"),
			SPAN_INIT("not stated"), 0, FEED_FIXED | FEED_RATING } },
	/* Each extra has a repository of its own. */
	{ "Amazon Linux:2",
		{ SPAN_INIT("amazon-2-updateinfo"), SPAN_INIT("https://alas.aws.amazon.com"),
			SPAN_INIT("not stated"), 0, FEED_FIXED | FEED_RATING | FEED_PARTIAL } },
	{ "Amazon Linux:20",
		{ SPAN_INIT("amazon-updateinfo"), SPAN_INIT("https://alas.aws.amazon.com"),
			SPAN_INIT("not stated"), 0, FEED_FIXED | FEED_RATING } },
	/* Only updates that none has replaced: what a replaced one mended is not listed. */
	{ "Fedora:", { SPAN_INIT("fedora-updateinfo"), SPAN_INIT("https://bodhi.fedoraproject.org"),
			     SPAN_INIT("not stated"), 0,
			     FEED_FIXED | FEED_RATING | FEED_PARTIAL } },
	{ "Oracle Linux:", { SPAN_INIT("oracle-updateinfo"), SPAN_INIT("https://yum.oracle.com"),
				   SPAN_INIT("not stated"), 0, FEED_FIXED | FEED_RATING } },
};

/* An update, until it ends. In the feed's file memory; its lists are of the record. */
struct update {
	struct span id, type, module, title, from;
	struct span day; /* of its last change, "2024-05-08" */
	uint8_t rating;
	struct rpm_flaws flaws;
	VEC(struct rpm_item) items;
	uint64_t unknown; /* packages of no release that we know */
};

static struct span dup(struct feed *f, struct span s)
{
	return s.len ? arena_dup(&f->arena, s) : s;
}

/* Amazon Linux 2: an advisory of an extra, "ALAS2POSTGRESQL14-2023-001", is of the versions of this
 * extra. The core has packages of the same names in older versions, which it says nothing of.
 * Empty: of an extra that has no number, or packages of other numbers. */
static struct span extra_of(const struct update *u, struct span version)
{
	static const struct span head = SPAN_INIT("ALAS2");
	struct span topic = span_sub(u->id, 0, span_find(u->id, '-'));
	size_t n = head.len;

	if (span_starts(u->id, SPAN("ALAS2KERNEL-"))) { /* "ALAS2KERNEL-5.10-2022-001" */
		struct span rest = span_from(u->id, strlen("ALAS2KERNEL-"));

		topic = span_sub(rest, 0, span_find(rest, '-'));
		n = 0;
	} else if (!span_starts(topic, head)) {
		return (struct span){ 0 };
	} else {
		if (!ascii_is_letter(span_at(topic, n))) /* ALAS2, ALAS2023 */
			return (struct span){ 0 };
		while (n < topic.len && !ascii_is_digit(span_at(topic, n)))
			n++;
	}
	struct span number = span_from(topic, n);
	uint8_t next = span_at(version, number.len);

	if (!number.len || !span_starts(version, number) || ascii_is_digit(next))
		return (struct span){ 0 };
	return number;
}

/* "1.el9_4", "1.module+el8.1": "Oracle Linux:9", "Oracle Linux:8". Others have this mark as well.
 */
static struct span oracle_release(struct feed *f, struct span release)
{
	static const struct span marks[] = { SPAN_INIT(".el"), SPAN_INIT("+el") };
	size_t which = 0, at = span_find_any(release, marks, 2, &which);

	return rpm_product(span_str(arena_printf(&f->arena, "Oracle Linux %.*s",
				   SPAN_ARG(span_from(release, at + marks[which].len)))),
		&f->arena);
}

static void add_package(
	struct feed *f, struct update *u, const struct xml_attribute *list, size_t n)
{
	struct span name = xml_value(list, n, "name"), epoch = xml_value(list, n, "epoch");
	struct span version = xml_value(list, n, "version"),
		    release = xml_value(list, n, "release");
	struct rpm_item item = { .package = dup(f, name),
		.module = u->module,
		.arch = dup(f, xml_value(list, n, "arch")),
		.state = FIX_FIXED };

	item.ecosystem = rpm_release(release, &f->arena);
	if (!item.ecosystem.len && span_has(u->from, SPAN("oracle")))
		item.ecosystem = oracle_release(f, release);
	if (!name.len || !version.len || !release.len || !item.ecosystem.len ||
		rpm_is_flavour(release)) {
		u->unknown++;
		return;
	}
	if (span_eq(item.arch, SPAN("src")))
		return;
	item.bound = span_str(arena_printf(&f->arena, "%.*s:%.*s-%.*s",
		SPAN_ARG(epoch.len ? epoch : SPAN("0")), SPAN_ARG(version), SPAN_ARG(release)));
	struct span extra = extra_of(u, version);

	if (extra.len)
		item.from = span_str(arena_printf(&f->arena, "%.*s:%.*s",
			SPAN_ARG(epoch.len ? epoch : SPAN("0")), SPAN_ARG(extra)));
	vec_add(&u->items, &f->arena, &item);
}

static int begin(void *ctx, struct span name, const struct xml_attribute *list, size_t n,
	struct scov_err *err)
{
	struct feed *f = ctx;
	struct update *u = f->state;

	if (span_eq(name, SPAN("update"))) {
		feed_begin(f);
		u = arena_alloc(&f->arena, sizeof(*u));
		f->state = u;
		if (!u)
			return arena_check(&f->arena, err);
		u->type = dup(f, xml_value(list, n, "type"));
		u->from = dup(f, xml_value(list, n, "from"));
	} else if (!u) {
		return 0;
	} else if (span_eq(name, SPAN("issued")) || span_eq(name, SPAN("updated"))) {
		struct span day = span_sub(xml_value(list, n, "date"), 0, 10);

		if (span_cmp(u->day, day) < 0)
			u->day = dup(f, day);
	} else if (span_eq(name, SPAN("collection"))) {
		u->module = (struct span){ 0 };
	} else if (span_eq(name, SPAN("module"))) {
		u->module = span_str(
			arena_printf(&f->arena, "%.*s:%.*s", SPAN_ARG(xml_value(list, n, "name")),
				SPAN_ARG(xml_value(list, n, "stream"))));
	} else if (span_eq(name, SPAN("reference"))) {
		struct span id = xml_value(list, n, "id");

		if (feed_is_cve(id))
			rpm_flaws_add(&u->flaws, id, &f->arena);
		else
			rpm_flaws_of(&u->flaws, xml_value(list, n, "title"), &f->arena);
	} else if (span_eq(name, SPAN("package"))) {
		add_package(f, u, list, n);
	}
	return arena_check(&f->arena, err);
}

static int put(struct feed *f, struct update *u, struct scov_err *err)
{
	if (!u->flaws.n)
		rpm_flaws_of(&u->flaws, u->title, &f->arena);
	if (!u->id.len)
		return feed_leave_out(f, FEED_MALFORMED);
	if (!span_eq(u->type, SPAN("security")) && !u->flaws.n)
		return feed_leave_out(f, FEED_NOT_SECURITY);
	if (!u->items.n)
		return feed_leave_out(f, u->unknown ? FEED_NO_ECOSYSTEM : FEED_NO_VERSIONS);
	for (size_t i = 0; i < sizeof(publishers) / sizeof(*publishers); i++)
		if (span_starts(u->items.p[0].ecosystem, span_str(publishers[i].ecosystem)))
			feed_from(f, &publishers[i].source);
	feed_day(f, u->day, err);
	for (size_t i = 0; i < u->items.n; i++) {
		u->items.p[i].rating = u->rating;
		u->items.p[i].advisory = u->flaws.n ? u->id : (struct span){ 0 };
	}
	return rpm_rows(f, u->items.p, u->items.n, u->flaws.n ? u->flaws.p : &u->id,
		u->flaws.n ? u->flaws.n : 1, err);
}

static int end(void *ctx, struct span name, struct span text, struct scov_err *err)
{
	struct feed *f = ctx;
	struct update *u = f->state;

	if (!u)
		return 0;
	if (span_eq(name, SPAN("id")) && !u->id.len)
		u->id = dup(f, text);
	else if (span_eq(name, SPAN("title")) && !u->title.len)
		u->title = dup(f, text);
	else if (span_eq(name, SPAN("severity")))
		u->rating = (uint8_t)rating_of_word(text);
	else if (span_eq(name, SPAN("update"))) {
		f->state = NULL;
		return put(f, u, err);
	}
	return arena_check(&f->arena, err);
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_XML && span_has(h->bytes, SPAN("<updates"));
}

static const struct xml_events events = { begin, end };

const struct feed_format feed_updateinfo = {
	.name = "updateinfo",
	.what = "updateinfo.xml of repositories of Amazon Linux, Fedora and Oracle Linux",
	.is = is,
	.xml = &events,
	.source = { SPAN_INIT("updateinfo"), SPAN_INIT("the repository"), SPAN_INIT("not stated"),
		0, FEED_FIXED | FEED_RATING },
};
