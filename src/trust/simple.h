/* simple.h - the payload of a cosign signature: which manifest it signs.
 *
 * Source: containers/image, docs/containers-signature.5.md; sigstore/cosign, SIGNATURE_SPEC.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"

struct simple_payload {
	struct digest manifest;
	struct span reference; /* as the signer wrote it: not checked by cosign */
};

/* Errors: SCOV_E_FORMAT (not JSON, another type, no digest), SCOV_E_LIMIT. */
must_check int simple_read(
	struct span text, struct arena *a, struct simple_payload *out, struct scov_err *err);
