/* match.h - the packages of an image against a database of advisories.
 *
 * Pure: the database is asked, nothing else. What the answer cannot say is listed as gaps, and
 * whoever judges takes no empty list for a proof while there is one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/db/db.h"
#include "base/err.h"
#include "facts/matches.h"
#include "policy/policy.h"

struct vex;

struct match_options {
	const struct policy *policy;
	const struct vex *vex; /* NULL: none */
	struct span reference; /* of the image, normalised; empty where it has no name */
	const struct absent_symbols *absent; /* of the report that is graded again */
	size_t absent_n;
	bool is_sbom; /* the facts are of a document, not of an image */
};

/* What *out holds is in the arena, of the facts, or the database's: all three outlive it. Errors:
 * of the database; SCOV_E_LIMIT. */
must_check int match_image(const struct image_facts *image, struct advisory_db *db,
	const struct match_options *opt, struct arena *a, struct matches *out,
	struct scov_err *err);
