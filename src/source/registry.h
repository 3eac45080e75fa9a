/* registry.h - an image in a registry, read over HTTPS.
 *
 * Source: OCI distribution-spec 1.1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "source/source.h"

/* Nothing is asked of the registry yet, but the name is checked. Blobs stream from the socket to
 * the reader of the stream and are not kept; one that breaks goes on where it broke. The streams
 * must be closed before the source is freed. Errors: SCOV_E_USAGE (not a name), SCOV_E_UNSUPPORTED
 * (no libcurl), SCOV_E_MEMORY. */
must_check int source_open_registry(const char *name, const struct source_options *opt,
	struct source **out, struct scov_err *err);
/* The digest of what a name means now, an index's where there is one, by one HEAD; a digest in the
 * name counts for nothing. Where the registry does not state it the document is read. Errors: those
 * of source_open_registry, SCOV_E_NET, SCOV_E_AUTH, SCOV_E_NOT_FOUND ... */
must_check int registry_digest(const char *name, const struct source_options *opt,
	const struct call *call, struct digest *out, struct scov_err *err);
