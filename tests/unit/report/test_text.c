/* test_text.c - the report for a person, against pages kept in golden/. SCOVILLE_WRITE_GOLDEN=1
 * writes them anew.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "fixture.h"

static const struct {
	const char *name;
	struct span text;
	struct write_options o;
} pages[] = {
	{ "plain", SPAN_INIT("web:1"), { 0 } },
	{ "color", SPAN_INIT("web:1"), { .color = true } },
	{ "verbose", SPAN_INIT("web:1"), { .verbose = true } },
	{ "quiet", SPAN_INIT("web:1"), { .quiet = true } },
	{ "secrets", SPAN_INIT("web:1"), { .secrets_only = true } },
	{ "secrets-all", SPAN_INIT("web:1"),
		{ .secrets_only = true, .all = true, .verbose = true } },
	{ "secrets-quiet", SPAN_INIT("web:1"), { .secrets_only = true, .quiet = true } },
	{ "secrets-hostile", SPAN_INIT(HOSTILE),
		{ .secrets_only = true, .all = true, .color = true } },
	{ "hostile", SPAN_INIT(HOSTILE), { .verbose = true } },
};

static size_t golden(const char *name, char *out, size_t size, const struct buf *now)
{
	static const char here[] = __FILE__;
	char path[512];
	size_t n = 0;

	snprintf(path, sizeof(path), "%.*s/golden/%s.txt", (int)(strrchr(here, '/') - here), here,
		name);
	if (getenv("SCOVILLE_WRITE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		assert_int_equal(fwrite(now->p, 1, now->len, f), now->len);
		fclose(f);
	}
	FILE *f = fopen(path, "r");

	if (!f)
		fail_msg("%s: not there", path);
	n = fread(out, 1, size, f);
	fclose(f);
	return n;
}

static void as_golden(void **state)
{
	static char want[1 << 16];

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		struct fixture f;
		scoped_buf struct buf b = { 0 };

		fixture_init(&f, pages[i].text);
		check(pages[i].name,
			writer_find(SPAN("text"))->write(&f.report, &pages[i].o, &b, NULL) == 0);
		size_t n = golden(pages[i].name, want, sizeof(want), &b);

		check_span(pages[i].name, buf_view(&b), span_of(want, n));
		fixture_release(&f);
	}
}

/* Whatever an image is called: no control byte but our newlines, no direction marks, only UTF-8. */
static void nothing_of_the_image_acts(void **state)
{
	struct fixture f;
	scoped_buf struct buf b = { 0 };
	struct write_options o = { .verbose = true },
			     secrets = { .secrets_only = true, .all = true };

	(void)state;
	fixture_init(&f, SPAN(HOSTILE));
	assert_int_equal(writer_find(SPAN("text"))->write(&f.report, &o, &b, NULL), 0);
	assert_int_equal(writer_find(SPAN("text"))->write(&f.report, &secrets, &b, NULL), 0);
	for (size_t i = 0; i < b.len; i++)
		assert_false(((unsigned char)b.p[i] < 0x20 && b.p[i] != '\n') || b.p[i] == 0x7f);
	static const char *const marks[] = { "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x80\x8e",
		"\xc2\x9b", "\xff" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		check(marks[i], !span_has(buf_view(&b), span_str(marks[i])));
	assert_true(span_has(buf_view(&b), SPAN("a\\x1b[31m\\x0a")));
	fixture_release(&f);
}

static void a_long_path_is_whole(void **state)
{
	struct fixture f, again;
	scoped_buf struct buf b = { 0 };
	struct write_options o = { 0 };

	(void)state;
	fixture_init(&f, SPAN("x"));
	fixture_init(&again, span_of(f.long_path, 4096));
	assert_int_equal(writer_find(SPAN("text"))->write(&again.report, &o, &b, NULL), 0);
	assert_true(span_has(buf_view(&b), span_of(f.long_path, 4096)));
	fixture_release(&f);
	fixture_release(&again);
}

static void a_full_buffer_is_an_error(void **state)
{
	struct fixture f;
	struct write_options o = { 0 };

	(void)state;
	fixture_init(&f, SPAN("x"));
	for (size_t limit = 1; limit < 400; limit += 37) {
		scoped_buf struct buf b = { .limit = limit };

		assert_int_equal(
			writer_find(SPAN("text"))->write(&f.report, &o, &b, NULL), SCOV_E_MEMORY);
	}
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_golden),
		cmocka_unit_test(nothing_of_the_image_acts),
		cmocka_unit_test(a_long_path_is_whole),
		cmocka_unit_test(a_full_buffer_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
