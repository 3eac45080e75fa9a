/* fuzz_trusted_root.c - files of trust roots.
 *
 * A file is taken whole or not at all; a log without a key has a kind that is not known.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"
#include "trust/roots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trust_roots *r = trust_roots_new();
	struct scov_err err = { 0 };
	int code = trust_roots_add(r, span_of(data, size), &err);

	must(code ? !r->list.n && *err.text : r->list.n && r->list.n <= TRUST_ROOTS_MAX);
	for (size_t i = 0; i < r->list.n; i++) {
		const struct trust_root *root = &r->list.p[i];

		for (size_t k = 0; k < root->logs.n; k++) {
			must(!root->logs.p[k].key == !root->logs.p[k].details);
			must(root->logs.p[k].from != INT64_MIN);
			must(trust_root_log(root, root->logs.p[k].id) != NULL);
		}
		for (size_t k = 0; k < root->authorities.n; k++)
			must(root->authorities.p[k].anchors.n != 0);
	}
	trust_roots_free(r);
	return 0;
}
