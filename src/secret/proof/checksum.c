/* checksum.c - tokens that carry a checksum, and values of a fixed decoded length.
 *
 * Parameter of the CRC validators: "COVER+SUM" or "COVER+GAP+SUM", counted in bytes from the end of
 * the value; a COVER of "*" is all that is before. Sources: CRC-32 of ISO 3309, CRC-16/XMODEM,
 * BIP 173 (bech32), ISO/IEC 7812-1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "secret/proof/pbe.h"
#include "secret/proof/proof.h"

enum { TOKEN_MAX = 4096 };

static uint32_t crc32(struct span s)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < s.len; i++) {
		crc ^= span_at(s, i);
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (0xedb88320 & (0U - (crc & 1)));
	}
	return ~crc;
}

/* The covered bytes and the checksum's. False: the parameter or the value does not fit. */
static bool cut(struct span value, struct span parameter, size_t sum_len, struct span *covered,
	struct span *sum)
{
	struct span part, rest = parameter;
	uint64_t n[3] = { SIZE_MAX, 0, sum_len };
	size_t k = 0;

	for (; k < 3 && span_split(&rest, '+', &part); k++)
		if (!(k == 0 && span_eq(part, SPAN("*"))) &&
			!span_number(part, 10, TOKEN_MAX, &n[k]))
			return false;
	if (k == 2) {
		n[2] = n[1];
		n[1] = 0;
	}
	if (value.len > TOKEN_MAX || value.len <= n[1] + n[2] || n[2] != sum_len)
		return false;
	size_t before = value.len - (size_t)(n[1] + n[2]);

	if (n[0] == SIZE_MAX)
		n[0] = before;
	if (n[0] > before || !n[0])
		return false;
	*covered = span_sub(value, before - (size_t)n[0], (size_t)n[0]);
	*sum = span_from(value, value.len - sum_len);
	return true;
}

static int say(bool good, struct proof *out)
{
	if (good)
		return proof_proven(out, PROOF_CHECKSUM, "its checksum is right");
	out->flags |= SECRET_CHECKSUM_BAD;
	return proof_invalid(out, "its checksum is wrong");
}

static int crc32_base62(const struct candidate *c, struct span parameter, struct proof *out)
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	struct span covered, sum;
	char want[6];

	if (!cut(c->value, parameter, sizeof(want), &covered, &sum))
		return proof_unknown(out, "too short for its checksum");
	uint32_t v = crc32(covered);

	for (size_t i = sizeof(want); i-- > 0; v /= 62)
		want[i] = digits[v % 62];
	return say(span_eq(sum, span_of(want, sizeof(want))), out);
}

static int crc32_digits(
	const struct candidate *c, struct span parameter, bool little, struct proof *out)
{
	struct span covered, sum;
	uint64_t got = 0;

	if (!cut(c->value, parameter, 8, &covered, &sum))
		return proof_unknown(out, "too short for its checksum");
	uint32_t want = crc32(covered);

	if (little)
		want = __builtin_bswap32(want);
	return say(span_number(sum, 16, UINT32_MAX, &got) && got == want, out);
}

static int crc32_hex(const struct candidate *c, struct span parameter, struct proof *out)
{
	return crc32_digits(c, parameter, false, out);
}

static int crc32_le_hex(const struct candidate *c, struct span parameter, struct proof *out)
{
	return crc32_digits(c, parameter, true, out);
}

/* A NATS seed: base32 of prefix, key and the CRC-16 of both, little-endian. */
static int crc16_nkey(const struct candidate *c, struct span parameter, struct proof *out)
{
	uint8_t raw[64];
	uint32_t bits = 0, have = 0, crc = 0;
	size_t n = 0;

	(void)parameter;
	if (c->value.len < 8 || c->value.len > 100)
		return proof_unknown(out, "not the length of a seed");
	for (size_t i = 0; i < c->value.len; i++) {
		uint8_t ch = span_at(c->value, i);

		if (!((ch >= 'A' && ch <= 'Z') || (ch >= '2' && ch <= '7')))
			return proof_invalid(out, "not base32");
		bits = bits << 5 | (uint32_t)(ch >= 'A' ? ch - 'A' : ch - '2' + 26);
		have += 5;
		if (have >= 8) {
			have -= 8;
			raw[n++] = (uint8_t)(bits >> have);
		}
	}
	for (size_t i = 0; i + 2 < n; i++) {
		crc ^= (uint32_t)raw[i] << 8;
		for (int k = 0; k < 8; k++)
			crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021U : 0)) & 0xffff;
	}
	bool good = n > 2 && crc == (uint32_t)(raw[n - 2] | raw[n - 1] << 8);

	explicit_bzero(raw, sizeof(raw));
	return say(good, out);
}

uint32_t bech32_step(uint32_t sum, uint32_t v)
{
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
		0x2a1462b3 };
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ v;
	for (int i = 0; i < 5; i++)
		sum ^= top >> i & 1 ? generator[i] : 0;
	return sum;
}

