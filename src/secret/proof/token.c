/* token.c - values that decode: JSON web tokens, basic authentication, macaroons.
 *
 * Source: RFC 7519, RFC 7617, libmacaroons' format of version 2.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "secret/proof/proof.h"
#include "secret/value/lexicon.h"
#include "syntax/base64.h"
#include "syntax/json.h"

enum { TOKEN_MAX = 64 << 10 };

#define SECONDS_MAX INT64_C(253402300799) /* of the year 9999 */

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
		return proof_invalid(out, "its header is not JSON with an algorithm");
	if (!b)
		return proof_invalid(out, "its claims are not JSON");
	if (json_int(json_get(b, "exp"), &until) && until > 0 && until <= SECONDS_MAX)
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

/* What is after the colon: a value, or something that stands for one. */
static int password_of(const struct candidate *c, struct span password, struct proof *out)
{
	if (!password.len)
		return proof_harmless(out, 0, "a user without a password");
	if (value_placeholder(c->words ? c->words : lexicon_builtin(), password))
		return proof_harmless(
			out, SECRET_PLACEHOLDER, "a placeholder instead of a password");
	return proof_proven(out, PROOF_DECODED, "decodes to a user and a password");
}

static int basic_auth(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct span s;

	(void)parameter;
	if (!text_base64(c->value, c->scratch, &s))
		return proof_invalid(out, "not base64");
	size_t colon = span_find(s, ':');
	int rc = colon == s.len || !printable(s)
			 ? proof_invalid(out, "does not decode to a user and a password")
			 : password_of(c, span_from(s, colon + 1), out);

	wipe(s);
	return rc;
}

/* The same with two users whose password says more: "AWS" of Amazon's registries, whose password is
 * base64 of JSON with the second of its end; and the fixed names before a token. */
static int docker_auth(const struct candidate *c, struct span parameter, struct proof *out)
{
	struct span s;
	int64_t until;

	(void)parameter;
	if (!text_base64(c->value, c->scratch, &s))
		return proof_invalid(out, "not base64");
	size_t colon = span_find(s, ':');
	struct span user = span_sub(s, 0, colon), password = span_from(s, colon + 1);
	const struct json *v = span_eq(user, SPAN("AWS")) ? part(password, c->scratch) : NULL;
	int rc;

	if (json_int(json_get(v, "expiration"), &until) && until > 0 && until <= SECONDS_MAX)
		out->expires = until;
	if (colon == s.len || !printable(s))
		rc = proof_invalid(out, "does not decode to a user and a password");
	else if (!user.len)
		rc = proof_harmless(out, 0, "a password without a user");
	else
		rc = password_of(c, password, out);
	wipe(s);
	return rc;
}

/* The value of a parameter of a URL that holds the value: in the window, between blanks and quotes.
 */
static struct span url_parameter(const struct candidate *c, struct span name)
{
	size_t at = 0, end = 0;

	while (end < c->window.len) {
		size_t start = end;

		while (end < c->window.len &&
			!span_has(SPAN(" \t\r\n\"'`<>"), span_sub(c->window, end, 1)))
			end++;
		struct span word = span_sub(c->window, start, end - start);

		end++;
		if (!span_has(word, c->value))
			continue;
		while ((at += span_find_span(span_from(word, at), name)) < word.len) {
			uint8_t before = at ? span_at(word, at - 1) : '&';
			struct span rest = span_from(word, at + name.len), value;

			at += name.len;
			if (before != '&' && before != '?' && before != ';')
				continue;
			return span_split(&rest, '&', &value) ? value : (struct span){ 0 };
		}
		at = 0;
	}
	return (struct span){ 0 };
}

/* A day, a time of RFC 3339 with its colons as they are or as %3A, or seconds since 1970. */
static bool moment(struct span s, int64_t *out)
{
	uint8_t text[32];
	size_t n = 0;
	uint64_t seconds;

	if (span_number(s, 10, SECONDS_MAX, &seconds)) {
		*out = (int64_t)seconds;
		return seconds > 0;
	}
	for (size_t i = 0; i < s.len && n < sizeof(text); i++) {
		bool is_colon = span_eq_nocase(span_sub(s, i, 3), SPAN("%3A"));

		text[n++] = is_colon ? ':' : span_at(s, i);
		i += is_colon ? 2 : 0;
	}
	if (date_parse_day(span_of(text, n), out)) {
		*out *= DAY_SECONDS;
		return true;
	}
	return date_parse_rfc3339(span_of(text, n), out, NULL);
}

/* "se" of Azure's shared access signatures, or the parameter that the rule names. */
static int url_expiry(const struct candidate *c, struct span parameter, struct proof *out)
{
	static const struct span usual[] = { SPAN_INIT("se="), SPAN_INIT("Expires=") };
	struct span text = { 0 };
	int64_t until;

	if (c->window.len > TOKEN_MAX || !c->value.len)
		return proof_unknown(out, "says no end");
	for (size_t i = 0; i < 2 && !parameter.len && !text.len; i++)
		text = url_parameter(c, usual[i]);
	if (parameter.len && parameter.len < 32) {
		uint8_t name[32];
		size_t n = 0;

		for (; n < parameter.len; n++)
			name[n] = span_at(parameter, n);
		name[n++] = '=';
		text = url_parameter(c, span_of(name, n));
	}
	if (!moment(text, &until))
		return proof_unknown(out, "says no end");
	out->expires = until;
	return proof_unknown(out, "says when it ends");
}

/* Byte 2, then fields: type, length, bytes. The parameter is the location that must be first. */
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
	docker_auth };
const struct validator check_jwt = { "jwt", "a JSON web token that decodes", jwt };
const struct validator check_url_expiry = { "url-expiry", "the end that a signed URL states",
	url_expiry };
const struct validator check_macaroon = { "macaroon", "a macaroon of this location", macaroon };
