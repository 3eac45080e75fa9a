/* policy.c - the trust policy of notation: which signers are trusted for which repositories.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "base/table.h"
#include "syntax/json.h"
#include "trust/notary/config.h"

const struct span store_type_names[] = {
	[STORE_CA] = SPAN_INIT("ca"),
	[STORE_AUTHORITY] = SPAN_INIT("signingAuthority"),
	[STORE_TSA] = SPAN_INIT("tsa"),
};
ROWS(store_type_names, STORE_TYPES);

static const struct span check_names[] = {
	[CHECK_INTEGRITY] = SPAN_INIT("integrity"),
	[CHECK_AUTHENTICITY] = SPAN_INIT("authenticity"),
	[CHECK_TIME] = SPAN_INIT("authenticTimestamp"),
	[CHECK_EXPIRY] = SPAN_INIT("expiry"),
	[CHECK_REVOCATION] = SPAN_INIT("revocation"),
};
ROWS(check_names, CHECKS);

static const struct span action_names[] = {
	[ACTION_ENFORCE] = SPAN_INIT("enforce"),
	[ACTION_LOG] = SPAN_INIT("log"),
	[ACTION_SKIP] = SPAN_INIT("skip"),
};

/* trust-store-trust-policy.md, "Signature verification details". */
static const struct {
	struct span name;
	uint8_t actions[CHECKS];
} levels[] = {
	{ SPAN_INIT("strict"), { 0 } },
	{ SPAN_INIT("permissive"),
		{ ACTION_ENFORCE, ACTION_ENFORCE, ACTION_LOG, ACTION_LOG, ACTION_LOG } },
	{ SPAN_INIT("audit"), { ACTION_ENFORCE, ACTION_LOG, ACTION_LOG, ACTION_LOG, ACTION_LOG } },
	{ SPAN_INIT("skip"), { ACTION_SKIP, ACTION_SKIP, ACTION_SKIP, ACTION_SKIP, ACTION_SKIP } },
};

enum { LEVELS = sizeof(levels) / sizeof(*levels), LEVEL_SKIP = 3 };

static size_t row_of(struct span name, const struct span *rows, size_t n)
{
	size_t i = 0;

	while (i < n && !span_eq(name, rows[i]))
		i++;
	return i;
}

/* ---- subjects */

static bool same_type(struct span a, struct span b)
{
	if (span_eq_nocase(a, SPAN("S")))
		a = SPAN("ST");
	if (span_eq_nocase(b, SPAN("S")))
		b = SPAN("ST");
	return span_eq_nocase(a, b);
}

static const struct name_attribute *find(const struct name_attributes *list, struct span type)
{
	for (size_t i = 0; i < list->n; i++)
		if (same_type(list->p[i].type, type))
			return &list->p[i];
	return NULL;
}

/* The text of a value up to its ',', without escapes. */
static int take_value(struct cur *c, struct arena *a, struct span *out, struct scov_err *err)
{
	struct span rest = span_from(c->in, c->off);
	uint8_t *text = arena_alloc(a, rest.len);
	size_t n = 0, end = 0; /* end: after the last byte that is not a blank, or is escaped */

	if (!text)
		return arena_check(a, err);
	while (cur_left(c) && cur_peek(c) != ',') {
		uint8_t byte = cur_u8(c);
		bool is_escaped = byte == '\\';

		if (byte == '+' || byte == '"' || byte == ';' || byte == '<' || byte == '>' ||
			(byte == '#' && !n))
			return err_fail(err, SCOV_E_FORMAT,
				"'%c' in a subject is not supported without \\", byte);
		if (is_escaped) {
			struct span pair = span_sub(c->in, c->off, 2);

			byte = cur_u8(c);
			if (ascii_is_hex(byte) && ascii_is_hex(span_at(pair, 1))) {
				cur_skip(c, 1);
				byte = (uint8_t)(ascii_hex(byte) << 4 |
						 ascii_hex(span_at(pair, 1)));
			}
		}
		text[n++] = byte;
		if (is_escaped || byte != ' ')
			end = n;
	}
	*out = span_of(text, end);
	return c->bad ? err_fail(err, SCOV_E_FORMAT, "a subject ends in \\") : 0;
}

