/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "advisory/db/parts.h"
#include "advisory/feed/compact.h"
#include "advisory/feed/file.h"

#define HEAD                                                                                       \
	TABLE_MAGIC "s\tours\thttps://example.org/?a%09b\tpublic%20domain\t2026-01-05\t11\n"       \
		    "s\ttheirs\t\t\t2025-12-31\t8\n"
#define BODY                                                                                       \
	"e\tDebian:12\n"                                                                           \
	"p\tzlib\n"                                                                                \
	"r\t0\tCVE-2026-2 CVE-2026-3\ti f1:1.2-3 r4\n"                                             \
	"r\t0\tCVE-2026-2\ti s8\n"                                                                 \
	"r\t0\tCVE-2026-4\ti1%20x l2 v3 s4 r1 u cCVSS:3.1/AV:N mm:1 aall%20x86 eDSA-1 yx.y yz.\n"  \
	"e\tGo\n"                                                                                  \
	"p\tstdlib\n"                                                                              \
	"r\t0\tGO-1\ti f1.20 i1.21 f1.22 i1.23\n"                                                  \
	"v\t1\tCVE-2026-2\td2026-01-01 r3 k1 x w p3 q4 cCVSS:3.1/AV:L aGHSA-1 aGO-1\n"             \
	"v\t1\tCVE-2026-3\tj\n"

static int read(struct advisory_build **b, struct span text, struct scov_err *err)
{
	struct limits limits = limits_default();
	struct feed_sum sum = { 0 };
	struct feed_files f = { .sum = &sum, .is_alone = true };

	assert_int_equal(advisory_build_new(b, &limits, NULL), 0);
	f.build = *b;
	int rc = feed_file_begin(&f, SPAN("ours.tsv"), err);

	if (!rc)
		rc = feed_file_push(&f, text, err);
	if (!rc)
		rc = feed_file_end(&f, err);
	feed_files_release(&f);
	return rc;
}

static void written_as_it_was_read(void **state)
{
	(void)state;
	const char text[] = HEAD BODY;
	scoped_buf struct buf out = { 0 };
	struct advisory_build *b;
	struct scov_err err = { 0 };

	if (read(&b, SPAN(HEAD BODY), &err))
		fail_msg("%s", err.text);
	assert_int_equal(advisory_build_newest(b), 20458);
	assert_int_equal(advisory_table_write(b, &out, &err), 0);
	assert_string_equal(out.p, text);
	advisory_build_free(b);
}

static void broken_lines(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span text;
	} cases[] = {
		{ "another kind of line", SPAN_INIT(HEAD "z\tx\n") },
		{ "no kind", SPAN_INIT(HEAD "words\n") },
		{ "no such source", SPAN_INIT(HEAD "e\tGo\np\tx\nr\t2\tGO-1\ti\n") },
		{ "no package", SPAN_INIT(HEAD "e\tGo\nr\t0\tGO-1\ti\n") },
		{ "no ecosystem", SPAN_INIT(HEAD "p\tx\nr\t0\tGO-1\ti\n") },
		{ "no id", SPAN_INIT(HEAD "e\tGo\np\tx\nr\t0\t\ti\n") },
		{ "an empty id", SPAN_INIT(HEAD "e\tGo\np\tx\nr\t0\tGO-1  GO-2\ti\n") },
		{ "another token", SPAN_INIT(HEAD "e\tGo\np\tx\nr\t0\tGO-1\ti z\n") },
		{ "another token of a record", SPAN_INIT(HEAD "v\t0\tGO-1\tz\n") },
		{ "a record of nothing", SPAN_INIT(HEAD "v\t0\t\tx\n") },
		{ "a day that is none", SPAN_INIT(TABLE_MAGIC "s\tours\t\t\t2026-02-31\t1\n") },
		{ "a source without a name", SPAN_INIT(TABLE_MAGIC "s\t\t\t\t2026-02-01\t1\n") },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct advisory_build *b;
		struct scov_err err = { 0 };

		check(cases[i].name, read(&b, cases[i].text, &err) == SCOV_E_FORMAT);
		check(cases[i].name, strstr(err.text, "line") != NULL);
		advisory_build_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_as_it_was_read),
		cmocka_unit_test(broken_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
