/* policy_json.c - policy.json of skopeo, podman and CRI-O.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/base64.h"
#include "crypto/digest.h"
#include "crypto/x509.h"
#include "trust/site/parts.h"

struct apply {
	site_load_fn *load;
	void *ctx;
	struct arena *arena;
};

int keys_check(
	const struct json *v, const char *const *names, const char *what, struct scov_err *err)
{
	if (!json_is(v, JSON_DICT))
		return err_fail(err, SCOV_E_FORMAT, "%s is not an object", what);
	for (size_t i = 0; i < json_count(v); i++) {
		size_t k = 0;

		while (names[k] && !span_eq(json_name(json_at(v, i)), span_str(names[k])))
			k++;
		if (!names[k])
			return err_fail(err, SCOV_E_FORMAT, "unknown key '%.*s' in %s",
				SPAN_ARG(json_name(json_at(v, i))), what);
	}
	return 0;
}

static const char *const type_names[] = {
	[REQUIRE_NOTHING] = "insecureAcceptAnything",
	[REQUIRE_REJECT] = "reject",
	[REQUIRE_GPG] = "signedBy",
	[REQUIRE_SIGSTORE] = "sigstoreSigned",
};

static const char *const match_names[] = {
	[MATCH_REPO_DIGEST_OR_EXACT] = "matchRepoDigestOrExact",
	[MATCH_EXACT] = "matchExact",
	[MATCH_REPOSITORY] = "matchRepository",
	[EXACT_REFERENCE] = "exactReference",
	[EXACT_REPOSITORY] = "exactRepository",
	[REMAP_IDENTITY] = "remapIdentity",
};

enum { MATCHES = sizeof(match_names) / sizeof(*match_names) };

/* *value: the one key of `names` (ended by NULL) that is there. */
static int one_of(const struct json *v, const char *const *names, bool needed,
	const struct json **value, const char **name, struct scov_err *err)
{
	*value = NULL;
	*name = "";
	for (size_t i = 0; names[i]; i++) {
		const struct json *found = json_get(v, names[i]);

		if (found && *value)
			return err_fail(
				err, SCOV_E_FORMAT, "'%s' and '%s' at once", *name, names[i]);
		if (found)
			*value = found, *name = names[i];
	}
	return *value || !needed
		       ? 0
		       : err_fail(err, SCOV_E_FORMAT, "'%s' or its like is missing", names[0]);
}

/* ---- files and data */

/* The bytes of "...Path" (a file) or "...Data" (base64), of one text. */
static int bytes_of(const struct apply *p, const struct json *v, bool is_path, struct span *out,
	struct scov_err *err)
{
	struct span text = json_text(v);
	char *path;

	if (!text.len)
		return err_fail(err, SCOV_E_FORMAT, "a key or a file is not a text");
	if (!is_path)
		return base64_decode(text, p->arena, out, err);
	path = arena_cstr(p->arena, text);
	if (!path)
		return err_fail(err, SCOV_E_FORMAT, "not the name of a file");
	return p->load(p->ctx, path, p->arena, out, err);
}

typedef int take_fn(void *ctx, struct span bytes, struct span name, struct scov_err *err);

/* One text, or a list of them. */
static int each(const struct apply *p, const struct json *v, const char *key, take_fn *take,
	void *ctx, struct scov_err *err)
{
	bool is_path = span_has(span_str(key), SPAN("Path"));
	bool is_list = json_is(v, JSON_LIST);
	size_t n = is_list ? json_count(v) : 1;
	int rc = n ? 0 : err_fail(err, SCOV_E_FORMAT, "'%s' is empty", key);

	for (size_t i = 0; i < n && !rc; i++) {
		const struct json *one = is_list ? json_at(v, i) : v;
		struct span bytes = { 0 };

		rc = bytes_of(p, one, is_path, &bytes, err);
		if (!rc)
			rc = take(ctx, bytes, is_path ? json_text(one) : span_str(key), err);
	}
	return rc;
}

