/* info.h - what a database has, as text and as JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/db/db.h"
#include "base/buf.h"

/* today: days since 1970, for its age. Reads every file and compares it with the manifest. Errors:
 * those of advisory_db_verify. */
must_check int advisory_info(struct advisory_db *db, const char *folder, int64_t today,
	bool as_json, struct buf *out, struct scov_err *err);
