/* fuzz_x25519_pair.c - the validator "x25519-pair": home network keys of profile A.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("x25519-pair", data, size);
	return 0;
}
