/* walk.h - inside a worker: entries of a layer into facts, files to the analyzers. Inside scan/
 * only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "scan/analyzer.h"

struct walk;

/* on: a bit set in skip turns an analyzer off. NULL without memory. */
struct walk *walk_new(struct analysis *out, uint32_t skip);
/* Errors: SCOV_E_FORMAT, SCOV_E_LIMIT: the walk has ended, what was seen is in the facts. */
must_check int walk_push(struct walk *w, struct span piece, struct scov_err *err);
must_check int walk_end(struct walk *w, struct scov_err *err);
void walk_free(struct walk *w);
