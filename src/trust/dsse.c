/* dsse.c - read DSSE envelopes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/dsse.h"

#include "trust/parts.h"

int dsse_read(const struct json *v, struct arena *a, struct dsse *out, struct scov_err *err)
{
	const struct json *list = json_get(v, "signatures");
	struct dsse d = { .payload_type = json_get_text(v, "payloadType"), .n = json_count(list) };
	int code;

	if (!json_is(v, JSON_DICT) || !json_is(json_get(v, "payload"), JSON_TEXT) ||
		!d.payload_type.len || !json_is(list, JSON_LIST))
		return err_fail(err, SCOV_E_FORMAT,
			"not a DSSE envelope: payload, payloadType or signatures is missing");
	if (d.payload_type.len > DSSE_TYPE_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "payloadType has more than %d bytes", DSSE_TYPE_MAX);
	if (!d.n)
		return err_fail(err, SCOV_E_FORMAT, "the envelope has no signature");
	if (d.n > DSSE_SIGNATURES_MAX)
		return err_fail(err, SCOV_E_LIMIT, "the envelope has more than %d signatures",
			DSSE_SIGNATURES_MAX);
	code = base64_need(json_get_text(v, "payload"), false, "payload", a, &d.payload, err);
	for (size_t i = 0; i < d.n && !code; i++)
		code = base64_need(json_get_text(json_at(list, i), "sig"), false, "signature", a,
			&d.signatures[i], err);
	if (!code)
		*out = d;
	return code;
}

struct span dsse_signed_text(struct span type, struct span payload, struct arena *a)
{
	scoped_buf struct buf b = { 0 };

	buf_printf(&b, "DSSEv1 %zu ", type.len);
	buf_span(&b, type); /* any bytes, NUL too */
	buf_printf(&b, " %zu ", payload.len);
	buf_span(&b, payload);
	if (b.failed)
		arena_fail(a);
	return b.failed ? (struct span){ 0 } : arena_dup(a, buf_view(&b));
}
