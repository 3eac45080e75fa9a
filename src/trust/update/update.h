/* trust/update/ - the user's own trust root: fetched with TUF, kept in one file, read again.
 *
 * The file has every document that led from the first TUF root to trusted_root.json, and is checked
 * again from that first root each time it is read. Form: doc/formats/trust-root.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "net/http.h"
#include "trust/tuf/tuf.h"

enum { TRUST_STORED_MAX = 16 << 20 }; /* bytes of the file */

#define TRUST_UPDATE_FROM "https://tuf-repo-cdn.sigstore.dev"

struct trust_update_options {
	const char *file; /* of the user's root; its folder is made */
	const char *from; /* an address or a folder; NULL: TRUST_UPDATE_FROM */
	const char *root; /* file with a first TUF root of the user's choice; NULL: the built-in
			     one, or what is stored */
	int64_t now;
	const struct http_options *http;
	const struct call *call;
};

/* Lines for the user go to `said`. After an error the file is as it was. Errors: SCOV_E_AUTH (what
 * is wrong with a document), those of net/ and tuf_take, SCOV_E_IO, SCOV_E_USAGE. */
must_check int trust_update(
	const struct trust_update_options *o, struct buf *said, struct scov_err *err);

struct trust_stored {
	struct tuf *tuf;
	int64_t date; /* of the last update, seconds */
	bool is_own;  /* its first root is one that the user gave */
};
/* Errors: SCOV_E_NOT_FOUND: there is none; SCOV_E_AUTH: somebody else may write it, it does not
 * come from the built-in root, or is not signed; SCOV_E_FORMAT, SCOV_E_IO, SCOV_E_LIMIT. */
must_check int trust_stored_read(const char *file, struct trust_stored *out, struct scov_err *err);
void trust_stored_release(struct trust_stored *s); /* accepts a zeroed one */
