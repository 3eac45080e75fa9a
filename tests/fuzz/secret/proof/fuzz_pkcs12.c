/* fuzz_pkcs12.c - the validator "pkcs12-open": PKCS#12 stores.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("pkcs12-open", data, size);
	return 0;
}
