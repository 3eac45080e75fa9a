/* tables_main.c - advisory-tables: feeds to a table, and tables to the built-in database.
 *
 * advisory-tables write SOURCE ... prints the table; advisory-tables build DIR TABLE ... makes the
 * database. Run by tools/make-advisories and by the build; not installed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "advisory/feed/feed.h"
#include "advisory/feed/compact.h"

static int read_all(
	struct advisory_build *b, char **paths, const struct limits *limits, struct scov_err *err)
{
	struct feed_sum sum = { 0 };
	int rc = 0;

	for (; *paths && !rc; paths++)
		rc = feed_read(b, *paths, limits, NULL, &sum, err);
	return rc;
}

static int print_table(struct advisory_build *b, struct scov_err *err)
{
	scoped_buf struct buf out = { 0 };
	int rc = advisory_table_write(b, &out, err);

	if (!rc && fwrite(out.p, 1, out.len, stdout) != out.len)
		rc = err_fail(err, SCOV_E_IO, "standard output: write failed");
	return rc;
}

/* Built on the day of its newest record: the same tables always give the same bytes. */
static int build(struct advisory_build *b, const char *dir, struct scov_err *err)
{
	struct advisory_build_options options = { .day = advisory_build_newest(b),
		.is_builtin = true };
	struct advisory_sum sum;

	return advisory_build_write(b, dir, &options, &sum, err);
}

int main(int argc, char **argv)
{
	bool is_build = argc > 3 && !strcmp(argv[1], "build");
	struct limits limits = limits_default();
	struct advisory_build *b = NULL;
	struct scov_err err;

	if (!is_build && (argc < 3 || strcmp(argv[1], "write") != 0)) {
		fprintf(stderr, "advisory-tables: write SOURCE ... or build DIR TABLE ...\n");
		return 2;
	}
	int rc = advisory_build_new(&b, &limits, &err);

	if (!rc)
		rc = read_all(b, argv + (is_build ? 3 : 2), &limits, &err);
	if (!rc)
		rc = is_build ? build(b, argv[2], &err) : print_table(b, &err);
	advisory_build_free(b);
	if (rc)
		fprintf(stderr, "advisory-tables: %s\n", err.text);
	return rc ? 1 : 0;
}
