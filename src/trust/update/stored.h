/* stored.h - inside trust/update/: the file of the user's trust root.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "trust/update/update.h"

#define TRUST_TARGET "trusted_root.json"

/* Replaces the file, by a rename. Errors: SCOV_E_IO, SCOV_E_LIMIT. */
must_check int trust_stored_write(
	const char *file, const struct trust_stored *s, struct scov_err *err);
