/* destination.h - images written: blobs and documents made into an OCI layout.
 *
 * The counterpart of source.h. One row of destination.c a form: oci:FOLDER[:TAG] and
 * oci-archive:FILE[:TAG]. An image is seen in its place after destination_commit and not before,
 * and what fails or is not committed leaves nothing: each file is written under a temporary name,
 * and index.json, or the archive, is renamed last. After a kill -9 there may be a ".tmp-..." in the
 * folder or beside the archive, and blobs that no index names; the same folder can be written to
 * again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "source/source.h"

struct destination;

/* A folder is made, or is empty, or holds a layout, to which the image is added; a second writer is
 * refused. An archive is made; an existing file is left alone. The limits bound what is written as
 * they bound what is read, so that it can be read back.
 * Errors: SCOV_E_USAGE (a form that is only read, a digest, a bad tag, a place that is taken),
 * SCOV_E_FORMAT and SCOV_E_UNSUPPORTED (the layout that is there), SCOV_E_IO. */
must_check int destination_open(const char *reference, const struct limits *l,
	struct destination **out, struct scov_err *err);
/* All bytes of `in`, which stays the caller's, under b's SHA-256 and size. A blob that is there
 * already, by digest and size, is not read. After an error the destination can still be used.
 * Errors: SCOV_E_DIGEST (other bytes), SCOV_E_LIMIT (layer_size, archive_entries),
 * SCOV_E_UNSUPPORTED (no SHA-256, no size), SCOV_E_IO, and the stream's. */
must_check int destination_blob(struct destination *d, const struct descriptor *b,
	struct stream *in, const struct call *call, struct scov_err *err);
/* The same from memory: a config, a manifest, an index. */
must_check int destination_document(
	struct destination *d, const struct descriptor *b, struct span bytes, struct scov_err *err);
/* The manifest or index that the reference's tag names from now on; the last call counts. In
 * index.json the entries of the tag (without one: of the digest and no name) are replaced, all
 * others are kept. Errors: those of destination_blob, SCOV_E_LIMIT (document_size,
 * index_entries). */
must_check int destination_root(
	struct destination *d, const struct descriptor *m, struct span bytes, struct scov_err *err);
/* One more entry of index.json, as the descriptor has it with artifact type and annotations. It
 * replaces those of its name (annotation org.opencontainers.image.ref.name), without one the
 * nameless of its digest. Errors: those of destination_root. */
must_check int destination_entry(
	struct destination *d, const struct descriptor *m, struct span bytes, struct scov_err *err);
/* Makes all of it visible at once, and durable; on failure it is removed. Afterwards only
 * destination_free may follow. Errors: SCOV_E_USAGE (no root), SCOV_E_IO. */
must_check int destination_commit(struct destination *d, struct scov_err *err);
/* Without a commit everything is removed. Accepts NULL. */
void destination_free(struct destination *d);
