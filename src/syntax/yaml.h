/* yaml.h - a YAML document as the values of json.h.
 *
 * Every scalar is text, as it is written, so that a version 1.10 stays one; only an empty plain
 * one, ~ and null are null. Refused: anchors and aliases (so nothing grows), a key
 * twice in one mapping, a key that is not a scalar, a second document.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "syntax/json.h"

/* At most `limit` bytes. Nothing of *out points into `in`. Errors: SCOV_E_FORMAT (with the line),
 * SCOV_E_LIMIT (limit, JSON_DEPTH, JSON_VALUES, arena), SCOV_E_MEMORY. */
must_check int yaml_parse(struct span in, size_t limit, struct arena *a, const struct json **out,
	struct scov_err *err);
