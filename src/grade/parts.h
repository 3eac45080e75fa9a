/* parts.h - the pieces that grade.c puts together.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "grade/grade.h"

/* Of that vector; VECTORS: any is. */
bool grade_in_vector(const struct criterion *c, int vector);
/* NOT_MET criteria by effort, then those not assessed, until the overall grade is one better. */
int grade_steps(struct report *r, uint32_t met, uint32_t assessed);
/* Grades and ceilings of all vectors. Errors: SCOV_E_MEMORY. */
int grade_vectors(struct report *out, uint32_t met, uint32_t assessed);
/* The steps of a stored report, with those of the criteria `again` made anew. */
int grade_steps_again(struct report *r, uint32_t met, uint32_t assessed, uint32_t again);
/* The rows of --requirements. Errors: SCOV_E_LIMIT. */
int grade_requirements(const struct dossier *d, struct report *r);
int grade_gates(struct report *r, const struct policy *policy);
/* As grade_criterion, with the hits of each waiver counted. */
int grade_criterion_counted(const struct criterion *c, const struct dossier *d, struct arena *a,
	size_t *waiver_hits, struct criterion_report *out);
