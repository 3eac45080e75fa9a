/* parts.h - inside trust/: a signed thing taken apart, whatever form it came in.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "crypto/x509.h"
#include "facts/trust.h"
#include "syntax/json.h"
#include "trust/trust.h"

/* What a check says. Only CHECK_GOOD is a pass. */
enum check {
	CHECK_GOOD,
	CHECK_LACKS, /* something is missing that would be needed to decide */
	CHECK_ALIEN, /* a chain of certificates that ends at no root of ours */
	CHECK_BAD,   /* it was decided: wrong */
};

/* One entry of a transparency log, as it came. */
struct log_entry {
	struct span kind, version; /* as the bundle has them; empty in cosign's annotation */
	struct span log_id;        /* of the log's key */
	int64_t index, time;       /* time 0: none */
	struct span promise;       /* signature of the log over the entry; empty: none */
	struct span body;
	bool has_proof;
	uint64_t proof_index, proof_size;
	struct span proof_root, proof_hashes; /* hashes: 32 bytes each, in a row */
	struct span checkpoint;               /* signed note; empty: none */
};

enum signed_content {
	SIGNED_MESSAGE, /* of a sigstore bundle: the artifact itself */
	SIGNED_DSSE,
	SIGNED_SIMPLE,
};

/* Of one text, each made once: many keys may be tried, and texts are large. */
struct signed_hashes {
	bool is_made[HASH_SHA512 + 1];
	uint8_t bytes[HASH_SHA512 + 1][HASH_MAX];
};

struct signed_thing {
	uint8_t content;              /* enum signed_content */
	uint8_t bundle_version;       /* 1, 2, 3 for 0.1 ...; 0: cosign's annotations */
	struct span text;             /* what is signed; empty: only its hash is known */
	struct signed_hashes *hashes; /* of the text; NULL: none are kept */
	uint8_t hashed_as;            /* enum hash_kind of `hashed`, of a message */
	struct span hashed;
	struct span payload, payload_type; /* decoded */
	struct span envelope;       /* the bytes of a DSSE envelope as stored; may be empty */
	struct span signatures[16]; /* any of them may be the one; one in a bundle */
	size_t signatures_n;
	const struct call *call;   /* ends the trying of keys; what is left is not checked */
	struct span signature;     /* the one that is being checked */
	struct certificates chain; /* the leaf first; n == 0: signed with a bare key */
	struct span key_hint;
	VEC(struct log_entry) entries;
	VEC(struct span) timestamps; /* DER */
};

void signed_thing_release(struct signed_thing *t);

/* bundle.c. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT, SCOV_E_UNSUPPORTED (version). */
must_check int bundle_read(
	struct span text, struct arena *a, struct signed_thing *out, struct scov_err *err);
/* cosign.c: a simple-signing payload, or a DSSE envelope, with cosign's annotations. */
must_check int cosign_read(
	const struct attached *at, struct arena *a, struct signed_thing *out, struct scov_err *err);

/* Base64 of either alphabet; empty is an error. Line ends are passed over where `lines`. */
must_check int base64_need(struct span text, bool lines, const char *what, struct arena *a,
	struct span *out, struct scov_err *err);
bool hex_decode(struct span text, struct arena *a, struct span *out);
/* An integer, or one as a string, as protojson has it. Absent: 0. False: neither. */
bool json_int64(const struct json *v, int64_t *out);
/* The value at a path of keys and list indexes: "spec.signatures.0.verifier". */
const struct json *json_walk(const struct json *v, const char *path);

/* The hash of what is signed, where it can be known. */
bool signed_hash(const struct signed_thing *t, uint8_t hash, uint8_t out[HASH_MAX]);
/* The signature fits the key, with one of the hashes that tools use with it. */
bool signed_with(const struct signed_thing *t, const struct public_key *k);
