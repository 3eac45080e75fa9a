/* changed.h - which records of an archive of OSV have changed, and these records.
 *
 * Source: https://google.github.io/osv.dev/data: ECOSYSTEM/modified_id.csv has a line "TIME,ID" for
 * each record of ECOSYSTEM/all.zip, the newest first; ECOSYSTEM/ID.json is the record.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum {
	CHANGED_LINE = 256,           /* bytes of a line of the list */
	CHANGED_LINES = 10000,        /* of a list, as far as it is read */
	CHANGED_NEW = 2000,           /* records fetched one by one; for more, the archive */
	CHANGED_KEPT = 8000,          /* records kept beside an archive */
	CHANGED_RECORD_MAX = 4 << 20, /* bytes of one */
	CHANGED_BYTES = 64 << 20,     /* of all */
};

struct changed_line {
	struct span time, id;
};

/* The list, pushed in pieces, up to the first line before `since`. */
struct changed_list {
	int64_t since; /* seconds since 1970 */
	VEC(struct changed_line) lines;
	int64_t newest; /* the first line's; 0: no line yet */
	bool is_over;   /* a line before `since` was there: the rest is older */
	/* private */
	int64_t last;
	size_t len;
	char line[CHANGED_LINE];
};

/* Lines go to the arena. Errors: SCOV_E_FORMAT: not such a line, or not the newest first;
 * SCOV_E_LIMIT. */
must_check int changed_push(
	struct changed_list *l, struct span piece, struct arena *a, struct scov_err *err);

struct changed_record {
	struct span id, time, text; /* `modified`; one line of JSON */
};

struct changed {
	VEC(struct changed_record) records;
	size_t sorted; /* so many of them are, by id */
	size_t bytes;  /* also of those that were replaced */
};

/* Those of changed_write, in the arena; of one id the last. Errors: as changed_put. */
must_check int changed_load(
	struct span text, struct arena *a, struct changed *out, struct scov_err *err);
/* A record of this id, in place of the one that is there. Errors: SCOV_E_FORMAT: it is not JSON, or
 * not of this id; SCOV_E_LIMIT: more than a record or all of them may have. */
must_check int changed_put(struct changed *c, struct span id, struct span record, struct arena *a,
	struct scov_err *err);
/* Is the record there as it was at this time? */
bool changed_has(const struct changed *c, const struct changed_line *line);
void changed_write(struct changed *c, struct buf *out);
/* All ids, sorted. NULL: the arena failed. */
const struct span *changed_ids(struct changed *c, struct arena *a);
