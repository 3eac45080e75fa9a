/* fuzz_bech32.c - the validator "bech32": checksums in bech32.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("bech32", data, size);
	return 0;
}