int key_add(struct requirement *q, struct span pem, struct span name, struct scov_err *err)
{
	const struct trust_rule rule = { .key = pem, .key_name = name };
	int rc;

	if (!q->policy && !(q->policy = trust_policy_new()))
		return err_memory(err);
	q->expects = true;
	rc = pem.len ? trust_policy_add(q->policy, &rule, err)
		     : err_fail(err, SCOV_E_FORMAT, "the file is empty");
	return rc ? err_wrap(err, "key '%.*s'", SPAN_ARG(name)) : 0;
}

static int take_key(void *ctx, struct span bytes, struct span name, struct scov_err *err)
{
	return key_add(ctx, bytes, name, err);
}

/* ---- roots: as trusted_root.json would have them */

struct roots_text {
	struct buf *out;
	size_t n;
};

#define EVER "\"validFor\":{\"start\":\"1970-01-01T00:00:00Z\"}"

static int take_log(void *ctx, struct span bytes, struct span name, struct scov_err *err)
{
	static const char *const kinds[] = {
		[PUBLIC_KEY_P256] = "PKIX_ECDSA_P256_SHA_256",
		[PUBLIC_KEY_P384] = "PKIX_ECDSA_P384_SHA_384",
		[PUBLIC_KEY_P521] = "PKIX_ECDSA_P521_SHA_512",
		[PUBLIC_KEY_ED25519] = "PKIX_ED25519",
		[PUBLIC_KEY_RSA] = NULL,
	};
	struct roots_text *t = ctx;
	struct public_key *k = NULL;

	if (public_key_parse(bytes, &k, err))
		return err_wrap(err, "key of a log '%.*s'", SPAN_ARG(name));
	struct digest id = digest_of(DIGEST_SHA256, public_key_spki(k));
	const char *kind = kinds[public_key_kind(k)];

	buf_printf(t->out,
		"%s{\"baseUrl\":\"https://rekor\",\"hashAlgorithm\":\"SHA2_256\","
		"\"publicKey\":{\"rawBytes\":\"",
		t->n++ ? "," : "");
	base64_encode(t->out, public_key_spki(k));
	buf_printf(t->out, "\",\"keyDetails\":\"%s\"," EVER "},\"logId\":{\"keyId\":\"",
		kind ? kind : "");
	base64_encode(t->out, span_of(id.bytes, 32));
	buf_str(t->out, "\"}}");
	public_key_free(k);
	return kind ? 0 : err_fail(err, SCOV_E_UNSUPPORTED, "a log's key of RSA");
}

static int take_authority(void *ctx, struct span bytes, struct span name, struct scov_err *err)
{
	struct roots_text *t = ctx;
	struct certificates list = { 0 };
	int rc = certificates_add(&list, bytes, CERTIFICATES_MAX, err);

	for (size_t i = 0; i < list.n && !rc; i++) {
		buf_printf(t->out,
			"%s{\"uri\":\"https://fulcio\"," EVER
			",\"certChain\":{\"certificates\":[{\"rawBytes\":\"",
			t->n++ ? "," : "");
		base64_encode(t->out, certificate_der(list.p[i]));
		buf_str(t->out, "\"}]}}");
	}
	certificates_release(&list);
	return rc ? err_wrap(err, "certificates '%.*s'", SPAN_ARG(name)) : 0;
}

static const char *const rekor_names[] = { "rekorPublicKeyPath", "rekorPublicKeyData",
	"rekorPublicKeyPaths", "rekorPublicKeyDatas", NULL };

/* The site's own logs, and the authorities of `fulcio`, which come without certificate logs. */
static int add_roots(const struct apply *p, const struct json *v, const struct json *fulcio,
	struct requirement *q, struct scov_err *err)
{
	static const char *const ca_names[] = { "caPath", "caData", NULL };
	scoped_buf struct buf b = { .limit = TRUST_ROOT_MAX };
	struct roots_text t = { .out = &b };
	const struct json *logs, *ca = NULL;
	const char *name;
	int rc = one_of(v, rekor_names, fulcio != NULL, &logs, &name, err);

