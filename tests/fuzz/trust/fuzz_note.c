/* fuzz_note.c - a signed note, its checkpoint, and the signatures of the logs of the built-in root.
 *
 * Text and signatures are the whole note, with one line end between them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"
#include "trust/note.h"
#include "trust/roots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct trust_roots *roots;
	struct span in = span_of(data, size);
	struct checkpoint c;
	struct note n;

	if (!roots) {
		roots = trust_roots_new();
		must(roots && !trust_roots_builtin(roots, NULL));
	}
	if (note_read(in, &n, NULL))
		return 0;
	must_lie_in(n.text, in);
	must_lie_in(n.signatures, in);
	must(n.text.len + 1 + n.signatures.len == in.len);
	must(span_at(n.text, n.text.len - 1) == '\n');
	if (!checkpoint_read(n.text, &c, NULL)) {
		must_lie_in(c.origin, n.text);
		must(c.size <= INT64_MAX);
	}
	for (size_t i = 0; i < roots->list.p[0].logs.n; i++) {
		const struct trust_log *l = &roots->list.p[0].logs.p[i];

		if (!note_check(&n, l->name, l->key, NULL))
			must(span_has(n.signatures, l->name));
	}
	return 0;
}
