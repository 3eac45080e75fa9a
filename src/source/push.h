/* push.h - blobs and a manifest written to a repository of a registry.
 *
 * Source: OCI distribution-spec 1.1, "Pushing".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "source/source.h"

struct push;

/* name: "HOST/REPOSITORY:TAG". Errors: SCOV_E_USAGE (not a name, a digest), SCOV_E_UNSUPPORTED (no
 * libcurl), SCOV_E_MEMORY. */
must_check int push_open(const char *name, const struct source_options *opt, struct push **out,
	struct scov_err *err);
void push_free(struct push *p); /* accepts NULL */
/* digest: of the bytes; the registry compares. A blob that it has already is not sent. Errors:
 * SCOV_E_NET, SCOV_E_AUTH and others of http_open. */
must_check int push_blob(struct push *p, const struct digest *digest, struct span bytes,
	const struct call *call, struct scov_err *err);
/* What the tag names from now on; its blobs must be there. */
must_check int push_manifest(struct push *p, const char *media_type, struct span bytes,
	const struct call *call, struct scov_err *err);
