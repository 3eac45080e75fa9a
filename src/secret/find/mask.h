/* mask.h - for a program that prints a few short texts: the finder's masking, made only when a text
 * needs it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "secret/find/find.h"

struct masker;

/* opt->database must be given; it and the rules outlive the masker. Rules NULL: the built-in ones.
 * Of one thread at a time. Errors: SCOV_E_MEMORY. */
must_check int masker_new(
	const struct finder_options *opt, struct masker **out, struct scov_err *err);
/* Stars in place for the values that the rules find; for all of it when that cannot be known. */
void masker_run(struct masker *m, uint8_t *text, size_t len);
void masker_free(struct masker *m); /* accepts NULL */
