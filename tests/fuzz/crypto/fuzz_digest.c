/* fuzz_digest.c - digests as text: what parses prints as it was written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "crypto/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct digest d;
	struct scov_err err;
	char text[DIGEST_TEXT];

	if (!digest_parse(in, &d, &err) && !span_eq(span_str(digest_format(&d, text)), in))
		abort();
	return 0;
}
