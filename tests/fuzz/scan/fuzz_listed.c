/* fuzz_listed.c - any record, of every kind, lists paths inside the root; none is a failure.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/analyzers/record.h"
#include "scan/listed.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct span paths[] = { SPAN_INIT("a/b/p-1.dist-info/RECORD"),
		SPAN_INIT("a/package-lock.json"), SPAN_INIT("a/node_modules/.package-lock.json"),
		SPAN_INIT("a/node_modules/.yarn-integrity"),
		SPAN_INIT("a/node_modules/.yarn-state.yml"),
		SPAN_INIT("a/node_modules/p/package.json"),
		SPAN_INIT("g/specifications/p-1.gemspec") };
	scoped_arena struct arena a = { .limit = 64 << 20 }, scratch = { .limit = 1 << 20 };
	struct limits limits = limits_default();
	struct part part = { .kind = PART_LAYER };
	struct analysis out = {
		.part = &part, .arena = &a, .scratch = &scratch, .limits = &limits
	};
	struct entry e = { .type = ENTRY_FILE, .path = SPAN("a/node_modules/p/x.js") };
	struct secret_fact x = { .entry = 0 };

	out.is_searched = true;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		must(analyzer_listed.want(&e, paths[i], 0) == WANT_WHOLE);
		must(analyzer_listed.file(&out, 0, paths[i], span_of(data, size)) == 0);
	}
	must(vec_add(&part.entries, &a, &e) && vec_add(&part.secrets, &a, &x));
	listed_settle(&out);
	must(part.secrets.p[0].tree <= e.path.len);
	return 0;
}
