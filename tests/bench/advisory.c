/* advisory.c - how long a database takes to open, and to answer for an image's packages.
 *
 *     advisory DIR ECOSYSTEM < NAMES
 *
 * Looks up the packages, "NAME VERSION" a line, and the record of each id found. Prints
 * microseconds of processor time, the median of 51 rounds: opening, the first look-up (the file is
 * read), all look-ups with the records.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "advisory/db/db.h"

enum { ROUNDS = 51 };

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double v[ROUNDS])
{
	qsort(v, ROUNDS, sizeof(*v), by_time);
	return v[ROUNDS / 2];
}

static size_t ask(struct advisory_db *db, struct span ecosystem, struct span line, struct arena *a)
{
	size_t blank = span_find(line, ' ');
	struct advisory_hits hits;
	struct scov_err err;

	if (advisory_db_find(db, ecosystem, span_sub(line, 0, blank), span_from(line, blank + 1), a,
		    &hits, &err))
		exit((fprintf(stderr, "%s\n", err.text), 1));
	for (size_t i = 0; i < hits.n; i++) {
		struct advisory_record r;
		bool is_known;

		if (advisory_db_record(db, hits.p[i].id, a, &r, &is_known, &err))
			exit((fprintf(stderr, "%s\n", err.text), 1));
	}
	return hits.n;
}

struct times {
	double opened, first, all;
};

static size_t measure(const char *dir, struct span ecosystem, struct span names, struct times *t)
{
	scoped_arena struct arena a = { 0 };
	struct advisory_db *db;
	struct scov_err err;
	struct span name;
	size_t hits = 0;
	double start = now_us();

	if (advisory_db_open(dir, &db, &err))
		exit((fprintf(stderr, "%s\n", err.text), 1));
	t->opened = now_us() - start;
	start = now_us();
	ask(db, ecosystem, SPAN("0"), &a);
	t->first = now_us() - start;
	while (span_line(&names, &name))
		hits += ask(db, ecosystem, name, &a);
	t->all = now_us() - start;
	advisory_db_free(db);
	return hits;
}

int main(int argc, char **argv)
{
	static char names[1 << 20];
	double opened[ROUNDS], first[ROUNDS], all[ROUNDS];
	size_t n = fread(names, 1, sizeof(names), stdin), hits = 0;

	if (argc != 3)
		return 2;
	for (int i = 0; i < ROUNDS; i++) {
		struct times t;

		hits = measure(argv[1], span_str(argv[2]), span_of(names, n), &t);
		opened[i] = t.opened;
		first[i] = t.first;
		all[i] = t.all;
	}
	printf("%.0f %.0f %.0f %zu\n", median(opened), median(first), median(all), hits);
	return 0;
}
