/* fuzz_notary_policy.c - trust policies of notation.
 *
 * Each statement is found by its own scopes; nothing that is not skipped has neither store nor
 * identity; integrity is enforced unless all is skipped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"
#include "trust/notary/config.h"

static void statement(const struct notary_config *c, const struct statement *s)
{
	must(s->scopes.n && s->name.len);
	for (size_t i = 0; i < s->scopes.n; i++) {
		struct span scope = s->scopes.p[i];

		if (span_find(scope, ':') == scope.len && span_find(scope, '@') == scope.len)
			must(config_statement(c, scope) == s);
	}
	must(s->is_skipped || (s->stores.n && s->identities.n));
	must(s->actions[CHECK_INTEGRITY] == (s->is_skipped ? ACTION_SKIP : ACTION_ENFORCE));
	for (size_t i = 0; i < s->stores.n; i++) {
		const struct store *store = &c->stores.p[s->stores.p[i]];

		must(s->stores.p[i] < c->stores.n && store->type < STORE_TYPES);
		must(span_find(store->name, '/') == store->name.len && store->name.len);
		must(!span_eq(store->name, SPAN("..")));
	}
	for (size_t i = 0; i < s->identities.n; i++)
		must(!s->identities.p[i].subject.n || s->identities.p[i].subject.n >= 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct notary_config *c = NULL;
	struct scov_err err;

	if (notary_config_parse(span_of(data, size), &c, &err))
		return 0;
	must(c->statements.n > 0);
	for (size_t i = 0; i < c->statements.n; i++)
		statement(c, &c->statements.p[i]);
	notary_config_free(c);
	return 0;
}
