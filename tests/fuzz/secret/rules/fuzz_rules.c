/* fuzz_rules.c - any bytes are rules or an error, and an accepted rule is whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"

#include "secret/rules/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret_rules rules = { .arena = { .limit = 64 << 20 } };
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct scov_err err;
	struct span out;

	if (rules_parse(span_of(data, size), "input", &rules, &err))
		must(rules.n == 0);
	for (size_t i = 0; i < rules.n; i++) {
		must(rules.p[i].literals_n && rules.p[i].expression.len && rules.p[i].good_n);
		must(rules.p[i].before <= RULE_WINDOW_MAX && rules.p[i].after <= RULE_WINDOW_MAX);
		for (size_t g = 0; g < rules.p[i].good_n; g++)
			must(rule_expand(rules.p[i].good[g], 1, &a, &out, &err) <= 0);
	}
	if (rules.lexicon)
		(void)name_class_by(rules.lexicon, span_of(data, size));
	rules_release(&rules);
	return 0;
}
