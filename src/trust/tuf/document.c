/* document.c - a document of TUF: what it says of itself, and who signed it.
 *
 * Sources: TUF specification 1.0, section 4; Canonical JSON of OLPC; the kinds of keys of
 * securesystemslib and of the first roots of sigstore.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/date.h"
#include "crypto/verify.h"
#include "trust/tuf/parts.h"

enum { KEY_DER_MAX = 128, SIGNATURE_MAX = 2048 };

/* ---- canonical JSON */

static int by_name(const void *a, const void *b)
{
	return span_cmp(json_name(*(const struct json *const *)a),
		json_name(*(const struct json *const *)b));
}

static void text(struct span s, struct buf *out)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (span_at(s, i) == '"' || span_at(s, i) == '\\')
			buf_byte(out, '\\');
		buf_byte(out, (char)span_at(s, i));
	}
	buf_byte(out, '"');
}

static int dict(const struct json *v, struct buf *out, struct scov_err *err)
{
	size_t n = json_count(v);
	scoped_mem const struct json **sorted = mem_alloc((n + 1) * sizeof(*sorted));
	int rc = 0;

	if (!sorted)
		return err_memory(err);
	for (size_t i = 0; i < n; i++)
		sorted[i] = json_at(v, i);
	qsort(sorted, n, sizeof(*sorted), by_name);
	buf_byte(out, '{');
	for (size_t i = 0; i < n && !rc; i++) {
		if (i)
			buf_byte(out, ',');
		text(json_name(sorted[i]), out);
		buf_byte(out, ':');
		rc = canonical_json(sorted[i], out, err);
	}
	buf_byte(out, '}');
	return rc;
}

int canonical_json(const struct json *v, struct buf *out, struct scov_err *err)
{
	int64_t number = 0;
	int rc = 0;

	switch (json_kind(v)) {
	case JSON_NIL:
		buf_str(out, "null");
		break;
	case JSON_BOOL:
		buf_str(out, json_truth(v) ? "true" : "false");
		break;
	case JSON_INT:
		json_int(v, &number);
		buf_printf(out, "%" PRId64, number);
		break;
	case JSON_TEXT:
		text(json_text(v), out);
		break;
	case JSON_LIST:
		buf_byte(out, '[');
		for (size_t i = 0; i < json_count(v) && !rc; i++) {
			if (i)
				buf_byte(out, ',');
			rc = canonical_json(json_at(v, i), out, err);
		}
		buf_byte(out, ']');
		break;
	case JSON_DICT:
		return dict(v, out, err);
	default:
		return err_fail(err, SCOV_E_FORMAT, "a number with a fraction cannot be signed");
	}
	return rc;
}

/* ---- documents */

int document_read(struct span bytes, const char *type, size_t max, struct arena *a,
	struct document *out, struct scov_err *err)
{
	struct document d = { .bytes = arena_dup(a, bytes) };
	uint64_t version = 0;
	int rc = json_parse(bytes, max, a, &d.root, err);

	if (rc)
		return rc;
	d.body = json_get(d.root, "signed");
	if (!span_eq(json_get_text(d.body, "_type"), span_str(type)))
		return err_fail(err, SCOV_E_FORMAT, "_type is not %s", type);
	struct span spec = json_get_text(d.body, "spec_version");

	if (!span_eq(spec, SPAN("1")) && !span_starts(spec, SPAN("1.")))
		return err_fail(
			err, SCOV_E_UNSUPPORTED, "spec_version '%.*s' is not 1.x", SPAN_ARG(spec));
	if (!json_uint(json_get(d.body, "version"), INT64_MAX - 1, &version) || !version)
		return err_fail(err, SCOV_E_FORMAT, "version is not a number from 1");
	if (!date_parse_rfc3339(json_get_text(d.body, "expires"), &d.expires, NULL))
		return err_fail(err, SCOV_E_FORMAT, "expires is not a time");
	d.version = (int64_t)version;
	*out = d;
	return arena_check(a, err);
}

int role_read(const struct json *keys, const struct json *role, struct span name,
	struct tuf_role *out, struct scov_err *err)
{
	struct tuf_role r = { .name = name, .keys = keys, .key_ids = json_get(role, "keyids") };

