/* bundle.c - read sigstore bundles 0.1 to 0.3.
 *
 * Source: sigstore/protobuf-specs, protos/sigstore_bundle.proto, sigstore_rekor.proto,
 * sigstore_common.proto, in the JSON form of protobuf. A bundle is a hint about everything but its
 * signature: log entries, times and certificates are checked elsewhere.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/limits.h"
#include "trust/dsse.h"
#include "trust/parts.h"

static const struct {
	struct span type;
	uint8_t version;
} media_types[] = {
	{ SPAN_INIT("application/vnd.dev.sigstore.bundle+json;version=0.1"), 1 },
	{ SPAN_INIT("application/vnd.dev.sigstore.bundle+json;version=0.2"), 2 },
	{ SPAN_INIT("application/vnd.dev.sigstore.bundle+json;version=0.3"), 3 },
	{ SPAN_INIT("application/vnd.dev.sigstore.bundle.v0.3+json"), 3 },
};

/* protojson: null is absent. */
static const struct json *member(const struct json *v, const char *key)
{
	const struct json *m = json_get(v, key);

	return json_is(m, JSON_NIL) ? NULL : m;
}

static int read_version(const struct json *root, struct signed_thing *t, struct scov_err *err)
{
	struct span type = json_get_text(root, "mediaType");

	for (size_t i = 0; i < sizeof(media_types) / sizeof(*media_types); i++)
		if (span_eq(type, media_types[i].type))
			t->bundle_version = media_types[i].version;
	if (!t->bundle_version)
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"media type '%.*s' is not one of a sigstore bundle 0.1 to 0.3",
			SPAN_ARG(type));
	return 0;
}

static int read_proof(
	const struct json *v, struct arena *a, struct log_entry *e, struct scov_err *err)
{
	const struct json *hashes = json_get(v, "hashes");
	int64_t index, size;
	uint8_t *p = arena_alloc(a, 32 * json_count(hashes));
	struct span h;
	int code;

	if (!v)
		return 0;
	e->has_proof = true;
	e->checkpoint = json_text(json_walk(v, "checkpoint.envelope"));
	if (!json_int64(json_get(v, "logIndex"), &index) ||
		!json_int64(json_get(v, "treeSize"), &size) || index < 0 || size < 0)
		return err_fail(err, SCOV_E_FORMAT,
			"the inclusion proof has an index or a size that is negative or not a "
			"number");
	e->proof_index = (uint64_t)index;
	e->proof_size = (uint64_t)size;
	if (json_get_text(v, "rootHash").len) {
		code = base64_need(json_get_text(v, "rootHash"), false,
			"the root hash of the proof", a, &e->proof_root, err);
		if (code)
			return code;
	}
	for (size_t i = 0; p && i < json_count(hashes); i++) {
		code = base64_need(
			json_text(json_at(hashes, i)), false, "a hash of the proof", a, &h, err);
		if (code)
			return code;
		if (h.len != 32)
			return err_fail(err, SCOV_E_FORMAT, "a hash of the proof is not 32 bytes");
		memcpy(p + 32 * i, h.p, 32);
	}
	e->proof_hashes = span_of(p, 32 * json_count(hashes));
	return arena_check(a, err);
}

