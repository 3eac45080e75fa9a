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

static void qualifiers_and_sources(void **state)
{
	struct fixture *f = *state;
	struct advisory_sum sum;
	struct advisory_hits hits;
	struct advisory_extent x;
	bool is_there;
	size_t n;

	fill(f->build, false);
	write_and_open(f, &sum);
	assert_int_equal(advisory_db_find(f->db, SPAN("AlmaLinux:9"), SPAN("bash"), SPAN("4-1.el9"),
				 &f->arena, &hits, NULL),
		0);
	assert_int_equal(hits.n, 2);
	check_span("the erratum", hits.p[0].advisory, SPAN("ALSA-1"));
	check_span("module", hits.p[0].module, SPAN("m:1"));
	check_span("arch", hits.p[0].arch, SPAN("x86_64 aarch64"));
	check_span("source", hits.p[0].source->name, SPAN("one"));
	assert_int_equal(hits.p[0].rating, RATING_HIGH);
	assert_int_equal(advisory_db_find(f->db, SPAN("Go"), SPAN("stdlib"), SPAN("1.19"),
				 &f->arena, &hits, NULL),
		0);
	assert_int_equal(hits.p[0].symbols_n, 2);
	check_span("symbol", hits.p[0].symbols[1], SPAN("net/http."));
	assert_int_equal(advisory_db_find(f->db, SPAN("PyPI"), SPAN("foo-bar-baz"),
				 SPAN("no version"), &f->arena, &hits, NULL),
		0);
	assert_true(hits.has_package && hits.is_unread);
	assert_int_equal(hits.unread_n, 1);
	assert_int_equal(advisory_db_ecosystem(f->db, SPAN("Debian:12"), &x, &is_there, NULL), 0);
	assert_true(is_there);
	assert_int_equal(x.classes, FEED_FIXED | FEED_NEGATIVE);
	assert_int_equal(x.newest, 19980); /* what is denied is no news of fixes */
	assert_int_equal(x.packages, 1);
	assert_int_equal(x.rows, 3);
	assert_int_equal(x.scheme, VERSION_DEB);
	assert_int_equal(advisory_db_ecosystem(f->db, SPAN("Debian:11"), &x, &is_there, NULL), 0);
	assert_false(is_there);
	check_span("sources", advisory_db_sources(f->db, &n)[1].name, SPAN("two"));
	assert_int_equal(n, 2);
	assert_int_equal(advisory_db_built(f->db), 20000);
	assert_false(advisory_db_is_builtin(f->db));
}

static const char *aliases_text(struct fixture *f, const char *id)
{
	struct advisory_record r;
	char *text = arena_printf(&f->arena, "%s", "");
	bool is_known;

	assert_int_equal(
		advisory_db_record(f->db, span_str(id), &f->arena, &r, &is_known, NULL), 0);
	for (size_t i = 0; i < r.aliases_n; i++)
		text = arena_printf(
			&f->arena, "%s%s%.*s", text, i ? " " : "", SPAN_ARG(r.aliases[i]));
	return text;
}

static void one_flaw_is_one(void **state)
{
	struct fixture *f = *state;
	struct advisory_sum sum;
	struct advisory_record r;
	bool is_known;

	fill(f->build, false);
	write_and_open(f, &sum);
	assert_string_equal(aliases_text(f, "GHSA-1"), "CVE-9 PYSEC-1");
	assert_string_equal(aliases_text(f, "CVE-9"), "GHSA-1 PYSEC-1");
	assert_string_equal(aliases_text(f, "PYSEC-1"), "CVE-9 GHSA-1");
	assert_string_equal(aliases_text(f, "ALSA-1"), "");
	assert_string_equal(aliases_text(f, "CVE-10"), "");
	assert_int_equal(
		advisory_db_record(f->db, SPAN("CVE-9"), &f->arena, &r, &is_known, NULL), 0);
	assert_true(is_known && r.is_exploited && !r.is_ransomware && r.has_epss);
	assert_int_equal(r.epss, 300);
	assert_int_equal(r.epss_percentile, 60000);
	assert_int_equal(r.published, 19000);
	assert_int_equal(r.scores_n, 3);
	check_span("the newest CVSS first", r.cvss, SPAN("CVSS:4.0/AV:N"));
	assert_int_equal(r.scores[2].rating_class, RATED_ADP);
	assert_int_equal(r.scores[2].rating, RATING_LOW);
	assert_int_equal(
		advisory_db_record(f->db, SPAN("CVE-8"), &f->arena, &r, &is_known, NULL), 0);
	assert_false(is_known);
}

