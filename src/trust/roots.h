/* roots.h - trust roots: the logs and authorities that signatures lead up to.
 *
 * Source: sigstore/protobuf-specs, protos/sigstore_trustroot.proto. One document is one instance of
 * sigstore: what verifies a signature is never taken from two of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "crypto/timestamp.h"
#include "trust/key_details.h"
#include "trust/trust.h"

struct trust_log {
	struct span name;       /* host of its address, which names it in checkpoints */
	struct span id;         /* 32 bytes, as entries have it */
	struct public_key *key; /* NULL: of a kind that is not accepted */
	const struct key_details *details;
	int64_t from, until; /* seconds, inclusive */
};

struct trust_authority {
	struct span name;
	struct certificates anchors; /* one */
	struct certificates helpers; /* the rest of its chain */
	int64_t from, until;
};

struct trust_root {
	bool is_pki;  /* certificates of the user: neither logs nor times of their own */
	int64_t date; /* seconds; 0: unknown */
	VEC(struct trust_log) logs;
	VEC(struct trust_log) ct_logs;
	VEC(struct trust_authority) authorities;
	VEC(struct trust_authority) timestampers;
};

struct trust_roots {
	struct arena arena;
	VEC(struct trust_root) list;
};

/* The log of an entry; NULL: not one of this root. */
const struct trust_log *trust_root_log(const struct trust_root *r, struct span id);
