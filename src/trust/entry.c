/* entry.c - read bodies of log entries and compare them with what was signed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/entry.h"

#include "trust/key_details.h"

/* The hash of the envelope in dsse/0.0.1 is not that of the stored bytes, and is not compared. */
static const struct entry_form forms[] = {
	{ SPAN_INIT("hashedrekord"), SPAN_INIT("0.0.1"), ENTRY_OF_TEXT, false, "spec.data.hash",
		"spec.signature.content", NULL, "spec.signature.publicKey.content", false },
	{ SPAN_INIT("rekord"), SPAN_INIT("0.0.1"), ENTRY_OF_TEXT, false, "spec.data.hash",
		"spec.signature.content", NULL, "spec.signature.publicKey.content", false },
	{ SPAN_INIT("dsse"), SPAN_INIT("0.0.1"), ENTRY_OF_PAYLOAD, false, "spec.payloadHash",
		"spec.signatures.0.signature", "spec.signatures", "spec.signatures.0.verifier",
		false },
	{ SPAN_INIT("intoto"), SPAN_INIT("0.0.1"), ENTRY_OF_ENVELOPE, false, "spec.content.hash",
		NULL, NULL, "spec.publicKey", false },
	{ SPAN_INIT("intoto"), SPAN_INIT("0.0.2"), ENTRY_OF_PAYLOAD, false,
		"spec.content.payloadHash", "spec.content.envelope.signatures.0.sig",
		"spec.content.envelope.signatures", "spec.content.envelope.signatures.0.publicKey",
		true },
	{ SPAN_INIT("hashedrekord"), SPAN_INIT("0.0.2"), ENTRY_OF_TEXT, true,
		"spec.hashedRekordV002.data", "spec.hashedRekordV002.signature.content", NULL,
		"spec.hashedRekordV002.signature.verifier", false },
	{ SPAN_INIT("dsse"), SPAN_INIT("0.0.2"), ENTRY_OF_PAYLOAD, true,
		"spec.dsseV002.payloadHash", "spec.dsseV002.signatures.0.content",
		"spec.dsseV002.signatures", "spec.dsseV002.signatures.0.verifier", false },
};

static const struct {
	struct span name;
	uint8_t hash;
} algorithms[] = {
	{ SPAN_INIT("sha256"), HASH_SHA256 },
	{ SPAN_INIT("sha384"), HASH_SHA384 },
	{ SPAN_INIT("sha512"), HASH_SHA512 },
	{ SPAN_INIT("SHA2_256"), HASH_SHA256 },
	{ SPAN_INIT("SHA2_384"), HASH_SHA384 },
	{ SPAN_INIT("SHA2_512"), HASH_SHA512 },
};

/* {algorithm, value in hex}, or {algorithm, digest in base64}. */
static int read_hash(const struct json *v, struct arena *a, uint8_t *out_kind, struct span *out,
	struct scov_err *err)
{
	struct span name = json_get_text(v, "algorithm"), hex = json_get_text(v, "value");
	int code = 0;

	*out_kind = HASH_NONE;
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(*algorithms); i++)
		if (span_eq(algorithms[i].name, name))
			*out_kind = algorithms[i].hash;
	if (!*out_kind)
		return err_fail(
			err, SCOV_E_FORMAT, "hash algorithm '%.*s' of a log entry", SPAN_ARG(name));
	if (!hex.len)
		code = base64_need(
			json_get_text(v, "digest"), false, "the hash of a log entry", a, out, err);
	else if (!hex_decode(hex, a, out))
		code = err_fail(err, SCOV_E_FORMAT, "the hash of a log entry is not hexadecimal");
	if (!code && out->len != hash_size((enum hash_kind) * out_kind))
		code = err_fail(err, SCOV_E_FORMAT, "the hash of a log entry has the wrong length");
	return code;
}

static int read_verifier(
	const struct json *v, struct arena *a, struct entry_body *b, struct scov_err *err)
{
	const struct json *certificate = json_get(v, "x509Certificate");
	const struct json *key = json_get(v, "publicKey");

	if (!b->form->is_v2) {
		int code = base64_need(
			json_text(v), false, "the key of a log entry", a, &b->verifier, err);

		b->is_certificate = span_has(b->verifier, SPAN("-----BEGIN CERTIFICATE-----"));
		return code;
	}
	if (!!certificate + !!key != 1)
		return err_fail(err, SCOV_E_FORMAT,
			"a log entry needs one of x509Certificate and publicKey");
	b->is_certificate = certificate;
	b->key_details = json_get_text(v, "keyDetails");
	return base64_need(json_get_text(certificate ? certificate : key, "rawBytes"), false,
		"the key of a log entry", a, &b->verifier, err);
}

