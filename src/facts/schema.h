/* schema.h - the fields of every record of a part, as data. Only facts/ and its tests use it.
 *
 * One row a field drives the writer, the reader and the test that compares them
 * with doc/formats/facts.proto. A new field or enumerator: its row here, its line
 * there, and FACTS_SCHEMA goes up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stddef.h>

#include "facts/part.h"

enum field_kind {
	FIELD_SPAN, /* two columns: lengths under `number`, the bytes of all rows under `number` + 1
		     */
	FIELD_BOOL,
	FIELD_U8,
	FIELD_U32,
	FIELD_U64,
	FIELD_HASH,          /* uint64_t as fixed64 */
	FIELD_TIME,          /* int64_t, zigzag of the difference to the row before */
	FIELD_ENTRY,         /* uint32_t index into entries, as FIELD_TIME */
	FIELD_ENTRY_OR_NONE, /* the same, or NO_ENTRY */
	FIELD_OWNER,         /* uint32_t index into owners, as FIELD_TIME */
};

struct field {
	const char *name;
	uint8_t kind;      /* enum field_kind */
	uint8_t number;    /* of the column; from 2, since 1 is the count of rows */
	uint16_t offset;   /* in the record */
	uint64_t min, max; /* of numbers */
	bool is_name;      /* a text that other parts may have too: with marks (facts/mark.h) */
};

struct record {
	const char *name; /* of the array in struct part */
	uint8_t number;   /* of the message in PartFacts */
	uint16_t size;
	size_t offset; /* of the array in struct part */
	size_t limit;  /* offset in struct limits of the bound on rows */
	const struct field
		*fields; /* by number, the first is written even when all of it is zero */
	size_t fields_n;
};

enum { RECORDS = 22, COLUMNS_MAX = 29 };
extern const struct record
	part_records[RECORDS]; /* by number; entries first, owners before owned */

/* Every VEC begins like this. */
struct raw_vec {
	uint8_t *p;
	size_t n, cap;
};
