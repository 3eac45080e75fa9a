/* fuzz_known_key.c - the validator "known-key": the list of known keys.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("known-key", data, size);
	return 0;
}
