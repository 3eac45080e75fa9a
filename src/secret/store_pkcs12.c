/* store_pkcs12.c - PKCS#12: is there a key in the open part, and does a default password open it?
 *
 * Source: RFC 7292. The iteration count is read first; no key derivation runs over MAC_ROUNDS_MAX.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/pkcs12.h"
#include "format/der.h"
#include "secret/proof.h"

enum { MAC_ROUNDS_MAX = 20000, BAGS_MAX = 1024, DEPTH_MAX = 4 };

#define OID_PKCS7 "\x2a\x86\x48\x86\xf7\x0d\x01\x07"
#define OID_BAG "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01"

static const char *const passwords[] = { "", "changeit", "changeme", "password", "secret" };

struct store {
	size_t plain_keys, closed_keys, certificates, closed_parts;
};

/* SafeContents: SEQUENCE OF SEQUENCE { bag OID, [0] value, attributes }. A bag may hold
 * SafeContents again. */
static void safe_contents(struct cur c, unsigned depth, struct store *s)
{
	struct cur list = der_enter(&c, DER_SEQUENCE);

	for (size_t n = 0; n < BAGS_MAX && cur_left(&list); n++) {
		struct cur bag = der_enter(&list, DER_SEQUENCE);
		struct span oid = der_take(&bag, DER_OID);

		if (bag.bad || !span_starts(oid, SPAN(OID_BAG)) || oid.len != sizeof(OID_BAG))
			continue;
		switch (span_at(oid, oid.len - 1)) {
		case 1:
			s->plain_keys++;
			break;
		case 2:
			s->closed_keys++;
			break;
		case 3:
			s->certificates++;
			break;
		case 6:
			if (depth < DEPTH_MAX)
				safe_contents(der_enter(&bag, DER_CONTEXT), depth + 1, s);
			break;
		default:
			break;
		}
	}
}

/* AuthenticatedSafe: SEQUENCE OF ContentInfo, data or encrypted data. */
static bool authenticated(struct span safe, struct store *s)
{
	struct cur c = cur_over(safe), list = der_enter(&c, DER_SEQUENCE);

	for (size_t n = 0; n < BAGS_MAX && cur_left(&list); n++) {
		struct cur info = der_enter(&list, DER_SEQUENCE);
		struct span oid = der_take(&info, DER_OID);

		if (!span_starts(oid, SPAN(OID_PKCS7)) || info.bad)
			return false;
		if (span_at(oid, oid.len - 1) != 1) {
			s->closed_parts++;
			continue;
		}
		struct cur content = der_enter(&info, DER_CONTEXT);

		safe_contents(cur_over(der_take(&content, DER_OCTETS)), 0, s);
	}
	return !list.bad && !c.bad;
}

/* MacData: SEQUENCE { DigestInfo, salt, iterations DEFAULT 1 }. False: absent, broken or too many.
 */
static bool mac_is_bounded(struct cur c, bool *has_mac)
{
	*has_mac = cur_left(&c) > 0;
	struct cur mac = der_enter(&c, DER_SEQUENCE);
	struct cur info = der_enter(&mac, DER_SEQUENCE), algorithm = der_enter(&info, DER_SEQUENCE);

	/* PBMAC1 has rounds of its own inside: not opened. */
	if (span_starts(der_take(&algorithm, DER_OID), SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x05")))
		return false;
	der_take(&mac, DER_OCTETS);
	if (cur_left(&mac))
		der_number(&mac, MAC_ROUNDS_MAX);
	return *has_mac && !mac.bad && !info.bad && !algorithm.bad;
}

static bool opens(struct span der)
{
	for (size_t i = 0; i < sizeof(passwords) / sizeof(*passwords); i++)
		if (pkcs12_opens(der, passwords[i]))
			return true;
	return false;
}

static int pkcs12(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct cur in = cur_over(c->value), all = der_enter(&in, DER_SEQUENCE);
	struct store s = { 0 };
	bool has_mac = false;

	(void)parameter;
	cur_need(&all, der_number(&all, 3) == 3);
	struct cur info = der_enter(&all, DER_SEQUENCE);
	struct span oid = der_take(&info, DER_OID);
	struct cur content = der_enter(&info, DER_CONTEXT);
	struct span safe = der_take(&content, DER_OCTETS);

	if (all.bad || info.bad || content.bad || !span_starts(oid, SPAN(OID_PKCS7)) ||
		!authenticated(safe, &s))
		return proof_invalid(out, "not a PKCS#12 store");
	if (s.plain_keys)
		return proof_proven(
			out, PROOF_PARSED, "a PKCS#12 store with a key that nothing closes");
	if (!s.closed_keys && !s.closed_parts)
		return proof_harmless(out, 0, "a PKCS#12 store with certificates only");
	bool is_bounded = mac_is_bounded(all, &has_mac);

	out->flags |= SECRET_ENCRYPTED;
	if (!s.closed_keys)
		return proof_unknown(out, "a PKCS#12 store with encrypted parts alone");
	if (has_mac && !is_bounded)
		return proof_unknown(out, "a PKCS#12 store with more rounds than are tried here");
	if (has_mac && opens(span_sub(c->value, 0, in.off))) {
		out->flags |= SECRET_DEFAULT;
		return proof_proven(out, PROOF_OPENED,
			"a PKCS#12 store with a key, opened by an empty or default password");
	}
	return proof_proven(out, PROOF_PARSED, "a PKCS#12 store with an encrypted key");
}

const struct validator check_pkcs12 = { "pkcs12-open",
	"a PKCS#12 store with a key; default passwords are tried", pkcs12 };
