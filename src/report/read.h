/* read.h - our own JSON report, read back: enough to match its packages again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "facts/report.h"

/* Our own bounds, see doc/limits.md. */
enum { REPORT_SIZE_MAX = 64 << 20, REPORT_PACKAGES_MAX = 200000 };

/* Fills *image (layers, distribution, packages, what was incomplete) and *out: criteria with their
 * evidence, diagnostics, steps; out->stored is the document. All is in the arena or in `text`.
 * Errors: SCOV_E_FORMAT (not a whole report of one image, or of an older version), SCOV_E_LIMIT. */
must_check int report_read(struct span text, struct arena *a, struct image_facts *image,
	struct report *out, struct scov_err *err);