static void skip_blanks(struct cur *c)
{
	while (cur_peek(c) == ' ')
		cur_skip(c, 1);
}

/* A name as RFC 4514 has it; no attribute twice, none joined by '+'. Types point into text. */
static int subject_parse(
	struct span text, struct arena *a, struct name_attributes *out, struct scov_err *err)
{
	struct cur c = cur_over(span_trim(text));
	struct name_attributes got = { 0 };

	do {
		struct name_attribute at = { 0 };

		skip_blanks(&c);
		at.type = span_trim(cur_until(&c, '='));
		skip_blanks(&c);
		if (c.bad || !at.type.len)
			return err_fail(
				err, SCOV_E_FORMAT, "a part of a subject is not TYPE=VALUE");
		int rc = take_value(&c, a, &at.value, err);

		if (rc)
			return rc;
		if (find(&got, at.type) || got.n == CERTIFICATE_NAMES_MAX)
			return err_fail(err, SCOV_E_FORMAT, "'%.*s' is twice in a subject",
				SPAN_ARG(at.type));
		vec_add(&got, a, &at);
		if (!cur_left(&c))
			break;
		cur_expect(&c, ',');
	} while (true);
	if (arena_failed(a))
		return arena_check(a, err);
	*out = got;
	return 0;
}

bool statement_trusts(const struct statement *s, const struct certificate *leaf, struct arena *a)
{
	struct name_attributes subject;

	if (certificate_attributes(leaf, a, &subject, NULL))
		return false;
	for (size_t i = 0; i < subject.n; i++) /* twice: which of them would be meant? */
		if (find(&subject, subject.p[i].type) != &subject.p[i])
			return s->identities.n == 1 && !s->identities.p[0].subject.n;
	for (size_t i = 0; i < s->identities.n; i++) {
		const struct name_attributes *want = &s->identities.p[i].subject;
		size_t k = 0;

		for (; k < want->n; k++) {
			const struct name_attribute *have = find(&subject, want->p[k].type);

			if (!have || !span_eq(have->value, want->p[k].value))
				break;
		}
		if (k == want->n)
			return true;
	}
	return false;
}

/* ---- statements */

static int take_identity(
	struct notary_config *c, struct statement *s, struct span text, struct scov_err *err)
{
	struct identity id = { 0 };
	size_t colon = span_find(text, ':');
	struct name_attributes *subject = &id.subject;
	int rc = 0;

	if (!span_eq(text, SPAN("*"))) {
		if (!span_eq(span_sub(text, 0, colon), SPAN("x509.subject")))
			return err_fail(err, SCOV_E_FORMAT,
				"trusted identity '%.*s' is neither x509.subject nor *",
				SPAN_ARG(text));
		rc = subject_parse(
			arena_dup(&c->arena, span_from(text, colon + 1)), &c->arena, subject, err);
		if (!rc && (!find(subject, SPAN("C")) || !find(subject, SPAN("ST")) ||
				   !find(subject, SPAN("O"))))
			rc = err_fail(err, SCOV_E_FORMAT, "C, ST and O are needed");
	}
	if (rc)
		return err_wrap(err, "trusted identity '%.*s'", SPAN_ARG(text));
	vec_add(&s->identities, &c->arena, &id);
	return 0;
}

/* Of letters, digits, '_', '-' and '.', and not a way to another folder. */
static bool is_store_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(span_at(name, i)) && span_at(name, i) != '_' &&
			span_at(name, i) != '-' && span_at(name, i) != '.')
			return false;
	return name.len && name.len <= 255 && !span_eq(name, SPAN(".")) &&
	       !span_eq(name, SPAN(".."));
}

static int take_store(
	struct notary_config *c, struct statement *s, struct span text, struct scov_err *err)
{
	size_t colon = span_find(text, ':'), at = 0;
	size_t type = row_of(span_sub(text, 0, colon), store_type_names, STORE_TYPES);
	struct span name = span_from(text, colon + 1);

