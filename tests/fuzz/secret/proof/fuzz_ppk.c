/* fuzz_ppk.c - the validator "ppk": key files of PuTTY.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("ppk", data, size);
	return 0;
}
