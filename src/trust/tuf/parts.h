/* parts.h - inside trust/tuf/: one document, its signatures, the roles that it names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "syntax/json.h"
#include "trust/tuf/tuf.h"

struct document {
	struct span bytes;
	const struct json *root, *body; /* the whole, and what is signed; NULL: no document */
	int64_t version, expires;
};

struct tuf_role {
	struct span name;
	const struct json *keys;    /* id to key */
	const struct json *key_ids; /* whose signatures count */
	uint64_t threshold;
};

/* Of that type, spec_version 1. Copies what it keeps. Errors: SCOV_E_FORMAT, SCOV_E_UNSUPPORTED,
 * SCOV_E_LIMIT. */
must_check int document_read(struct span bytes, const char *type, size_t max, struct arena *a,
	struct document *out, struct scov_err *err);
/* keys: where they are listed; role: with keyids and threshold. Errors: SCOV_E_FORMAT. */
must_check int role_read(const struct json *keys, const struct json *role, struct span name,
	struct tuf_role *out, struct scov_err *err);
/* Enough different keys of the role signed it. Errors: SCOV_E_AUTH, SCOV_E_FORMAT. */
must_check int document_check(
	const struct document *d, const struct tuf_role *r, struct scov_err *err);
/* OLPC's canonical form; fractions and null are not part of it. */
must_check int canonical_json(const struct json *v, struct buf *out, struct scov_err *err);