	if (rc || (!logs && !fulcio))
		return rc;
	q->needs_log = true;
	buf_str(&b, "{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\","
		    "\"tlogs\":[");
	rc = each(p, logs, name, take_log, &t, err);
	buf_str(&b, "],\"certificateAuthorities\":[");
	t.n = 0;
	if (!rc && fulcio)
		rc = one_of(fulcio, ca_names, true, &ca, &name, err);
	if (!rc && fulcio)
		rc = each(p, ca, name, take_authority, &t, err);
	buf_str(&b, "]}");
	if (!rc && (!(q->roots = trust_roots_new()) || b.failed))
		rc = err_memory(err);
	return rc ? rc : trust_roots_add(q->roots, buf_view(&b), err);
}

static int add_fulcio(const struct json *v, struct requirement *q, struct scov_err *err)
{
	static const char *const names[] = { "caPath", "caData", "oidcIssuer", "subjectEmail",
		NULL };
	const struct trust_rule rule = { .identity = json_get_text(v, "subjectEmail"),
		.issuer = json_get_text(v, "oidcIssuer") };
	int rc = keys_check(v, names, "fulcio", err);

	if (rc)
		return rc;
	if (!rule.identity.len || !rule.issuer.len)
		return err_fail(err, SCOV_E_FORMAT, "fulcio without oidcIssuer or subjectEmail");
	if (!(q->policy = trust_policy_new()))
		return err_memory(err);
	q->expects = true;
	return trust_policy_add(q->policy, &rule, err);
}

static int take_text(void *ctx, struct span bytes, struct span name, struct scov_err *err)
{
	(void)name;
	(void)err;
	buf_span(ctx, bytes);
	buf_byte(ctx, '\n');
	return 0;
}

static int add_pki(
	const struct apply *p, const struct json *v, struct requirement *q, struct scov_err *err)
{
	static const char *const names[] = { "caRootsPath", "caRootsData", "caIntermediatesPath",
		"caIntermediatesData", "subjectEmail", "subjectHostname", NULL };
	static const char *const root_names[] = { "caRootsPath", "caRootsData", NULL };
	static const char *const helper_names[] = { "caIntermediatesPath", "caIntermediatesData",
		NULL };
	scoped_buf struct buf roots = { .limit = SITE_FILE_MAX },
			      helpers = { .limit = SITE_FILE_MAX };
	const struct json *root, *helper;
	const char *root_name, *helper_name;
	int rc = keys_check(v, names, "pki", err);

	if (!rc)
		rc = one_of(v, root_names, true, &root, &root_name, err);
	if (!rc)
		rc = one_of(v, helper_names, false, &helper, &helper_name, err);
	if (!rc)
		rc = each(p, root, root_name, take_text, &roots, err);
	if (!rc && helper)
		rc = each(p, helper, helper_name, take_text, &helpers, err);
	q->email = arena_dup(p->arena, json_get_text(v, "subjectEmail"));
	q->host = arena_dup(p->arena, json_get_text(v, "subjectHostname"));
	q->expects = true;
	if (!rc && !q->email.len && !q->host.len)
		rc = err_fail(err, SCOV_E_FORMAT, "pki without subjectEmail and subjectHostname");
	if (!rc && !(q->roots = trust_roots_new()))
		rc = err_memory(err);
	return rc ? rc : trust_roots_add_pki(q->roots, buf_view(&roots), buf_view(&helpers), err);
}

/* ---- requirements */

