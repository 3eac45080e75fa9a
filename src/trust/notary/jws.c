/* jws.c - a signature in JSON: flattened JWS.
 *
 * Source: signature-envelope-jws.md; RFC 7515, section 7.2.2.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/base64.h"
#include "syntax/json.h"
#include "trust/notary/envelope.h"

/* Of the alphabet for URLs, without padding: RFC 7515, section 2. */
static int decode(const struct json *from, const char *key, struct arena *a, struct span *out,
	struct scov_err *err)
{
	struct span text = json_get_text(from, key);
	int rc = 0;

	if (!json_is(json_get(from, key), JSON_TEXT) || span_find(text, '+') < text.len ||
		span_find(text, '/') < text.len || span_find(text, '=') < text.len)
		rc = err_fail(err, SCOV_E_FORMAT, "not base64 for URLs");
	if (!rc)
		rc = base64_decode(text, a, out, err);
	return rc ? err_wrap(err, "'%s'", key) : 0;
}

static int read_protected(
	struct span text, struct arena *a, struct envelope *out, struct scov_err *err)
{
	const struct json *root;
	int rc = json_parse(text, NOTARY_ENVELOPE_MAX, a, &root, err);

	if (rc)
		return err_wrap(err, "protected header");
	for (size_t i = 0; i < json_count(root) && !rc; i++) {
		const struct json *v = json_at(root, i);
		const struct attribute at = { .name = json_name(v), .text = json_text(v) };

		rc = envelope_add(out, &at, a, err);
	}
	const struct json *critical = json_get(root, "crit");

	for (size_t i = 0; i < json_count(critical) && !rc; i++) {
		struct span name = json_text(json_at(critical, i));

		if (!name.len || i >= NOTARY_ATTRIBUTES_MAX)
			rc = err_fail(err, SCOV_E_FORMAT, "a critical attribute without a name");
		else
			vec_add(&out->critical, a, &name);
	}
	if (rc)
		return err_wrap(err, "protected header");
	for (uint8_t i = 0; i < ENVELOPE_ALGORITHMS; i++)
		if (span_eq(json_get_text(root, "alg"), envelope_algorithms[i].name)) {
			out->algorithm = i;
			return 0;
		}
	return err_fail(err, SCOV_E_UNSUPPORTED, "protected header: algorithm '%.*s'",
		SPAN_ARG(json_get_text(root, "alg")));
}

/* Not signed: certificates and the time stamp prove themselves. */
static int read_header(
	const struct json *header, struct arena *a, struct envelope *out, struct scov_err *err)
{
	const struct json *chain = json_get(header, "x5c");
	const struct json *stamp = json_get(header, "io.cncf.notary.timestampSignature");
	int rc = 0;

	if (!json_is(chain, JSON_LIST))
		return err_fail(err, SCOV_E_FORMAT, "header: no list 'x5c' of certificates");
	for (size_t i = 0; i < json_count(chain) && !rc; i++) {
		struct span der;

		rc = base64_decode(json_text(json_at(chain, i)), a, &der, err);
		if (!rc)
			rc = certificates_add(&out->chain, der, NOTARY_CHAIN_MAX, err);
		if (rc)
			err_wrap(err, "header: certificate %zu", i + 1);
	}
	if (!rc && stamp) {
		rc = base64_decode(json_text(stamp), a, &out->timestamp, err);
		if (rc || !out->timestamp.len)
			rc = err_fail(err, SCOV_E_FORMAT, "header: time stamp is not base64");
	}
	return rc;
}

int jws_read(struct span text, struct arena *a, struct envelope *out, struct scov_err *err)
{
	const struct json *root;
	struct span protected;
	int rc = json_parse(text, NOTARY_ENVELOPE_MAX, a, &root, err);

	*out = (struct envelope){ 0 };
	if (!rc)
		rc = decode(root, "payload", a, &out->payload, err);
	if (!rc)
		rc = decode(root, "protected", a, &protected, err);
	if (!rc)
		rc = decode(root, "signature", a, &out->signature, err);
	if (!rc)
		rc = read_protected(protected, a, out, err);
	if (!rc)
		rc = read_header(json_get(root, "header"), a, out, err);
	if (rc)
		return rc;
	struct span head = json_get_text(root, "protected");
	struct span body = json_get_text(root, "payload");
	uint8_t *made = arena_alloc(a, head.len + 1 + body.len);

	if (!made)
		return arena_check(a, err);
	memcpy(made, head.p, head.len);
	made[head.len] = '.';
	if (body.len)
		memcpy(made + head.len + 1, body.p, body.len);
	out->signed_text = span_of(made, head.len + 1 + body.len);
	return envelope_attributes(out, err);
}
