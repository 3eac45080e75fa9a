/* rpm_db.h - the three containers of rpm's header blobs: sqlite, ndb and Berkeley DB hash.
 *
 * Each reader gets a whole database and calls `blob` once for every package's
 * header. Damage ends the walk with an error; blobs delivered before it are good.
 * Why our own: librpm has an open heap overflow in its ndb reader, and SQLite would run a schema
 * that the image wrote.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

enum {
	RPM_DB_BLOB_MAX = 64 << 20,    /* bytes of one header */
	RPM_DB_PACKAGES_MAX = 1 << 20, /* headers of one database */
};

/* Nonzero ends the walk and is what the reader returns. The blob lives until the call returns. */
typedef int rpm_blob_fn(void *ctx, struct span blob);

/* scratch holds a blob that spans several pages; it is reset after each.
 * Errors: SCOV_E_FORMAT (not this kind of database, or damaged), SCOV_E_LIMIT, SCOV_E_UNSUPPORTED
 * (encrypted, not a hash, an old format). */
must_check int rpm_sqlite_each(
	struct span db, struct arena *scratch, rpm_blob_fn *blob, void *ctx, struct scov_err *err);
must_check int rpm_ndb_each(struct span db, rpm_blob_fn *blob, void *ctx, struct scov_err *err);
must_check int rpm_bdb_each(
	struct span db, struct arena *scratch, rpm_blob_fn *blob, void *ctx, struct scov_err *err);
