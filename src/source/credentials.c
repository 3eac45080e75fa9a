/* credentials.c - what a Docker or Podman credential file says about one registry.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/credentials.h"

#include "base/err.h"
#include "syntax/base64.h"
#include "syntax/json.h"

bool credentials_is_helper_name(struct span name)
{
	static const struct span set = SPAN_INIT("abcdefghijklmnopqrstuvwxyz"
						 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	for (size_t i = 0; i < name.len; i++)
		if (span_find(set, span_at(name, i)) == set.len)
			return false;
	return name.len > 0 && name.len <= 64 && span_at(name, 0) != '.';
}

/* A secret goes into a header: nothing that could end the line, nothing endless. */
static bool is_secret(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_at(s, i) < 0x20 || span_at(s, i) == 0x7f)
			return false;
	return s.len <= CREDENTIALS_TEXT_MAX;
}

static bool is_hub(struct span host)
{
	return span_eq(host, SPAN("docker.io")) || span_eq(host, SPAN("index.docker.io")) ||
	       span_eq(host, SPAN("registry-1.docker.io"));
}

/* "https://host/v1/" and "host" are the same key. */
static struct span plain_key(struct span key)
{
	static const struct span heads[] = { SPAN_INIT("https://"), SPAN_INIT("http://") };
	static const struct span tails[] = { SPAN_INIT("/"), SPAN_INIT("/v1"), SPAN_INIT("/v2") };

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (span_starts(key, heads[i]))
			key = span_from(key, heads[i].len);
	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++)
		if (span_ends(key, tails[i]))
			key = span_sub(key, 0, key.len - tails[i].len);
	return key;
}

/* How much of host/path the key covers: 0 nothing, 1 the host, more the longer. */
static size_t covers(struct span key, struct span host, struct span path)
{
	struct span plain = plain_key(key);
	struct span key_host = span_sub(plain, 0, span_find(plain, '/'));
	struct span key_path = span_from(plain, key_host.len + 1);

	if (!span_eq_nocase(key_host, host) && !(is_hub(key_host) && is_hub(host)))
		return 0;
	if (key_path.len == 0)
		return 1;
	bool is_whole = key_path.len == path.len || span_at(path, key_path.len) == '/';

	return span_starts(path, key_path) && is_whole ? 1 + key_path.len : 0;
}

static const struct json *best_match(const struct json *dict, struct span host, struct span path)
{
	const struct json *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < json_count(dict); i++) {
		const struct json *v = json_at(dict, i);
		size_t n = covers(json_name(v), host, path);

		if (n > most) {
			most = n;
			best = v;
		}
	}
	return best;
}

/* "user:password" in base64; Docker pads a password with NUL bytes at times. */
static int take_pair(
	struct span text, struct arena *a, struct credentials *out, struct scov_err *err)
{
	struct span pair;

	if (base64_decode(text, a, &pair, NULL))
		return err_fail(err, SCOV_E_FORMAT, "'auth' is not base64");
	size_t colon = span_find(pair, ':');

	if (colon == pair.len)
		return err_fail(err, SCOV_E_FORMAT, "'auth' is not user:password");
	out->username = span_sub(pair, 0, colon);
	out->password = span_from(pair, colon + 1);
	while (out->password.len && span_at(out->password, out->password.len - 1) == 0)
		out->password.len--;
	return 0;
}

static int take_auth(
	const struct json *entry, struct arena *a, struct credentials *out, struct scov_err *err)
{
	struct span pair = json_get_text(entry, "auth");
	int rc = pair.len ? take_pair(pair, a, out, err) : 0;

	if (rc)
		return rc;
	if (!pair.len) {
		out->username = json_get_text(entry, "username");
		out->password = json_get_text(entry, "password");
	}
	out->identity_token = json_get_text(entry, "identitytoken");
	out->registry_token = json_get_text(entry, "registrytoken");
	if (!is_secret(out->username) || !is_secret(out->password) ||
		!is_secret(out->identity_token) || !is_secret(out->registry_token) ||
		span_find(out->username, ':') < out->username.len)
		return err_fail(
			err, SCOV_E_FORMAT, "an entry with control characters, or too long");
	return 0;
}

int credentials_parse(struct span file, struct span host, struct span path, struct arena *a,
	struct credentials_entry *out, struct scov_err *err)
{
	struct credentials_entry e = { 0 };
	const struct json *doc;

	/* Why it is not JSON is not passed on: the parser may quote the text. */
	if (json_parse(file, CREDENTIALS_FILE_MAX, a, &doc, NULL) || !json_is(doc, JSON_DICT))
		return err_fail(err, SCOV_E_FORMAT, "not a JSON object");
	const struct json *helper = best_match(json_get(doc, "credHelpers"), host, path);
	const struct json *auth = best_match(json_get(doc, "auths"), host, path);

	e.helper = helper ? json_text(helper) : json_get_text(doc, "credsStore");
	e.helper_key = helper         ? json_name(helper)
		       : is_hub(host) ? SPAN("https://index.docker.io/v1/")
				      : host;
	if (e.helper.len && !credentials_is_helper_name(e.helper))
		return err_fail(
			err, SCOV_E_FORMAT, "the name of a credential helper is not a word");
	int rc = auth ? take_auth(auth, a, &e.found, err) : 0;

	if (rc)
		return rc;
	e.is_found =
		e.found.username.len || e.found.identity_token.len || e.found.registry_token.len;
	*out = e;
	return 0;
}

int credentials_parse_helper(
	struct span answer, struct arena *a, struct credentials *out, struct scov_err *err)
{
	const struct json *doc;

	if (json_parse(answer, CREDENTIALS_TEXT_MAX, a, &doc, NULL) || !json_is(doc, JSON_DICT))
		return err_fail(err, SCOV_E_FORMAT, "the answer is not a JSON object");
	struct span user = json_get_text(doc, "Username"), secret = json_get_text(doc, "Secret");
	struct credentials c = { 0 };

	if (!is_secret(user) || !is_secret(secret) || (span_find(user, ':') < user.len && user.len))
		return err_fail(err, SCOV_E_FORMAT, "the answer has control characters");
	if (span_eq(user, SPAN("<token>")))
		c.identity_token = secret;
	else {
		c.username = user;
		c.password = secret;
	}
	*out = c;
	return 0;
}
