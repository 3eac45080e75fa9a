/* fuzz_log_entry.c - bodies of log entries, compared with a thing that they are not about.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"
#include "trust/entry.h"
#include "trust/roots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct trust_roots *roots;
	scoped_arena struct arena a = { .limit = 64 << 20 };
	const struct log_entry e = { .body = span_of(data, size) };
	const struct signed_thing t = { .content = SIGNED_DSSE,
		.text = SPAN("DSSEv1 1 t 1 x"),
		.payload = SPAN("x"),
		.envelope = SPAN("{}"),
		.signature = SPAN("no signature of a log") };
	struct scov_err err = { 0 };
	struct entry_body b;

	if (!roots) {
		roots = trust_roots_new();
		must(roots && !trust_roots_builtin(roots, NULL));
	}
	if (entry_read(&e, &a, &b, &err))
		return 0;
	must(b.form && b.verifier.len && hash_size((enum hash_kind)b.hash) == b.digest.len);
	must(!b.form->signature == !b.signature.len);
	must(entry_bind(&b, &t, roots->list.p[0].logs.p[0].key, NULL, &err) < 0 ||
		!b.form->signature);
	must(entry_bind(&b, &t, roots->list.p[0].logs.p[0].key,
		     roots->list.p[0].authorities.p[0].anchors.p[0], &err) < 0 ||
		!b.form->signature);
	return 0;
}
