/* statement.h - in-toto statements: what they are about, and of which type.
 *
 * Source: in-toto attestation framework, spec/v0.1.0 and spec/v1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"

struct statement_subject {
	struct span name, algorithm, hex; /* hex in lower case; of one digest */
};

struct statement {
	struct span type; /* "https://in-toto.io/Statement/v1" */
	struct span predicate_type;
	VEC(struct statement_subject) subjects; /* a row for each digest */
	struct span predicate;                  /* the text of the value; empty: none */
};

/* The predicate is passed over, whatever it holds: it only has to be JSON. Errors: SCOV_E_FORMAT,
 * SCOV_E_LIMIT (TRUST_SUBJECTS_MAX). */
must_check int statement_read(
	struct span text, struct arena *a, struct statement *out, struct scov_err *err);
bool statement_names(const struct statement *s, const struct digest *d);
