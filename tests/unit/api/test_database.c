/* test_database.c - reports of one context share its database; an update is seen by the next one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "advisory/db/build.h"
#include "api/api.h"
#include "tests/unit/unit.h"

enum { PACKAGES = 400, THREADS = 4, ROUNDS = 8 };

static char folder[] = "/tmp/scoville-database-XXXXXX";
static char reference[64], database[64];

static void write_sbom(void)
{
	FILE *f = fopen(reference + strlen("sbom:"), "w");

	assert_non_null(f);
	fprintf(f, "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[");
	for (int i = 0; i < PACKAGES; i++)
		fprintf(f,
			"%s{\"type\":\"library\",\"name\":\"package-%d\",\"version\":\"1.0.0\","
			"\"purl\":\"pkg:npm/package-%d@1.0.0\"}",
			i ? "," : "", i, i);
	fprintf(f, "]}");
	assert_int_equal(fclose(f), 0);
}

/* A flaw in each of the first n packages. */
static void write_database(int n)
{
	struct advisory_source source = { SPAN("a"), SPAN("https://example.org/"), SPAN("CC0-1.0"),
		20000, FEED_FIXED };
	const struct advisory_range range = { .fixed = SPAN("2.0.0") };
	const struct limits limits = limits_default();
	struct advisory_build *b = NULL;
	struct advisory_sum sum;
	uint16_t number;

	assert_int_equal(advisory_build_new(&b, &limits, NULL), 0);
	assert_int_equal(advisory_build_source(b, &source, &number, NULL), 0);
	for (int i = 0; i < n; i++) {
		char name[32], id[32];

		snprintf(name, sizeof(name), "package-%d", i);
		snprintf(id, sizeof(id), "CVE-2024-%d", 1000 + i);
		assert_int_equal(advisory_build_row(b, number,
					 &(struct advisory_row){ .id = span_str(id),
						 .ecosystem = SPAN("npm"),
						 .package = span_str(name),
						 .ranges = &range,
						 .ranges_n = 1 },
					 NULL),
			0);
	}
	assert_int_equal(advisory_build_write(b, database,
				 &(struct advisory_build_options){ .day = 20000 }, &sum, NULL),
		0);
	advisory_build_free(b);
}

static struct scov_context *new_context(void)
{
	struct scov_options opt = { .struct_size = sizeof(opt),
		.no_cache = true,
		.threads = 1,
		.database = database,
		.worker = getenv("SCOVILLE_TEST_WORKER") };
	struct scov_context *c = NULL;
	struct scov_err err;

	if (scov_context_new(&opt, &c, &err))
		fail_msg("%s", err.text);
	return c;
}

static struct scov_report *grade(struct scov_context *c)
{
	struct scov_image *i = NULL;
	struct scov_report *r = NULL;
	struct scov_err err;

	if (scov_image_open(c, reference, NULL, NULL, &i, &err) ||
		scov_grade(i, NULL, NULL, &r, &err)) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	scov_image_free(i);
	return r;
}

static void shared_until_it_is_replaced(void **state)
{
	(void)state;
	write_database(10);
	struct scov_context *c = new_context();
	struct scov_report *first = grade(c), *second = grade(c);

	assert_non_null(first->db);
	assert_ptr_equal(first->db, second->db);
	assert_int_equal(second->matches.list.n, 10);
	scov_report_free(second);
	write_database(20);
	second = grade(c);
	assert_ptr_not_equal(first->db, second->db);
	assert_int_equal(second->matches.list.n, 20);
	/* The one before is still there for who has it. */
	assert_int_equal(first->matches.list.n, 10);
	assert_true(span_starts(first->matches.list.p[0].id, SPAN("CVE-2024-10")));
	scov_report_free(first);
	scov_report_free(second);
	scov_context_free(c);
}

static void *grade_often(void *context)
{
	size_t found = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct scov_report *r = grade(context);

		found += r->matches.list.n;
		scov_report_free(r);
	}
	return (void *)found;
}

/* All read blocks of the same file for the first time. */
static void many_at_once(void **state)
{
	pthread_t threads[THREADS];
	void *found;

	(void)state;
	write_database(PACKAGES);
	struct scov_context *c = new_context();

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, grade_often, c), 0);
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], &found), 0);
		assert_int_equal((size_t)found, ROUNDS * PACKAGES);
	}
	scov_context_free(c);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(shared_until_it_is_replaced),
		cmocka_unit_test(many_at_once),
	};
	char command[128];

	if (!mkdtemp(folder))
		return 1;
	snprintf(reference, sizeof(reference), "sbom:%s/sbom.json", folder);
	snprintf(database, sizeof(database), "%s/db", folder);
	write_sbom();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) ? 1 : failed;
}
