/* test_read.c - our own report, read back: as it was written, or refused.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fixture.h"

#include <string.h>

#include "report/read.h"
#include "syntax/json.h"

static void write(struct fixture *f, struct buf *b)
{
	struct write_options o = { 0 };

	assert_int_equal(writer_find(SPAN("json"))->write(&f->report, &o, b, NULL), 0);
}

static void what_was_written(void **state)
{
	(void)state;
	static const char *const names[] = { "web:1", HOSTILE };

	for (size_t n = 0; n < 2; n++) {
		scoped_buf struct buf b = { 0 };
		scoped_arena struct arena a = { 0 };
		struct image_facts image = { 0 };
		struct report out = { 0 };
		struct fixture f;
		struct scov_err err;

		fixture_init(&f, span_str(names[n]));
		write(&f, &b);
		if (report_read(buf_view(&b), &a, &image, &out, &err))
			fail_msg("%s: %s", names[n], err.text);
		assert_int_equal(out.criteria.n, CRITERIA);
		for (size_t i = 0; i < CRITERIA; i++) {
			const struct criterion_report *was = &f.report.criteria.p[i],
						      *is = &out.criteria.p[i];

			check(criteria[i]->id, is->criterion == criteria[i]);
			check(criteria[i]->id, is->verdict == was->verdict);
			check(criteria[i]->id, is->evidence.n == was->evidence.n);
			check(criteria[i]->id, is->settled_by.n == was->settled_by.n);
		}
		assert_int_equal(image.layers_n, f.facts.layers_n);
		assert_int_equal(image.packages.n, f.facts.packages.n);
		for (size_t i = 0; i < image.packages.n && !n; i++) {
			const struct image_package *is = &image.packages.p[i],
						   *was = f.facts.packages.p;

			while (!span_eq(was->fact->name, is->fact->name) ||
				was->fact->type != is->fact->type)
				was++;

			check_span(names[n], is->fact->version, was->fact->version);
			check(names[n], is->fact->type == was->fact->type);
			check(names[n], is->layer == was->layer && is->files == was->files);
			check(names[n], is->has_executable == was->has_executable);
			check(names[n], !is->owner == !was->owner);
		}
		assert_int_equal(image.inputs, f.facts.inputs & ~(uint32_t)INPUTS_OUTSIDE);
		assert_int_equal(out.steps.n, f.report.steps.n);
		assert_int_equal(out.steps.p[0].met, f.report.steps.p[0].met);
		assert_int_equal(out.diags.n, f.report.diags.n);
		assert_int_equal(image.distribution.is_known, f.facts.distribution.is_known);
		fixture_release(&f);
	}
}

static void replace(struct buf *b, const char *from, const char *to)
{
	size_t at = span_find_span(buf_view(b), span_str(from)), n = strlen(from);
	scoped_buf struct buf copy = { 0 };

	check(from, at < b->len);
	buf_bytes(&copy, b->p, at);
	buf_str(&copy, to);
	buf_bytes(&copy, b->p + at + n, b->len - at - n);
	b->len = 0;
	buf_span(b, buf_view(&copy));
}

static void what_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name, *from, *to, *why;
	} rows[] = {
		{ "another schema", "\"schema\":1", "\"schema\":2", "another version" },
		{ "a verdict of its own", "\"verdict\":\"met\"", "\"verdict\":\"passed\"",
			"no verdict on" },
		{ "a criterion that is not there", "\"id\":\"min.base\"", "\"id\":\"min.bass\"",
			"no verdict on min.base" },
		{ "a package without a name", "\"name\":\"libstdc++6\"", "\"name\":{}",
			"without a name" },
		{ "several platforms", "{\"schema\":1", "{\"platforms\":[],\"schema\":1",
			"several platforms" },
		{ "an older version", "\"incomplete\":", "\"complete\":", "older version" },
		{ "a key twice", "{\"schema\":1", "{\"schema\":1,\"schema\":1", "" },
		{ "no JSON", "{\"schema\":1", "\"schema\":1", "" },
		{ "a digest that is not one", "\"sha256:", "\"sha256:x", "not one" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_buf struct buf b = { 0 };
		scoped_arena struct arena a = { 0 };
		struct image_facts image = { 0 };
		struct report out = { 0 };
		struct scov_err err = { 0 };
		struct fixture f;

		fixture_init(&f, SPAN("web:1"));
		write(&f, &b);
		replace(&b, rows[i].from, rows[i].to);
		if (strstr(rows[i].name, "digest")) /* the first is of the rules */
			replace(&b, "\"digest\":\"sha256:", "\"digest\":\"sha256:x");
		check(rows[i].name, report_read(buf_view(&b), &a, &image, &out, &err) != 0);
		if (!strstr(err.text, rows[i].why))
			fail_msg("%s: %s", rows[i].name, err.text);
		fixture_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written),
		cmocka_unit_test(what_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
