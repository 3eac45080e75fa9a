/* digest.h - content digests: sha256 and sha512 as OCI writes them.
 *
 * Source: OCI image-spec 1.1, descriptor.md, "Digests".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "scoville/scoville.h"

enum digest_algorithm { DIGEST_NONE, DIGEST_SHA256, DIGEST_SHA512 };

struct digest {
	uint8_t algorithm; /* enum digest_algorithm; DIGEST_NONE: no digest */
	uint8_t bytes[64]; /* the first digest_size() count, the rest is zero */
};

enum { DIGEST_TEXT = 8 + 128 + 1 };

size_t digest_size(const struct digest *d); /* 0, 32 or 64 */
bool digest_eq(
	const struct digest *a, const struct digest *b); /* false when either is DIGEST_NONE */
/* "sha256:<64 lower-case hex>" or sha512. Errors: SCOV_E_FORMAT; SCOV_E_UNSUPPORTED for another
 * algorithm. */
must_check int digest_parse(struct span text, struct digest *out, struct scov_err *err);
const char *digest_format(const struct digest *d, char out[DIGEST_TEXT]); /* "" for DIGEST_NONE */
const char *digest_hex(const struct digest *d, char out[DIGEST_TEXT]); /* without the algorithm */

/* A running digest. digester_new returns NULL without memory; digester_free accepts NULL. */
struct digester;
struct digester *digester_new(enum digest_algorithm a);
void digester_add(struct digester *h, const void *p, size_t len);
struct digest digester_end(struct digester *h); /* h may be used again, from empty */
void digester_free(struct digester *h);
struct digest digest_of(enum digest_algorithm a, struct span s);
/* Makes the library load what it opens lazily; call before a worker's filter. */
void digest_warm(void);
