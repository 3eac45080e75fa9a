/* fuzz_shadow.c - the validator "shadow-field": password fields.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("shadow-field", data, size);
	return 0;
}
