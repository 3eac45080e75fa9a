/* credentials.h - who we are at a registry: files of Docker and Podman, and their helper programs.
 *
 * Source: docker config.json as docker/cli reads it, containers-auth.json(5),
 * the docker-credential-helpers protocol.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/call.h"
#include "base/err.h"
#include "scoville/scoville.h"

enum {
	CREDENTIALS_FILE_MAX = 1 << 20,  /* bytes of one file */
	CREDENTIALS_TEXT_MAX = 64 << 10, /* of one secret, and of a helper's answer */
	CREDENTIALS_HELPER_MS = 20000,   /* a helper may ask a person for a password */
};

/* All empty: anonymous. */
struct credentials {
	struct span username, password;
	struct span identity_token; /* to be traded for access tokens */
	struct span registry_token; /* an access token as it is */
	const char *note; /* why a helper gave nothing; NULL: nothing to say. Holds no secret */
};

/* What one file says about `host`/`path`. helper: the program docker-credential-HELPER must be
 * asked for `helper_key`. */
struct credentials_entry {
	struct credentials found;
	bool is_found;
	struct span helper, helper_key;
};

/* The text of one file. `host` "docker.io", "host:5000"; `path` "library/nginx". Text in the arena.
 * Errors: SCOV_E_FORMAT, SCOV_E_LIMIT; no byte of the file is quoted. */
must_check int credentials_parse(struct span file, struct span host, struct span path,
	struct arena *a, struct credentials_entry *out, struct scov_err *err);
/* A helper's answer. Errors: SCOV_E_FORMAT. */
must_check int credentials_parse_helper(
	struct span answer, struct arena *a, struct credentials *out, struct scov_err *err);
/* Letters, digits, '-', '_' and '.', as no path has it. */
bool credentials_is_helper_name(struct span name);

struct credentials_search {
	const char *authfile; /* looked at instead of the usual places; must be there */
	const struct call *call;
};

/* Look in --authfile or $REGISTRY_AUTH_FILE; else, in this order, $DOCKER_CONFIG/config.json or
 * ~/.docker/config.json, $XDG_RUNTIME_DIR/containers/auth.json, ~/.config/containers/auth.json: the
 * first that knows the host. Errors: SCOV_E_NOT_FOUND, SCOV_E_IO (a file that was named),
 * SCOV_E_FORMAT. A helper that fails is a note, no error. */
must_check int credentials_find(const struct credentials_search *where, struct span host,
	struct span path, struct arena *a, struct credentials *out, struct scov_err *err);
