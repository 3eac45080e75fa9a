/* make_db.c - a database of advisories for the cases: make_db DIR DAY [builtin] <ROWS
 *
 * A line is a row, its fields apart by tabs, '-' for none:
 *   source NAME DAY CLASSES            for the rows and records after it; classes as a number
 *   row ID ECOSYSTEM PACKAGE INTRODUCED FIXED STATE RATING [CVSS [unimportant]]
 *   record ID ALIAS[,ALIAS] RATING CVSS [kev]
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advisory/db/build.h"
#include "base/date.h"

enum { FIELDS = 10, LINE = 4096, ALIASES = 8 };

static struct advisory_build *b;
static uint16_t source;
static struct scov_err err;

static void must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "make_db: %s\n", err.text);
	exit(1);
}

static int64_t day(struct span s)
{
	int64_t d;

	if (!date_parse_day(s, &d)) {
		fprintf(stderr, "make_db: '%.*s' is not a day\n", SPAN_ARG(s));
		exit(1);
	}
	return d;
}

static uint8_t state_of(struct span name)
{
	for (uint8_t i = 0; i < FIX_STATES; i++)
		if (span_eq(name, span_str(fix_state_names[i])))
			return i;
	fprintf(stderr, "make_db: '%.*s' is not a state\n", SPAN_ARG(name));
	exit(1);
}

static void add_row(const struct span *f)
{
	const struct advisory_range range = { .introduced = f[4], .fixed = f[5] };
	const struct advisory_row row = { .id = f[1],
		.ecosystem = f[2],
		.package = f[3],
		.state = state_of(f[6]),
		.ranges = &range,
		.ranges_n = state_of(f[6]) == FIX_NOT_AFFECTED && !f[5].len ? 0 : 1,
		.rating = (uint8_t)rating_of_word(f[7]),
		.cvss = f[8],
		.is_unimportant = f[9].len > 0 };

	must(advisory_build_row(b, source, &row, &err));
}

static void add_record(const struct span *f)
{
	struct span aliases[ALIASES], rest = f[2];
	size_t n = 0;

	while (n < ALIASES && span_split(&rest, ',', &aliases[n]))
		n++;
	const struct advisory_record record = { .id = f[1],
		.aliases = aliases,
		.aliases_n = n,
		.rating = (uint8_t)rating_of_word(f[3]),
		.cvss = f[4],
		.rating_class = RATED_CNA,
		.is_exploited = f[5].len > 0 };

	must(advisory_build_record(b, source, &record, &err));
}

static void add(struct span line)
{
	struct span f[FIELDS] = { 0 };

	for (size_t i = 0; i < FIELDS && span_split(&line, '\t', &f[i]); i++)
		if (span_eq(f[i], SPAN("-")))
			f[i].len = 0;
	if (span_eq(f[0], SPAN("source"))) {
		const struct advisory_source s = { .name = f[1],
			.day = day(f[2]),
			.classes = (uint8_t)strtoul((const char *)f[3].p, NULL, 10) };

		must(advisory_build_source(b, &s, &source, &err));
	} else if (span_eq(f[0], SPAN("row"))) {
		add_row(f);
	} else if (span_eq(f[0], SPAN("record"))) {
		add_record(f);
	}
}

int main(int argc, char **argv)
{
	struct limits limits = limits_default();
	struct advisory_sum sum;
	char line[LINE];

	if (argc < 3)
		return 2;
	const struct advisory_build_options opt = { .day = day(span_str(argv[2])),
		.is_builtin = argc > 3 };

	must(advisory_build_new(&b, &limits, &err));
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		add(span_str(line));
	}
	must(advisory_build_write(b, argv[1], &opt, &sum, &err));
	advisory_build_free(b);
	return 0;
}