static void any_order_same_bytes(void **state)
{
	struct fixture *f = *state, *g;
	struct advisory_sum sum;
	struct span a, b;

	assert_int_equal(setup((void **)&g), 0);
	fill(f->build, false);
	fill(g->build, true);
	write_and_open(f, &sum);
	write_and_open(g, &sum);
	DIR *d = opendir(f->dir), *e = opendir(g->dir);
	size_t files = 0;

	for (struct dirent *at; (at = readdir(d));) {
		if (at->d_name[0] == '.')
			continue;
		files++;
		assert_int_equal(fd_load(dirfd(d), at->d_name, 1 << 20, &f->arena, &a, NULL), 0);
		assert_int_equal(fd_load(dirfd(e), at->d_name, 1 << 20, &f->arena, &b, NULL), 0);
		assert_true(span_eq(a, b));
	}
	assert_int_equal(files, 6);
	closedir(d);
	closedir(e);
	assert_int_equal(teardown((void **)&g), 0);
}

/* A second database takes the place of the first; what was open goes on, other files stay. */
static void replaced(void **state)
{
	struct fixture *f = *state;
	struct limits limits = limits_default();
	struct advisory_build_options options = { .day = 20001, .is_builtin = true };
	struct advisory_db *db;
	struct advisory_sum sum;
	char path[128];

	fill(f->build, false);
	write_and_open(f, &sum);
	snprintf(path, sizeof(path), "%s/debian-0.txt", f->dir);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	advisory_build_free(f->build);
	assert_int_equal(advisory_build_new(&f->build, &limits, NULL), 0);
	uint16_t one = add_source(f->build, "one", 1, FEED_FIXED);

	assert_int_equal(advisory_build_row(f->build, one, &rows[3], NULL), 0);
	assert_int_equal(advisory_build_write(f->build, f->dir, &options, &sum, NULL), 0);
	assert_string_equal(hits_text(f, "Debian:12", "zlib", "1:2"),
		"CVE-2 .. deferred, CVE-3 .. not-affected");
	assert_int_equal(advisory_db_open(f->dir, &db, NULL), 0);
	assert_true(advisory_db_is_builtin(db));
	advisory_db_free(f->db);
	f->db = db;
	assert_string_equal(hits_text(f, "Debian:12", "zlib", "1:2"), "");
	assert_string_equal(hits_text(f, "Debian:13", "zlib", "1:1"), "CVE-1 ..1:1.3 fixed");
	assert_string_equal(hits_text(f, "Go", "stdlib", "1.19"), "");
	assert_int_equal(access(path, F_OK), 0);
}

/* ---- damage ---------------------------------------------------------------------------------- */

static struct span file_of(struct fixture *f, const char *start, char path[128])
{
	DIR *d = opendir(f->dir);
	struct span bytes = { 0 };

	for (struct dirent *e; (e = readdir(d));)
		if (span_starts(span_str(e->d_name), span_str(start))) {
			snprintf(path, 128, "%s/%.60s", f->dir, e->d_name);
			assert_int_equal(
				fd_load(AT_FDCWD, path, 1 << 20, &f->arena, &bytes, NULL), 0);
		}
	closedir(d);
	assert_true(bytes.len > 0);
	return bytes;
}

