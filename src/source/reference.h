/* reference.h - the name of an image in a registry: parsed, completed, written in one normal form.
 *
 * Source: OCI distribution-spec 1.1, "Pulling manifests"; short names as
 * Docker reads them: docker.io, library/, latest.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"

enum {
	REFERENCE_MAX = 1024,     /* bytes of the text */
	REFERENCE_PATH_MAX = 255, /* of host and path together, as registries advise */
	REFERENCE_TAG_MAX = 128,
};

struct reference {
	struct span host; /* "docker.io", "ghcr.io", "localhost:5000", "[::1]:5000"; lower case */
	struct span path; /* "library/nginx" */
	struct span tag;  /* "latest" when neither tag nor digest was given; empty with a digest */
	struct digest digest; /* DIGEST_NONE without; it decides when both are there */
};

/* Text in the arena. Errors: SCOV_E_USAGE, which says what is wrong with the name; SCOV_E_LIMIT. */
must_check int reference_parse(
	struct span text, struct arena *a, struct reference *out, struct scov_err *err);
/* "docker.io/library/nginx:latest", "ghcr.io/a/b:1@sha256:..."; NULL without memory. What trust
 * globs match. */
const char *reference_format(const struct reference *r, struct arena *a);
/* The host that serves it: docker.io is registry-1.docker.io. */
struct span reference_server(const struct reference *r);
