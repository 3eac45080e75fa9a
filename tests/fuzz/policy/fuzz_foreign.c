/* fuzz_foreign.c - an ignore file of another tool gives entries that name something and have a
 * reason and a day that has not passed, or none.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "policy/policy.h"
#include "tests/fuzz/fuzz.h"

enum { TODAY = 20000, DAY = 86400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { ".trivyignore", ".trivyignore.yaml" };

	for (size_t i = 0; i < 2; i++) {
		struct policy p;

		policy_init(&p);
		p.now = (int64_t)TODAY * DAY;
		if (!policy_ignore_from(&p, span_of(data, size), names[i], NULL))
			for (size_t k = 0; k < p.waivers.n; k++) {
				const struct waiver *w = &p.waivers.p[k];

				must(w->is_foreign && w->reason.len && w->until >= TODAY);
				must(w->id.len || w->package.len || w->path.len || w->type ||
					w->fix_state);
			}
		policy_release(&p);
	}
	return 0;
}
