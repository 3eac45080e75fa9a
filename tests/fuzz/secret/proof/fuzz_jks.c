/* fuzz_jks.c - the validator "jks-entries": Java key stores.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("jks-entries", data, size);
	return 0;
}
