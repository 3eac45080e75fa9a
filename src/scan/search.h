/* search.h - inside a worker: what passes goes to the finder of secrets. Inside scan/ only.
 *
 * One finder a process: made before the filter, inherited by every worker that the helper forks,
 * and bound to one part.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "scan/analyzer.h"
#include "secret/find/find.h"
#include "syntax/json.h"

/* Makes the finder of this process, with the rules in `payload` (payload.h) or the built-in ones
 * alone; payload stays where it is. Errors: SCOV_E_FORMAT, SCOV_E_MEMORY, SCOV_E_USAGE. */
must_check int search_warm(struct span payload, struct scov_err *err);
/* The finder of this process, made now with the built-in rules where it was not; NULL: err says
 * why. */
struct finder *search_finder(struct scov_err *err);
/* Looks at `raw`: what it holds becomes facts. False when the arena is full. Nothing when
 * out->is_searched is false, as in all that follow. */
bool search_text(struct analysis *out, uint32_t entry, enum secret_surface surface,
	struct span where, struct span raw);
/* In a list of arguments, the option before the i-th: "password" for "--password"; or empty. */
struct span search_option(const struct json *list, size_t i);
/* Every text of a JSON document, each at its pointer; a member of an object as "name=value".
 * surface: of a pointer. False when the arena is full. */
bool search_json(struct analysis *out, const struct json *top,
	enum secret_surface (*surface)(struct span pointer));
/* Every text of a manifest or an index, and its annotations as facts. What is not JSON is a
 * diagnostic. SCOV_E_LIMIT when the arena is full. */
int search_document(struct analysis *out, struct span text);
/* At the end of the part: what a bound left out becomes a diagnostic. */
void search_end(struct analysis *out);
