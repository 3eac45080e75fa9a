/* token.c - values that decode: JSON web tokens, basic authentication, macaroons.
 *
 * Source: RFC 7519, RFC 7617, libmacaroons' format of version 2.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "secret/proof.h"
#include "syntax/base64.h"
#include "syntax/json.h"

enum { TOKEN_MAX = 64 << 10, TIME_MAX_YEARS = 9999 };

static const struct json *part(struct span text, struct arena *a)
{
	const struct json *v = NULL;
	struct span bytes;

	if (base64_decode(text, a, &bytes, NULL))
		return NULL;
	bool good = json_parse(bytes, TOKEN_MAX, a, &v, NULL) == 0 && json_is(v, JSON_DICT);

	wipe(bytes);
	return good ? v : NULL;
}

static int jwt(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct span rest = c->value, head, body;
	int64_t until;

	(void)parameter;
	if (rest.len > TOKEN_MAX || !span_split(&rest, '.', &head) ||
		!span_split(&rest, '.', &body))
		return proof_invalid(out, "not three parts");
	const struct json *h = part(head, c->scratch), *b = part(body, c->scratch);
	struct span alg = json_get_text(h, "alg");

	if (!h || !alg.len)
		return proof_invalid(out, "its header is no JSON with an algorithm");
	if (!b)
		return proof_invalid(out, "its claims are no JSON");
	if (json_int(json_get(b, "exp"), &until) && until > 0 && until / 31557600 < TIME_MAX_YEARS)
		out->expires = until;
	/* The token that jwt.io shows everybody. */
	if (span_eq(json_get_text(b, "sub"), SPAN("1234567890")) &&
		span_eq(json_get_text(b, "name"), SPAN("John Doe")))
		return proof_harmless(out, SECRET_EXAMPLE, "the example of the documentation");
	if (span_eq_nocase(alg, SPAN("none")) || !rest.len)
		return proof_unknown(out, "a token without a signature");
	return proof_proven(out, PROOF_DECODED, "a token whose header and claims decode");
}

static bool printable(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_at(s, i) < 0x20 || span_at(s, i) == 0x7f)
			return false;
	return true;
}

static int basic_auth(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct span s;
	int rc;

	(void)parameter;
	if (!text_base64(c->value, c->scratch, &s))
		return proof_invalid(out, "not base64");
	size_t colon = span_find(s, ':');
	struct span password = span_from(s, colon + 1);

	if (colon == s.len || !printable(s))
		rc = proof_invalid(out, "does not decode to a user and a password");
	else if (!password.len)
		rc = proof_harmless(out, 0, "a user without a password");
	else if (value_placeholder(password))
		rc = proof_harmless(out, SECRET_PLACEHOLDER, "a placeholder instead of a password");
	else
		rc = proof_proven(out, PROOF_DECODED, "decodes to a user and a password");
	wipe(s);
	return rc;
}

/* Byte 2, then fields: type, length, bytes. The parameter is the location that must stand first. */
static int macaroon(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct span bytes, value = c->value;

	if (span_starts(value, SPAN("pypi-")))
		value = span_from(value, 5);
	if (!text_base64(value, c->scratch, &bytes))
		return proof_invalid(out, "not base64");
	struct cur in = cur_over(bytes);

	cur_expect(&in, 2);
	cur_expect(&in, 1);
	uint64_t len = cur_varint(&in);

	cur_need(&in, len <= 1024);
	struct span location = cur_take(&in, in.bad ? 0 : (size_t)len);

	cur_expect(&in, 2);
	len = cur_varint(&in);
	cur_need(&in, len <= cur_left(&in));
	bool good = !in.bad && (!parameter.len || span_eq(location, parameter));

	wipe(bytes);
	return good ? proof_proven(out, PROOF_DECODED, "a macaroon that decodes")
		    : proof_invalid(out, "not a macaroon");
}

const struct validator check_basic_auth = { "basic-auth", "base64 of user:password", basic_auth };
const struct validator check_docker_auth = { "docker-auth", "the auth field of a Docker config",
	basic_auth };
const struct validator check_jwt = { "jwt", "a JSON web token that decodes", jwt };
const struct validator check_macaroon = { "macaroon", "a macaroon of this location", macaroon };
