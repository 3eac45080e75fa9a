/* key_pem.c - private keys between BEGIN and END lines, in every dress: CRLF, escaped line ends,
 * one line, base64 of all of it.
 *
 * Source: RFC 7468, RFC 1421 (the two lines before an old encrypted body), RFC 9580, 6.1 (the
 * checksum of OpenPGP's armor).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/proof/pbe.h"
#include "secret/proof/proof.h"

enum { BODY_MIN = 60 /* characters: the smallest key of all, Ed25519, has 64 */ };

/* What is before the body of an old PEM: "Name: value" lines, up to an empty one. */
static struct span after_headers(struct span s, struct pem *out)
{
	struct span line, rest = s;
	size_t n = 0;

	out->encrypted = span_has(span_sub(s, 0, 512), SPAN("4,ENCRYPTED"));
	while (n++ < 16 && span_line(&rest, &line)) {
		struct span text = span_trim(line);
		size_t colon = span_find(text, ':');

		if (span_eq(span_sub(text, 0, colon), SPAN("DEK-Info")))
			out->dek = span_trim(span_from(text, colon + 1));
		/* The time of a log line has colons too, after a blank. */
		if (text.len && (colon == text.len || span_find(text, ' ') < colon))
			break;
		s = rest;
	}
	return s;
}

bool pem_find(struct span text, struct pem *out)
{
	struct span s = span_from(text, span_find_span(text, SPAN("-----BEGIN ")));
	struct span after = span_from(s, 11);
	size_t dashes = span_find_span(after, SPAN("-----"));

	if (!s.len || dashes == after.len || dashes > 64)
		return false;
	out->label = span_sub(after, 0, dashes);
	struct span rest = span_from(after, dashes + 5);
	size_t end = span_find_span(rest, SPAN("-----END"));

	out->has_end = end < rest.len;
	out->body = after_headers(span_sub(rest, 0, end), out);
	return true;
}

static uint32_t crc24(struct span s)
{
	uint32_t crc = 0xb704ce;

	for (size_t i = 0; i < s.len; i++) {
		crc ^= (uint32_t)span_at(s, i) << 16;
		for (int k = 0; k < 8; k++)
			crc = (crc << 1 ^ (crc & 0x800000 ? 0x864cfbU : 0)) & 0xffffff;
	}
	return crc;
}

/* The body and, where there is one, its checksum after "\n=". */
static int armored(const struct pem *pem, const struct candidate *c, struct proof *out)
{
	struct span escaped = SPAN("\\n="), bytes, sum;
	size_t at = span_find_span(pem->body, SPAN("\n=")), skip = 2;

	if (at == pem->body.len) {
		at = span_find_span(pem->body, escaped);
		skip = escaped.len;
	}
	bool has_sum = at < pem->body.len;

	if (!text_base64(span_sub(pem->body, 0, at), c->scratch, &bytes) &&
		!text_base64_lines(span_sub(pem->body, 0, at), c->scratch, &bytes))
		return proof_invalid(out, "the body is not base64");
	if (has_sum && text_base64(span_sub(pem->body, at + skip, 4), c->scratch, &sum) &&
		sum.len == 3) {
		struct cur in = cur_over(sum);
		uint32_t want = (uint32_t)cur_u8(&in) << 16;

		if (crc24(bytes) != (want | cur_be16(&in))) {
			out->flags |= SECRET_CHECKSUM_BAD;
			wipe(bytes);
			return proof_invalid(out, "the checksum of its armor is wrong");
		}
	}
	int rc = proof_pgp(bytes, c->scratch, out);

	wipe(bytes);
	return rc;
}

