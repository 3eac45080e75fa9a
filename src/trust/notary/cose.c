/* cose.c - a signature in CBOR: COSE_Sign1.
 *
 * Source: signature-envelope-cose.md; RFC 9052, sections 3, 4.2 and 4.4; RFC 9360 for x5chain.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "base/buf.h"
#include "trust/notary/cbor.h"
#include "trust/notary/envelope.h"

enum {
	TAG_SIGN1 = 18,
	TAG_TIME = 1,
	LABEL_ALGORITHM = 1,
	LABEL_CRITICAL = 2,
	LABEL_CONTENT = 3,
	LABEL_CHAIN = 33,
};

/* A label is a number or a text; a number has the name that JWS has for it, or its digits. */
static struct span take_label(struct cur *c, struct arena *a)
{
	struct cbor label = { 0 };
	char *digits;

	cbor_next(c, &label);
	if (label.kind == CBOR_TEXT) { /* not one that could be taken for a number */
		cur_need(c, !span_eq(label.text, SPAN("alg")) &&
				    !span_eq(label.text, SPAN("crit")) &&
				    !span_eq(label.text, SPAN("cty")) &&
				    !ascii_is_digit(span_at(label.text, 0)) &&
				    span_at(label.text, 0) != '-');
		return label.text;
	}
	cur_need(c, label.kind == CBOR_NUMBER || label.kind == CBOR_NEGATIVE);
	if (label.kind == CBOR_NUMBER && label.value == LABEL_ALGORITHM)
		return SPAN("alg");
	if (label.kind == CBOR_NUMBER && label.value == LABEL_CRITICAL)
		return SPAN("crit");
	if (label.kind == CBOR_NUMBER && label.value == LABEL_CONTENT)
		return SPAN("cty");
	digits = arena_printf(a, "%s%llu", label.kind == CBOR_NEGATIVE ? "-1-" : "",
		(unsigned long long)label.value);
	return span_str(digits);
}

static void take_critical(struct cur *c, struct arena *a, struct envelope *out)
{
	struct cbor list = cbor_take(c, CBOR_LIST);

	cur_need(c, list.value && list.value <= NOTARY_ATTRIBUTES_MAX);
	for (uint64_t i = 0; i < list.value && !c->bad; i++) {
		struct span name = take_label(c, a);

		vec_add(&out->critical, a, &name);
	}
}

static bool take_algorithm(struct cur *c, uint8_t *out)
{
	struct cbor v = { 0 };

	cbor_next(c, &v);
	for (uint8_t i = 0; i < ENVELOPE_ALGORITHMS; i++)
		if (v.kind == CBOR_NEGATIVE && v.value < 256 &&
			-1 - (int)v.value == envelope_algorithms[i].cose) {
			*out = i;
			return true;
		}
	return false;
}

/* A text, a time, or something of no meaning here. */
static void take_attribute(struct cur *c, struct attribute *at)
{
	struct cur peek = *c;
	struct cbor v = { 0 };

	if (cbor_next(&peek, &v) && v.kind == CBOR_TEXT)
		at->text = v.text;
	else if (v.kind == CBOR_TAG && v.value == TAG_TIME && cbor_next(&peek, &v) &&
		 v.kind == CBOR_NUMBER && v.value <= INT32_MAX * (uint64_t)128) {
		at->is_time = true;
		at->time = (int64_t)v.value;
	}
	cbor_whole(c);
}

static int read_protected(
	struct span text, struct arena *a, struct envelope *out, struct scov_err *err)
{
	struct cur c = cur_over(text);
	struct cbor map = cbor_take(&c, CBOR_MAP);
	bool has_algorithm = false;
	int rc = 0;

	for (uint64_t i = 0; i < map.value && !c.bad && !rc; i++) {
		struct attribute at = { .name = take_label(&c, a) };

		if (span_eq(at.name, SPAN("alg")))
			has_algorithm = take_algorithm(&c, &out->algorithm);
		else if (span_eq(at.name, SPAN("crit")))
			take_critical(&c, a, out);
		else
			take_attribute(&c, &at);
		rc = envelope_add(out, &at, a, err);
		if (!rc && span_eq(at.name, SPAN("alg")) && !has_algorithm)
			rc = err_fail(err, SCOV_E_UNSUPPORTED, "its algorithm is not known");
	}
	if (!rc && (c.bad || cur_left(&c) || !has_algorithm))
		rc = err_fail(err, SCOV_E_FORMAT, "not a map of signed attributes");
	return rc ? err_wrap(err, "protected header") : 0;
}

