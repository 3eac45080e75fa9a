/* fuzz_key_pem.c - the validator "pem-key": keys between BEGIN and END lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("pem-key", data, size);
	return 0;
}
