/* certificate.c - the public key of a certificate, to be paired with private keys.
 *
 * Source: RFC 5280, 4.1. Signatures are not looked at: what counts is which key it names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "crypto/digest.h"
#include "format/der.h"
#include "secret/proof/proof.h"

/* Certificate: tbs { [0] version, serial, algorithm, issuer, validity, subject, spki, ..., [3]
 * extensions }. */
static bool is_authority(struct cur *tbs)
{
	struct der d;

	while (cur_left(tbs) && der_next(tbs, &d)) {
		if (d.tag != DER_CONTEXT + 3)
			continue;
		struct cur c = cur_over(d.body), list = der_enter(&c, DER_SEQUENCE);

		for (size_t n = 0; n < 64 && cur_left(&list); n++) {
			struct cur e = der_enter(&list, DER_SEQUENCE);
			struct span oid = der_take(&e, DER_OID);

			if (der_peeks(&e, DER_BOOLEAN))
				der_take(&e, DER_BOOLEAN);
			struct cur value = cur_over(der_take(&e, DER_OCTETS));

			if (e.bad || !span_eq(oid, SPAN("\x55\x1d\x13")))
				continue;
			struct cur basic = der_enter(&value, DER_SEQUENCE);

			return !basic.bad && der_peeks(&basic, DER_BOOLEAN) &&
			       span_at(der_take(&basic, DER_BOOLEAN), 0);
		}
	}
	return false;
}

static bool certificate_read(struct span der, uint8_t hash[32], bool *is_ca, int64_t *not_after)
{
	struct cur c = cur_over(der), all = der_enter(&c, DER_SEQUENCE),
		   tbs = der_enter(&all, DER_SEQUENCE);
	struct der spki = { 0 };
	int64_t from, until = 0;

	if (der_peeks(&tbs, DER_CONTEXT))
		der_take(&tbs, DER_CONTEXT);
	der_take(&tbs, DER_INTEGER);
	der_take(&tbs, DER_SEQUENCE);
	der_take(&tbs, DER_SEQUENCE);
	struct cur times = der_enter(&tbs, DER_SEQUENCE);

	if (!der_time(&times, &from) || !der_time(&times, &until) || until < from)
		return false;
	der_take(&tbs, DER_SEQUENCE);
	der_next(&tbs, &spki);
	if (c.bad || all.bad || tbs.bad || spki.tag != DER_SEQUENCE)
		return false;
	struct digest d = digest_of(DIGEST_SHA256, spki.whole);

	if (d.algorithm != DIGEST_SHA256)
		return false;
	memcpy(hash, d.bytes, 32);
	*is_ca = is_authority(&tbs);
	*not_after = until;
	return true;
}

bool certificate_public(struct span text, struct arena *scratch, uint8_t public_hash[32],
	bool *is_ca, int64_t *not_after)
{
	struct pem pem = { 0 };
	struct span der = text;

	if (text.len > KEY_TEXT_MAX)
		return false;
	if (pem_find(text, &pem)) {
		if (!span_eq(pem.label, SPAN("CERTIFICATE")) &&
			!span_eq(pem.label, SPAN("TRUSTED CERTIFICATE")))
			return false;
		if (!pem.has_end || !text_base64(pem.body, scratch, &der))
			return false;
	}
	return certificate_read(der, public_hash, is_ca, not_after);
}
