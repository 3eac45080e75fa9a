/* pgp.c - OpenPGP packets: a secret key, and whether a password closes it.
 *
 * Source: RFC 9580, sections 4.2, 5.5.3 and 5.5.5; usage 101 of the string-to-key is GnuPG's stub.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/proof/proof.h"

enum { PACKETS_MAX = 256 };

static size_t length(struct cur *c, bool is_new, uint8_t tag, bool *partial)
{
	if (!is_new) {
		switch (tag & 3) {
		case 0:
			return cur_u8(c);
		case 1:
			return cur_be16(c);
		case 2:
			return cur_be32(c);
		default:
			return cur_left(c);
		}
	}
	uint8_t first = cur_u8(c);

	if (first < 192)
		return first;
	if (first < 224)
		return (size_t)(first - 192) * 256 + cur_u8(c) + 192;
	if (first == 255)
		return cur_be32(c);
	*partial = true;
	return 0;
}

static void mpi(struct cur *c)
{
	cur_skip(c, ((size_t)cur_be16(c) + 7) / 8);
}

/* The public numbers, by algorithm. */
static void public_half(struct cur *c, uint8_t algorithm)
{
	static const uint8_t numbers[] = { [1] = 2, [2] = 2, [3] = 2, [16] = 3, [17] = 4 };
	static const uint8_t raw[] = { [25] = 32, [26] = 56, [27] = 32, [28] = 57 };

	if (algorithm == 18 || algorithm == 19 || algorithm == 22) {
		cur_skip(c, cur_u8(c));
		mpi(c);
		if (algorithm == 18)
			cur_skip(c, cur_u8(c));
	} else if (algorithm < sizeof(numbers) && numbers[algorithm]) {
		for (uint8_t i = 0; i < numbers[algorithm]; i++)
			mpi(c);
	} else {
		cur_need(c, algorithm < sizeof(raw) && raw[algorithm]);
		cur_skip(c, algorithm < sizeof(raw) ? raw[algorithm] : 0);
	}
}

/* Numbers in the clear end with their sum, modulo 65536. */
static bool sum_fits(struct span s)
{
	struct cur last = cur_over(span_from(s, s.len - 2));
	uint16_t sum = 0;

	for (size_t i = 0; i + 2 < s.len; i++)
		sum = (uint16_t)(sum + span_at(s, i));
	return s.len > 2 && sum == cur_be16(&last);
}

/* 0 unreadable, 1 plain, 2 closed by a password, 3 a stub whose key is elsewhere */
static int secret(struct span body)
{
	struct cur c = cur_over(body);
	uint8_t version = cur_u8(&c);

	cur_need(&c, version >= 3 && version <= 6);
	cur_skip(&c, 4);
	if (version == 3)
		cur_skip(&c, 2);
	uint8_t algorithm = cur_u8(&c);

	if (version >= 5)
		cur_skip(&c, 4);
	public_half(&c, algorithm);
	cur_need(&c, cur_left(&c) > 3);
	uint8_t usage = cur_u8(&c);

	if (c.bad)
		return 0;
	if (usage == 0)
		return version == 6 || sum_fits(cur_rest(&c, 0)) ? 1 : 0;
	if (usage < 253)
		return 2;
	if (version >= 5)
		cur_skip(&c, version == 6 ? 2 : 1);
	cur_u8(&c);
	return cur_u8(&c) == 101 ? 3 : 2;
}

int proof_pgp(struct span packets, struct arena *a, struct proof *out)
{
	struct cur c = cur_over(packets);
	size_t seen[4] = { 0 };

	(void)a;
	for (size_t n = 0; n < PACKETS_MAX && cur_left(&c); n++) {
		bool partial = false;
		uint8_t head = cur_u8(&c);
		bool is_new = head & 0x40;
		uint8_t tag = is_new ? head & 0x3f : head >> 2 & 0x0f;

		cur_need(&c, head & 0x80);
		struct span body = cur_take(&c, length(&c, is_new, head, &partial));

		cur_need(&c, !partial); /* a key is never in pieces */
		if (!c.bad && (tag == 5 || tag == 7))
			seen[secret(body)]++;
	}
	if (seen[1])
		return proof_proven(out, PROOF_PARSED,
			"an unprotected OpenPGP secret key, its checksum is right");
	if (seen[2]) {
		out->flags |= SECRET_ENCRYPTED;
		return proof_unknown(out, "a password-protected OpenPGP secret key");
	}
	if (seen[3])
		return proof_harmless(out, 0, "an OpenPGP stub, the key is elsewhere");
	return c.bad || seen[0] ? proof_invalid(out, "not whole OpenPGP packets")
				: proof_harmless(out, 0, "OpenPGP packets without a secret key");
}
