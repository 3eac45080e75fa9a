/* toml.h - a TOML document as the values of json.h.
 *
 * Source: TOML 1.0.0, the part of it that advisories are written in. The table of a heading is a
 * member of the document, under the text of the heading ("affected.functions"). Numbers, dates and
 * truths are text, as they are written. Arrays of tables in headings ([[a]]) are refused.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "syntax/json.h"

enum { TOML_DEPTH = 16 }; /* arrays and tables in one value */

/* At most `limit` bytes. Nothing of *out points into `in`. Errors: SCOV_E_FORMAT (with the line; a
 * key or a heading twice too), SCOV_E_LIMIT (limit, TOML_DEPTH, arena), SCOV_E_MEMORY. */
must_check int toml_parse(struct span in, size_t limit, struct arena *a, const struct json **out,
	struct scov_err *err);
