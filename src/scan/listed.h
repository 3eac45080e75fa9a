/* listed.h - inside a worker: what the records of the package managers of languages list.
 *
 * A record and what it lists are in one layer, since one command wrote both: what another layer put
 * there is the image's own. So nothing of this leaves the worker but a number beside each secret,
 * and a flag of each program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "scan/analyzer.h"

/* The path (raw, no leading slash) is of a package whose tree begins at byte `tree` of it. content:
 * as listed_content has it; 0: the record does not say. is_folder: all below it too. Errors:
 * SCOV_E_LIMIT. */
int listed_add(
	struct analysis *out, struct span path, size_t tree, uint64_t content, bool is_folder);
/* The first eight bytes. */
uint64_t listed_content(const uint8_t sha256[32]);
/* The content of an entry in which a secret was found. Errors: SCOV_E_LIMIT. */
int listed_have(struct analysis *out, uint32_t entry, uint64_t content);
/* At the end of a layer: sets `tree` of the secrets in files that are as their record lists them,
 * and EXEC_LISTED of the programs that one lists. */
void listed_settle(struct analysis *out);
