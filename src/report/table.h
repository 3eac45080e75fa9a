/* table.h - the writers, each in its file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "report/report.h"

extern const struct writer text_writer, json_writer, badge_writer, cyclonedx_writer, spdx_writer,
	purl_writer;
struct difference_report;
/* Of `diff`. Errors: SCOV_E_MEMORY. */
must_check int diff_text_write(const struct difference_report *r, const struct write_options *o,
	struct buf *out, struct scov_err *err);
must_check int diff_json_write(const struct difference_report *r, const struct write_options *o,
	struct buf *out, struct scov_err *err);
/* Of one image's platforms: the verdicts of the c-th criterion are not all the same. */
static inline bool report_differs(const struct report *const *r, size_t n, size_t c)
{
	for (size_t i = 1; i < n; i++)
		if (r[i]->criteria.p[c].verdict != r[0]->criteria.p[c].verdict)
			return true;
	return false;
}
