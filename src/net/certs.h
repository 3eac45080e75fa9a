/* certs.h - the authorities and client certificates for one host: the certs.d folders of Docker and
 * Podman.
 *
 * DIR/HOST[:PORT] holds *.crt (authorities), and NAME.cert with NAME.key (ours).
 * Source: docs.docker.com "Verify repository client with certificates",
 * containers-certs.d(5).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "net/url.h"

enum {
	CERTS_FILES_MAX = 64,     /* files read in one folder */
	CERTS_SIZE_MAX = 1 << 20, /* bytes of all authorities together */
};

struct certs {
	struct span authorities; /* PEM, trusted in addition to the system's; may be empty */
	const char *cert, *key;  /* paths; NULL: none */
	bool has_folder;         /* a folder for this host is there */
};

/* Look in each of `dirs` (NULL-ended); `ca_file` (may be NULL) is added for every host.
 * Errors: SCOV_E_IO, SCOV_E_NOT_FOUND (ca_file), SCOV_E_FORMAT (a certificate without its key),
 * SCOV_E_LIMIT. */
must_check int certs_find(const char *const *dirs, const char *ca_file, const struct url *u,
	struct arena *a, struct certs *out, struct scov_err *err);
