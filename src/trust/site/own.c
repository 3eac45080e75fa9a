/* own.c - our own form of a site's policy.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/glob.h"
#include "trust/site/parts.h"

static int least_of(const struct json *v, uint8_t *out, struct scov_err *err)
{
	uint64_t level = 0;

	for (size_t i = 1; i < TRUST_LEVELS; i++)
		if (span_eq(json_text(v), span_str(trust_level_names[i])))
			level = i;
	if (!level && (!json_uint(v, TRUST_LEVELS - 1, &level) || !level))
		return err_fail(
			err, SCOV_E_FORMAT, "a level is 1 to %d, or its name", TRUST_LEVELS - 1);
	*out = (uint8_t)level;
	return 0;
}

static int read_least(const struct json *v, uint8_t least[ATTACHED_KINDS], struct scov_err *err)
{
	int rc = v && !json_is(v, JSON_DICT)
			 ? err_fail(err, SCOV_E_FORMAT, "require is not an object")
			 : 0;

	for (size_t i = 0; i < json_count(v) && !rc; i++) {
		const struct json *one = json_at(v, i);
		size_t k = 0;

		while (k < ATTACHED_KINDS &&
			!span_eq(json_name(one), span_str(attached_kind_names[k])))
			k++;
		rc = k == ATTACHED_KINDS
			     ? err_fail(err, SCOV_E_FORMAT, "require: unknown kind '%.*s'",
				       SPAN_ARG(json_name(one)))
			     : least_of(one, &least[k], err);
	}
	return rc;
}

static const char *const signer_names[] = { "key", "keyless", NULL };
static const char *const keyless_names[] = { "issuer", "issuerRegex", "subject", "subjectRegex",
	NULL };

static int check_signer(const struct json *v, struct scov_err *err)
{
	const struct json *keyless = json_get(v, "keyless");
	int rc;

	if (json_get(v, "notation"))
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"signers of notation come from its own policy: --notation-config");
	rc = keys_check(v, signer_names, "a signer", err);
	if (!rc && json_count(v) != 1)
		rc = err_fail(err, SCOV_E_FORMAT, "a signer is a key or keyless");
	if (!rc && keyless)
		rc = keys_check(keyless, keyless_names, "keyless", err);
	if (rc || !keyless)
		return rc;
	if (!json_get_text(keyless, "subject").len == !json_get_text(keyless, "subjectRegex").len ||
		!json_get_text(keyless, "issuer").len == !json_get_text(keyless, "issuerRegex").len)
		return err_fail(err, SCOV_E_FORMAT, "keyless needs an issuer and a subject");
	return 0;
}

static int check_entry(const struct json *v, struct scov_err *err)
{
	static const char *const names[] = { "scope", "any", "require", NULL };
	const struct json *any = json_get(v, "any");
	uint8_t least[ATTACHED_KINDS] = { 0 };
	int rc = keys_check(v, names, "an entry", err);

	if (!rc && !json_get_text(v, "scope").len)
		rc = err_fail(err, SCOV_E_FORMAT, "an entry without a scope");
	if (!rc && any && (!json_is(any, JSON_LIST) || !json_count(any)))
		rc = err_fail(err, SCOV_E_FORMAT, "any is not a list with a signer");
	for (size_t i = 0; i < json_count(any) && !rc; i++)
		rc = check_signer(json_at(any, i), err);
	return rc ? rc : read_least(json_get(v, "require"), least, err);
}

int own_check(const struct json *root, struct scov_err *err)
{
	int rc = json_count(root) > TRUST_RULES_MAX
			 ? err_fail(err, SCOV_E_LIMIT, "more than %d entries", TRUST_RULES_MAX)
			 : 0;

	for (size_t i = 0; i < json_count(root) && !rc; i++)
		if ((rc = check_entry(json_at(root, i), err)))
			err_wrap(err, "entry %zu", i + 1);
	return rc;
}

static int add_keyless(const struct json *v, struct requirement *q, struct scov_err *err)
{
	struct span issuer = json_get_text(v, "issuer"), subject = json_get_text(v, "subject");
	const struct trust_rule rule = {
		.identity = subject.len ? subject : json_get_text(v, "subjectRegex"),
		.issuer = issuer.len ? issuer : json_get_text(v, "issuerRegex"),
		.identity_is_regexp = !subject.len,
		.issuer_is_regexp = !issuer.len,
	};

	if (!q->policy && !(q->policy = trust_policy_new()))
		return err_memory(err);
	q->expects = true;
	return trust_policy_add(q->policy, &rule, err);
}

static int add_entry(const struct json *v, site_load_fn *load, void *ctx, struct site_rules *r,
	struct scov_err *err)
{
	struct requirement *q = vec_push(&r->list, &r->arena);
	const struct json *any = json_get(v, "any");
	int rc;

	if (!q)
		return arena_check(&r->arena, err);
	*q = (struct requirement){ .kind = REQUIRE_OWN };
	rc = read_least(json_get(v, "require"), q->least, err);
	for (size_t i = 0; i < json_count(any) && !rc; i++) {
		const struct json *one = json_at(any, i);
		struct span pem, name = json_get_text(one, "key");
		char *path = arena_cstr(&r->arena, name);

		if (json_get(one, "keyless"))
			rc = add_keyless(json_get(one, "keyless"), q, err);
		else if (!name.len || !path)
			rc = err_fail(err, SCOV_E_FORMAT, "key is not the name of a file");
		else if (!(rc = load(ctx, path, &r->arena, &pem, err)))
			rc = key_add(q, pem, name, err);
	}
	return rc;
}

/* Scopes are of repositories: a tag says nothing about what is below it. */
int own_apply(const struct json *root, site_load_fn *load, void *ctx, struct site_rules *r,
	struct scov_err *err)
{
	struct named n = { .name = r->reference };
	int rc = 0;

	if (r->is_docker && !named_read(r->reference, &r->arena, &n))
		return err_fail(err, SCOV_E_FORMAT, "not the reference of an image");
	for (size_t i = 0; i < json_count(root) && !rc; i++)
		if (glob_match(json_get_text(json_at(root, i), "scope"), n.name)) {
			if (r->list.n == SITE_REQUIREMENTS_MAX)
				return err_fail(err, SCOV_E_LIMIT, "more than %d entries for it",
					SITE_REQUIREMENTS_MAX);
			rc = add_entry(json_at(root, i), load, ctx, r, err);
		}
	return rc;
}