static int read_entry(
	const struct json *v, struct arena *a, struct signed_thing *t, struct scov_err *err)
{
	struct log_entry e = {
		.kind = json_text(json_walk(v, "kindVersion.kind")),
		.version = json_text(json_walk(v, "kindVersion.version")),
	};
	struct span promise = json_text(json_walk(v, "inclusionPromise.signedEntryTimestamp"));
	int code = 0;

	if (!json_int64(json_get(v, "logIndex"), &e.index) || e.index < 0)
		return err_fail(err, SCOV_E_FORMAT,
			"the log index of an entry is negative or not a number");
	if (!json_int64(json_get(v, "integratedTime"), &e.time) || e.time < 0)
		return err_fail(
			err, SCOV_E_FORMAT, "the time of a log entry is negative or not a number");
	if (!e.kind.len || !e.version.len)
		return err_fail(err, SCOV_E_FORMAT, "a log entry has no kind and version");
	code = base64_need(json_text(json_walk(v, "logId.keyId")), false, "the id of the log", a,
		&e.log_id, err);
	if (!code)
		code = base64_need(json_get_text(v, "canonicalizedBody"), false,
			"the body of a log entry", a, &e.body, err);
	if (!code && promise.len)
		code = base64_need(promise, false, "the promise of the log", a, &e.promise, err);
	if (!code)
		code = read_proof(member(v, "inclusionProof"), a, &e, err);
	/* What its version demands. A proof without a checkpoint proves nothing at all. */
	if (!code && (t->bundle_version > 1 || e.has_proof) && !e.checkpoint.len)
		code = err_fail(err, SCOV_E_FORMAT,
			"a log entry of the bundle has no inclusion proof with a checkpoint");
	if (!code && t->bundle_version == 1 && !e.promise.len)
		code = err_fail(err, SCOV_E_FORMAT,
			"a log entry of a bundle 0.1 has no promise of the log");
	if (!code && !vec_add(&t->entries, a, &e))
		code = arena_check(a, err);
	return code;
}

/* The same entry does not count twice. */
static int refuse_twice(const struct signed_thing *t, struct scov_err *err)
{
	for (size_t i = 0; i < t->entries.n; i++)
		for (size_t k = 0; k < i; k++)
			if (t->entries.p[i].index == t->entries.p[k].index &&
				span_eq(t->entries.p[i].log_id, t->entries.p[k].log_id))
				return err_fail(
					err, SCOV_E_FORMAT, "the bundle has a log entry twice");
	return 0;
}

static int add_certificate(
	const struct json *v, struct arena *a, struct signed_thing *t, struct scov_err *err)
{
	struct span der = { 0 };
	int code = base64_need(
		json_get_text(v, "rawBytes"), false, "a certificate of the bundle", a, &der, err);

	return code ? code : certificates_add(&t->chain, der, TRUST_CERTIFICATES_MAX, err);
}

/* One of three, and nothing else decides how the signature is checked. */
static int read_signer(
	const struct json *material, struct arena *a, struct signed_thing *t, struct scov_err *err)
{
	const struct json *one = member(material, "certificate");
	const struct json *chain = member(material, "x509CertificateChain");
	const struct json *key = member(material, "publicKey");
	const struct json *list = json_get(chain, "certificates");
	int code = 0;

	if (!!one + !!chain + !!key != 1)
		return err_fail(err, SCOV_E_FORMAT,
			"the bundle needs one of certificate, x509CertificateChain and publicKey");
	if (key)
		t->key_hint = json_get_text(key, "hint");
	if (one)
		return add_certificate(one, a, t, err);
	if (chain && !json_count(list))
		return err_fail(err, SCOV_E_FORMAT, "the certificate chain of the bundle is empty");
	if (chain && t->bundle_version == 3 && json_count(list) > 1)
		return err_fail(err, SCOV_E_FORMAT,
			"a bundle 0.3 has the certificate of the signer alone, not a chain");
	for (size_t i = 0; i < json_count(list) && !code; i++)
		code = add_certificate(json_at(list, i), a, t, err);
	/* The registry of npm writes 0.1 with it. */
	for (size_t i = 0; i < t->chain.n && !code && t->bundle_version > 1; i++)
		if (certificate_is_ca(t->chain.p[i]) && certificate_is_self_signed(t->chain.p[i]))
			code = err_fail(err, SCOV_E_FORMAT,
				"the certificate chain of the bundle has a root in it");
	return code;
}

