/* fuzz_nkey.c - the validator "crc16-nkey": seeds of NATS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("crc16-nkey", data, size);
	return 0;
}
