/* push.h - blobs and a manifest written to a repository of a registry.
 *
 * Source: OCI distribution-spec 1.1, "Pushing".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "source/source.h"

struct push;

/* name: "HOST/REPOSITORY:TAG". Errors: SCOV_E_USAGE (not a name, a digest), SCOV_E_UNSUPPORTED (no
 * libcurl), SCOV_E_MEMORY. */
must_check int push_open(const char *name, const struct source_options *opt, struct push **out,
	struct scov_err *err);
/* A repository, whatever the name says of tag or digest. */
must_check int push_open_repository(const char *name, const struct source_options *opt,
	struct push **out, struct scov_err *err);
void push_free(struct push *p); /* accepts NULL */
/* digest: of the bytes; the registry compares. A blob that it has already is not sent. Errors:
 * SCOV_E_NET, SCOV_E_AUTH and others of http_open. */
must_check int push_blob(struct push *p, const struct digest *digest, struct span bytes,
	const struct call *call, struct scov_err *err);
/* What the tag names from now on; its blobs must be there. */
must_check int push_manifest(struct push *p, const char *media_type, struct span bytes,
	const struct call *call, struct scov_err *err);
/* A manifest that refers to `subject`, by its digest; m: its descriptor in a list. A registry that
 * lists no referrers gets the fallback tag, with what that lists already. */
must_check int push_referrer(struct push *p, const struct descriptor *m, struct span bytes,
	const struct digest *subject, const struct call *call, struct scov_err *err);
/* What a tag names from what it named before (empty: nothing). *out empty: that will do. */
typedef int push_edit(void *ctx, struct span old, struct buf *out, struct scov_err *err);
/* Until the tag names what `edit` leaves as it is: another writer may be faster. Errors: those of
 * `edit`, SCOV_E_NET. */
must_check int push_change(struct push *p, const char *tag, const char *media_type, push_edit *edit,
	void *ctx, const struct call *call, struct scov_err *err);
