/* fuzz_predicate.c - provenance of each version, and a profile of each kind: what restricts has no
 * fault, and what does not says why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"
#include "trust/predicate/predicate.h"

static void provenance(struct span text, const char *type)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct provenance p;

	if (provenance_read(text, span_str(type), &a, &p, NULL))
		return;
	must(p.version.len && p.inputs.n <= PROVENANCE_INPUTS_MAX);
	must(p.has_builder || !p.builder.len);
	must(p.recipe.len || !p.recipe_name.len);
}

static void profile(struct span text, const char *type)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct profile_facts p;

	if (profile_read(text, span_str(type), &a, &p, NULL))
		return;
	must(p.restricts == !p.why.len && (!p.restricts || p.kind != PROFILE_UNKNOWN));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);

	provenance(text, "https://slsa.dev/provenance/v0.1");
	provenance(text, "https://slsa.dev/provenance/v0.2");
	provenance(text, "https://slsa.dev/provenance/v1");
	profile(text, "");
	profile(text, "application/vnd.cncf.seccomp-profile.config.v1+json");
	profile(text, "application/vnd.cncf.apparmor-profile.config.v1+json");
	return 0;
}
