/* fuzz_simple_signing.c - a payload of a cosign signature, and the annotations that prove it: the
 * payload, then for each annotation a NUL and its value.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"
#include "trust/simple.h"
#include "trust/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const keys[] = { "dev.cosignproject.cosign/signature",
		"dev.sigstore.cosign/bundle", "dev.sigstore.cosign/certificate",
		"dev.sigstore.cosign/chain", "dev.sigstore.cosign/rfc3161timestamp" };
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct span rest = span_of(data, size), value;
	struct attached at = { .form = ATTACHED_FORM_SIMPLE };
	struct simple_payload p;
	struct trust t = { 0 };
	struct trust_input in = { .list = &at, .n = 1, .now = 1796000000 };

	if (!span_split(&rest, 0, &at.bytes))
		return 0;
	if (!simple_read(at.bytes, &a, &p, NULL)) {
		must(digest_size(&p.manifest) != 0);
		in.manifest = p.manifest;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys) && span_split(&rest, 0, &value); i++) {
		struct annotation row = { .key = span_str(keys[i]), .value = value };

		vec_add(&at.annotations, &a, &row);
	}
	if (trust_verify(&in, &a, &t, NULL))
		return 0;
	must(t.list.n == 1 && t.list.p->kind == ATTACHED_SIGNATURE);
	must(t.list.p->level < TRUST_ROOTED); /* there is no root */
	must(t.list.p->level == TRUST_NONE || digest_eq(&t.list.p->subject, &in.manifest));
	return 0;
}
