/* envelope.c - what the signed attributes and the payload of a signature say.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/notary/envelope.h"

#include "base/date.h"
#include "base/table.h"
#include "syntax/json.h"

#define HEAD "io.cncf.notary."

enum { PAYLOAD_MAX = 1 << 20 };

/* The key of the certificate decides (signature-specification.md, "Algorithm Selection"). */
const struct envelope_algorithm envelope_algorithms[] = {
	{ SPAN_INIT("PS256"), -37, HASH_SHA256, SIGNATURE_RSA_PSS, PUBLIC_KEY_RSA, 2048 },
	{ SPAN_INIT("PS384"), -38, HASH_SHA384, SIGNATURE_RSA_PSS, PUBLIC_KEY_RSA, 3072 },
	{ SPAN_INIT("PS512"), -39, HASH_SHA512, SIGNATURE_RSA_PSS, PUBLIC_KEY_RSA, 4096 },
	{ SPAN_INIT("ES256"), -7, HASH_SHA256, SIGNATURE_ECDSA_RAW, PUBLIC_KEY_P256, 256 },
	{ SPAN_INIT("ES384"), -35, HASH_SHA384, SIGNATURE_ECDSA_RAW, PUBLIC_KEY_P384, 384 },
	{ SPAN_INIT("ES512"), -36, HASH_SHA512, SIGNATURE_ECDSA_RAW, PUBLIC_KEY_P521, 521 },
};
ROWS(envelope_algorithms, ENVELOPE_ALGORITHMS);

void envelope_release(struct envelope *e)
{
	certificates_release(&e->chain);
}

static const struct attribute *find(const struct envelope *e, struct span name)
{
	for (size_t i = 0; i < e->attributes.n; i++)
		if (span_eq(e->attributes.p[i].name, name))
			return &e->attributes.p[i];
	return NULL;
}

static bool is_critical(const struct envelope *e, struct span name)
{
	for (size_t i = 0; i < e->critical.n; i++)
		if (span_eq(e->critical.p[i], name))
			return true;
	return false;
}

int envelope_add(
	struct envelope *e, const struct attribute *at, struct arena *a, struct scov_err *err)
{
	if (e->attributes.n == NOTARY_ATTRIBUTES_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "more than %d signed attributes", NOTARY_ATTRIBUTES_MAX);
	if (find(e, at->name))
		return err_fail(err, SCOV_E_FORMAT, "signed attribute '%.*s' is there twice",
			SPAN_ARG(at->name));
	return vec_add(&e->attributes, a, at) ? 0 : arena_check(a, err);
}

/* *out untouched and *is_there false when it is absent. */
static int take_time(const struct envelope *e, struct span name, bool *is_there, int64_t *out,
	struct scov_err *err)
{
	const struct attribute *at = find(e, name);

	*is_there = at != NULL;
	if (!at)
		return 0;
	*out = at->time;
	if (at->is_time || date_parse_rfc3339(at->text, out, NULL))
		return 0;
	return err_fail(
		err, SCOV_E_FORMAT, "signed attribute '%.*s' is not a time", SPAN_ARG(name));
}

static int need_critical(const struct envelope *e, struct span name, struct scov_err *err)
{
	if (!find(e, name) || is_critical(e, name))
		return 0;
	return err_fail(err, SCOV_E_FORMAT, "signed attribute '%.*s' is not marked as critical",
		SPAN_ARG(name));
}

static const struct span known_critical[] = {
	SPAN_INIT(HEAD "signingScheme"),
	SPAN_INIT(HEAD "expiry"),
	SPAN_INIT(HEAD "authenticSigningTime"),
	SPAN_INIT(HEAD "verificationPlugin"),
	SPAN_INIT(HEAD "verificationPluginMinVersion"),
};