/* RFC 9360: one certificate, or a list of them. */
static int read_chain(struct cur *c, struct envelope *out, struct scov_err *err)
{
	struct cbor v = { 0 };
	uint64_t n = 1;
	int rc = 0;
	struct cur peek = *c;

	if (cbor_next(&peek, &v) && v.kind == CBOR_LIST) {
		*c = peek;
		n = v.value;
	}
	for (uint64_t i = 0; i < n && !rc; i++) {
		struct span der = cbor_take(c, CBOR_BYTES).text;

		rc = c->bad ? err_fail(err, SCOV_E_FORMAT, "not bytes")
			    : certificates_add(&out->chain, der, NOTARY_CHAIN_MAX, err);
		if (rc)
			err_wrap(err, "header: certificate %zu", (size_t)i + 1);
	}
	return rc;
}

/* Not signed: certificates and the time stamp prove themselves. */
static int read_header(struct cur *c, struct arena *a, struct envelope *out, struct scov_err *err)
{
	struct cbor map = cbor_take(c, CBOR_MAP);
	int rc = 0;

	for (uint64_t i = 0; i < map.value && !c->bad && !rc; i++) {
		struct span name = take_label(c, a);

		if (span_eq(name, SPAN("33")) && !out->chain.n) {
			rc = read_chain(c, out, err);
		} else if (span_eq(name, SPAN("io.cncf.notary.timestampSignature")) &&
			   !out->timestamp.len) {
			out->timestamp = cbor_take(c, CBOR_BYTES).text;
			cur_need(c, out->timestamp.len != 0);
		} else {
			cur_need(c, !span_eq(name, SPAN("33")));
			cbor_whole(c);
		}
	}
	return rc;
}

static void put_head(struct buf *b, enum cbor_kind kind, size_t len)
{
	unsigned more = len < 24 ? 0 : len <= UINT8_MAX ? 1 : len <= UINT16_MAX ? 2 : 4;
	uint8_t low = (uint8_t)(more == 0 ? len : more == 1 ? 24 : more == 2 ? 25 : 26);

	buf_byte(b, (char)(kind << 5 | low));
	while (more--)
		buf_byte(b, (char)(uint8_t)(len >> (8 * more)));
}

/* RFC 9052, 4.4: ["Signature1", protected, external (none), payload]. */
static int make_signed(
	struct span protected, struct arena *a, struct envelope *out, struct scov_err *err)
{
	scoped_buf struct buf b = { 0 };

	put_head(&b, CBOR_LIST, 4);
	put_head(&b, CBOR_TEXT, 10);
	buf_str(&b, "Signature1");
	put_head(&b, CBOR_BYTES, protected.len);
	buf_span(&b, protected);
	put_head(&b, CBOR_BYTES, 0);
	put_head(&b, CBOR_BYTES, out->payload.len);
	buf_span(&b, out->payload);
	if (b.failed)
		return err_memory(err);
	out->signed_text = arena_dup(a, buf_view(&b));
	return arena_check(a, err);
}

int cose_read(struct span text, struct arena *a, struct envelope *out, struct scov_err *err)
{
	struct cur c = cur_over(text);

	*out = (struct envelope){ 0 };
	if (text.len > NOTARY_ENVELOPE_MAX)
		return err_fail(err, SCOV_E_LIMIT, "more than %d bytes", NOTARY_ENVELOPE_MAX);
	cur_need(&c, cbor_take(&c, CBOR_TAG).value == TAG_SIGN1);
	cur_need(&c, cbor_take(&c, CBOR_LIST).value == 4);
	struct span protected = cbor_take(&c, CBOR_BYTES).text;
	int rc = c.bad ? 0 : read_protected(protected, a, out, err);

	if (!rc && !c.bad)
		rc = read_header(&c, a, out, err);
	out->payload = cbor_take(&c, CBOR_BYTES).text;
	out->signature = cbor_take(&c, CBOR_BYTES).text;
	if (!rc && (c.bad || cur_left(&c)))
		rc = err_fail(err, SCOV_E_FORMAT, "not a COSE_Sign1 message in strict CBOR");
	if (!rc)
		rc = make_signed(protected, a, out, err);
	return rc ? rc : envelope_attributes(out, err);
}
