/* suggest.h - a seccomp profile to begin with: what runtimes allow by default, without the system
 * calls that nothing in the image makes by what it imports. Pure.
 *
 * One program whose imports do not say what it asks for, and nothing is left out.
 *
 * Source: the default profile of moby/profiles for the usual capabilities (data/calls.tsv);
 * opencontainers/runtime-spec config-linux.md, seccomp.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "facts/image.h"

/* What keeps the profile as it is. */
struct suggestion_doubt {
	struct span path; /* empty: of the layer */
	const char *why;  /* one clause, in the arena */
};

struct suggestion {
	const char *machine; /* "amd64" */
	size_t programs;     /* and libraries that were looked at */
	VEC(struct suggestion_doubt) doubts;
	struct span calls; /* a bit a row of known_calls: what is allowed */
	size_t allowed, left_out;
};

/* image: of parts that were scanned with details. Errors: SCOV_E_UNSUPPORTED (an operating system
 * or architecture that the tables do not cover), arena. */
must_check int suggestion_make(const struct image_facts *image, struct arena *a,
	struct suggestion *out, struct scov_err *err);
/* As JSON that runtimes load. Errors: SCOV_E_MEMORY. */
must_check int suggestion_write(const struct suggestion *s, struct buf *out, struct scov_err *err);
/* What it rests on, for people. Errors: SCOV_E_MEMORY. */
must_check int suggestion_explain(
	const struct suggestion *s, struct buf *out, struct scov_err *err);