	if (type == STORE_TYPES || !is_store_name(name))
		return err_fail(err, SCOV_E_FORMAT,
			"trust store '%.*s' is not ca:NAME, signingAuthority:NAME or tsa:NAME",
			SPAN_ARG(text));
	while (at < c->stores.n &&
		(c->stores.p[at].type != type || !span_eq(c->stores.p[at].name, name)))
		at++;
	if (at == c->stores.n) {
		const struct store store = { .type = (uint8_t)type,
			.name = arena_dup(&c->arena, name) };

		vec_add(&c->stores, &c->arena, &store);
	}
	vec_add(&s->stores, &c->arena, &at);
	return 0;
}

static int take_scope(
	struct notary_config *c, struct statement *s, struct span text, struct scov_err *err)
{
	struct span scope = arena_dup(&c->arena, text);

	for (size_t i = 0; i < c->statements.n; i++)
		for (size_t k = 0; k < c->statements.p[i].scopes.n; k++)
			if (span_eq(text, c->statements.p[i].scopes.p[k]))
				return err_fail(err, SCOV_E_FORMAT,
					"scope '%.*s' is in two statements", SPAN_ARG(text));
	vec_add(&s->scopes, &c->arena, &scope);
	return 0;
}

typedef int take_fn(
	struct notary_config *c, struct statement *s, struct span text, struct scov_err *err);

/* A list of texts; "*" must be alone in it. */
static int take_list(struct notary_config *c, struct statement *s, const struct json *from,
	const char *key, take_fn *take, struct scov_err *err)
{
	const struct json *list = json_get(from, key);
	size_t n = json_count(list);
	int rc = 0;

	if (n > NOTARY_LIST_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "more than %d entries in '%s'", NOTARY_LIST_MAX, key);
	for (size_t i = 0; i < n && !rc; i++) {
		struct span text = json_text(json_at(list, i));

		if (!text.len || (n > 1 && span_eq(text, SPAN("*"))))
			rc = err_fail(err, SCOV_E_FORMAT, "%s in '%s'",
				text.len ? "other entries beside '*'" : "an empty entry", key);
		else
			rc = take(c, s, text, err);
	}
	return rc;
}

static int take_level(struct statement *s, const struct json *from, struct scov_err *err)
{
	const struct json *override = json_get(from, "override");
	struct span name = json_get_text(from, "level"),
		    stamp = json_get_text(from, "verifyTimestamp");
	size_t level = 0;

	while (level < LEVELS && !span_eq(name, levels[level].name))
		level++;
	if (level == LEVELS)
		return err_fail(err, SCOV_E_FORMAT,
			"level '%.*s' is not strict, permissive, audit or skip", SPAN_ARG(name));
	memcpy(s->actions, levels[level].actions, CHECKS);
	s->is_skipped = level == LEVEL_SKIP;
	s->stamp_after_expiry = span_eq(stamp, SPAN("afterCertExpiry"));
	if (stamp.len && !s->stamp_after_expiry && !span_eq(stamp, SPAN("always")))
		return err_fail(err, SCOV_E_FORMAT,
			"verifyTimestamp '%.*s' is not always or afterCertExpiry", SPAN_ARG(stamp));
	for (size_t i = 0; i < json_count(override); i++) {
		const struct json *v = json_at(override, i);
		size_t check = row_of(json_name(v), check_names, CHECKS);
		size_t action = row_of(json_text(v), action_names, ACTION_SKIP + 1);

		if (s->is_skipped || check == CHECKS || check == CHECK_INTEGRITY ||
			action > ACTION_SKIP ||
			(action == ACTION_SKIP && check != CHECK_REVOCATION))
			return err_fail(err, SCOV_E_FORMAT,
				"override of '%.*s' by '%.*s' is not allowed",
				SPAN_ARG(json_name(v)), SPAN_ARG(json_text(v)));
		s->actions[check] = (uint8_t)action;
	}
	return 0;
}

