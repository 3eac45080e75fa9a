/* fuzz_timestamp.c - a time stamp token and the certificates of its authority.
 *
 * The input: two bytes for the length of the token, the token, the certificates. The text is "abc".
 * A token that is accepted has a time within its window, and is not one for another text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/timestamp.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cur c = cur_over(span_of(data, size));
	struct span token = cur_take(&c, cur_be16(&c));
	struct certificates list = { 0 };
	struct scov_err err;
	int64_t at = 0, again = 0;

	if (c.bad || certificates_add(&list, cur_rest(&c, 0), 8, &err))
		return certificates_release(&list), 0;
	const struct certificates roots = { .p = list.p, .n = 1 };
	struct timestamp_trust trust = { &roots, &list, 0, INT64_MAX };

	if (!timestamp_check(token, SPAN("abc"), &trust, &at, &err)) {
		must(at >= 0);
		must(timestamp_check(token, SPAN("abd"), &trust, &again, &err) != 0);
		trust.until = at - 1;
		must(timestamp_check(token, SPAN("abc"), &trust, &again, &err) != 0);
	}
	certificates_release(&list);
	return 0;
}
