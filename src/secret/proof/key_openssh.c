/* key_openssh.c - private keys as ssh-keygen writes them.
 *
 * Source: PROTOCOL.key of OpenSSH. Pairs are recomputed: the numbers must make the public half that
 * is before them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/proof/pbe.h"
#include "secret/proof/proof.h"

enum { NAME_MAX_BYTES = 64, KEYS_MAX = 1 /* all that OpenSSH reads itself */ };

static struct span string(struct cur *c, size_t max)
{
	uint32_t len = cur_be32(c);

	cur_need(c, len <= max);
	return cur_take(c, len);
}

static struct span magnitude(struct span s)
{
	while (s.len > 1 && span_at(s, 0) == 0)
		s = span_from(s, 1);
	return s;
}

static bool belongs(enum key_curve curve, struct span private, struct span public)
{
	uint8_t point[KEY_PUBLIC_MAX];
	size_t len;

	return key_public(curve, private, point, &len) && span_eq(span_of(point, len), public);
}

/* True when the private numbers belong to the public ones; the cursor is after them then. */
static bool private_half(struct cur *c)
{
	struct span type = string(c, NAME_MAX_BYTES), v[6] = { 0 };
	static const struct {
		struct span type;
		size_t n;
	} types[] = {
		{ SPAN_INIT("ssh-rsa"), 6 },
		{ SPAN_INIT("ssh-dss"), 5 },
		{ SPAN_INIT("ssh-ed25519"), 2 },
		{ SPAN_INIT("ecdsa-sha2-nistp256"), 3 },
		{ SPAN_INIT("ecdsa-sha2-nistp384"), 3 },
		{ SPAN_INIT("ecdsa-sha2-nistp521"), 3 },
	};
	size_t k = 0;

	while (k < sizeof(types) / sizeof(*types) && !span_eq(type, types[k].type))
		k++;
	if (k == sizeof(types) / sizeof(*types))
		return false;
	for (size_t i = 0; i < types[k].n; i++)
		v[i] = string(c, KEY_BYTES_MAX);
	if (c->bad)
		return false;
	switch (types[k].n) {
	case 6: /* n e d iqmp p q */
		return key_product(magnitude(v[4]), magnitude(v[5]), magnitude(v[0]));
	case 5: /* p q g y x */
		return key_power(
			magnitude(v[2]), magnitude(v[4]), magnitude(v[0]), magnitude(v[3]));
	case 2: /* public; seed and public */
		return v[1].len == 64 && v[0].len == 32 && span_eq(span_from(v[1], 32), v[0]) &&
		       belongs(CURVE_ED25519, span_sub(v[1], 0, 32), v[0]);
	default: /* curve, point, scalar */
		return belongs(curve_of_ssh(v[0]), magnitude(v[2]), v[1]);
	}
}

int proof_openssh(struct span bytes, const struct candidate *from, struct proof *out)
{
	struct cur c = cur_over(bytes);

	cur_expects(&c, SPAN("openssh-key-v1\0"));
	struct span cipher = string(&c, NAME_MAX_BYTES), kdf = string(&c, NAME_MAX_BYTES);

	string(&c, KEY_BYTES_MAX); /* salt and rounds */
	cur_need(&c, cur_be32(&c) == KEYS_MAX);
	struct span public = string(&c, 4 * KEY_BYTES_MAX), private = string(&c, KEY_TEXT_MAX);

	if (c.bad || !private.len)
		return proof_invalid(out, "not a key of OpenSSH");
	if (!proof_ssh_public(public, from->scratch, out))
		return proof_unknown(out, "a key of OpenSSH of an unknown kind");
	if (!span_eq(cipher, SPAN("none")) || !span_eq(kdf, SPAN("none"))) {
		out->flags |= SECRET_ENCRYPTED;
		return proof_unknown(out, "a password-protected private key");
	}
	if (!pbe_work(from, WORK_CURVE))
		return proof_unknown(out, "one key of OpenSSH of too many to look at each");
	c = cur_over(private);
	uint32_t check = cur_be32(&c);

	cur_need(&c, cur_be32(&c) == check);
	if (c.bad || !private_half(&c))
		return proof_invalid(out, "its private half is damaged");
	return proof_proven(out, PROOF_PAIR, "a key of OpenSSH whose halves belong together");
}