static int take_statement(struct notary_config *c, const struct json *from, struct scov_err *err)
{
	struct statement s = { .name = arena_dup(&c->arena, json_get_text(from, "name")) };

	if (!s.name.len)
		return err_fail(err, SCOV_E_FORMAT, "a statement without a name");
	for (size_t i = 0; i < c->statements.n; i++)
		if (span_eq(s.name, c->statements.p[i].name))
			return err_fail(err, SCOV_E_FORMAT, "two statements are called '%.*s'",
				SPAN_ARG(s.name));
	int rc = take_level(&s, json_get(from, "signatureVerification"), err);

	if (!rc)
		rc = take_list(c, &s, from, "registryScopes", take_scope, err);
	if (!rc)
		rc = take_list(c, &s, from, "trustStores", take_store, err);
	if (!rc)
		rc = take_list(c, &s, from, "trustedIdentities", take_identity, err);
	if (!rc && !s.scopes.n)
		rc = err_fail(err, SCOV_E_FORMAT, "no registryScopes");
	if (!rc && !s.is_skipped && (!s.stores.n || !s.identities.n))
		rc = err_fail(err, SCOV_E_FORMAT, "no trustStores or trustedIdentities");
	if (rc)
		return err_wrap(err, "statement '%.*s'", SPAN_ARG(s.name));
	vec_add(&c->statements, &c->arena, &s);
	return 0;
}

static int parse(struct notary_config *c, struct span policy, struct scov_err *err)
{
	static const struct json_field fields[] = { { "version", JSON_TEXT, false },
		{ "trustPolicies", JSON_LIST, false }, { "name", JSON_TEXT, false },
		{ "registryScopes", JSON_LIST, false },
		{ "signatureVerification", JSON_DICT, false }, { "level", JSON_TEXT, false },
		{ "override", JSON_DICT, true }, { "verifyTimestamp", JSON_TEXT, false },
		{ "trustStores", JSON_LIST, false }, { "trustedIdentities", JSON_LIST, false },
		{ NULL, JSON_ABSENT, false } };
	scoped_arena struct arena a = { .limit = 16 * NOTARY_POLICY_MAX };
	const struct json *root;
	int rc = json_parse_go(policy, NOTARY_POLICY_MAX, fields, &a, &root, err);

	if (rc)
		return rc;
	const struct json *list = json_get(root, "trustPolicies");

	if (!span_eq(json_get_text(root, "version"), SPAN("1.0")))
		return err_fail(err, SCOV_E_UNSUPPORTED, "version '%.*s' is not 1.0",
			SPAN_ARG(json_get_text(root, "version")));
	if (!json_count(list) || json_count(list) > NOTARY_STATEMENTS_MAX)
		return err_fail(err, SCOV_E_FORMAT, "%zu statements, not 1 to %d", json_count(list),
			NOTARY_STATEMENTS_MAX);
	for (size_t i = 0; i < json_count(list) && !rc; i++)
		rc = take_statement(c, json_at(list, i), err);
	return rc ? rc : arena_check(&c->arena, err);
}

int notary_config_parse(struct span policy, struct notary_config **out, struct scov_err *err)
{
	struct notary_config *c = mem_alloc(sizeof(*c));

	if (!c)
		return err_memory(err);
	c->arena.limit = 16 * NOTARY_POLICY_MAX;
	int rc = parse(c, policy, err);

	if (rc) {
		notary_config_free(c);
		return rc;
	}
	*out = c;
	return 0;
}

void notary_config_free(struct notary_config *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->stores.n; i++)
		certificates_release(&c->stores.p[i].list);
	arena_release(&c->arena);
	mem_free(c);
}

const struct statement *config_statement(const struct notary_config *c, struct span reference)
{
	const struct statement *any = NULL;
	struct span path = span_sub(reference, 0, span_find(reference, '@'));
	struct span last = span_base(path);

	path = span_sub(path, 0, path.len - last.len + span_find(last, ':'));
	for (size_t i = 0; i < c->statements.n; i++) {
		const struct statement *s = &c->statements.p[i];

		for (size_t k = 0; k < s->scopes.n; k++) {
			if (span_eq(s->scopes.p[k], path))
				return s;
			if (span_eq(s->scopes.p[k], SPAN("*")))
				any = s;
		}
	}
	return any;
}