static void write_over(const char *path, const void *p, size_t len)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_int_equal(fd_write_all(fd, p, len), 0);
	close(fd);
}

static void asks(struct advisory_db *db, struct arena *a)
{
	struct advisory_hits hits;
	struct scov_err err;

	assert_int_not_equal(
		advisory_db_find(db, SPAN("Debian:12"), SPAN("zlib"), SPAN("1:1"), a, &hits, &err),
		0);
	assert_true(strlen(err.text) > 10);
}

/* Every byte changed, every length: an error before anything is said of it. */
static void damage_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct advisory_sum sum;
	struct scov_err err;
	char path[128];

	fill(f->build, false);
	write_and_open(f, &sum);
	struct span good = file_of(f, "debian-", path);
	uint8_t *bytes = arena_alloc(&f->arena, good.len + 1);

	memcpy(bytes, good.p, good.len);
	for (size_t i = 0; i < good.len; i++) {
		struct advisory_file file;
		scoped_arena struct arena a = { 0 };

		bytes[i] ^= 1 << i % 8;
		assert_true(advisory_file_open(-1, bytes, good.len, &a, &file, &err) ||
			    advisory_file_read_all(&file, &err));
		bytes[i] ^= 1 << i % 8;
		assert_int_not_equal(advisory_file_open(-1, bytes, i, &a, &file, &err), 0);
	}
	/* The same through the folder, once each. */
	advisory_db_free(f->db);
	bytes[good.len / 2] ^= 1;
	write_over(path, bytes, good.len);
	assert_int_equal(advisory_db_open(f->dir, &f->db, &err), 0);
	asks(f->db, &f->arena);
	advisory_db_free(f->db);
	f->db = NULL;
	write_over(path, bytes, good.len - 1);
	assert_int_equal(advisory_db_open(f->dir, &f->db, &err), SCOV_E_FORMAT);
	write_over(path, good.p, good.len);
	assert_int_equal(advisory_db_open(f->dir, &f->db, &err), 0);
	write_over(path, good.p, 64); /* truncated in place after it was opened */
	asks(f->db, &f->arena);
	advisory_db_free(f->db);
	f->db = NULL;
	unlink(path);
	assert_int_equal(advisory_db_open(f->dir, &f->db, &err), SCOV_E_FORMAT);
}

static void asks_all(const struct advisory_file *file)
{
	struct scov_err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { .limit = 8 << 20 };
		struct advisory_hits hits;
		struct advisory_record record;
		bool is_known;

		if (!advisory_file_find(
			    file, rows[i].ecosystem, rows[i].package, SPAN("1.1"), &a, &hits, &err))
			for (size_t k = 0; k < hits.n; k++)
				assert_true(hits.p[k].id.len < 1000 && hits.p[k].source);
		if (!advisory_file_record(file, rows[i].id, &a, &record, &is_known, &err))
			assert_true(record.scores_n < 100);
	}
}

/* What was read does not change any more. What is read later has to fit the sums of the head that
 * was read first: other bytes are an error, and so are missing ones. */
