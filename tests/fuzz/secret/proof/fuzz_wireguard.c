/* fuzz_wireguard.c - the validator "wireguard-key": keys of WireGuard.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("wireguard-key", data, size);
	return 0;
}