	if (!json_is(keys, JSON_DICT) || !json_is(r.key_ids, JSON_LIST) ||
		!json_uint(json_get(role, "threshold"), TUF_KEYS_MAX, &r.threshold) || !r.threshold)
		return err_fail(err, SCOV_E_FORMAT,
			"role %.*s: keys, keyids or a threshold from 1 are missing",
			SPAN_ARG(name));
	if (json_count(r.key_ids) > TUF_KEYS_MAX)
		return err_fail(err, SCOV_E_LIMIT, "role %.*s: more than %d keys", SPAN_ARG(name),
			TUF_KEYS_MAX);
	for (size_t i = 0; i < json_count(r.key_ids); i++)
		for (size_t k = 0; k < i; k++)
			if (span_eq(json_text(json_at(r.key_ids, i)),
				    json_text(json_at(r.key_ids, k))))
				return err_fail(err, SCOV_E_FORMAT,
					"role %.*s: a key id is listed twice", SPAN_ARG(name));
	*out = r;
	return 0;
}

/* ---- keys and signatures */

static const struct key_form {
	struct span type, scheme;
	uint8_t kind, hash, how;
} forms[] = {
	{ SPAN_INIT("ecdsa"), SPAN_INIT("ecdsa-sha2-nistp256"), PUBLIC_KEY_P256, HASH_SHA256,
		SIGNATURE_OF_KEY },
	{ SPAN_INIT("ecdsa"), SPAN_INIT("ecdsa-sha2-nistp384"), PUBLIC_KEY_P384, HASH_SHA384,
		SIGNATURE_OF_KEY },
	{ SPAN_INIT("ecdsa-sha2-nistp256"), SPAN_INIT("ecdsa-sha2-nistp256"), PUBLIC_KEY_P256,
		HASH_SHA256, SIGNATURE_OF_KEY },
	{ SPAN_INIT("ecdsa-sha2-nistp384"), SPAN_INIT("ecdsa-sha2-nistp384"), PUBLIC_KEY_P384,
		HASH_SHA384, SIGNATURE_OF_KEY },
	{ SPAN_INIT("ed25519"), SPAN_INIT("ed25519"), PUBLIC_KEY_ED25519, HASH_NONE,
		SIGNATURE_OF_KEY },
	{ SPAN_INIT("rsa"), SPAN_INIT("rsassa-pss-sha256"), PUBLIC_KEY_RSA, HASH_SHA256,
		SIGNATURE_RSA_PSS },
	{ SPAN_INIT("rsa"), SPAN_INIT("rsassa-pss-sha384"), PUBLIC_KEY_RSA, HASH_SHA384,
		SIGNATURE_RSA_PSS },
	{ SPAN_INIT("rsa"), SPAN_INIT("rsassa-pss-sha512"), PUBLIC_KEY_RSA, HASH_SHA512,
		SIGNATURE_RSA_PSS },
};

/* What comes before a bare key in a SubjectPublicKeyInfo: RFC 5480, RFC 8410. */
static const struct {
	uint8_t kind;
	struct span head;
	size_t len;
} bare[] = {
	{ PUBLIC_KEY_P256,
		SPAN_INIT("\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48"
			  "\xce\x3d\x03\x01\x07\x03\x42\x00"),
		65 },
	{ PUBLIC_KEY_P384,
		SPAN_INIT("\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04"
			  "\x00\x22\x03\x62\x00"),
		97 },
	{ PUBLIC_KEY_ED25519, SPAN_INIT("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"), 32 },
};

/* The bytes that hex names; 0: not hex, or more than max. */
static size_t unhex(struct span hex, uint8_t *out, size_t max)
{
	if (hex.len % 2 || hex.len / 2 > max)
		return 0;
	for (size_t i = 0; i < hex.len; i++) {
		int digit = ascii_hex(span_at(hex, i));

		if (digit < 0)
			return 0;
		out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] << 4 | digit : digit);
	}
	return hex.len / 2;
}

static const struct key_form *form_of(const struct json *key)
{
	struct span type = json_get_text(key, "keytype"), scheme = json_get_text(key, "scheme");

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (span_eq(type, forms[i].type) && span_eq(scheme, forms[i].scheme))
			return &forms[i];
	return NULL;
}