static int read_signature(
	const struct json *root, struct arena *a, struct entry_body *b, struct scov_err *err)
{
	struct span text;
	int code;

	if (b->form->signatures && json_count(json_walk(root, b->form->signatures)) != 1)
		return err_fail(err, SCOV_E_FORMAT, "a log entry must be of one signature");
	if (!b->form->signature)
		return 0;
	text = json_text(json_walk(root, b->form->signature));
	code = base64_need(text, false, "the signature of a log entry", a, &b->signature, err);
	if (!code && b->form->is_twice) {
		text = b->signature;
		code = base64_need(
			text, false, "the signature of a log entry", a, &b->signature, err);
	}
	return code;
}

int entry_read(
	const struct log_entry *e, struct arena *a, struct entry_body *out, struct scov_err *err)
{
	const struct json *root, *more;
	struct entry_body b = { 0 };
	struct span kind, version;
	int code = json_parse(e->body, TRUST_LOG_ENTRY_MAX, a, &root, err);

	if (code)
		return err_wrap(err, "the body of a log entry");
	kind = json_get_text(root, "kind");
	version = json_get_text(root, "apiVersion");
	if (e->kind.len && (!span_eq(kind, e->kind) || !span_eq(version, e->version)))
		return err_fail(err, SCOV_E_FORMAT,
			"a log entry is of kind %.*s %.*s, its body of %.*s %.*s",
			SPAN_ARG(e->kind), SPAN_ARG(e->version), SPAN_ARG(kind), SPAN_ARG(version));
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (span_eq(forms[i].kind, kind) && span_eq(forms[i].version, version))
			b.form = &forms[i];
	if (!b.form)
		return err_fail(err, SCOV_E_UNSUPPORTED, "log entry of unknown kind '%.*s' '%.*s'",
			SPAN_ARG(kind), SPAN_ARG(version));
	code = read_hash(json_walk(root, b.form->hash), a, &b.hash, &b.digest, err);
	more = json_walk(root, "spec.content.payloadHash");
	if (!code && b.form->what == ENTRY_OF_ENVELOPE && more) {
		uint8_t kind_of = 0;

		code = read_hash(more, a, &kind_of, &b.payload_digest, err);
		if (!code && kind_of != HASH_SHA256)
			code = err_fail(err, SCOV_E_FORMAT,
				"the payload's hash in a log entry is not SHA-256");
	}
	if (!code)
		code = read_signature(root, a, &b, err);
	if (!code)
		code = read_verifier(json_walk(root, b.form->verifier), a, &b, err);
	if (!code)
		*out = b;
	return code;
}

static bool is_hash_of(uint8_t kind, struct span want, struct span text)
{
	uint8_t h[HASH_MAX];

	return text.p && hash_pieces((enum hash_kind)kind, &text, 1, h) &&
	       span_eq(want, span_of(h, hash_size((enum hash_kind)kind)));
}

static int bind_key(const struct entry_body *b, const struct public_key *k,
	const struct certificate *leaf, struct scov_err *err)
{
	const struct key_details *d = key_details_named(b->key_details);
	struct certificate *c = NULL;
	struct public_key *own = NULL;
	bool same = false;

	if (b->form->is_v2 && (!d || !key_details_fit(d, k)))
		return err_fail(err, SCOV_E_AUTH,
			"the log entry is of a key of another kind: '%.*s'",
			SPAN_ARG(b->key_details));
	if (leaf) {
		same = b->is_certificate && !certificate_parse(b->verifier, &c, NULL) &&
		       certificate_same(c, leaf);
		certificate_free(c);
	} else {
		same = !public_key_parse(b->verifier, &own, NULL) && public_key_same(own, k);
		public_key_free(own);
	}
	return same ? 0
		    : err_fail(err, SCOV_E_AUTH, "the log entry is of another %s",
			      leaf ? "certificate" : "key");
}

int entry_bind(const struct entry_body *b, const struct signed_thing *t, const struct public_key *k,
	const struct certificate *leaf, struct scov_err *err)
{
	uint8_t h[HASH_MAX];
	bool same = false;

	if (b->form->what == ENTRY_OF_TEXT)
		same = signed_hash(t, b->hash, h) &&
		       span_eq(b->digest, span_of(h, hash_size((enum hash_kind)b->hash)));
	else if (t->content != SIGNED_DSSE)
		return err_fail(err, SCOV_E_AUTH, "the log entry is of an envelope");
	else if (b->form->what == ENTRY_OF_PAYLOAD)
		same = is_hash_of(b->hash, b->digest, t->payload);
	else if (!t->envelope.len)
		return err_fail(err, SCOV_E_AUTH,
			"the log entry has a hash of the envelope as it was stored, which a "
			"bundle does not keep");
	else
		same = is_hash_of(b->hash, b->digest, t->envelope) &&
		       (!b->payload_digest.len ||
			       is_hash_of(HASH_SHA256, b->payload_digest, t->payload));
	if (!same)
		return err_fail(
			err, SCOV_E_AUTH, "the log entry is of something else: its hash differs");
	if (b->form->signature && !span_eq(b->signature, t->signature))
		return err_fail(err, SCOV_E_AUTH, "the log entry is of another signature");
	return bind_key(b, k, leaf, err);
}
