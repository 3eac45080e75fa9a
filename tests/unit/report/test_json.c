/* test_json.c - the JSON report, read again. With a FILE the platforms' document goes there, for
 * the schema's check.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"

#include <string.h>

#include "report/secrets.h"
#include "syntax/json.h"

static const struct json *again(struct buf *b, struct arena *a)
{
	const struct json *v = NULL;
	struct scov_err err;

	if (json_parse(buf_view(b), 1 << 24, a, &v, &err))
		fail_msg("%s", err.text);
	return v;
}

static void write_one(struct fixture *f, struct buf *b)
{
	struct write_options o = { .timings = true };

	assert_int_equal(writer_find(SPAN("json"))->write(&f->report, &o, b, NULL), 0);
}

/* A number that has no name would be an empty text in a report. */
static void every_number_has_a_name(void **state)
{
	static const struct {
		const char *table;
		const char *(*name)(uint8_t);
		uint8_t from, count;
	} tables[] = {
		{ "proof", secrets_proof_name, PROOF_NONE, PROOFS },
		{ "surface", secrets_surface_name, SURFACE_CONTENT, SURFACES },
		{ "encoding", secrets_encoding_name, ENCODED_PLAIN, ENCODINGS },
		{ "level", secret_level_name, SECRET_NONE, SECRET_LEVELS },
		{ "state", secret_state_name, FILE_PRESENT, FILE_STATES },
	};

	(void)state;
	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (uint8_t i = tables[t].from; i < tables[t].count; i++) {
			const char *name = tables[t].name(i);

			check(tables[t].table, name && *name);
			for (uint8_t k = tables[t].from; k < i; k++)
				check(name, strcmp(name, tables[t].name(k)) != 0);
		}
}

static void has_what_was_said(void **state)
{
	struct fixture f;
	scoped_buf struct buf b = { 0 };
	scoped_arena struct arena a = { 0 };

	(void)state;
	fixture_init(&f, SPAN("web:1"));
	write_one(&f, &b);
	const struct json *v = again(&b, &a);
	static const char *const members[] = { "schema", "scoville", "rules", "profile",
		"diagnostics", "subject", "grades", "criteria", "packages", "layers" };

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		check(members[i], json_get(v, members[i]) != NULL);
	assert_int_equal(json_count(json_get(v, "criteria")), CRITERIA);
	check_span("reference", json_get_text(json_get(v, "subject"), "reference"), SPAN("web:1"));
	check_span("grade", json_get_text(json_get(json_get(v, "grades"), "overall"), "grade"),
		SPAN("D"));
	check_span("ceiling", json_get_text(json_get(json_get(v, "grades"), "overall"), "ceiling"),
		SPAN("A"));
	check_span("no digest", json_get_text(json_get(v, "subject"), "config_digest"), SPAN(""));
	assert_true(json_is(json_get(json_get(v, "subject"), "config_digest"), JSON_NIL));
	for (size_t i = 0; i < CRITERIA; i++) {
		const struct json *c = json_at(json_get(v, "criteria"), i);

		check_span("document order", json_get_text(c, "id"), span_str(criteria[i]->id));
		if (span_eq(json_get_text(c, "id"), SPAN("conf.user"))) {
			check_span("verdict", json_get_text(c, "verdict"), SPAN("not-met"));
			int64_t total = 0;

			assert_true(json_int(json_get(c, "evidence_total"), &total));
			check("also what is not listed", total == 10);
		}
		const struct json *remedy = json_get(c, "remedy"), *first = json_at(remedy, 0);

		check("one remedy, or none",
			json_count(remedy) == span_eq(json_get_text(c, "id"), SPAN("conf.user")));
		if (first)
			check("its action and subject",
				span_eq(json_get_text(first, "action"), SPAN("remove")) &&
					json_count(json_get(first, "subjects")) == 1);
		if (span_eq(json_get_text(c, "id"), SPAN("vuln.any")))
			check_span("verdict", json_get_text(c, "verdict"), SPAN("not-assessed"));
	}
	fixture_release(&f);
}

/* The same twice; nothing of the cache, of the clock or of timings is in it. */
static void is_the_same_again(void **state)
{
	struct fixture f;
	scoped_buf struct buf one = { 0 }, two = { 0 };

	(void)state;
	fixture_init(&f, SPAN("web:1"));
	write_one(&f, &one);
	f.report.layers_from_cache = 0;
	f.report.bytes_read = 99;
	f.report.timings[0].name = SPAN("scan");
	f.report.timings[0].seconds = 1.5;
	f.report.timings_n = 1;
	write_one(&f, &two);
	check_span("two runs", buf_view(&one), buf_view(&two));
	assert_int_equal(span_find(buf_view(&one), '\n'), one.len - 1);
	fixture_release(&f);
}

