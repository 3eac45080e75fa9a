/* trust/tuf/ - The Update Framework: which documents to get, and whether they may be trusted.
 *
 * Source: theupdateframework/specification 1.0, section 5, "Detailed client workflow". Pure:
 * tuf_next names a document, whoever has the network or a folder gets it, tuf_take judges it. One
 * that is refused changes nothing, and the round ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

enum {
	TUF_ROOT_MAX = 512 << 10, /* bytes of each document */
	TUF_TIMESTAMP_MAX = 64 << 10,
	TUF_SNAPSHOT_MAX = 2 << 20,
	TUF_TARGETS_MAX = 4 << 20,
	TUF_TARGET_MAX = 4 << 20,
	TUF_ROOTS_MAX = 256,  /* new ones in a round */
	TUF_ROLES_MAX = 32,   /* roles of targets that are looked at for one file */
	TUF_KEYS_MAX = 256,   /* of a role; signatures of a document */
	TUF_FILES_MAX = 8192, /* that a document lists */
};

struct tuf;
/* root: a document that is trusted already (it must be signed by its own keys); target: the name
 * of the file that is wanted. Both are copied. Errors: SCOV_E_FORMAT, SCOV_E_AUTH, SCOV_E_LIMIT,
 * SCOV_E_MEMORY. */
must_check int tuf_new(
	struct span root, struct span target, struct tuf **out, struct scov_err *err);
void tuf_free(struct tuf *t); /* accepts NULL */

/* A round begins, at a time: nothing that has expired by then is taken; INT64_MIN: expiry is not
 * asked, for documents that were taken before. What the rounds before took is the floor of this
 * one, and is not asked for again where it is still the current one. */
void tuf_begin(struct tuf *t, int64_t now);

struct tuf_want {
	struct span name; /* below the folder of metadata, or below that of targets; percent-encoded
			     already; lives until the next call of tuf_take */
	size_t max;       /* bytes; more is refused */
	bool is_target;
	bool may_lack; /* it is the next root: then tuf_take gets a span without .p */
};
/* False: all is there, or the round ended with an error. */
bool tuf_next(const struct tuf *t, struct tuf_want *out);
/* bytes are copied. Errors: SCOV_E_AUTH (not signed by enough keys, expired, older than before,
 * another hash or version than was promised), SCOV_E_FORMAT, SCOV_E_NOT_FOUND (a document or the
 * target), SCOV_E_UNSUPPORTED, SCOV_E_LIMIT, SCOV_E_MEMORY. */
must_check int tuf_take(struct tuf *t, struct span bytes, struct scov_err *err);

struct tuf_state {
	size_t roots;                               /* from the first to the one of today */
	int64_t root, timestamp, snapshot, targets; /* versions; 0: none */
	int64_t root_expires, timestamp_expires;    /* seconds */
	struct span target; /* its bytes; .p == NULL: no round was finished */
};
struct tuf_state tuf_state(const struct tuf *t);
/* Document i of those that the last whole round rests on, in the order in which a new client takes
 * them: the roots, the first one included, timestamp, snapshot, targets, the file. False: there is
 * none. */
bool tuf_document(const struct tuf *t, size_t i, struct span *out);
