/* cosign.c - read signatures and attestations of cosign before bundles: the thing is a layer, what
 * proves it is in the annotations of the layer's descriptor.
 *
 * Source: sigstore/cosign, specs/SIGNATURE_SPEC.md; pkg/cosign/bundle.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/dsse.h"
#include "trust/parts.h"

static struct span annotation(const struct attached *at, const char *key)
{
	for (size_t i = 0; i < at->annotations.n; i++)
		if (span_eq(at->annotations.p[i].key, span_str(key)))
			return span_trim(at->annotations.p[i].value);
	return (struct span){ 0 };
}

static int read_entry(
	struct span text, struct arena *a, struct signed_thing *t, struct scov_err *err)
{
	const struct json *root, *payload;
	struct log_entry e = { 0 };
	int code = json_parse(text, TRUST_LOG_ENTRY_MAX, a, &root, err);

	if (code)
		return err_wrap(err, "the log entry");
	payload = json_get(root, "Payload");
	if (!json_int64(json_get(payload, "logIndex"), &e.index) || e.index < 0 ||
		!json_int64(json_get(payload, "integratedTime"), &e.time) || e.time < 0)
		return err_fail(err, SCOV_E_FORMAT,
			"the index or the time of the log entry is negative or not a number");
	if (!hex_decode(json_get_text(payload, "logID"), a, &e.log_id))
		return err_fail(err, SCOV_E_FORMAT, "the id of the log is not hexadecimal");
	code = base64_need(json_get_text(root, "SignedEntryTimestamp"), false,
		"the promise of the log", a, &e.promise, err);
	if (!code)
		code = base64_need(json_get_text(payload, "body"), false,
			"the body of the log entry", a, &e.body, err);
	if (!code && !vec_add(&t->entries, a, &e))
		code = arena_check(a, err);
	return code;
}

static int read_annotations(
	const struct attached *at, struct arena *a, struct signed_thing *t, struct scov_err *err)
{
	struct span certificate = annotation(at, "dev.sigstore.cosign/certificate");
	struct span chain = annotation(at, "dev.sigstore.cosign/chain");
	struct span entry = annotation(at, "dev.sigstore.cosign/bundle");
	struct span time = annotation(at, "dev.sigstore.cosign/rfc3161timestamp");
	int code = 0;

	if (certificate.len) {
		code = certificates_add(&t->chain, certificate, 1, err);
		if (!code && chain.len)
			code = certificates_add(&t->chain, chain, TRUST_CERTIFICATES_MAX, err);
	}
	if (!code && entry.len)
		code = read_entry(entry, a, t, err);
	if (!code && time.len) {
		const struct json *root;
		struct span der = { 0 };

		code = json_parse(time, TRUST_LOG_ENTRY_MAX, a, &root, err);
		if (!code)
			code = base64_need(json_get_text(root, "SignedRFC3161Timestamp"), false,
				"the timestamp", a, &der, err);
		if (!code && !vec_add(&t->timestamps, a, &der))
			code = arena_check(a, err);
	}
	return code;
}

static int read_envelope(
	const struct attached *at, struct arena *a, struct signed_thing *t, struct scov_err *err)
{
	const struct json *root;
	struct dsse d;
	int code = json_parse(at->bytes, TRUST_BUNDLE_MAX, a, &root, err);

	if (code)
		return err_wrap(err, "the envelope");
	code = dsse_read(root, a, &d, err);
	if (code)
		return code;
	t->content = SIGNED_DSSE;
	t->envelope = at->bytes;
	t->payload = d.payload;
	t->payload_type = d.payload_type;
	t->text = dsse_signed_text(d.payload_type, d.payload, a);
	memcpy(t->signatures, d.signatures, sizeof(t->signatures));
	t->signatures_n = d.n;
	return arena_check(a, err);
}

static int read_simple(
	const struct attached *at, struct arena *a, struct signed_thing *t, struct scov_err *err)
{
	struct span signature = annotation(at, "dev.cosignproject.cosign/signature");

	if (at->bytes.len > TRUST_PAYLOAD_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "the payload has more than %d bytes", TRUST_PAYLOAD_MAX);
	t->content = SIGNED_SIMPLE;
	t->payload = t->text = at->bytes;
	t->signatures_n = 1;
	return base64_need(signature, true, "the signature", a, &t->signatures[0], err);
}

int cosign_read(
	const struct attached *at, struct arena *a, struct signed_thing *out, struct scov_err *err)
{
	struct signed_thing t = { 0 };
	int code = at->form == ATTACHED_FORM_DSSE ? read_envelope(at, a, &t, err)
						  : read_simple(at, a, &t, err);

	if (!code)
		code = read_annotations(at, a, &t, err);
	if (code)
		signed_thing_release(&t);
	else
		*out = t;
	return code;
}
