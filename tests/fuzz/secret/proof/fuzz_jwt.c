/* fuzz_jwt.c - the validator "jwt": JSON web tokens.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("jwt", data, size);
	return 0;
}
