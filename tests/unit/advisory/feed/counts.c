/* counts - what the readers make of feeds, for real.py.
 *
 *	counts FEED...
 *
 * Prints "FEED FORMAT files N records N rows N", then " REASON: N" for what was left out, and a
 * line for files of no format and for broken ones. Exit status 1: a feed cannot be read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <time.h>

#include "advisory/feed/feed.h"

static void print(const char *path, const struct feed_sum *s)
{
	struct span name = span_base(span_str(path));

	for (size_t i = 0; advisory_feeds[i]; i++) {
		const struct feed_counts *c = &s->formats[i];

		if (!c->files)
			continue;
		printf("%.*s %s files %llu records %llu rows %llu\n", SPAN_ARG(name),
			advisory_feeds[i]->name, (unsigned long long)c->files,
			(unsigned long long)c->records, (unsigned long long)c->rows);
		for (size_t r = 0; r < FEED_REASONS; r++)
			if (c->left_out[r])
				printf("  %s: %llu\n", feed_reason_names[r],
					(unsigned long long)c->left_out[r]);
	}
	if (s->other_files)
		printf("  files of no format: %llu\n", (unsigned long long)s->other_files);
	if (s->broken_files)
		printf("  broken files: %llu: %s\n", (unsigned long long)s->broken_files,
			s->broken.text);
}

int main(int argc, char **argv)
{
	struct limits limits = limits_default();
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		struct advisory_build *b = NULL;
		struct feed_sum sum = { 0 };
		struct scov_err err = { 0 };
		int code = advisory_build_new(&b, &limits, &err);
		clock_t start = clock();

		if (!code)
			code = feed_read(b, argv[i], &limits, NULL, &sum, &err);
		print(argv[i], &sum);
		if (code) {
			printf("error: %s\n", err.text);
			failed = 1;
		}
		fprintf(stderr, "%s: %.2f s\n", argv[i],
			(double)(clock() - start) / CLOCKS_PER_SEC);
		advisory_build_free(b);
	}
	return failed;
}
