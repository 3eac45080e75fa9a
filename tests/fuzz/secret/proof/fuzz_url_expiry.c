/* fuzz_url_expiry.c - the validator "url-expiry": the end of signed URLs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_validator("url-expiry", data, size);
	return 0;
}
