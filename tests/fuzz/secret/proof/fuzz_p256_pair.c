/* fuzz_p256_pair.c - the validator "p256-pair": home network keys of profile B.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("p256-pair", data, size);
	return 0;
}
