/* fuzz_base64_key.c - the validator "base64-key": keys in base64.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("base64-key", data, size);
	return 0;
}
