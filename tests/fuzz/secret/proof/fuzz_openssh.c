/* fuzz_openssh.c - the validator "openssh-key": keys of OpenSSH, decoded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("openssh-key", data, size);
	return 0;
}