static int add_match(
	const struct apply *p, const struct json *v, struct requirement *q, struct scov_err *err)
{
	static const char *const names[] = { "type", "dockerReference", "dockerRepository",
		"prefix", "signedPrefix", NULL };
	struct span type = json_get_text(v, "type");
	int rc = v ? keys_check(v, names, "signedIdentity", err) : 0;
	size_t i = 0;

	if (rc || !v)
		return rc;
	while (i < MATCHES && !span_eq(type, span_str(match_names[i])))
		i++;
	if (i == MATCHES)
		return err_fail(err, SCOV_E_FORMAT, "signedIdentity of the unknown type '%.*s'",
			SPAN_ARG(type));
	q->match = (uint8_t)i;
	q->wanted =
		arena_dup(p->arena, i == EXACT_REFERENCE    ? json_get_text(v, "dockerReference")
				    : i == EXACT_REPOSITORY ? json_get_text(v, "dockerRepository")
							    : json_get_text(v, "prefix"));
	q->signed_as = arena_dup(p->arena, json_get_text(v, "signedPrefix"));
	if (i >= EXACT_REFERENCE && (!q->wanted.len || (i == REMAP_IDENTITY && !q->signed_as.len)))
		return err_fail(err, SCOV_E_FORMAT, "%s without its reference", match_names[i]);
	return 0;
}

static int add_sigstore(
	const struct apply *p, const struct json *v, struct requirement *q, struct scov_err *err)
{
	static const char *const how[] = { "keyPath", "keyData", "keyPaths", "keyDatas", "fulcio",
		"pki", NULL };
	const struct json *value;
	const char *name;
	int rc = one_of(v, how, true, &value, &name, err);
	bool is_fulcio = !rc && !strcmp(name, "fulcio"), is_pki = !rc && !strcmp(name, "pki");

	if (!rc && is_pki && json_count(v) > 2U + !!json_get(v, "signedIdentity"))
		rc = err_fail(err, SCOV_E_FORMAT, "a log beside pki");
	if (!rc)
		rc = add_match(p, json_get(v, "signedIdentity"), q, err);
	if (!rc && is_fulcio)
		rc = add_fulcio(value, q, err);
	else if (!rc && is_pki)
		rc = add_pki(p, value, q, err);
	else if (!rc)
		rc = each(p, value, name, take_key, q, err);
	return rc || is_pki ? rc : add_roots(p, v, is_fulcio ? value : NULL, q, err);
}

static int kind_of(const struct json *v, uint8_t *out, struct scov_err *err)
{
	static const char *const plain[] = { "type", NULL };
	static const char *const gpg[] = { "type", "keyType", "keyPath", "keyPaths", "keyData",
		"signedIdentity", NULL };
	static const char *const sigstore[] = { "type", "keyPath", "keyPaths", "keyData",
		"keyDatas", "fulcio", "pki", "rekorPublicKeyPath", "rekorPublicKeyPaths",
		"rekorPublicKeyData", "rekorPublicKeyDatas", "signedIdentity", NULL };
	struct span type = json_get_text(v, "type");
	uint8_t i = 0;

	while (i < REQUIRE_OWN && !span_eq(type, span_str(type_names[i])))
		i++;
	if (i == REQUIRE_OWN)
		return err_fail(err, SCOV_E_FORMAT, "a requirement of the unknown type '%.*s'",
			SPAN_ARG(type));
	*out = i;
	return keys_check(v,
		i == REQUIRE_GPG        ? gpg
		: i == REQUIRE_SIGSTORE ? sigstore
					: plain,
		type_names[i], err);
}

static int list_check(const struct json *list, struct scov_err *err)
{
	uint8_t kind;
	int rc = 0;

	if (!json_is(list, JSON_LIST) || !json_count(list))
		return err_fail(err, SCOV_E_FORMAT, "not a list with a requirement");
	if (json_count(list) > SITE_REQUIREMENTS_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "more than %d requirements", SITE_REQUIREMENTS_MAX);
	for (size_t i = 0; i < json_count(list) && !rc; i++)
		rc = kind_of(json_at(list, i), &kind, err);
	return rc;
}