static void changed_under_the_reader(void **state)
{
	enum { PACKAGES = 2000 };
	struct fixture *f = *state;
	uint16_t source = add_source(f->build, "a", 20000, FEED_FIXED);
	struct advisory_hits hits;
	struct advisory_sum sum;
	struct scov_err err;
	char path[128];

	for (int i = 0; i < PACKAGES; i++) {
		const char *name = arena_printf(&f->arena, "package-%04d", i);
		struct advisory_row row = { .id = S("CVE-2024-1"),
			.ecosystem = S("Debian:12"),
			.package = span_str(name),
			RANGE({ .fixed = S("2") }) };

		assert_int_equal(advisory_build_row(f->build, source, &row, &err), 0);
	}
	write_and_open(f, &sum);
	struct span good = file_of(f, "debian-", path);
	uint8_t *bytes = arena_alloc(&f->arena, good.len);

	assert_true(good.len > 8 * FILE_BLOCK);
	assert_string_equal(hits_text(f, "Debian:12", "package-0000", "1"), "CVE-2024-1 ..2 fixed");
	memset(bytes, 0, good.len);
	write_over(path, bytes, good.len);
	assert_string_equal(hits_text(f, "Debian:12", "package-0000", "1"), "CVE-2024-1 ..2 fixed");
	assert_int_equal(advisory_db_find(f->db, SPAN("Debian:12"), SPAN("package-1999"), SPAN("1"),
				 &f->arena, &hits, &err),
		SCOV_E_FORMAT);
	assert_true(span_has(span_str(err.text), SPAN("checksum")));
	write_over(path, good.p, 2 * FILE_BLOCK);
	assert_int_equal(advisory_db_find(f->db, SPAN("Debian:12"), SPAN("package-1999"), SPAN("1"),
				 &f->arena, &hits, &err),
		SCOV_E_FORMAT);
	assert_true(span_has(span_str(err.text), SPAN("truncated")));
	assert_int_equal(advisory_db_verify(f->db, &err), SCOV_E_FORMAT);
	write_over(path, good.p, good.len);
	assert_string_equal(hits_text(f, "Debian:12", "package-1999", "1"), "CVE-2024-1 ..2 fixed");
	assert_int_equal(advisory_db_verify(f->db, &err), 0);
}

/* Every number of every file, under a sum that fits: no reading outside, an answer or an error. */
static void every_number_wrong(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "debian-", "pypi-", "go-", "rhel-", "cve-" };
	static const uint32_t values[] = { 0, 1, 0x7fffffff, 0xffffffff, 0x10000 };
	struct advisory_sum sum;
	char path[128];

	fill(f->build, false);
	write_and_open(f, &sum);
	for (size_t n = 0; n < sizeof(names) / sizeof(*names); n++) {
		struct span good = file_of(f, names[n], path);
		uint8_t *bytes = arena_alloc(&f->arena, good.len);

		for (size_t at = FILE_SUMMED_FROM; at + 4 <= good.len; at += 4) {
			if (at == FILE_SUMS) /* what follows is sealed */
				at = file_head(good.len);
			for (size_t v = 0; v < sizeof(values) / sizeof(*values); v++) {
				scoped_arena struct arena a = { .limit = 8 << 20 };
				struct advisory_file file;
				struct scov_err err;

				memcpy(bytes, good.p, good.len);
				memcpy(bytes + at, &values[v], 4);
				advisory_file_seal(bytes, good.len);
				if (!advisory_file_open(-1, bytes, good.len, &a, &file, &err))
					asks_all(&file);
			}
		}
	}
}

/* Intact bytes of another family under the name, and a body that fits its sum but not its digest.
 */
