/* report.h - writers: a report in, bytes out. One file per writer, one row in report/table.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "facts/report.h"

struct write_options {
	bool color, verbose, quiet, timings;
	bool secrets_only; /* not the verdicts */
	bool vulns_only;   /* the vulnerabilities alone */
	bool only_fixed;   /* of them those with a fix */
	bool all;          /* secrets of level none too */
	bool utf8;         /* marks beyond ASCII */
	size_t width;      /* of a line of text; 0: 80 */
};

struct writer {
	const char *name; /* of -o NAME[=FILE] */
	const char *help;
	bool is_folder; /* writes several files: `file` is called until it returns false */
	/* Append one report. Errors: SCOV_E_MEMORY. */
	int (*write)(const struct report *r, const struct write_options *o, struct buf *out,
		struct scov_err *err);
	/* --all-platforms; NULL: one report after the other, or a folder. */
	int (*write_platforms)(const struct report *const *reports, size_t n,
		const struct write_options *o, struct buf *out, struct scov_err *err);
	/* is_folder: the i-th file's name and bytes. */
	bool (*file)(const struct report *r, size_t i, const char **name, struct buf *out);
};

struct difference_report;
/* Of `diff`. format: "text", "json". Errors: SCOV_E_USAGE, SCOV_E_MEMORY. */
must_check int report_difference(const struct difference_report *r, struct span format,
	const struct write_options *o, struct buf *out, struct scov_err *err);

extern const struct writer *const writers[]; /* NULL-ended */
const struct writer *writer_find(struct span name);
/* --all-platforms: one document with all reports and the criteria where they differ. */
must_check int report_write_platforms(const struct writer *w, const struct report *const *reports,
	size_t n, const struct write_options *o, struct buf *out, struct scov_err *err);
