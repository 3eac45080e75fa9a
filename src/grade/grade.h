/* grade.h - verdicts to points, grades, levels, ceilings, gates: the report.
 *
 * Integers only, nothing is rounded. A+ 100 %, A >= 75, B >= 50, C >= 40, else D.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "criteria/criterion.h"

/* Judge all criteria and grade. out is zeroed by the caller except reference, transport, source,
 * diags of the run and cache figures; release with arena_release(&out->arena). Errors:
 * SCOV_E_LIMIT, SCOV_E_MEMORY. */
must_check int grade_image(const struct dossier *d, struct report *out, struct scov_err *err);
/* A report that was read back: its vulnerabilities judged again, the grades, steps and gates made
 * of that. Errors: SCOV_E_LIMIT, SCOV_E_MEMORY. */
must_check int grade_again(const struct dossier *d, struct report *r, struct scov_err *err);
/* The frame: one criterion with its needs. Exposed for the tests. */
int grade_criterion(const struct criterion *c, const struct dossier *d, struct arena *a,
	struct criterion_report *out);
enum grade grade_of(unsigned points, unsigned total);
/* met and assessed are bit sets by index in criteria[]; vector VECTORS is overall. */
void grade_points(uint32_t met, uint32_t assessed, int vector, struct grade_report *out);
