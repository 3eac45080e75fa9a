/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "advisory/db/build.h"
#include "advisory/db/db.h"
#include "advisory/db/file.h"
#include "base/fd.h"
#include "tests/unit/unit.h"

#define S(t) SPAN_INIT(t)
#define RANGE(...)                                                                                 \
	.ranges = (const struct advisory_range[]){ __VA_ARGS__ },                                  \
	.ranges_n = sizeof((const struct advisory_range[]){ __VA_ARGS__ }) /                       \
		    sizeof(struct advisory_range)
#define VERSIONS(...)                                                                              \
	.versions = (const struct span[]){ __VA_ARGS__ },                                          \
	.versions_n = sizeof((const struct span[]){ __VA_ARGS__ }) / sizeof(struct span)

struct fixture {
	char dir[64];
	struct arena arena;
	struct advisory_build *build;
	struct advisory_db *db;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct limits limits = limits_default();

	snprintf(f->dir, sizeof(f->dir), "/tmp/advisory-db-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(advisory_build_new(&f->build, &limits, NULL), 0);
	*state = f;
	return 0;
}

static void clear(const char *dir)
{
	DIR *d = opendir(dir);

	for (struct dirent *e; (e = readdir(d));)
		unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	advisory_build_free(f->build);
	advisory_db_free(f->db);
	arena_release(&f->arena);
	clear(f->dir);
	rmdir(f->dir);
	free(f);
	return 0;
}

static uint16_t add_source(struct advisory_build *b, const char *name, int64_t day, uint8_t classes)
{
	struct advisory_source s = { span_str(name), S("https://example.org/"), S("CC0-1.0"), day,
		classes };
	uint16_t n;

	assert_int_equal(advisory_build_source(b, &s, &n, NULL), 0);
	return n;
}

static void write_and_open(struct fixture *f, struct advisory_sum *sum)
{
	struct scov_err err = { 0 };
	struct advisory_build_options options = { .day = 20000 };

	if (advisory_build_write(f->build, f->dir, &options, sum, &err))
		fail_msg("%s", err.text);
	if (advisory_db_open(f->dir, &f->db, &err))
		fail_msg("%s", err.text);
}

/* "ID[@introduced..fixed|..=last]" of each hit, sorted as the database gives them. */
static const char *hits_text(
	struct fixture *f, const char *ecosystem, const char *package, const char *version)
{
	struct advisory_hits hits;
	struct scov_err err = { 0 };
	char *text = arena_printf(&f->arena, "%s", "");

