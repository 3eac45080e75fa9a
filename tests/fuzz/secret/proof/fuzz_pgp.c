/* fuzz_pgp.c - the validator "pgp-packet": OpenPGP packets.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("pgp-packet", data, size);
	return 0;
}
