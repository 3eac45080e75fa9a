/* fuzz_bundle.c - a file as whatever it is, a bundle, an envelope or a statement, checked up to the
 * built-in root.
 *
 * What fails is worth nothing and says why; what is worth something was not bad.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"
#include "trust/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct trust_roots *roots;
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct span text = span_of(data, size);
	struct attached at = { .form = (uint8_t)trust_form(text), .bytes = text };
	struct trust_input in = {
		.artifact = SPAN("what is signed"), .list = &at, .n = 1, .now = 1796000000
	};
	struct trust t = { 0 };
	struct scov_err err = { 0 };

	if (!roots) {
		roots = trust_roots_new();
		must(roots && !trust_roots_builtin(roots, NULL));
	}
	in.roots = roots;
	in.manifest = digest_of(DIGEST_SHA256, in.artifact);
	if (trust_verify(&in, &a, &t, &err)) {
		must(arena_failed(&a));
		return 0;
	}
	must(t.list.n == 1);
	must(!t.list.p->is_bad || (t.list.p->level == TRUST_NONE && t.list.p->why.len));
	must(t.list.p->level < TRUST_EXPECTED && !t.list.p->is_wrong_signer);
	return 0;
}
