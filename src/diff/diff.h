/* diff.h - two images compared: every difference by its kind, and one verdict over all.
 *
 * Pure. Both were scanned with details and with one key (scan/scan.h); what could not be read is
 * never equal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/call.h"
#include "facts/difference.h"
#include "facts/image.h"

struct diff_layer {
	const struct part *part; /* NULL: not read */
	struct digest blob;      /* as stored; DIGEST_NONE: the form has none */
	struct span media_type;
	bool is_shared; /* the other image's layer at the same place has the same digest */
};

struct diff_image {
	const struct part *config;   /* NULL: the form has none */
	const struct part *manifest; /* the same */
	const struct diff_layer *layers;
	size_t layers_n;
	const struct image_facts *files; /* layers put together; NULL: layer by layer is enough */
};

/* Layer by layer, or, with `files`, the final file systems. Adds to *out->kinds. Errors:
 * SCOV_E_MEMORY, SCOV_E_LIMIT, SCOV_E_FORMAT (facts without details), SCOV_E_TIMEOUT,
 * SCOV_E_CANCELLED. */
must_check int diff_images(const struct diff_image *a, const struct diff_image *b,
	struct watch *watch, struct arena *arena, struct difference_report *out,
	struct scov_err *err);
/* Sets verdict and summary. is_same: the digests that name the images are equal. is_one_place: both
 * references name it. */
void diff_settle(struct difference_report *r, bool is_same, bool is_one_place, struct arena *arena);
