/* key_ppk.c - PuTTY's private keys, versions 2 and 3.
 *
 * Source: "PPK file format" of PuTTY's manual.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/buf.h"
#include "crypto/password.h"
#include "secret/proof/proof.h"

enum { LINES_MAX = 512 };

struct ppk {
	struct span algorithm, encryption, comment, public, private, mac;
};

/* N lines of base64, as one piece of text. */
static bool block(struct span *rest, struct span count, struct arena *a, struct span *out)
{
	struct span start = *rest, line;
	uint64_t n;

	if (!span_number(span_trim(count), 10, LINES_MAX, &n) || !n)
		return false;
	while (n--)
		if (!span_line(rest, &line))
			return false;
	return text_base64(span_sub(start, 0, start.len - rest->len), a, out);
}

static bool read_lines(struct span rest, struct arena *a, struct ppk *out)
{
	struct span line;

	for (size_t n = 0; n < LINES_MAX && span_line(&rest, &line); n++) {
		size_t colon = span_find(line, ':');
		struct span name = span_sub(line, 0, colon),
			    value = span_trim(span_from(line, colon + 1));

		if (n == 0)
			out->algorithm = value;
		else if (span_eq(name, SPAN("Encryption")))
			out->encryption = value;
		else if (span_eq(name, SPAN("Comment"))) /* one blank is the separator's */
			out->comment = span_from(line, colon + 2);
		else if (span_eq(name, SPAN("Public-Lines")) &&
			 !block(&rest, value, a, &out->public))
			return false;
		else if (span_eq(name, SPAN("Private-Lines")) &&
			 !block(&rest, value, a, &out->private))
			return false;
		else if (span_eq(name, SPAN("Private-MAC")))
			out->mac = value;
	}
	return out->encryption.len && out->public.len && out->private.len && out->mac.len;
}

static struct span string(struct cur *c)
{
	uint32_t len = cur_be32(c);

	cur_need(c, len <= KEY_BYTES_MAX);
	struct span s = cur_take(c, len);

	while (s.len > 1 && span_at(s, 0) == 0)
		s = span_from(s, 1);
	return s;
}

/* Of RSA the primes must make the modulus: d, p, q, iqmp. */
static bool belongs(const struct ppk *p)
{
	struct cur pub = cur_over(p->public), c = cur_over(p->private);

	if (!span_eq(string(&pub), SPAN("ssh-rsa")))
		return string(&c).len > 0 && !c.bad;
	string(&pub);
	struct span n = string(&pub);

	string(&c);
	struct span a = string(&c), b = string(&c);

	return !c.bad && !pub.bad && key_product(a, b, n);
}

static void put_string(struct buf *b, struct span s)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_byte(b, (uint8_t)(s.len >> shift));
	buf_span(b, s);
}

/* Over all of the file's fields. Without a password the key of the code is a constant (version 2),
 * or empty (version 3). */
static bool mac_fits(const struct ppk *p, bool is_old)
{
	scoped_buf struct buf b = { .limit = 2 * KEY_TEXT_MAX };
	enum hash_kind hash = is_old ? HASH_SHA1 : HASH_SHA256;
	struct span constant = SPAN("putty-private-key-file-mac-key");
	uint8_t key[HASH_MAX], want[HASH_MAX], have[HASH_MAX];
	size_t len = hash_size(hash);

	put_string(&b, p->algorithm);
	put_string(&b, p->encryption);
	put_string(&b, p->comment);
	put_string(&b, p->public);
	put_string(&b, p->private);
	bool good = !b.failed && text_hex(p->mac, want, len) &&
		    hash_pieces(hash, &constant, 1, key) &&
		    hash_hmac(hash, span_of(key, is_old ? len : 0), buf_view(&b), have) &&
		    span_eq(span_of(want, len), span_of(have, len));

	wipe(buf_view(&b));
	return good;
}

static int judge(const struct ppk *p, bool is_old, struct proof *out)
{
	if (!span_eq(p->encryption, SPAN("none"))) {
		out->flags |= SECRET_ENCRYPTED;
		return proof_unknown(out, "a password-protected private key");
	}
	if (!belongs(p))
		return proof_invalid(out, "its private half is damaged");
	if (!mac_fits(p, is_old)) {
		out->flags |= SECRET_CHECKSUM_BAD;
		return proof_invalid(out, "its MAC is wrong");
	}
	return proof_proven(
		out, PROOF_CHECKSUM, "a key file of PuTTY that parses, its MAC is right");
}

static int ppk(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct span s = span_from(c->value, span_find_span(c->value, SPAN("PuTTY-User-Key-File-")));
	struct ppk p = { 0 };
	bool is_old = span_at(s, 20) == '2';
	int rc;

	(void)parameter;
	if (s.len > KEY_TEXT_MAX || (!is_old && span_at(s, 20) != '3'))
		return proof_invalid(out, "not a key file of PuTTY, version 2 or 3");
	if (!read_lines(s, c->scratch, &p) || !proof_ssh_public(p.public, c->scratch, out))
		rc = proof_invalid(out, "a key file of PuTTY that does not parse");
	else
		rc = judge(&p, is_old, out);
	wipe(p.private);
	return rc;
}

const struct validator check_ppk = { "ppk", "a private key of PuTTY, its MAC checked", ppk };
