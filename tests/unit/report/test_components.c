/* test_components.c - what a bill of materials lists: names, relations, its own name and time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../unit.h"
#include "base/buf.h"
#include "report/components.h"

enum { PACKAGES = 12 };

struct fixture {
	struct report report;
	struct image_facts facts;
	struct package_fact packages[PACKAGES];
};

static struct package_fact fact(
	uint8_t type, const char *name, const char *needs, const char *provides)
{
	return (struct package_fact){ .type = type,
		.name = span_str(name),
		.version = SPAN("1.0"),
		.needs = span_str(needs),
		.provides = span_str(provides) };
}

static void init(struct fixture *f, const struct package_fact *facts, size_t n)
{
	*f = (struct fixture){ .report = { .image = &f->facts } };
	f->facts.distribution = (struct distribution){
		.id = SPAN("debian"), .version_id = SPAN("12"), .is_known = true
	};
	for (size_t i = 0; i < n; i++) {
		f->packages[i] = facts[i];
		assert_true(vec_add(&f->facts.packages, &f->facts.arena,
			&((struct image_package){ .fact = &f->packages[i] })));
		f->facts.system_packages += package_is_system(facts[i].type);
	}
}

static void release(struct fixture *f)
{
	arena_release(&f->facts.arena);
}

/* "0>2" a line: needs; "*+1": the image holds. */
static void edges(const struct components *c, struct buf *out)
{
	for (size_t i = 0; i < c->edges.n; i++) {
		const struct component_edge *e = &c->edges.p[i];

		if (e->from == IMAGE_ITSELF)
			buf_str(out, "*");
		else
			buf_printf(out, "%u", e->from);
		buf_printf(out, "%c%u ", e->relation == RELATION_NEEDS ? '>' : '+', e->to);
	}
	buf_byte(out, 0);
}

static const struct {
	const char *name;
	uint8_t type;
	struct {
		const char *name, *needs, *provides;
	} packages[4];
	const char *edges;
} relations[] = {
	{ "dpkg: with a version and an architecture", PACKAGE_DEB,
		{ { "a", "b (>= 2.36), c:any", "" }, { "b", "", "" }, { "c", "", "" } },
		"0>1 0>2 *+0 *+1 *+2 " },
	{ "dpkg: of alternatives each that is there", PACKAGE_DEB,
		{ { "a", "x | b | c (<< 3)", "" }, { "b", "", "" }, { "c", "", "" } },
		"0>1 0>2 *+0 *+1 *+2 " },
	{ "dpkg: one that provides it", PACKAGE_DEB,
		{ { "a", "awk", "" }, { "mawk", "", "awk, other (= 1)" } }, "0>1 *+0 *+1 " },
	{ "dpkg: all that provide it", PACKAGE_DEB,
		{ { "a", "awk", "" }, { "gawk", "", "awk" }, { "mawk", "", "awk" } },
		"0>1 0>2 *+0 *+1 *+2 " },
	{ "apk: a library of another package", PACKAGE_APK,
		{ { "a", "so:libz.so.1 b>1.2", "" }, { "b", "", "" },
			{ "zlib", "", "so:libz.so.1=1.3.1" } },
		"0>1 0>2 *+0 *+1 *+2 " },
	{ "apk: a conflict is not a need", PACKAGE_APK, { { "a", "!b", "" }, { "b", "", "" } },
		"*+0 *+1 " },
	{ "needed twice is one relation", PACKAGE_DEB,
		{ { "a", "b, b (>= 1), b | c", "" }, { "b", "", "" } }, "0>1 *+0 *+1 " },
	{ "not of itself", PACKAGE_DEB, { { "a", "a, x", "x" } }, "*+0 " },
	{ "what is not there is left out", PACKAGE_DEB, { { "a", "b, ,|,", "" } }, "*+0 " },
	{ "a circle is two relations", PACKAGE_DEB, { { "a", "b", "" }, { "b", "a", "" } },
		"0>1 1>0 *+0 *+1 " },
};

static void packages_are_related_by_what_they_need(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(relations) / sizeof(*relations); i++) {
		struct package_fact facts[4];
		scoped_components struct components c = { 0 };
		scoped_buf struct buf text = { 0 };
		struct fixture f;
		size_t n = 0;

		for (; n < 4 && relations[i].packages[n].name; n++)
			facts[n] = fact(relations[i].type, relations[i].packages[n].name,
				relations[i].packages[n].needs, relations[i].packages[n].provides);
		init(&f, facts, n);
		assert_int_equal(components_of(&f.report, &c, NULL), 0);
		edges(&c, &text);
		check_span(relations[i].name, span_str(text.p), span_str(relations[i].edges));
		release(&f);
	}
}

