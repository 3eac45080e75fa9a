/* fuzz_key_der.c - the validator "asn1-key": private keys in DER.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("asn1-key", data, size);
	return 0;
}
