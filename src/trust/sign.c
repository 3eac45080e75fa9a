/* sign.c - signatures made: in-toto statements, sigstore bundles with a key, cosign's older form.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/sign.h"

#include <string.h>

#include "base/err.h"
#include "facts/trust.h"
#include "syntax/base64.h"
#include "syntax/json.h"
#include "trust/dsse.h"

#define STATEMENT_TYPE "application/vnd.in-toto+json"

/* A word of the command line, its URI, and a key that such a predicate has, with the start of that
 * key's value ("": anything). Of provenance the version that has the key. */
static const struct {
	const char *word, *uri, *key, *start;
} types[] = {
	{ "provenance", "https://slsa.dev/provenance/v1", "buildDefinition", "" },
	{ "provenance", "https://slsa.dev/provenance/v0.2", "buildType", "" },
	{ "spdx", "https://spdx.dev/Document", "spdxVersion", "SPDX-" },
	{ "spdx", "https://spdx.dev/Document", "@context", "https://spdx.org/rdf/" },
	{ "cyclonedx", "https://cyclonedx.org/bom", "bomFormat", "CycloneDX" },
	{ "vex", "https://openvex.dev/ns", "@context", "https://openvex.dev/ns" },
	{ "seccomp", PREDICATE_SECCOMP, "defaultAction", "" },
	{ "grade", PREDICATE_GRADE, "schema", "" },
};

static bool has_key(const struct json *doc, const char *key, const char *start)
{
	const struct json *v = json_get(doc, key);

	return v && (!*start || span_starts(json_text(v), span_str(start)));
}

int predicate_uri(const char *type, struct span predicate, const char **out, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 8 * (size_t)PREDICATE_MAX };
	bool is_known = false;
	const struct json *doc;
	int code = json_parse(predicate, PREDICATE_MAX, &a, &doc, err);

	if (code)
		return err_wrap(err, "predicate");
	if (!json_is(doc, JSON_DICT))
		return err_fail(err, SCOV_E_FORMAT, "predicate: not an object");
	if (json_get(doc, "predicateType") || json_get(doc, "payloadType"))
		return err_fail(err, SCOV_E_USAGE,
			"predicate: a whole %s; give the predicate that is in it",
			json_get(doc, "payloadType") ? "envelope" : "statement");
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcmp(types[i].word, type) != 0)
			continue;
		is_known = true;
		if (!has_key(doc, types[i].key, types[i].start))
			continue;
		*out = types[i].uri;
		return 0;
	}
	if (is_known)
		return err_fail(err, SCOV_E_USAGE, "predicate: not of type %s", type);
	for (const char *p = type; *p; p++)
		if (*p <= ' ' || *p > '~' || *p == '"' || *p == '\\')
			return err_fail(err, SCOV_E_USAGE, "type: not a URI");
	if (!span_has(span_str(type), SPAN(":")))
		return err_fail(err, SCOV_E_USAGE,
			"type '%s': write provenance, spdx, cyclonedx, vex, seccomp, grade or a "
			"URI",
			type);
	*out = type;
	return 0;
}

int statement_write(const struct digest *subjects, size_t n, const char *predicate_type,
	struct span predicate, struct buf *out, struct scov_err *err)
{
	struct json_out w = { .out = out };
	char hex[DIGEST_TEXT];

	json_out_dict(&w);
	json_out_key(&w, "_type");
	json_out_str(&w, "https://in-toto.io/Statement/v1");
	json_out_key(&w, "subject");
	json_out_list(&w);
	for (size_t i = 0; i < n; i++) {
		json_out_dict(&w);
		json_out_key(&w, "digest");
		json_out_dict(&w);
		json_out_key(&w, subjects[i].algorithm == DIGEST_SHA512 ? "sha512" : "sha256");
		json_out_str(&w, digest_hex(&subjects[i], hex));
		json_out_end(&w);
		json_out_end(&w);
	}
	json_out_end(&w);
	json_out_key(&w, "predicateType");
	json_out_str(&w, predicate_type);
	/* The predicate's own bytes go where a value would. */
	buf_str(out, ",\"predicate\":");
	buf_span(out, predicate.len ? span_trim(predicate) : SPAN("{}"));
	buf_byte(out, '}');
	return out->failed ? err_memory(err) : 0;
}

static void out_base64(struct json_out *w, const char *key, struct span bytes)
{
	scoped_buf struct buf b = { 0 };

	base64_encode(&b, bytes);
	json_out_key(w, key);
	json_out_text(w, buf_view(&b));
	w->out->failed |= b.failed;
}

int key_hint(const struct public_key *k, struct buf *out, struct scov_err *err)
{
	struct digest d = digest_of(DIGEST_SHA256, public_key_spki(k));

	base64_encode(out, span_of(d.bytes, digest_size(&d)));
	return out->failed ? err_memory(err) : 0;
}

int bundle_sign(
	struct span statement, const struct private_key *k, struct buf *out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf signature = { 0 }, hint = { 0 };
	struct json_out w = { .out = out };
	struct span text = dsse_signed_text(SPAN(STATEMENT_TYPE), statement, &a);
	int code = text.len ? private_key_sign(k, text, &signature, err) : err_memory(err);

	if (!code)
		code = key_hint(private_key_public(k), &hint, err);
	if (code)
		return code;
	json_out_dict(&w);
	json_out_key(&w, "mediaType");
	json_out_str(&w, BUNDLE_TYPE);
	json_out_key(&w, "verificationMaterial");
	json_out_dict(&w);
	json_out_key(&w, "publicKey");
	json_out_dict(&w);
	json_out_key(&w, "hint");
	json_out_text(&w, buf_view(&hint));
	json_out_end(&w);
	json_out_end(&w);
	json_out_key(&w, "dsseEnvelope");
	json_out_dict(&w);
	out_base64(&w, "payload", statement);
	json_out_key(&w, "payloadType");
	json_out_str(&w, STATEMENT_TYPE);
	json_out_key(&w, "signatures");
	json_out_list(&w);
	json_out_dict(&w);
	out_base64(&w, "sig", buf_view(&signature));
	json_out_end(&w);
	json_out_end(&w);
	json_out_end(&w);
	json_out_end(&w);
	return out->failed ? err_memory(err) : 0;
}

int simple_sign(struct span repository, const struct digest *d, const struct private_key *k,
	struct buf *payload, struct buf *signature, struct scov_err *err)
{
	scoped_buf struct buf raw = { 0 };
	struct json_out w = { .out = payload };
	char text[DIGEST_TEXT];
	int code;

	json_out_dict(&w);
	json_out_key(&w, "critical");
	json_out_dict(&w);
	json_out_key(&w, "identity");
	json_out_dict(&w);
	json_out_key(&w, "docker-reference");
	json_out_text(&w, repository);
	json_out_end(&w);
	json_out_key(&w, "image");
	json_out_dict(&w);
	json_out_key(&w, "docker-manifest-digest");
	json_out_str(&w, digest_format(d, text));
	json_out_end(&w);
	json_out_key(&w, "type");
	json_out_str(&w, "cosign container image signature");
	json_out_end(&w);
	json_out_key(&w, "optional");
	json_out_null(&w);
	json_out_end(&w);
	if (payload->failed)
		return err_memory(err);
	code = private_key_sign(k, buf_view(payload), &raw, err);
	base64_encode(signature, buf_view(&raw));
	return code ? code : raw.failed || signature->failed ? err_memory(err) : 0;
}
