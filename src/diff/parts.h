/* parts.h - what the steps of a comparison share. Inside diff/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "diff/diff.h"

struct comparing {
	struct arena *arena, *scratch;
	struct watch *watch;
	struct difference_report *out;
	int32_t layer; /* where it is; -1 */
};

/* Counts; NULL: enough are kept. at: as facts have it, with marks. */
struct difference *diff_note(
	struct comparing *c, enum difference_kind kind, struct span at, const char *why);
/* Text for a or b; what does not fit is cut. */
struct span diff_text(struct comparing *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A name as it is shown: without marks (facts/mark.h). */
struct span diff_shown(struct comparing *c, struct span name);

/* An entry, of a layer or of the final file system. */
struct item {
	struct span path;                 /* with marks */
	const struct entry *entry;        /* its name, type and link */
	const struct entry *body;         /* its content and metadata */
	const struct detail_fact *detail; /* of the body */
	uint32_t ordinal;
};

/* Sorts both. has_order: they are tars. */
must_check int diff_items(struct comparing *c, struct item *a, size_t a_n, struct item *b,
	size_t b_n, bool has_order, struct scov_err *err);
/* Two JSON documents by their values; which: of_config or the manifest. */
must_check int diff_values(struct comparing *c, const struct part *a, const struct part *b,
	bool is_config, struct scov_err *err);
