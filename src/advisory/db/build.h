/* build.h - makes a database of advisories: rows and records in, a folder of files out.
 *
 * The same rows in any order give the same bytes. Everything is kept in memory until it is written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/advisory.h"
#include "base/err.h"
#include "base/limits.h"

struct advisory_build;

must_check int advisory_build_new(
	struct advisory_build **out, const struct limits *limits, struct scov_err *err);
void advisory_build_free(struct advisory_build *b);

/* A source of the same name, address and licence as another one is that one. The spans of all
 * three are copied. Errors: SCOV_E_LIMIT, SCOV_E_MEMORY. */
must_check int advisory_build_source(struct advisory_build *b, const struct advisory_source *s,
	uint16_t *out_source, struct scov_err *err);
/* A source whose newest record is known only after it was read: its day is the latest of these. */
void advisory_build_day(struct advisory_build *b, uint16_t source, int64_t day);
/* The day of the copy that was read of it, for one that dates no record: the latest of these, but
 * not after the day on which the database is built. */
void advisory_build_copied(struct advisory_build *b, uint16_t source, int64_t day);
/* The day of the newest record of all sources; 0 without any. */
int64_t advisory_build_newest(const struct advisory_build *b);
/* A row of an ecosystem that we do not match, and one that says nothing (neither ranges nor
 * versions, and not negative), is only counted. */
must_check int advisory_build_row(struct advisory_build *b, uint16_t source,
	const struct advisory_row *row, struct scov_err *err);
/* Several records of one id are merged: aliases are joined, every source's score is kept. */
must_check int advisory_build_record(struct advisory_build *b, uint16_t source,
	const struct advisory_record *record, struct scov_err *err);

struct advisory_sum {
	uint64_t rows, records;
	uint64_t packages, ecosystems, intervals, ids; /* written */
	uint64_t advisories;                           /* rows of the packages, each once */
	uint64_t bytes;
	uint64_t other_ecosystems, empty_rows; /* rows that were left out */
	/* Versions that their scheme cannot read: an exact text is compared instead. Ranges with
	 * such a bound cannot be evaluated, and a look-up of the package says how many there are.
	 */
	uint64_t unread_versions, unread_ranges;
};

struct advisory_build_options {
	int64_t day;     /* on which it was built */
	bool is_builtin; /* it came with the program: it may prove "not met", never "met" */
};

/* Files into dir, which is made, then manifest.json in one rename; what the old manifest named is
 * removed after that. A reader sees the old database or the new one. Errors: SCOV_E_IO, _LIMIT. */
must_check int advisory_build_write(struct advisory_build *b, const char *dir,
	const struct advisory_build_options *options, struct advisory_sum *out_sum,
	struct scov_err *err);

/* The ranges of a feed that writes events (OSV): sorted by the scheme, then walked. */
enum advisory_event_kind { EVENT_INTRODUCED, EVENT_FIXED, EVENT_LAST_AFFECTED };
struct advisory_event {
	uint8_t kind;
	struct span version;
};
/* events are sorted in place; views of them go to the VEC. False: a version that the scheme cannot
 * read, and then the bounds are paired in the order of the feed. */
bool advisory_ranges(enum version_scheme scheme, struct advisory_event *events, size_t n,
	struct arena *a, struct advisory_range **out, size_t *out_n);