static void not_what_the_manifest_names(void **state)
{
	struct fixture *f = *state;
	struct advisory_sum sum;
	struct scov_err err;
	char path[128], manifest[128];

	fill(f->build, false);
	write_and_open(f, &sum);
	struct span good = file_of(f, "debian-", path);
	uint8_t *bytes = arena_alloc(&f->arena, good.len);

	file_of(f, "manifest", manifest);
	assert_int_equal(advisory_db_verify(f->db, NULL), 0);
	advisory_db_free(f->db);
	memcpy(bytes, good.p, good.len);
	bytes[36]++; /* the day */
	advisory_file_seal(bytes, good.len);
	write_over(path, bytes, good.len);
	assert_int_equal(advisory_db_open(f->dir, &f->db, &err), 0);
	assert_int_equal(advisory_db_verify(f->db, &err), SCOV_E_DIGEST);
	advisory_db_free(f->db);
	f->db = NULL;
	bytes[32] = FAMILY_GO;
	advisory_file_seal(bytes, good.len);
	write_over(path, bytes, good.len);
	assert_int_equal(advisory_db_open(f->dir, &f->db, &err), 0);
	asks(f->db, &f->arena);
	static const struct {
		const char *name, *text;
		int code;
	} cases[] = {
		{ "empty", "", SCOV_E_FORMAT },
		{ "a page of HTML", "<html>", SCOV_E_FORMAT },
		{ "not ours", "{}", SCOV_E_FORMAT },
		{ "newer", "{\"format\": 2}", SCOV_E_UNSUPPORTED },
		{ "no files", "{\"format\": 1, \"built\": \"2024-01-01\", \"sources\": []}",
			SCOV_E_FORMAT },
		{ "a bad day",
			"{\"format\": 1, \"built\": \"2024-13-01\", \"sources\": [], \"files\": "
			"[]}",
			SCOV_E_FORMAT },
		{ "a name that leads away",
			"{\"format\": 1, \"built\": \"2024-01-01\", \"sources\": [], \"files\": "
			"[{\"family\": \"go\", \"name\": \"../go.adv\", \"size\": 1, \"digest\": "
			"\"sha256:"
			"0000000000000000000000000000000000000000000000000000000000000000\"}]}",
			SCOV_E_FORMAT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct advisory_db *db = NULL;

		write_over(manifest, cases[i].text, strlen(cases[i].text));
		check(cases[i].name, advisory_db_open(f->dir, &db, &err) == cases[i].code);
	}
	unlink(manifest);
	struct advisory_db *none = NULL;

	assert_int_equal(advisory_db_open(f->dir, &none, &err), SCOV_E_NOT_FOUND);
	assert_int_equal(advisory_db_open("/nonexistent", &none, &err), SCOV_E_NOT_FOUND);
}

static void other_formats(void **state)
{
	struct fixture *f = *state;
	struct advisory_sum sum;
	struct advisory_file file;
	struct scov_err err;
	char path[128];

	fill(f->build, false);
	write_and_open(f, &sum);
	struct span good = file_of(f, "debian-", path);
	uint8_t *bytes = arena_alloc(&f->arena, good.len);

	memcpy(bytes, good.p, good.len);
	bytes[8]++;
	assert_int_equal(advisory_file_open(-1, bytes, good.len, &f->arena, &file, &err),
		SCOV_E_UNSUPPORTED);
	assert_true(span_has(span_str(err.text), SPAN("newer")));
	bytes[8] = 1;
	assert_int_equal(advisory_file_open(-1, bytes, good.len, &f->arena, &file, &err),
		SCOV_E_UNSUPPORTED);
	assert_true(span_has(span_str(err.text), SPAN("older")));
}

/* ---- the same answer as OSV's own words ------------------------------------------------------ */

struct draw {
	uint64_t x;
};

static unsigned draw(struct draw *d, unsigned n)
{
	d->x = d->x * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(d->x >> 33) % n;
}

static const struct {
	const char *ecosystem;
	enum version_scheme scheme;
	const char *tails[8];
} worlds[] = {
	{ "Debian:12", VERSION_DEB,
		{ "", "-1", "~rc1-1", "-1+deb12u1", "+dfsg-2", "~~", "-0", "a" } },
	{ "AlmaLinux:9", VERSION_RPM, { "-1.el9", "-2.el9", "~rc1-1", "^git-1", "-1.el9_2" } },
	{ "Alpine:v3.20", VERSION_APK, { "-r0", "-r1", "_rc1-r0", "_p1-r2", "a-r0", "_git1" } },
	{ "npm", VERSION_SEMVER, { ".0", ".1", ".0-rc.1", ".0-alpha", ".10", ".0+b" } },
	{ "Go", VERSION_GO, { ".0", ".1", ".0-0", ".0-rc.1", ".0+incompatible" } },
	{ "PyPI", VERSION_PEP440, { "", ".0", "rc1", ".post1", ".dev2", "b1", "+local" } },
	{ "Maven", VERSION_MAVEN, { "", ".0", "-SNAPSHOT", "-rc1", ".Final", "-sp1" } },
	{ "RubyGems", VERSION_GEM, { "", ".0", ".pre", ".rc1", ".1" } },
	{ "Packagist", VERSION_PACKAGIST, { "", ".0", "-beta1", "-RC1", "-patch1" } },
	{ "NuGet", VERSION_NUGET, { "", ".0", ".0.1", "-beta", "-RC" } },
	{ "Bitnami", VERSION_BITNAMI, { ".0", ".1", ".0-1", ".0-4" } },
};

static struct span a_version(struct draw *d, size_t world, struct arena *a)
{
	const char *const *tails = worlds[world].tails;
	unsigned n = 0;

	while (n < 8 && tails[n])
		n++;
	return span_str(arena_printf(a, "%u.%u%s", draw(d, 3) + 1, draw(d, 4), tails[draw(d, n)]));
}

struct osv {
	struct advisory_event events[6], sorted[6];
	size_t events_n;
	struct span versions[3];
	size_t versions_n;
};

static int order_of(enum version_scheme scheme, struct span a, struct span b)
{
	int order = 0;

	if (span_eq(a, SPAN("0")) || span_eq(b, SPAN("0")))
		return span_eq(b, SPAN("0")) - span_eq(a, SPAN("0"));
	assert_true(version_cmp(scheme, a, b, &order));
	return order;
}

/* OSV schema 1.7.4, "Evaluation", word for word; members of versions[] are compared by the scheme.
 */
static bool is_affected(enum version_scheme scheme, const struct osv *o, struct span v)
{
	struct advisory_event e[6];
	bool vulnerable = false;

	memcpy(e, o->events, sizeof(e));
	for (size_t i = 1; i < o->events_n; i++)
		for (size_t k = i; k && order_of(scheme, e[k - 1].version, e[k].version) > 0; k--) {
			struct advisory_event swap = e[k];

			e[k] = e[k - 1];
			e[k - 1] = swap;
		}
	for (size_t i = 0; i < o->events_n; i++) {
		int order = order_of(scheme, v, e[i].version);

		if (e[i].kind == EVENT_INTRODUCED && order >= 0)
			vulnerable = true;
		else if (e[i].kind == EVENT_FIXED && order >= 0)
			vulnerable = false;
		else if (e[i].kind == EVENT_LAST_AFFECTED && order > 0)
			vulnerable = false;
	}
	for (size_t i = 0; i < o->versions_n; i++)
		vulnerable |= order_of(scheme, v, o->versions[i]) == 0;
	return vulnerable;
}

enum { ADVISORIES = 12, PACKAGES = 40, QUESTIONS = 60 };

static void an_advisory(struct draw *d, size_t world, struct arena *a, struct osv *o)
{
	/* fixed and last_affected never meet in one range: the schema forbids it */
	unsigned end = draw(d, 2) ? EVENT_FIXED : EVENT_LAST_AFFECTED;

	o->events_n = draw(d, 7);
	for (size_t i = 0; i < o->events_n; i++)
		o->events[i] = (struct advisory_event){
			.kind = (uint8_t)(draw(d, 2) ? EVENT_INTRODUCED : end),
			.version = draw(d, 8) ? a_version(d, world, a) : SPAN("0"),
		};
	o->versions_n = draw(d, 3);
	for (size_t i = 0; i < o->versions_n; i++)
		o->versions[i] = a_version(d, world, a);
}

static void add_osv(struct fixture *f, uint16_t source, size_t world, const char *package,
	size_t id, struct osv *o)
{
	struct advisory_range *ranges;
	size_t n;

	memcpy(o->sorted, o->events, sizeof(o->sorted));
	assert_true(advisory_ranges(
		worlds[world].scheme, o->sorted, o->events_n, &f->arena, &ranges, &n));
	struct advisory_row row = {
		.id = span_str(arena_printf(&f->arena, "ID-%02zu", id)),
		.ecosystem = span_str(worlds[world].ecosystem),
		.package = span_str(package),
		.ranges = ranges,
		.ranges_n = n,
		.versions = o->versions,
		.versions_n = o->versions_n,
	};

	assert_int_equal(advisory_build_row(f->build, source, &row, NULL), 0);
}

static void as_osv_evaluates(void **state)
{
	struct fixture *f = *state;
	static struct osv all[sizeof(worlds) / sizeof(*worlds)][PACKAGES][ADVISORIES];
	uint16_t source = add_source(f->build, "osv", 1, FEED_FIXED);
	struct draw d = { 20261130 };
	struct advisory_sum sum;
	size_t yes = 0, no = 0;

	for (size_t w = 0; w < sizeof(worlds) / sizeof(*worlds); w++)
		for (size_t p = 0; p < PACKAGES; p++)
			for (size_t i = 0; i < ADVISORIES; i++) {
				char package[16];

				snprintf(package, sizeof(package), "p%zu", p);
				an_advisory(&d, w, &f->arena, &all[w][p][i]);
				add_osv(f, source, w, package, i, &all[w][p][i]);
			}
	write_and_open(f, &sum);
	assert_int_equal(sum.unread_versions + sum.unread_ranges, 0);
	for (size_t w = 0; w < sizeof(worlds) / sizeof(*worlds); w++)
		for (size_t q = 0; q < PACKAGES * QUESTIONS; q++) {
			size_t p = q % PACKAGES;
			struct span v = a_version(&d, w, &f->arena);
			bool found[ADVISORIES] = { 0 };
			struct advisory_hits hits;
			char package[16];

			snprintf(package, sizeof(package), "p%zu", p);
			assert_int_equal(advisory_db_find(f->db, span_str(worlds[w].ecosystem),
						 span_str(package), v, &f->arena, &hits, NULL),
				0);
			for (size_t i = 0; i < hits.n; i++) {
				uint64_t id;

				assert_true(span_number(span_from(hits.p[i].id, 3), 10, 99, &id));
				assert_false(found[id]); /* intervals do not overlap */
				found[id] = true;
			}
			for (size_t i = 0; i < ADVISORIES; i++) {
				bool want = is_affected(worlds[w].scheme, &all[w][p][i], v);

				if (found[i] != want)
					fail_msg("%s %s %.*s: ID-%02zu is %d", worlds[w].ecosystem,
						package, SPAN_ARG(v), i, found[i]);
				*(want ? &yes : &no) += 1;
			}
		}
	/* The question is worth asking. */
	assert_true(yes > 10000 && no > 10000);
}

static void words(void **state)
{
	(void)state;
	assert_int_equal(rating_of_word(SPAN("Important")), RATING_HIGH);
	assert_int_equal(rating_of_word(SPAN("MODERATE")), RATING_MEDIUM);
	assert_int_equal(rating_of_word(SPAN("unimportant")), RATING_NEGLIGIBLE);
	assert_int_equal(rating_of_word(SPAN("untriaged")), RATING_UNRATED);
	assert_int_equal(rating_of_word(SPAN("")), RATING_UNRATED);
	for (int i = 1; i < RATINGS; i++)
		assert_int_equal(rating_of_word(span_str(rating_names[i])), i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test_setup_teardown(found_again, setup, teardown),
		cmocka_unit_test_setup_teardown(qualifiers_and_sources, setup, teardown),
		cmocka_unit_test_setup_teardown(one_flaw_is_one, setup, teardown),
		cmocka_unit_test_setup_teardown(any_order_same_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(damage_is_an_error, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_under_the_reader, setup, teardown),
		cmocka_unit_test_setup_teardown(every_number_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(not_what_the_manifest_names, setup, teardown),
		cmocka_unit_test_setup_teardown(other_formats, setup, teardown),
		cmocka_unit_test_setup_teardown(as_osv_evaluates, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