/* An old encrypted body: "DEK-Info" says how. */
static int closed(
	const struct pem *pem, struct span bytes, const struct candidate *c, struct proof *out)
{
	uint8_t iv[CIPHER_IV_MAX];
	struct pbe pbe;
	enum pbe_state state = pbe_read_pem(pem->dek, iv, &pbe);

	if (state == PBE_BROKEN)
		return proof_invalid(out, "an encrypted private key that does not parse");
	proof_known_whole(bytes, out);
	if (state == PBE_READY && out->validity != VALID_PROVEN)
		return pbe_try_key(&pbe, bytes, c, out);
	return pbe_closed(state, out);
}

static int look(
	const struct pem *pem, struct span bytes, const struct candidate *c, struct proof *out)
{
	if (pem->encrypted)
		return closed(pem, bytes, c, out);
	if (span_eq(pem->label, SPAN("OPENSSH PRIVATE KEY")))
		return proof_openssh(bytes, c, out);
	if (span_has(pem->label, SPAN("COSIGN")) || span_has(pem->label, SPAN("SIGSTORE"))) {
		out->flags |= SECRET_ENCRYPTED;
		return proof_unknown(out, "a password-protected signing key");
	}
	return proof_key_der(bytes, c, out);
}

/* The first private key of the text, whatever its label. */
static int proof_pem(struct span text, const struct candidate *c, struct proof *out)
{
	struct pem pem = { 0 };
	struct span bytes = { 0 };

	if (text.len > KEY_TEXT_MAX)
		return proof_unknown(out, "longer than any key");
	if (!pem_find(text, &pem))
		return proof_invalid(out, "no BEGIN line");
	if (!span_has(pem.label, SPAN("PRIVATE KEY")))
		return proof_harmless(out, 0, "not the BEGIN line of a private key");
	if (pem.body.len < BODY_MIN)
		return proof_harmless(out, SECRET_PLACEHOLDER, "a BEGIN line without a key");
	if (!pem.has_end)
		return proof_invalid(out, "no END line");
	if (span_starts(pem.label, SPAN("PGP PRIVATE KEY")))
		return armored(&pem, c, out);
	if (!text_base64(pem.body, c->scratch, &bytes) &&
		!text_base64_lines(pem.body, c->scratch, &bytes))
		return proof_invalid(out, "the body is not base64");
	int rc = look(&pem, bytes, c, out);

	wipe(bytes);
	return rc;
}

static int pem_key(const struct candidate *c, struct span parameter, struct proof *out)
{
	(void)parameter;
	return proof_pem(c->value, c, out);
}

/* A key in base64, as kubeconfig files and Kubernetes secrets carry it: of its PEM, or of its DER.
 */
static int base64_key(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct span bytes;

	(void)parameter;
	if (!text_base64(c->value, c->scratch, &bytes))
		return proof_invalid(out, "not base64");
	int rc = span_has(bytes, SPAN("-----BEGIN ")) ? proof_pem(bytes, c, out)
						      : proof_key_der(bytes, c, out);

	wipe(bytes);
	return rc;
}

const struct validator check_base64_key = { "base64-key", "base64 of a private key that parses",
	base64_key };
const struct validator check_pem_key = { "pem-key",
	"a private key between BEGIN and END lines that parses", pem_key };

static int openssh_key(const struct candidate *c, struct span parameter, struct proof *out)
{
	(void)parameter;
	if (span_has(span_sub(c->value, 0, 128), SPAN("-----BEGIN ")))
		return proof_pem(c->value, c, out);
	return proof_openssh(c->value, c, out);
}

const struct validator check_openssh = { "openssh-key",
	"a private key of OpenSSH, between its lines or decoded", openssh_key };

static int pgp_packet(const struct candidate *c, struct span parameter, struct proof *out)
{
	(void)parameter;
	if (span_has(span_sub(c->value, 0, 128), SPAN("-----BEGIN ")))
		return proof_pem(c->value, c, out);
	return proof_pgp(c->value, c->scratch, out);
}

const struct validator check_pgp = { "pgp-packet", "an OpenPGP secret key, armored or in packets",
	pgp_packet };
