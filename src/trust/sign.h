/* sign.h - signatures made: in-toto statements, sigstore bundles with a key, cosign's older form.
 *
 * Sources: in-toto attestation framework, spec/v1; secure-systems-lab/dsse, protocol.md;
 * sigstore/protobuf-specs, sigstore_bundle.proto (v0.3); cosign, specs/SIGNATURE_SPEC.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "crypto/digest.h"
#include "crypto/verify.h"

#define BUNDLE_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"
#define SIMPLE_TYPE "application/vnd.dev.cosign.simplesigning.v1+json"

enum { PREDICATE_MAX = 64 << 20 };

/* The URI of what a user calls "provenance", "spdx", "cyclonedx", "vex", "seccomp" or "grade", or
 * of a text that is a URI; of provenance, by the predicate's version. Refused: a predicate that is
 * not JSON, is a whole statement, or plainly is of another type. Errors: SCOV_E_USAGE,
 * SCOV_E_FORMAT, SCOV_E_LIMIT. */
must_check int predicate_uri(
	const char *type, struct span predicate, const char **out, struct scov_err *err);
/* A statement v1 about these digests. predicate: JSON, written as it is; empty: {}. Errors:
 * SCOV_E_MEMORY. */
must_check int statement_write(const struct digest *subjects, size_t n, const char *predicate_type,
	struct span predicate, struct buf *out, struct scov_err *err);
/* A bundle of version 0.3 around the statement, without log and time stamp: who checks it has to
 * have the public key. Errors: those of private_key_sign. */
must_check int bundle_sign(
	struct span statement, const struct private_key *k, struct buf *out, struct scov_err *err);
/* cosign's payload for one digest, and the base64 of its signature. */
must_check int simple_sign(struct span repository, const struct digest *d,
	const struct private_key *k, struct buf *payload, struct buf *signature,
	struct scov_err *err);
/* The base64 of SHA-256 of the public key: the hint of a bundle. */
must_check int key_hint(const struct public_key *k, struct buf *out, struct scov_err *err);
