/* instruction.h - one instruction of a Dockerfile: its flags and words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "recipe/dockerfile.h"

/* Kind, flags and words of i->text. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT. */
must_check int instruction_split(
	struct instruction *i, uint8_t escape, struct arena *a, struct scov_err *err);
/* As many words, and such flags, as BuildKit takes. Errors: SCOV_E_FORMAT. */
must_check int instruction_check(
	const struct instruction *i, struct arena *a, struct scov_err *err);
