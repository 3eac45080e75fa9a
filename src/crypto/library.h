/* library.h - inside crypto/: what its files share about the types of OpenSSL.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "crypto/x509.h"

/* One block of a PEM text: a negative code ends the reading. */
typedef int pem_block_fn(void *ctx, const char *name, struct span der, struct scov_err *err);
/* All blocks of a PEM text of at most max bytes; other text between them is passed over. */
must_check int pem_each(
	struct span pem, size_t max, pem_block_fn *fn, void *ctx, struct scov_err *err);

/* Takes key, also on failure. spki: as it was read; empty: to be written. */
must_check int public_key_take(
	EVP_PKEY *key, struct span spki, struct public_key **out, struct scov_err *err);

X509 *certificate_x509(const struct certificate *c);
/* Seconds since 1970. False: not a time. */
bool time_of(const ASN1_TIME *t, int64_t *out);
/* Checks each chain at `at`; a CA in the middle may be a root. */
X509_STORE *store_of(const struct certificates *roots, int64_t at);
/* The certificates as the library takes them: a stack that borrows. list may be NULL. */
STACK_OF(X509) * stack_of(const struct certificates *list);
