/* fuzz_sbom.c - bills of materials: packages are sorted, of known types and named, owners are of
 * the system, and without all of them the inventory is incomplete.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/sbom_read.h"

#include "tests/fuzz/fuzz.h"

static struct span same(struct arena *a, struct span text)
{
	return arena_dup(a, text);
}

static void check(const struct image_facts *f)
{
	size_t systems = 0;

	for (size_t i = 0; i < f->packages.n; i++) {
		const struct image_package *p = &f->packages.p[i];

		must(p->fact->type && p->fact->type < PACKAGE_TYPES && p->fact->name.len);
		must(p->copies >= 1);
		must(!i || package_cmp(f->packages.p[i - 1].fact, p->fact) <= 0);
		must(!p->owner ||
			(package_is_system(p->owner->type) && !package_is_system(p->fact->type)));
		systems += package_is_system(p->fact->type);
	}
	must(systems == f->system_packages);
	must(!f->distribution.is_known || f->distribution.id.len);
	must(!(f->inputs & ~(uint32_t)INPUT_INVENTORY));
	must(f->inputs || f->inputs_missing[input_number(INPUT_INVENTORY)].len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image_facts facts = { 0 };
	struct arena a = { .limit = 64 << 20 };
	struct sbom_head name;
	struct scov_err err;

	if (!sbom_read(span_of(data, size), same, &a, &facts, &name, &err))
		check(&facts);
	else
		must(err.text[0]);
	arena_release(&a);
	return 0;
}
