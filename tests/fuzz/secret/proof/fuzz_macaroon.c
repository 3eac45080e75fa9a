/* fuzz_macaroon.c - the validator "macaroon": macaroons.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("macaroon", data, size);
	return 0;
}
