/* fuzz_docker_auth.c - the validator "docker-auth": credentials of registries.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("docker-auth", data, size);
	return 0;
}
