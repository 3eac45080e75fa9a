/* key_pem.c - private keys between BEGIN and END lines, in every dress: CRLF, escaped line ends,
 * one line.
 *
 * Source: RFC 7468, RFC 1421 (the two lines before an old encrypted body).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/proof.h"

enum { BODY_MIN = 60 /* characters: the smallest key of all, Ed25519, has 64 */ };

/* What stands before the body of an old PEM: "Name: value" lines, up to an empty one. */
static struct span after_headers(struct span s, bool *encrypted)
{
	struct span line, rest = s;
	size_t n = 0;

	*encrypted = span_has(span_sub(s, 0, 512), SPAN("4,ENCRYPTED"));
	while (n++ < 16 && span_line(&rest, &line)) {
		struct span text = span_trim(line);

		if (text.len == 0 || span_has(text, SPAN(":")))
			s = rest;
		else
			break;
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
	out->body = after_headers(span_sub(rest, 0, end), &out->encrypted);
	return true;
}

static int look(const struct pem *pem, struct span bytes, struct arena *a, struct proof *out)
{
	if (span_eq(pem->label, SPAN("OPENSSH PRIVATE KEY")))
		return proof_openssh(bytes, a, out);
	if (span_starts(pem->label, SPAN("PGP PRIVATE KEY")))
		return proof_pgp(bytes, a, out);
	if (span_has(pem->label, SPAN("COSIGN")) || span_has(pem->label, SPAN("SIGSTORE"))) {
		out->flags |= SECRET_ENCRYPTED;
		return proof_unknown(out, "a signing key that a password closes");
	}
	return proof_key_der(bytes, a, out);
}

static int pem_key(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct pem pem = { 0 };
	struct span bytes = { 0 };

	(void)parameter;
	if (c->value.len > KEY_TEXT_MAX)
		return proof_unknown(out, "longer than any key");
	if (!pem_find(c->value, &pem))
		return proof_invalid(out, "no BEGIN line");
	if (!span_has(pem.label, SPAN("PRIVATE KEY")))
		return proof_harmless(out, 0, "not the BEGIN line of a private key");
	if (pem.body.len < BODY_MIN)
		return proof_harmless(out, SECRET_PLACEHOLDER, "a BEGIN line without a key");
	if (!pem.has_end)
		return proof_invalid(out, "no END line");
	if (pem.encrypted) {
		out->flags |= SECRET_ENCRYPTED;
		return proof_unknown(out, "a private key that a password closes");
	}
	/* The checksum line of a PGP block is no base64 text of its own. */
	if (span_starts(pem.label, SPAN("PGP ")))
		pem.body = span_sub(pem.body, 0, span_find_span(pem.body, SPAN("\n=")));
	if (!text_base64(pem.body, c->scratch, &bytes))
		return proof_invalid(out, "the body is not base64");
	int rc = look(&pem, bytes, c->scratch, out);

	wipe(bytes);
	return rc;
}

const struct validator check_pem_key = { "pem-key",
	"a private key between BEGIN and END lines that parses", pem_key };
