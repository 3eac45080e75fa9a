/* json - how fast JSON is read: everything taken, and everything passed.
 *
 *	build/tests/bench/json FILE...
 *
 * Reads each file into memory first, then pushes it in pieces of 256 KB, three times; prints the
 * best of each, in processor time. Files of JSON lines and single documents are both read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/fd.h"
#include "syntax/json_stream.h"

#include <fcntl.h>

enum { PIECE = 256 << 10, ROUNDS = 3, VALUE_MEMORY = 1 << 30 };

static enum json_choice choice;

static enum json_choice begins(
	void *ctx, const struct json_step *path, size_t steps, enum json_kind kind)
{
	(void)ctx;
	(void)path;
	(void)steps;
	(void)kind;
	return choice;
}

static int value(void *ctx, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	(void)path;
	(void)steps;
	(void)err;
	*(size_t *)ctx += json_count(v);
	return 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double read_all(const struct span *files, int n)
{
	static const struct json_stream_events events = { begins, value, NULL };
	struct scov_err err = { 0 };
	size_t members = 0;
	double start = now();

	for (int f = 0; f < n; f++) {
		struct json_stream *s = json_stream_open(&events, &members, VALUE_MEMORY, true);
		int code = 0;

		for (size_t i = 0; i < files[f].len && !code; i += PIECE)
			code = json_stream_push(s, span_sub(files[f], i, PIECE), &err);
		if (code || json_stream_end(s, &err)) {
			fprintf(stderr, "json: file %d: %s\n", f + 1, err.text);
			exit(1);
		}
		json_stream_free(s);
	}
	return now() - start;
}

int main(int argc, char **argv)
{
	struct arena a = { 0 };
	struct span *files = arena_array(&a, (size_t)argc, sizeof(*files));
	struct scov_err err = { 0 };
	size_t bytes = 0;

	for (int i = 1; i < argc; i++) {
		if (fd_load(AT_FDCWD, argv[i], (size_t)1 << 32, &a, &files[i - 1], &err)) {
			fprintf(stderr, "json: %s\n", err.text);
			return 1;
		}
		bytes += files[i - 1].len;
	}
	for (choice = JSON_TAKE; choice <= JSON_PASS; choice += JSON_PASS) {
		double best = 1e9;

		for (int r = 0; r < ROUNDS; r++) {
			double t = read_all(files, argc - 1);

			best = t < best ? t : best;
		}
		printf("%s: %.1f MB in %.3f s: %.0f MB/s\n", choice ? "passed" : "taken",
			(double)bytes / 1e6, best, (double)bytes / 1e6 / best);
	}
	arena_release(&a);
	return 0;
}