static void a_package_holds_what_it_owns(void **state)
{
	const struct package_fact facts[] = { fact(PACKAGE_DEB, "python3-six", "", ""),
		fact(PACKAGE_PYTHON, "six", "", ""), fact(PACKAGE_PYTHON, "requests", "", "") };
	scoped_components struct components c = { 0 };
	scoped_buf struct buf text = { 0 };
	struct fixture f;

	(void)state;
	init(&f, facts, 3);
	f.facts.packages.p[1].owner = &f.packages[0];
	assert_int_equal(components_of(&f.report, &c, NULL), 0);
	edges(&c, &text);
	assert_string_equal(text.p, "0+1 *+0 *+2 ");
	release(&f);
}

static void twins_have_names_of_their_own(void **state)
{
	const struct package_fact facts[] = { fact(PACKAGE_DEB, "a", "", ""),
		fact(PACKAGE_DEB, "b", "", ""), fact(PACKAGE_CHISEL, "a", "", ""),
		fact(PACKAGE_CHISEL, "a", "", "") };
	scoped_components struct components c = { 0 };
	struct fixture f;

	(void)state;
	init(&f, facts, 4);
	assert_int_equal(components_of(&f.report, &c, NULL), 0);
	check_span("first", c.refs[0], SPAN("pkg:deb/debian/a@1.0?distro=debian-12"));
	check_span("second", c.refs[2], SPAN("pkg:deb/debian/a@1.0?distro=debian-12#2"));
	check_span("third", c.refs[3], SPAN("pkg:deb/debian/a@1.0?distro=debian-12#3"));
	check_span("its purl", c.purls[3], c.purls[0]);
	check_span("another", c.refs[1], c.purls[1]);
	release(&f);
}

static void the_uuid_is_of_the_image(void **state)
{
	const struct package_fact facts[] = { fact(PACKAGE_DEB, "a", "", "") };
	char seen[4][37];
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		scoped_components struct components c = { 0 };

		init(&f, facts, i == 3 ? 0 : 1);
		if (i < 2)
			f.facts.manifest_digest = digest_of(DIGEST_SHA256, SPAN("an image"));
		if (i == 1)
			f.facts.config_digest = digest_of(DIGEST_SHA256, SPAN("whatever"));
		assert_int_equal(components_of(&f.report, &c, NULL), 0);
		memcpy(seen[i], c.uuid, sizeof(seen[i]));
		assert_int_equal(strlen(c.uuid), 36);
		assert_int_equal(c.uuid[14], '8'); /* version */
		assert_non_null(strchr("89ab", c.uuid[19]));
		release(&f);
	}
	assert_string_equal(seen[0], seen[1]);
	assert_string_not_equal(seen[0], seen[2]); /* no digest: of the packages */
	assert_string_not_equal(seen[2], seen[3]);
}

static void the_time_is_the_configs(void **state)
{
	static const struct {
		int64_t seconds;
		uint8_t kind;
		const char *want;
	} rows[] = {
		{ 1700000000, DATE_CREATED, "2023-11-14T22:13:20Z" },
		{ 0, DATE_CREATED, "1970-01-01T00:00:00Z" },
		{ -1, DATE_CREATED, "" },
		{ INT64_MAX, DATE_CREATED, "" },
		{ 1700000000, DATE_FILE, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_components struct components c = { 0 };
		struct fixture f;

		init(&f, NULL, 0);
		assert_true(vec_add(&f.facts.dates, &f.facts.arena,
			&((struct dated){ .kind = rows[i].kind, .seconds = rows[i].seconds })));
		assert_int_equal(components_of(&f.report, &c, NULL), 0);
		assert_string_equal(c.created, rows[i].want);
		release(&f);
	}
}

static void licences_are_ids_expressions_or_texts(void **state)
{
	static const struct {
		struct span text;
		enum licence_kind want;
	} rows[] = {
		{ SPAN_INIT(""), LICENCE_NONE },
		{ SPAN_INIT("  "), LICENCE_NONE },
		{ SPAN_INIT("MIT"), LICENCE_ID },
		{ SPAN_INIT("MIT OR Apache-2.0"), LICENCE_EXPRESSION },
		{ SPAN_INIT("GPL-2.0-only AND MIT AND ISC"), LICENCE_EXPRESSION },
		{ SPAN_INIT("MIT OR"), LICENCE_TEXT },
		{ SPAN_INIT("OR MIT"), LICENCE_TEXT },
		{ SPAN_INIT("MIT MIT"), LICENCE_TEXT },
		{ SPAN_INIT("mit"), LICENCE_TEXT },
		{ SPAN_INIT("GPL v2+ and others"), LICENCE_TEXT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check(rows[i].text.p ? (const char *)rows[i].text.p : "",
			licence_kind(rows[i].text) == rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packages_are_related_by_what_they_need),
		cmocka_unit_test(a_package_holds_what_it_owns),
		cmocka_unit_test(twins_have_names_of_their_own),
		cmocka_unit_test(the_uuid_is_of_the_image),
		cmocka_unit_test(the_time_is_the_configs),
		cmocka_unit_test(licences_are_ids_expressions_or_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