/* NULL: none that we can check with; such a key counts for nothing. */
static struct public_key *key_of(const struct json *key, const struct key_form *form)
{
	struct span given = json_get_text(json_get(key, "keyval"), "public");
	struct public_key *k = NULL;
	uint8_t der[KEY_DER_MAX];
	size_t row = 0;

	while (row < sizeof(bare) / sizeof(*bare) &&
		(bare[row].kind != form->kind || given.len != 2 * bare[row].len))
		row++;
	if (row < sizeof(bare) / sizeof(*bare)) {
		size_t head = bare[row].head.len;

		memcpy(der, bare[row].head.p, head);
		if (!unhex(given, der + head, sizeof(der) - head))
			return NULL;
		given = span_of(der, head + bare[row].len);
	}
	if (public_key_parse(given, &k, NULL) || public_key_kind(k) != form->kind) {
		public_key_free(k);
		return NULL;
	}
	return k;
}

static bool is_listed(const struct json *list, struct span text)
{
	for (size_t i = 0; i < json_count(list); i++)
		if (span_eq(json_text(json_at(list, i)), text))
			return true;
	return false;
}

/* Key of one signature that holds; NULL: it does not count. */
static struct public_key *signer_of(
	const struct json *signature, const struct tuf_role *r, struct span signed_text)
{
	struct span id = json_get_text(signature, "keyid"), hex = json_get_text(signature, "sig");
	uint8_t bytes[SIGNATURE_MAX];
	size_t len = unhex(hex, bytes, sizeof(bytes));

	if (!len || !is_listed(r->key_ids, id))
		return NULL;
	char name[512]; /* ids are any text; a longer one than a hash is not known to exist */

	if (id.len >= sizeof(name) || memchr(id.p, 0, id.len))
		return NULL;
	memcpy(name, id.p, id.len);
	name[id.len] = 0;
	const struct json *key = json_get(r->keys, name);
	const struct key_form *form = form_of(key);
	struct public_key *k = form ? key_of(key, form) : NULL;

	if (k && public_key_check(k, form->how, form->hash, signed_text, span_of(bytes, len)))
		return k;
	public_key_free(k);
	return NULL;
}

static int ids_differ(const struct json *signatures, struct scov_err *err)
{
	if (!json_is(signatures, JSON_LIST))
		return err_fail(err, SCOV_E_FORMAT, "no list of signatures");
	if (json_count(signatures) > TUF_KEYS_MAX)
		return err_fail(err, SCOV_E_LIMIT, "more than %d signatures", TUF_KEYS_MAX);
	for (size_t i = 0; i < json_count(signatures); i++)
		for (size_t k = 0; k < i; k++)
			if (span_eq(json_get_text(json_at(signatures, i), "keyid"),
				    json_get_text(json_at(signatures, k), "keyid")))
				return err_fail(
					err, SCOV_E_FORMAT, "two signatures have one key id");
	return 0;
}

int document_check(const struct document *d, const struct tuf_role *r, struct scov_err *err)
{
	const struct json *signatures = json_get(d->root, "signatures");
	struct public_key *good[TUF_KEYS_MAX];
	scoped_buf struct buf signed_text = { .limit = 4 * TUF_TARGETS_MAX };
	size_t n = 0;
	int rc = ids_differ(signatures, err);

	if (!rc)
		rc = canonical_json(d->body, &signed_text, err);
	if (!rc && signed_text.failed)
		rc = err_memory(err);
	for (size_t i = 0; i < json_count(signatures) && !rc; i++) {
		struct public_key *k = signer_of(json_at(signatures, i), r, buf_view(&signed_text));
		size_t same = 0;

		while (k && same < n && !public_key_same(k, good[same]))
			same++;
		if (k && same == n)
			good[n++] = k;
		else
			public_key_free(k);
	}
	for (size_t i = 0; i < n; i++)
		public_key_free(good[i]);
	if (!rc && n < r->threshold)
		rc = err_fail(err, SCOV_E_AUTH,
			"signed by %zu of the %" PRIu64 " keys of the role %.*s that it needs", n,
			r->threshold, SPAN_ARG(r->name));
	return rc;
}
