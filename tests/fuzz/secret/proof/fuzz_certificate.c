/* fuzz_certificate.c - the public key of a certificate, in PEM or DER.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 4 << 20 };
	uint8_t hash[2][32];
	bool is_ca[2];
	int64_t until[2];
	bool good = certificate_public(span_of(data, size), &a, hash[0], &is_ca[0], &until[0]);

	must(good == certificate_public(span_of(data, size), &a, hash[1], &is_ca[1], &until[1]));
	must(!good ||
		(!memcmp(hash[0], hash[1], 32) && is_ca[0] == is_ca[1] && until[0] == until[1]));
	return 0;
}