int policy_json_check(const struct json *root, struct scov_err *err)
{
	static const char *const names[] = { "default", "transports", NULL };
	const struct json *transports = json_get(root, "transports");
	int rc = keys_check(root, names, "policy.json", err);

	if (!rc && list_check(json_get(root, "default"), err))
		rc = err_wrap(err, "default");
	if (!rc && transports && !json_is(transports, JSON_DICT))
		rc = err_fail(err, SCOV_E_FORMAT, "transports is not an object");
	for (size_t i = 0; i < json_count(transports) && !rc; i++) {
		const struct json *scopes = json_at(transports, i);

		if (!json_is(scopes, JSON_DICT))
			rc = err_fail(err, SCOV_E_FORMAT, "a transport is not an object");
		for (size_t k = 0; k < json_count(scopes) && !rc; k++)
			if (list_check(json_at(scopes, k), err))
				rc = err_wrap(err, "scope '%.*s'",
					SPAN_ARG(json_name(json_at(scopes, k))));
	}
	return rc;
}

/* ---- scopes */

static const struct json *scope(const struct json *scopes, struct span name)
{
	for (size_t i = 0; i < json_count(scopes); i++)
		if (span_eq(json_name(json_at(scopes, i)), name))
			return json_at(scopes, i);
	return NULL;
}

/* The reference itself, its repository, each folder of that, the host, "*." and the host without
 * its first names. */
static const struct json *docker_scope(
	const struct json *scopes, struct span reference, struct arena *a)
{
	const struct json *found = NULL;
	struct named n;

	if (!named_read(reference, a, &n))
		return NULL;
	found = scope(
		scopes, span_str(arena_printf(a, "%.*s%.*s", SPAN_ARG(n.name), SPAN_ARG(n.tag))));
	for (struct span at = n.name; at.len && !found; at = span_dir(at))
		found = scope(scopes, at);
	for (struct span host = span_sub(n.name, 0, span_find(n.name, '/')); !found;) {
		size_t dot = span_find(host, '.');

		if (dot == host.len)
			break;
		host = span_from(host, dot + 1);
		found = scope(scopes, span_str(arena_printf(a, "*.%.*s", SPAN_ARG(host))));
	}
	return found;
}

/* "/folder:name", the folder, and each above it. */
static const struct json *path_scope(const struct json *scopes, struct span reference)
{
	const struct json *found = scope(scopes, reference);
	struct span base = span_base(reference);
	struct span at = span_sub(reference, 0, reference.len - base.len + span_find(base, ':'));

	for (; at.len && !found; at = span_dir(at))
		found = scope(scopes, at);
	return found || span_at(reference, 0) != '/' ? found : scope(scopes, SPAN("/"));
}

int policy_json_apply(const struct json *root, const char *transport, site_load_fn *load, void *ctx,
	struct site_rules *r, struct scov_err *err)
{
	const struct apply p = { load, ctx, &r->arena };
	const struct json *scopes = json_get(json_get(root, "transports"), transport);
	const struct json *list = r->is_docker ? docker_scope(scopes, r->reference, &r->arena)
					       : path_scope(scopes, r->reference);
	int rc = 0;

	if (!list)
		list = scope(scopes, (struct span){ 0 });
	if (!list)
		list = json_get(root, "default");
	for (size_t i = 0; i < json_count(list) && !rc; i++) {
		struct requirement *q = vec_push(&r->list, &r->arena);

		if (!q)
			return arena_check(&r->arena, err);
		*q = (struct requirement){ 0 };
		rc = kind_of(json_at(list, i), &q->kind, err);
		if (!rc && q->kind == REQUIRE_SIGSTORE)
			rc = add_sigstore(&p, json_at(list, i), q, err);
	}
	return rc ? rc : arena_check(&r->arena, err);
}