static int check_critical(struct envelope *e, struct scov_err *err)
{
	enum { KNOWN = sizeof(known_critical) / sizeof(*known_critical) };
	int rc = 0;

	for (size_t i = 0; i < KNOWN && !rc; i++)
		rc = need_critical(e, known_critical[i], err);
	for (size_t i = 0; i < e->critical.n && !rc; i++) {
		size_t k = 0;

		while (k < KNOWN && !span_eq(e->critical.p[i], known_critical[k]))
			k++;
		if (!find(e, e->critical.p[i]))
			rc = err_fail(err, SCOV_E_FORMAT, "critical attribute '%.*s' is not there",
				SPAN_ARG(e->critical.p[i]));
		else if (k == KNOWN)
			e->unknown = e->critical.p[i];
	}
	return rc;
}

static int check_scheme(struct envelope *e, struct scov_err *err)
{
	const struct attribute *scheme = find(e, SPAN(HEAD "signingScheme"));
	struct span text = scheme ? scheme->text : (struct span){ 0 };
	bool has_claim = false, has_time = false;
	int64_t claim = 0;

	e->by_authority = span_eq(text, SPAN("notary.x509.signingAuthority"));
	if (!e->by_authority && !span_eq(text, SPAN("notary.x509")))
		return err_fail(err, SCOV_E_UNSUPPORTED, "signing scheme '%.*s' is not known",
			SPAN_ARG(text));
	int rc = take_time(e, SPAN(HEAD "signingTime"), &has_claim, &claim, err);

	if (!rc)
		rc = take_time(
			e, SPAN(HEAD "authenticSigningTime"), &has_time, &e->signing_time, err);
	if (!rc && has_time != e->by_authority)
		rc = err_fail(err, SCOV_E_FORMAT, "%s signing time",
			has_time ? "a scheme that has no authentic" : "no authentic");
	if (!rc && has_claim == e->by_authority)
		rc = err_fail(err, SCOV_E_FORMAT, "%s signing time",
			has_claim ? "a scheme that has no claimed" : "no");
	if (!rc && !e->by_authority)
		e->signing_time = claim;
	return rc;
}

int envelope_attributes(struct envelope *e, struct scov_err *err)
{
	const struct attribute *content = find(e, SPAN("cty"));
	const struct attribute *plugin = find(e, SPAN(HEAD "verificationPlugin"));

	if (!content ||
		!span_eq(content->text, SPAN("application/vnd.cncf.notary.payload.v1+json")))
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"its content is not application/vnd.cncf.notary.payload.v1+json");
	int rc = check_scheme(e, err);

	if (!rc)
		rc = take_time(e, SPAN(HEAD "expiry"), &e->has_expiry, &e->expiry, err);
	if (!rc && e->has_expiry && e->expiry <= e->signing_time)
		rc = err_fail(err, SCOV_E_FORMAT, "it expires before it was signed");
	if (!rc)
		rc = check_critical(e, err);
	if (!rc && plugin && !span_trim(plugin->text).len)
		rc = err_fail(err, SCOV_E_FORMAT, "the name of its verification plugin is empty");
	if (!rc && plugin)
		e->plugin = plugin->text;
	if (!rc && !e->signature.len)
		rc = err_fail(err, SCOV_E_FORMAT, "its signature is empty");
	if (!rc && !e->chain.n)
		rc = err_fail(err, SCOV_E_FORMAT, "it has no certificate");
	return rc;
}

int envelope_target(struct span payload, struct arena *a, struct target *out, struct scov_err *err)
{
	const struct json *root;
	int rc = json_parse(payload, PAYLOAD_MAX, a, &root, err);

	if (rc)
		return err_wrap(err, "payload");
	const struct json *target = json_get(root, "targetArtifact");

	*out = (struct target){ .media_type = json_get_text(target, "mediaType") };
	if (!json_uint(json_get(target, "size"), INT64_MAX, &out->size) || !out->media_type.len)
		return err_fail(err, SCOV_E_FORMAT, "payload: no media type or size in its target");
	rc = digest_parse(json_get_text(target, "digest"), &out->digest, err);
	return rc ? err_wrap(err, "payload") : 0;
}
