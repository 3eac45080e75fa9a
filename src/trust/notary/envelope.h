/* envelope.h - inside trust/notary/: a signature taken apart, whichever envelope it came in.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "crypto/x509.h"
#include "trust/notary/notary.h"

/* An attribute that is signed. */
struct attribute {
	struct span name, text; /* text: empty when it is not one */
	int64_t time;           /* where the envelope has a type for times */
	bool is_time;
};

struct envelope {
	struct span signed_text, payload, signature;
	struct {
		struct attribute *p;
		size_t n, cap;
	} attributes;
	struct {
		struct span *p;
		size_t n, cap;
	} critical;                /* names of attributes that must be understood */
	struct certificates chain; /* the leaf first */
	struct span timestamp;     /* RFC 3161, DER; empty: none */
	/* what the attributes say */
	uint8_t algorithm; /* a row of envelope_algorithms */
	bool by_authority; /* scheme notary.x509.signingAuthority */
	int64_t signing_time;
	bool has_expiry;
	int64_t expiry;
	struct span plugin;  /* that must verify it; empty: none */
	struct span unknown; /* a critical attribute that is not of the specification */
};

struct envelope_algorithm {
	struct span name; /* of JWS */
	int cose;
	enum hash_kind hash;
	enum signature_scheme scheme;
	enum public_key_kind key;
	unsigned bits;
};
extern const struct envelope_algorithm envelope_algorithms[];
enum { ENVELOPE_ALGORITHMS = 6 };

/* On failure too, *out has to be released. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT, SCOV_E_UNSUPPORTED,
 * SCOV_E_MEMORY. */
must_check int jws_read(
	struct span text, struct arena *a, struct envelope *out, struct scov_err *err);
must_check int cose_read(
	struct span text, struct arena *a, struct envelope *out, struct scov_err *err);
void envelope_release(struct envelope *e);

/* For the two above: what the attributes say; `algorithm` is set. */
must_check int envelope_attributes(struct envelope *e, struct scov_err *err);
/* One attribute more. Errors: SCOV_E_FORMAT: a name twice; SCOV_E_LIMIT. */
must_check int envelope_add(
	struct envelope *e, const struct attribute *at, struct arena *a, struct scov_err *err);

struct target {
	struct digest digest;
	struct span media_type;
	uint64_t size;
};
/* What the payload says is signed. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT. */
must_check int envelope_target(
	struct span payload, struct arena *a, struct target *out, struct scov_err *err);
