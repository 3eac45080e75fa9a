/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/answer.h"

#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/unit.h"

enum { SIZE = 1 << 20 };

static void an_answer_is_read_when_nobody_can_change_it(void **state)
{
	(void)state;
	struct scov_err err = { 0 };
	struct answer a = { 0 };
	int fd = -1;

	assert_int_equal(answer_new(SIZE, &fd, &err), 0);
	assert_int_equal(ftruncate(fd, 4096), -1);
	struct answer_head *h = answer_map(fd, SIZE);

	memcpy((char *)h + ANSWER_HEAD, "facts", 5);
	answer_done(h, 5, 7);
	assert_int_equal(answer_read(fd, SIZE, &a, &err), SCOV_E_WORKER); /* still mapped */
	assert_non_null(strstr(err.text, "can still change"));
	munmap(h, SIZE);
	assert_int_equal(answer_read(fd, SIZE, &a, &err), 0);
	check_span("body", a.body, SPAN("facts"));
	assert_int_equal(a.flags, 7);
	assert_null(answer_map(fd, SIZE)); /* sealed */
	answer_release(&a);
	close(fd);
}

static void answers_that_are_none(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int code;
		const char *text;
	} rows[] = {
		{ "nothing was written", SCOV_E_WORKER, "left no answer" },
		{ "longer than the memory", SCOV_E_WORKER, "is damaged" },
		{ "a code that is not one", SCOV_E_WORKER, "is damaged" },
		{ "an error of the worker", SCOV_E_LIMIT, "too much of it" },
		{ "text without an end", SCOV_E_FORMAT, "xxxx" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scov_err err = { 0 }, said = { SCOV_E_LIMIT, "too much of it" };
		struct answer a = { 0 };
		int fd = -1;

		assert_int_equal(answer_new(SIZE, &fd, &err), 0);
		struct answer_head *h = answer_map(fd, SIZE);

		if (i == 1)
			answer_done(h, SIZE - ANSWER_HEAD + 1, 0);
		if (i >= 2)
			answer_fail(h, &said);
		if (i == 2)
			h->code = 5;
		if (i == 4) {
			memset(h->text, 'x', sizeof(h->text));
			h->code = SCOV_E_FORMAT;
		}
		munmap(h, SIZE);
		check(rows[i].name, answer_read(fd, SIZE, &a, &err) == rows[i].code);
		check(rows[i].name, strstr(err.text, rows[i].text) != NULL);
		check(rows[i].name, a.map == NULL);
		answer_release(&a);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_read_when_nobody_can_change_it),
		cmocka_unit_test(answers_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
