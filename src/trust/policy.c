/* policy.c - keys and identities that are expected.
 *
 * Regular expressions are PCRE2's, as far as their syntax goes Go's: found anywhere in the text
 * unless anchored, as cosign has them. Both they and the steps of a match are bounded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "trust/policy.h"

#include <pcre2.h>

enum { MATCH_STEPS = 100000, MATCH_DEPTH = 1000, MATCH_MEMORY_KB = 1024 };

struct pattern {
	struct span text;
	pcre2_code *code; /* NULL: the text as it is */
};

struct rule {
	struct public_key *key; /* NULL: an identity */
	struct span key_name;
	struct pattern identity, issuer;
};

struct trust_policy {
	struct arena arena;
	VEC(struct rule) rules;
};

struct trust_policy *trust_policy_new(void)
{
	struct trust_policy *p = mem_alloc(sizeof(*p));

	if (p)
		p->arena.limit = 16 << 20;
	return p;
}

static void rule_release(struct rule *r)
{
	public_key_free(r->key);
	pcre2_code_free(r->identity.code);
	pcre2_code_free(r->issuer.code);
}

void trust_policy_free(struct trust_policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->rules.n; i++)
		rule_release(&p->rules.p[i]);
	arena_release(&p->arena);
	mem_free(p);
}

static int pattern_make(struct pattern *out, struct span text, bool is_regexp, struct arena *a,
	struct scov_err *err)
{
	int number;
	size_t at;

	if (text.len > TRUST_PATTERN_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "an identity of more than %d bytes", TRUST_PATTERN_MAX);
	out->text = arena_dup(a, text);
	if (!is_regexp || !text.len)
		return 0;
	out->code = pcre2_compile(text.p, text.len,
		PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP | PCRE2_DOLLAR_ENDONLY, &number, &at,
		NULL);
	if (!out->code) {
		uint8_t why[128];

		pcre2_get_error_message(number, why, sizeof(why));
		return err_fail(err, SCOV_E_FORMAT, "regular expression '%.*s': %s at byte %zu",
			SPAN_ARG(text), (const char *)why, at);
	}
	return 0;
}

int trust_policy_add(struct trust_policy *p, const struct trust_rule *rule, struct scov_err *err)
{
	struct rule r = { .key_name = arena_dup(&p->arena, rule->key_name) };
	int code = 0;

	if (p->rules.n >= TRUST_RULES_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "more than %d expected signers", TRUST_RULES_MAX);
	if (!rule->key.len && !rule->identity.len && !rule->issuer.len)
		return err_fail(err, SCOV_E_FORMAT,
			"an expected signer needs a key, an identity "
			"or an issuer");
	if (rule->key.len)
		code = public_key_parse(rule->key, &r.key, err);
	if (!code)
		code = pattern_make(
			&r.identity, rule->identity, rule->identity_is_regexp, &p->arena, err);
	if (!code)
		code = pattern_make(
			&r.issuer, rule->issuer, rule->issuer_is_regexp, &p->arena, err);
	if (!code && !vec_add(&p->rules, &p->arena, &r))
		code = arena_check(&p->arena, err);
	if (code)
		rule_release(&r);
	return code;
}

bool trust_policy_expects(const struct trust_policy *p)
{
	return p && p->rules.n;
}

bool trust_policy_has_keys(const struct trust_policy *p)
{
	for (size_t i = 0; p && i < p->rules.n; i++)
		if (p->rules.p[i].key)
			return true;
	return false;
}

const struct public_key *trust_policy_key(
	const struct trust_policy *p, key_test_fn *test, void *ctx, struct span *name)
{
	for (size_t i = 0; p && i < p->rules.n; i++)
		if (p->rules.p[i].key && test(ctx, p->rules.p[i].key)) {
			*name = p->rules.p[i].key_name;
			return p->rules.p[i].key;
		}
	return NULL;
}

/* A match that runs out of its steps does not count. */
static bool pattern_fits(const struct pattern *p, struct span text)
{
	pcre2_match_context *limits;
	pcre2_match_data *data;
	int found = -1;

	if (!p->text.len)
		return true;
	if (!text.len || !p->code)
		return span_eq(p->text, text);
	limits = pcre2_match_context_create(NULL);
	data = pcre2_match_data_create(1, NULL);
	if (limits && data) {
		pcre2_set_match_limit(limits, MATCH_STEPS);
		pcre2_set_depth_limit(limits, MATCH_DEPTH);
		pcre2_set_heap_limit(limits, MATCH_MEMORY_KB);
		found = pcre2_match(p->code, text.p, text.len, 0, 0, data, limits);
	}
	pcre2_match_data_free(data);
	pcre2_match_context_free(limits);
	return found >= 0;
}

bool trust_policy_takes(const struct trust_policy *p, struct span identity, struct span issuer)
{
	for (size_t i = 0; p && i < p->rules.n; i++) {
		const struct rule *r = &p->rules.p[i];

		if (!r->key && pattern_fits(&r->identity, identity) &&
			pattern_fits(&r->issuer, issuer))
			return true;
	}
	return false;
}