	if (advisory_db_find(f->db, span_str(ecosystem), span_str(package), span_str(version),
		    &f->arena, &hits, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < hits.n; i++) {
		const struct advisory_hit *h = &hits.p[i];

		text = arena_printf(&f->arena, "%s%s%.*s %.*s..%s%.*s %s", text, i ? ", " : "",
			SPAN_ARG(h->id), SPAN_ARG(h->introduced), h->last_affected.len ? "=" : "",
			SPAN_ARG(h->fixed.len ? h->fixed : h->last_affected),
			fix_state_names[h->state]);
	}
	return text;
}

static const struct advisory_row rows[] = {
	{ .id = S("CVE-1"),
		.ecosystem = S("Debian:12"),
		.package = S("zlib"),
		RANGE({ .fixed = S("1:1.2-5+deb12u1") }),
		.state = FIX_FIXED,
		.rating = RATING_LOW },
	{ .id = S("CVE-2"),
		.ecosystem = S("Debian:12"),
		.package = S("zlib"),
		RANGE({ .fixed = { 0 } }),
		.state = FIX_DEFERRED },
	{ .id = S("CVE-3"),
		.ecosystem = S("Debian:12"),
		.package = S("zlib"),
		.state = FIX_NOT_AFFECTED },
	{ .id = S("CVE-1"),
		.ecosystem = S("Debian:13"),
		.package = S("zlib"),
		RANGE({ .fixed = S("1:1.3") }) },
	{ .id = S("GHSA-1"),
		.ecosystem = S("PyPI"),
		.package = S("Foo.Bar_-baz"),
		RANGE({ S("1.0"), S("1.2"), { 0 } }, { S("2.0"), { 0 }, S("2.4") }),
		VERSIONS(SPAN_INIT("1.1"), SPAN_INIT("3.0"), SPAN_INIT("not a version")) },
	{ .id = S("GHSA-2"),
		.ecosystem = S("PyPI"),
		.package = S("foo-bar-baz"),
		RANGE({ S("what"), S("9"), { 0 } }) },
	{ .id = S("ALSA-1"),
		.ecosystem = S("AlmaLinux:9"),
		.package = S("bash"),
		RANGE({ .fixed = S("0:5-2.el9") }),
		.rating = RATING_HIGH,
		.module = S("m:1"),
		.arch = S("x86_64 aarch64") },
	{ .id = S("GO-1"),
		.ecosystem = S("Go"),
		.package = S("stdlib"),
		RANGE({ S("0"), S("1.20"), { 0 } }),
		.symbols = (const struct span[]){ S("net.Dial"), S("net/http.") },
		.symbols_n = 2 },
	{ .id = S("X-1"), .ecosystem = S("Hex"), .package = S("p"), RANGE({ .fixed = S("1") }) },
	{ .id = S("X-2"), .ecosystem = S("npm"), .package = S("p") },
};

static const struct advisory_record records[] = {
	{ .id = S("GHSA-1"),
		.aliases = (const struct span[]){ S("CVE-9"), S("PYSEC-1") },
		.aliases_n = 2,
		.rating = RATING_HIGH,
		.rating_class = RATED_OTHER },
	{ .id = S("CVE-9"),
		.cvss = S("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
		.rating_class = RATED_CNA,
		.published = 19000,
		.is_exploited = true,
		.has_epss = true,
		.epss = 300,
		.epss_percentile = 60000 },
	{ .id = S("CVE-9"), .cvss = S("CVSS:4.0/AV:N"), .rating_class = RATED_CNA },
	{ .id = S("CVE-9"), .rating = RATING_LOW, .rating_class = RATED_ADP },
	{ .id = S("ALSA-1"),
		.aliases = (const struct span[]){ S("CVE-10"), S("CVE-11"), S("CVE-12") },
		.aliases_n = 3 },
	{ .id = S("CVE-12"), .is_rejected = true },
};

static void fill(struct advisory_build *b, bool is_backwards)
{
	size_t rows_n = sizeof(rows) / sizeof(*rows),
	       records_n = sizeof(records) / sizeof(*records);
	uint16_t one, two;

	if (is_backwards) {
		two = add_source(b, "two", 19990, FEED_NEGATIVE);
		one = add_source(b, "one", 19980, FEED_FIXED);
	} else {
		one = add_source(b, "one", 19980, FEED_FIXED);
		two = add_source(b, "two", 19990, FEED_NEGATIVE);
	}
	for (size_t i = 0; i < rows_n; i++) {
		size_t k = is_backwards ? rows_n - 1 - i : i;

		assert_int_equal(advisory_build_row(b, k == 2 ? two : one, &rows[k], NULL), 0);
	}
	for (size_t i = 0; i < records_n; i++) {
		size_t k = is_backwards ? records_n - 1 - i : i;

		assert_int_equal(advisory_build_record(b, one, &records[k], NULL), 0);
	}
}

static void found_again(void **state)
{
	struct fixture *f = *state;
	struct advisory_sum sum;
	static const struct {
		const char *ecosystem, *package, *version, *hits;
	} cases[] = {
		{ "Debian:12", "zlib", "1:1.2-5",
			"CVE-1 ..1:1.2-5+deb12u1 fixed, CVE-2 .. deferred, CVE-3 .. not-affected" },
		{ "Debian:12", "zlib", "1:1.2-5+deb12u1",
			"CVE-2 .. deferred, CVE-3 .. not-affected" },
		{ "Debian:13", "zlib", "1:1.2-5+deb12u1", "CVE-1 ..1:1.3 fixed" },
		{ "Debian:14", "zlib", "1", "" },
		{ "Debian:12", "zlib2", "1", "" },
		{ "PyPI", "foo_bar.BAZ", "0.9", "" },
		{ "PyPI", "foo-bar-baz", "1.0.0", "GHSA-1 1.0..1.2 fixed" },
		{ "PyPI", "foo-bar-baz", "1.2", "" },
		{ "PyPI", "foo-bar-baz", "2.4", "GHSA-1 2.0..=2.4 unknown" },
		{ "PyPI", "foo-bar-baz", "2.4.0.1", "" },
		{ "PyPI", "foo-bar-baz", "3.0", "GHSA-1 3.0..=3.0 unknown" },
		{ "PyPI", "foo-bar-baz", "not a version", "GHSA-1 .. unknown" },
		{ "PyPI", "foo-bar-baz", "what", "GHSA-2 .. unknown" },
		{ "AlmaLinux:9", "bash", "0:5-1.el9",
			"CVE-10 ..0:5-2.el9 fixed, CVE-11 ..0:5-2.el9 fixed" },
		{ "Go", "stdlib", "1.19.1", "GO-1 ..1.20 fixed" },
		{ "npm", "p", "1.0.0", "" },
	};

	fill(f->build, false);
	write_and_open(f, &sum);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(
			hits_text(f, cases[i].ecosystem, cases[i].package, cases[i].version),
			cases[i].hits);
	assert_int_equal(sum.rows, sizeof(rows) / sizeof(*rows));
	assert_int_equal(sum.other_ecosystems, 1);
	assert_int_equal(sum.empty_rows, 1);
	assert_int_equal(sum.unread_versions, 1);
	assert_int_equal(sum.unread_ranges, 1);
	assert_int_equal(advisory_db_verify(f->db, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(found_again, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
