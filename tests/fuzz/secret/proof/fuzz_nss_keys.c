/* fuzz_nss_keys.c - the validator "nss-keys": key databases of NSS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("nss-keys", data, size);
	return 0;
}
