/* fuzz_bks.c - the validator "bks-store": key stores of Bouncy Castle.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("bks-store", data, size);
	return 0;
}
