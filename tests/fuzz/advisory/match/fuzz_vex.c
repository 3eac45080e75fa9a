/* fuzz_vex.c - a VEX document is refused, or each of its statements has an id and a product; a
 * finding is only taken out by a statement on its id.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/match/vex.h"

#include "tests/fuzz/fuzz.h"

static void must_apply(const struct vex *x, struct arena *a)
{
	static const struct package_fact fact = {
		.type = PACKAGE_DEB, .name = SPAN_INIT("bash"), .version = SPAN_INIT("5.2")
	};
	static const struct image_package package = { .fact = &fact, .copies = 1 };
	struct image_facts facts = { .distribution = { .id = SPAN("debian"), .is_known = true } };
	struct vulnerability v = { .id = SPAN("CVE-2022-3715"), .package = &package };
	bool any = false;

	for (size_t i = 0; i < x->all.n; i++)
		any = any || span_eq(x->all.p[i].id, SPAN("cve-2022-3715"));
	vex_apply(x, &(struct vex_image){ &facts, SPAN("docker.io/library/debian:12") }, a, &v);
	must(v.status == MATCH_AFFECTED || (v.status == MATCH_VEX && any && v.why.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { .limit = 16 << 20 };
	struct vex x = { .key = { 1, 2 }, .now = INT64_C(1790000000) };

	if (!vex_read(&x, span_of(data, size), "a.json", NULL, &a, NULL)) {
		for (size_t i = 0; i < x.all.n; i++) {
			const struct vex_statement *s = &x.all.p[i];

			must(s->id.len && s->product.name.len && s->status <= VEX_INVESTIGATING);
		}
		must_apply(&x, &a);
	}
	arena_release(&a);
	return 0;
}
