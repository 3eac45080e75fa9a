/* requirement.h - rows of --requirements: items of other documents that an image can decide.
 *
 * A row is judged like a criterion, in the same frame, and does not change any grade.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "criteria/criterion.h"

struct requirement {
	const char *id;     /* document and clause: stable */
	const char *source; /* the document and its version that was read */
	const char *title; /* what it asks; "(clause not checked)" where only its number is known */
	uint32_t needs;    /* enum input bits */
	bool not_met_stands;
	const char *criteria; /* ids, blanks between: all met is met, one not met is not met */
	enum verdict (*judge)(const struct dossier *d, struct verdict_out *out);
};

extern const struct requirement requirements_3gpp_nf[];
extern const size_t requirements_3gpp_nf_n;

/* Marks the secrets that the ignore file takes out, and counts them by waiver. Errors:
 * SCOV_E_MEMORY. */
int secrets_waive(const struct dossier *d, struct arena *a, size_t *hits);
