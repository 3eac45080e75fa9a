/* fuzz_milenage.c - the validator "milenage-opc": K, OP and OPc in a window.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("milenage-opc", data, size);
	return 0;
}