static int read_message(
	const struct json *v, struct arena *a, struct signed_thing *t, struct scov_err *err)
{
	static const struct {
		const char *name;
		uint8_t hash;
	} names[] = { { "SHA2_256", HASH_SHA256 }, { "SHA2_384", HASH_SHA384 },
		{ "SHA2_512", HASH_SHA512 } };
	struct span algorithm = json_text(json_walk(v, "messageDigest.algorithm"));
	struct span digest = json_text(json_walk(v, "messageDigest.digest"));
	int code = base64_need(
		json_get_text(v, "signature"), false, "the signature", a, &t->signatures[0], err);

	t->content = SIGNED_MESSAGE;
	t->signatures_n = 1;
	if (code || !member(v, "messageDigest"))
		return code;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_eq(algorithm, span_str(names[i].name)))
			t->hashed_as = names[i].hash;
	if (!t->hashed_as)
		return err_fail(err, SCOV_E_UNSUPPORTED, "unknown digest algorithm '%.*s'",
			SPAN_ARG(algorithm));
	code = base64_need(digest, false, "the digest of the message", a, &t->hashed, err);
	if (!code && t->hashed.len != hash_size((enum hash_kind)t->hashed_as))
		code = err_fail(
			err, SCOV_E_FORMAT, "the digest of the message has the wrong length");
	return code;
}

static int read_content(
	const struct json *root, struct arena *a, struct signed_thing *t, struct scov_err *err)
{
	const struct json *message = member(root, "messageSignature");
	const struct json *envelope = member(root, "dsseEnvelope");
	struct dsse d;
	int code;

	if (!!message + !!envelope != 1)
		return err_fail(err, SCOV_E_FORMAT,
			"the bundle needs one of messageSignature and dsseEnvelope");
	if (message)
		return read_message(message, a, t, err);
	code = dsse_read(envelope, a, &d, err);
	if (!code && d.n != 1)
		code = err_fail(err, SCOV_E_FORMAT,
			"the envelope of a bundle must have exactly one signature, not %zu", d.n);
	if (code)
		return code;
	t->content = SIGNED_DSSE;
	t->payload = d.payload;
	t->payload_type = d.payload_type;
	t->signatures[0] = d.signatures[0];
	t->signatures_n = 1;
	t->text = dsse_signed_text(d.payload_type, d.payload, a);
	return arena_check(a, err);
}

static int read_lists(
	const struct json *material, struct arena *a, struct signed_thing *t, struct scov_err *err)
{
	const struct json *entries = json_get(material, "tlogEntries");
	const struct json *times =
		json_walk(material, "timestampVerificationData.rfc3161Timestamps");
	int code = 0;

	if (json_count(entries) > TRUST_LOG_ENTRIES_MAX || json_count(times) > TRUST_TIMESTAMPS_MAX)
		return err_fail(err, SCOV_E_LIMIT,
			"the bundle has more than %d log entries or %d timestamps",
			TRUST_LOG_ENTRIES_MAX, TRUST_TIMESTAMPS_MAX);
	for (size_t i = 0; i < json_count(entries) && !code; i++)
		code = read_entry(json_at(entries, i), a, t, err);
	if (!code)
		code = refuse_twice(t, err);
	for (size_t i = 0; i < json_count(times) && !code; i++) {
		struct span der;

		code = base64_need(json_get_text(json_at(times, i), "signedTimestamp"), false,
			"a timestamp", a, &der, err);
		if (!code && !vec_add(&t->timestamps, a, &der))
			code = arena_check(a, err);
	}
	return code;
}

int bundle_read(struct span text, struct arena *a, struct signed_thing *out, struct scov_err *err)
{
	struct signed_thing t = { 0 };
	const struct json *root, *material;
	int code = json_parse(text, TRUST_BUNDLE_MAX, a, &root, err);

	if (code)
		return err_wrap(err, "the bundle");
	material = json_get(root, "verificationMaterial");
	code = read_version(root, &t, err);
	if (!code && !json_is(material, JSON_DICT))
		code = err_fail(err, SCOV_E_FORMAT, "the bundle has no verificationMaterial");
	if (!code)
		code = read_signer(material, a, &t, err);
	if (!code)
		code = read_content(root, a, &t, err);
	if (!code)
		code = read_lists(material, a, &t, err);
	if (code)
		signed_thing_release(&t);
	else
		*out = t;
	return code;
}
