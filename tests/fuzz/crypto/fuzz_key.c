/* fuzz_key.c - keys, public and private; the box of one of cosign has the password "eins".
 *
 * A public key is read again from its SPKI; what a private one signs, its public half verifies.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/secretbox.h"
#include "crypto/verify.h"
#include "tests/fuzz/fuzz.h"

static void public(const struct public_key *k)
{
	struct public_key *again = NULL;
	struct scov_err err;

	must(!public_key_parse(public_key_spki(k), &again, &err));
	must(public_key_same(k, again));
	must(!public_key_check(k, SIGNATURE_OF_KEY, HASH_NONE, SPAN("abc"), SPAN("abc")));
	public_key_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct public_key *k = NULL, *many[4];
	struct private_key *own = NULL;
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct span der;
	struct scov_err err;
	size_t n = 0;

	if (!public_key_parse(in, &k, &err))
	public(k);
	public_key_free(k);
	if (!public_keys_parse(in, many, 4, &n, &err))
		must(n > 0);
	while (n)
		public_key_free(many[--n]);
	if (!private_key_parse(in, (struct span){ 0 }, &own, &err)) {
		scoped_buf struct buf out = { 0 };

		public(private_key_public(own));
		if (!private_key_sign(own, SPAN("abc"), &out, &err) &&
			public_key_kind(private_key_public(own)) != PUBLIC_KEY_RSA)
			must(out.len > 0);
		private_key_free(own);
	}
	if (!secretbox_key_open(in, SPAN("eins"), &a, &der, &err))
		must(der.len > 0 && der.len < size);
	return 0;
}