static int bech32(const struct candidate *c, struct span parameter, struct proof *out)
{
	static const struct span digits = SPAN_INIT("qpzry9x8gf2tvdw0s3jn54khce6mua7l");
	struct span s = c->value;
	size_t one = span_rfind(s, '1'), upper = 0, lower = 0;
	uint32_t sum = 1;

	(void)parameter;
	if (one == s.len || !one || s.len - one < 7 || s.len > TOKEN_MAX)
		return proof_invalid(out, "not bech32 text");
	for (size_t i = 0; i < s.len; i++) {
		upper += span_at(s, i) >= 'A' && span_at(s, i) <= 'Z';
		lower += span_at(s, i) >= 'a' && span_at(s, i) <= 'z';
	}
	if (upper && lower)
		return proof_invalid(out, "bech32 in mixed case");
	uint8_t fold = upper ? 0x20 : 0;

	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < one; i++) {
			uint8_t ch = span_at(s, i);

			ch |= ch >= 'A' && ch <= 'Z' ? fold : 0;
			sum = bech32_step(sum, pass ? ch & 31 : ch >> 5);
		}
		if (pass == 0)
			sum = bech32_step(sum, 0);
	}
	for (size_t i = one + 1; i < s.len; i++) {
		uint8_t ch = span_at(s, i);
		size_t v = span_find(digits, ch >= 'A' && ch <= 'Z' ? (uint8_t)(ch | 0x20) : ch);

		if (v == digits.len)
			return proof_invalid(out, "not bech32 text");
		sum = bech32_step(sum, (uint32_t)v);
	}
	return say(sum == 1, out);
}

static int luhn(const struct candidate *c, struct span parameter, struct proof *out)
{
	unsigned sum = 0;

	(void)parameter;
	if (c->value.len < 2 || c->value.len > 64)
		return proof_unknown(out, "not the length of a number");
	for (size_t i = 0; i < c->value.len; i++) {
		uint8_t ch = span_at(c->value, c->value.len - 1 - i);

		if (ch < '0' || ch > '9')
			return proof_invalid(out, "not digits alone");
		unsigned d = (unsigned)(ch - '0') << (i & 1);

		sum += d > 9 ? d - 9 : d;
	}
	return say(sum % 10 == 0, out);
}

/* "64" or "32,64": the value decodes to so many bytes. */
static int base64_len(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct span bytes, part, rest = parameter;
	uint64_t want;
	bool good = false;

	if (!text_base64(c->value, c->scratch, &bytes))
		return proof_invalid(out, "not base64");
	while (span_split(&rest, ',', &part))
		good |= span_number(part, 10, KEY_TEXT_MAX, &want) && want == bytes.len;
	wipe(bytes);
	return good ? proof_proven(out, PROOF_FORMAT, "decodes to the right length")
		    : proof_invalid(out, "decodes to another length");
}

/* 32 bytes of X25519 with the bits set and cleared that `wg genkey` leaves so (RFC 7748, section
 * 5). */
static int wireguard(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct span k;
	uint8_t public[KEY_PUBLIC_MAX];
	size_t len;
	int rc;

	(void)parameter;
	if (!text_base64(c->value, c->scratch, &k) || k.len != 32)
		return proof_invalid(out, "not 32 bytes in base64");
	if ((span_at(k, 0) & 7) || (span_at(k, 31) & 0xc0) != 0x40)
		rc = proof_unknown(out, "32 bytes, not clamped as generated keys are");
	else if (!pbe_work(c, WORK_CURVE))
		rc = proof_unknown(out, "one key of too many to look at each");
	else if (!key_public(CURVE_X25519, k, public, &len) ||
		 !proof_point(CURVE_X25519, span_of(public, len), c->scratch, out))
		rc = SCOV_E_LIMIT;
	else
		rc = proof_proven(out, PROOF_FORMAT, "32 bytes, clamped as generated keys are");
	wipe(k);
	return rc;
}

const struct validator check_base64_len = { "base64-len", "decodes to so many bytes", base64_len };
const struct validator check_bech32 = { "bech32", "the checksum of bech32", bech32 };
const struct validator check_crc16_nkey = { "crc16-nkey", "the checksum of a NATS seed",
	crc16_nkey };
const struct validator check_crc32_base62 = { "crc32-base62", "CRC-32 in base62, at the end",
	crc32_base62 };
const struct validator check_crc32_hex = { "crc32-hex", "CRC-32 in hex, at the end", crc32_hex };
const struct validator check_crc32_le_hex = { "crc32-le-hex", "CRC-32 in hex, low byte first",
	crc32_le_hex };
const struct validator check_luhn = { "luhn", "the check digit of Luhn", luhn };
const struct validator check_wireguard = { "wireguard-key", "a clamped X25519 key in base64",
	wireguard };
