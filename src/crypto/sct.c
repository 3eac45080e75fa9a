/* sct.c - the entries of a certificate in CT logs: signed timestamps inside it.
 *
 * Source: RFC 6962, sections 3.2 and 3.3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/library.h"
#include "crypto/x509.h"

enum { SCT_V1 = 0, SCT_SHA256 = 4, SCT_RSA = 1, SCT_ECDSA = 3, SCT_ID = 32, SCT_ENTRY_PRECERT = 1 };

struct sct {
	struct span id, extensions, signature;
	uint64_t milliseconds;
	uint8_t hash, signs;
};

static bool take_sct(struct cur *list, struct sct *out, bool *is_known)
{
	struct cur c = cur_over(cur_take(list, cur_be16(list)));

	*is_known = cur_u8(&c) == SCT_V1;
	if (list->bad || !*is_known)
		return !list->bad && !c.bad;
	out->id = cur_take(&c, SCT_ID);
	out->milliseconds = cur_be64(&c);
	out->extensions = cur_take(&c, cur_be16(&c));
	out->hash = cur_u8(&c);
	out->signs = cur_u8(&c);
	out->signature = cur_take(&c, cur_be16(&c));
	cur_done(list, &c);
	return !list->bad;
}

/* What the log has signed of the certificate: all of its TBS but the SCTs. *out is OPENSSL's. */
static bool tbs_without_scts(X509 *x, unsigned char **out, size_t *out_len)
{
	X509 *copy = X509_dup(x);
	int at = copy ? X509_get_ext_by_NID(copy, NID_ct_precert_scts, -1) : -1;

	if (at >= 0)
		X509_EXTENSION_free(X509_delete_ext(copy, at));
	int len = at >= 0 && X509_get_ext_by_NID(copy, NID_ct_precert_scts, -1) < 0
			  ? i2d_re_X509_tbs(copy, out)
			  : 0;

	X509_free(copy);
	ERR_clear_error();
	*out_len = len > 0 ? (size_t)len : 0;
	return len > 0 && len < 1 << 24;
}

static void put_be(struct buf *b, uint64_t v, unsigned bytes)
{
	while (bytes--)
		buf_byte(b, (char)(uint8_t)(v >> (8 * bytes)));
}

static bool check_sct(const struct sct *s, const struct digest *issuer, struct span tbs,
	const struct public_key *k)
{
	uint8_t want = public_key_kind(k) == PUBLIC_KEY_RSA ? SCT_RSA : SCT_ECDSA;
	struct buf text = { 0 };

	if (s->hash != SCT_SHA256 || s->signs != want || public_key_kind(k) == PUBLIC_KEY_ED25519)
		return false;
	buf_byte(&text, SCT_V1);
	buf_byte(&text, 0); /* certificate_timestamp */
	put_be(&text, s->milliseconds, 8);
	put_be(&text, SCT_ENTRY_PRECERT, 2);
	buf_bytes(&text, issuer->bytes, digest_size(issuer));
	put_be(&text, tbs.len, 3);
	buf_span(&text, tbs);
	put_be(&text, s->extensions.len, 2);
	buf_span(&text, s->extensions);
	bool is_good = !text.failed && public_key_check(k, SIGNATURE_OF_KEY, HASH_SHA256,
					       buf_view(&text), s->signature);

	buf_release(&text);
	return is_good;
}

/* NULL: good. */
static const char *sct_fault(const struct sct *s, const struct digest *issuer, struct span tbs,
	const struct ct_log *logs, size_t n, int64_t *out_time)
{
	const char *fault = "its SCT is of a log that is not known";
	int64_t at =
		s->milliseconds / 1000 > INT64_MAX ? INT64_MAX : (int64_t)(s->milliseconds / 1000);

	for (size_t i = 0; i < n; i++) {
		struct digest id = digest_of(DIGEST_SHA256, public_key_spki(logs[i].key));

		if (!span_eq(s->id, span_of(id.bytes, SCT_ID)))
			continue;
		if (at < logs[i].from || at > logs[i].until) {
			fault = "the time of its SCT is outside the time of use of the log";
		} else if (!check_sct(s, issuer, tbs, logs[i].key)) {
			fault = "the signature of its SCT is wrong";
		} else {
			*out_time = at;
			return NULL;
		}
	}
	return fault;
}

static int check_list(struct span list, const struct digest *issuer, struct span tbs,
	const struct ct_log *logs, size_t n, int64_t *out_time, struct scov_err *err)
{
	struct cur c = cur_over(list);
	struct cur in = cur_over(cur_take(&c, cur_be16(&c)));
	const char *fault = "its list of SCTs is empty";
	size_t count = 0;
	int64_t at = 0;
	bool is_good = false;

	while (cur_left(&in)) {
		struct sct s = { 0 };
		bool is_known;

		if (++count > SCTS_MAX)
			return err_fail(
				err, SCOV_E_LIMIT, "certificate: more than %d SCTs", SCTS_MAX);
		if (!take_sct(&in, &s, &is_known) || is_good)
			continue;
		fault = is_known ? sct_fault(&s, issuer, tbs, logs, n, &at)
				 : "its SCT is of an unknown version";
		is_good = !fault;
	}
	cur_done(&c, &in);
	if (c.bad || cur_left(&c))
		return err_fail(err, SCOV_E_FORMAT, "certificate: its list of SCTs is damaged");
	if (!is_good)
		return err_fail(err, SCOV_E_AUTH, "certificate: %s", fault);
	*out_time = at;
	return 0;
}

int certificate_sct_check(const struct certificate *leaf, const struct certificate *issuer,
	const struct ct_log *logs, size_t n, int64_t *out_time, struct scov_err *err)
{
	X509 *x = certificate_x509(leaf);
	ASN1_OCTET_STRING *list = NULL;

	/* A precertificate is what the log was shown, not a certificate. */
	if (X509_get_ext_by_NID(x, NID_ct_precert_poison, -1) >= 0)
		return err_fail(err, SCOV_E_AUTH, "it is a precertificate");
	struct span raw = certificate_extension(leaf, "1.3.6.1.4.1.11129.2.4.2");
	const unsigned char *at = raw.p;
	unsigned char *tbs = NULL;
	size_t tbs_len = 0;
	unsigned char *spki = NULL;
	int spki_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate_x509(issuer)), &spki);
	int rc;

	list = raw.p ? d2i_ASN1_OCTET_STRING(NULL, &at, (long)raw.len) : NULL;
	if (!raw.p) {
		rc = err_fail(err, SCOV_E_AUTH, "certificate: it has no SCT");
	} else if (!list || at != raw.p + raw.len || spki_len <= 0 ||
		   !tbs_without_scts(x, &tbs, &tbs_len)) {
		rc = err_fail(err, SCOV_E_FORMAT, "certificate: its list of SCTs is damaged");
	} else {
		struct digest of_issuer = digest_of(DIGEST_SHA256, span_of(spki, (size_t)spki_len));

		rc = check_list(
			span_of(ASN1_STRING_get0_data(list), (size_t)ASN1_STRING_length(list)),
			&of_issuer, span_of(tbs, tbs_len), logs, n, out_time, err);
	}
	ASN1_OCTET_STRING_free(list);
	OPENSSL_free(tbs);
	OPENSSL_free(spki);
	ERR_clear_error();
	return rc;
}