static void hostile_text_is_text(void **state)
{
	struct fixture f;
	scoped_buf struct buf b = { 0 };
	scoped_arena struct arena a = { 0 };

	(void)state;
	fixture_init(&f, SPAN(HOSTILE));
	write_one(&f, &b);
	for (size_t i = 0; i + 1 < b.len; i++)
		assert_false((unsigned char)b.p[i] < 0x20 || b.p[i] == 0x7f);
	const struct json *v = again(&b, &a);

	check_span("comes back, what is no UTF-8 replaced",
		json_get_text(json_get(v, "subject"), "reference"),
		SPAN("a\033["
		     "31m\n\r\t\b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xe2\x80\xae\xe2\x81\xa6\xe2"
		     "\x80\x8e\xc2\x9b<b>&\"'\\\x7f"));
	static const char *const marks[] = { "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x80\x8e",
		"\xc2\x9b" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		check("a direction mark stands escaped",
			!span_has(buf_view(&b), span_str(marks[i])));
	fixture_release(&f);
}

static void packages_have_purls(void **state)
{
	static const char *const purls[] = {
		"pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1~x?arch=amd64&distro=debian-12",
		"pkg:rpm/debian/Bash@5.1.8-9.el9?arch=x86_64&distro=debian-12&epoch=2",
		"pkg:apk/debian/musl@1.2.4-r2?distro=debian-12",
		"pkg:deb/debian/%1B%0A%FF%2F%40%3F%23%25%20?distro=debian-12",
	};
	struct fixture f;
	scoped_buf struct buf b = { 0 };
	scoped_arena struct arena a = { 0 };

	(void)state;
	fixture_init(&f, SPAN("\033\n\xff/@?#% "));
	write_one(&f, &b);
	const struct json *list = json_get(again(&b, &a), "packages");

	for (size_t i = 0; i < 4; i++)
		check_span(purls[i], json_get_text(json_at(list, i), "purl"), span_str(purls[i]));
	fixture_release(&f);
}

static void packages_say_where_they_are(void **state)
{
	struct fixture f;
	scoped_buf struct buf b = { 0 };
	scoped_arena struct arena a = { 0 };
	struct image_package *p;

	(void)state;
	fixture_init(&f, SPAN("web:1"));
	p = &f.facts.packages.p[1];
	p->at = place_file(1, SPAN("app/a.jar"));
	p->at.member = SPAN("lib/b.jar");
	p->copies = 2;
	p->owner = &f.packages[0];
	f.packages[1].license = SPAN("MIT");
	write_one(&f, &b);
	const struct json *v = json_at(json_get(again(&b, &a), "packages"), 1);
	uint64_t copies = 0;

	check_span("path", json_get_text(v, "path"), SPAN("app/a.jar"));
	check_span("member", json_get_text(v, "member"), SPAN("lib/b.jar"));
	check_span("license", json_get_text(v, "license"), SPAN("MIT"));
	check_span("owner", json_get_text(v, "owner"), f.packages[0].name);
	assert_true(json_uint(json_get(v, "copies"), 9, &copies) && copies == 2);
	assert_false(json_truth(json_get(v, "main")));
	fixture_release(&f);
}

static void platforms_say_where_they_differ(void **state)
{
	struct fixture one, two;
	scoped_buf struct buf b = { 0 };
	scoped_arena struct arena a = { 0 };
	const struct report *list[] = { &one.report, &two.report };
	struct write_options o = { 0 };

	(void)state;
	fixture_init(&one, SPAN("web:1"));
	fixture_init(&two, SPAN("web:1"));
	two.report.criteria.p[2].verdict = NOT_MET; /* min.shell */
	assert_int_equal(
		report_write_platforms(writer_find(SPAN("json")), list, 2, &o, &b, NULL), 0);
	const struct json *v = again(&b, &a), *d = json_get(v, "differences");

	assert_int_equal(json_count(json_get(v, "platforms")), 2);
	assert_int_equal(json_count(d), 1);
	check_span("id", json_get_text(json_at(d, 0), "id"), SPAN("min.shell"));
	check_span(
		"first", json_text(json_at(json_get(json_at(d, 0), "verdicts"), 0)), SPAN("met"));
	check_span("second", json_text(json_at(json_get(json_at(d, 0), "verdicts"), 1)),
		SPAN("not-met"));
	fixture_release(&one);
	fixture_release(&two);
}

/* Level none only when asked for; a member is after '!'; what is no file has no path. */
static void secrets_are_listed(void **state)
{
	struct fixture f;
	struct write_options all = { .all = true, .secrets_only = true };
	scoped_buf struct buf b = { 0 }, c = { 0 };
	scoped_arena struct arena a = { 0 };

	(void)state;
	fixture_init(&f, SPAN("x/y.zip"));
	write_one(&f, &b);
	assert_int_equal(writer_find(SPAN("json"))->write(&f.report, &all, &c, NULL), 0);
	const struct json *v = again(&b, &a), *list = json_get(v, "secrets"), *one, *search;
	int64_t n = -1;

	assert_int_equal(json_count(list), 4);
	one = json_at(list, 0);
	check_span("path", json_get_text(one, "path"), SPAN("x/y.zip!x/y.zip"));
	check_span("state", json_get_text(one, "state"), SPAN("present"));
	check_span("expires", json_get_text(one, "expires"), SPAN("2024-10-04"));
	assert_true(json_is(json_get(one, "gone_in"), JSON_NIL));
	assert_true(json_int(json_get(one, "end_line"), &n) && n == 5);
	one = json_at(list, 1);
	check_span("state", json_get_text(one, "state"), SPAN("deleted"));
	assert_true(json_int(json_get(one, "gone_in"), &n) && n == 1);
	one = json_at(list, 2);
	check_span("no file", json_get_text(one, "path"), SPAN(""));
	assert_true(json_truth(json_get(one, "ignored")));
	assert_true(json_is(json_get(one, "layer"), JSON_NIL));
	search = json_get(v, "secret_search");
	assert_false(json_truth(json_get(search, "complete")));
	assert_true(json_int(json_get(search, "medium"), &n) && n == 1);
	check_span("key", json_get_text(v, "fingerprint_key"), SPAN("run"));
	assert_int_equal(json_count(json_get(json_get(v, "requirements"), "rows")), 3);

	v = again(&c, &a);
	assert_int_equal(json_count(json_get(v, "secrets")), 5);
	assert_null(json_get(v, "criteria"));
	fixture_release(&f);
}

static void vulnerabilities(void **state)
{
	(void)state;
	struct fixture f;
	scoped_buf struct buf b = { 0 }, c = { 0 };
	scoped_arena struct arena a = { 0 };
	struct write_options fixed = { .vulns_only = true, .only_fixed = true };

	fixture_init(&f, SPAN("x"));
	write_one(&f, &b);

	const struct json *v = again(&b, &a), *list = json_get(v, "vulnerabilities"),
			  *one = json_at(list, 0);

	assert_int_equal(json_count(list), 3);
	check_span("id", json_get_text(one, "id"), SPAN("CVE-2026-1"));
	check_span("severity", json_get_text(one, "severity"), SPAN("critical"));
	assert_true(json_fraction(json_get(json_get(one, "cvss"), "score")) == 9.8);
	assert_true(json_fraction(json_get(json_get(one, "epss"), "probability")) == 1);
	assert_true(json_fraction(json_get(json_get(one, "epss"), "percentile")) == 0.50001);
	assert_true(json_truth(json_get(one, "kev")));
	check_span("status", json_get_text(json_at(list, 2), "status"), SPAN("vex"));
	assert_true(json_is(json_get(json_at(list, 2), "cvss"), JSON_NIL));
	check_span("built", json_get_text(json_get(v, "database"), "built"), SPAN("2024-10-04"));
	assert_int_equal(json_count(json_get(json_get(v, "database"), "gaps")), 1);

	assert_int_equal(writer_find(SPAN("json"))->write(&f.report, &fixed, &c, NULL), 0);
	v = again(&c, &a);
	assert_int_equal(json_count(json_get(v, "vulnerabilities")), 1);
	assert_null(json_get(v, "criteria"));
	assert_null(json_get(v, "secrets"));
	fixture_release(&f);
}

/* For check_schema.py: a report, a hostile one, the document of two platforms, and the same of the
 * secrets alone, a line each. */
static int dump(void)
{
	static const char *const names[] = { "web:1", HOSTILE };
	struct write_options o = { 0 }, secrets = { .secrets_only = true, .all = true },
			     vulns = { .vulns_only = true };
	struct fixture f[2];
	const struct report *list[] = { &f[0].report, &f[1].report };
	scoped_buf struct buf b = { 0 };

	for (size_t i = 0; i < 2; i++) {
		fixture_init(&f[i], span_str(names[i]));
		writer_find(SPAN("json"))->write(&f[i].report, &o, &b, NULL);
	}
	f[1].report.requirements_name = (struct span){ 0 };
	if (report_write_platforms(writer_find(SPAN("json")), list, 2, &o, &b, NULL))
		return 1;
	for (size_t i = 0; i < 2; i++)
		writer_find(SPAN("json"))->write(&f[i].report, &secrets, &b, NULL);
	if (report_write_platforms(writer_find(SPAN("json")), list, 2, &secrets, &b, NULL))
		return 1;
	f[0].report.matches = NULL;
	writer_find(SPAN("json"))->write(&f[0].report, &o, &b, NULL);
	for (size_t i = 0; i < 2; i++)
		writer_find(SPAN("json"))->write(&f[i].report, &vulns, &b, NULL);
	if (report_write_platforms(writer_find(SPAN("json")), list, 2, &vulns, &b, NULL))
		return 1;
	fwrite(b.p, 1, b.len, stdout);
	for (size_t i = 0; i < 2; i++)
		fixture_release(&f[i]);
	return b.failed;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_has_a_name),
		cmocka_unit_test(has_what_was_said),
		cmocka_unit_test(is_the_same_again),
		cmocka_unit_test(hostile_text_is_text),
		cmocka_unit_test(packages_have_purls),
		cmocka_unit_test(packages_say_where_they_are),
		cmocka_unit_test(platforms_say_where_they_differ),
		cmocka_unit_test(secrets_are_listed),
		cmocka_unit_test(vulnerabilities),
	};

	if (argc == 2 && !strcmp(argv[1], "--dump"))
		return dump();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
