/* auth.c - the Authorization of one repository: Basic, or a bearer token and its renewal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/auth.h"

#include <pthread.h>
#include <string.h>

#include "base/err.h"
#include "net/header.h"
#include "syntax/base64.h"
#include "syntax/json.h"

enum {
	LIFE_DEFAULT = 60, /* seconds of a token that does not say */
	LIFE_MAX = 86400,
	LIFE_MARGIN_MS = 5000, /* renewed this long before its end */
};

struct auth {
	struct auth_options opt;
	pthread_mutex_t lock;
	struct arena arena;
	struct credentials own;
	bool has_looked;
	struct buf header;                /* "Bearer ...", "Basic ..."; empty: none */
	unsigned version;                 /* of the header */
	int64_t ends_ms;                  /* 0: never */
	struct buf realm, service, scope; /* of the last Bearer challenge */
};

static void wipe(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	b->len = 0;
}

int auth_new(const struct auth_options *opt, struct auth **out, struct scov_err *err)
{
	struct auth *a = mem_alloc(sizeof(*a));

	if (!a)
		return err_memory(err);
	a->opt = *opt;
	a->arena.limit = 8 << 20;
	a->header.limit = 2 * TOKEN_MAX;
	a->realm.limit = a->service.limit = a->scope.limit = URL_MAX;
	pthread_mutex_init(&a->lock, NULL);
	*out = a;
	return 0;
}

void auth_free(struct auth *a)
{
	if (!a)
		return;
	wipe(&a->header);
	buf_release(&a->header);
	buf_release(&a->realm);
	buf_release(&a->service);
	buf_release(&a->scope);
	arena_release(&a->arena);
	pthread_mutex_destroy(&a->lock);
	mem_free(a);
}

/* Nothing that could end a header or a line of it. */
static bool is_token(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_at(s, i) <= 0x20 || span_at(s, i) >= 0x7f)
			return false;
	return s.len > 0 && s.len <= TOKEN_MAX;
}

static int set_header(struct auth *a, const char *scheme, struct span value, struct scov_err *err)
{
	wipe(&a->header);
	buf_printf(&a->header, "%s ", scheme);
	buf_span(&a->header, value);
	a->version++;
	return a->header.failed ? err_fail(err, SCOV_E_LIMIT, "credentials too long") : 0;
}

static void basic_value(struct span user, struct span password, struct buf *out)
{
	struct buf pair = { .limit = 4 * TOKEN_MAX };

	buf_span(&pair, user);
	buf_byte(&pair, ':');
	buf_span(&pair, password);
	base64_encode(out, buf_view(&pair));
	wipe(&pair);
	buf_release(&pair);
}

static int look_up(struct auth *a, const struct call *call, struct scov_err *err)
{
	if (a->has_looked)
		return 0;
	if (a->opt.username.len) {
		a->own.username = a->opt.username;
		a->own.password = a->opt.password;
	} else {
		const struct reference *name = a->opt.name;
		struct credentials_search where = { a->opt.authfile, call };
		int rc = credentials_find(&where, name->host, name->path, &a->arena, &a->own, err);

		if (rc)
			return rc;
	}
	a->has_looked = true;
	return 0;
}

static int use_basic(struct auth *a, struct scov_err *err)
{
	scoped_buf struct buf value = { .limit = 8 * TOKEN_MAX };

	if (!a->own.username.len && !a->own.password.len)
		return err_fail(err, SCOV_E_AUTH, "%.*s requires a user name and a password%s%s",
			SPAN_ARG(a->opt.name->host), a->own.note ? "; " : "",
			a->own.note ? a->own.note : "");
	basic_value(a->own.username, a->own.password, &value);
	int rc = set_header(a, "Basic", buf_view(&value), err);

	wipe(&value);
	a->ends_ms = 0;
	return rc;
}

static void add_field(struct buf *b, const char *name, struct span value)
{
	if (!value.len)
		return;
	if (b->len && b->p[b->len - 1] != '?')
		buf_byte(b, '&');
	buf_printf(b, "%s=", name);
	url_escape(b, value);
}

/* Keep a token from the endpoint's answer. */
static int take_token(
	struct auth *a, struct http_body *body, const char *from, struct scov_err *err)
{
	scoped_arena struct arena scratch = { .limit = 16 << 20 };
	struct span text;
	const struct json *doc;
	uint64_t life = LIFE_DEFAULT;
	int rc = http_read_all(body, TOKEN_ANSWER_MAX, &scratch, &text, err);

	if (rc)
		return rc;
	if (json_parse(text, TOKEN_ANSWER_MAX, &scratch, &doc, NULL))
		return err_fail(err, SCOV_E_FORMAT, "%s: the token's answer is not JSON", from);
	struct span token = json_get_text(doc, "token");

	if (!token.len)
		token = json_get_text(doc, "access_token");
	if (!is_token(token))
		return err_fail(err, SCOV_E_FORMAT, "%s: the answer holds no usable token", from);
	json_uint(json_get(doc, "expires_in"), LIFE_MAX, &life);
	a->ends_ms = clock_ms() + (int64_t)(life ? life : LIFE_DEFAULT) * 1000 - LIFE_MARGIN_MS;
	return set_header(a, "Bearer", token, err);
}

static int refuse(struct auth *a, const struct http_answer *an, struct scov_err *err)
{
	struct scov_err plain;
	int rc = http_fail_status(an, "", &plain);
	bool tell = rc == SCOV_E_AUTH && a->own.note;

	return err_fail(err, rc, "%s%s%s", plain.text, tell ? "; " : "", tell ? a->own.note : "");
}

/* 0 with a token kept; 1 when the endpoint does not know POST. */
static int fetch(struct auth *a, const struct call *call, const struct http_request *rq,
	struct scov_err *err)
{
	struct http_answer an;
	struct http_body *body;
	int rc = http_open(a->opt.http, call, rq, &an, &body, err);

	if (rc)
		return rc;
	if (rq->method == HTTP_POST && (an.status == 404 || an.status == 405))
		rc = 1;
	else if (an.status != 200)
		rc = refuse(a, &an, err);
	else
		rc = take_token(a, body, an.from, err);
	http_close(body);
	return rc;
}

static int fetch_by_post(struct auth *a, const struct call *call, struct scov_err *err)
{
	struct buf form = { .limit = 8 * TOKEN_MAX };

	add_field(&form, "grant_type", SPAN("refresh_token"));
	add_field(&form, "service", buf_view(&a->service));
	add_field(&form, "client_id", SPAN("scoville"));
	add_field(&form, "scope", buf_view(&a->scope));
	add_field(&form, "refresh_token", a->own.identity_token);
	struct http_request rq = {
		.method = HTTP_POST,
		.url = a->realm.p,
		.accept = "application/json",
		.body = buf_view(&form),
	};
	int rc = form.failed ? err_fail(err, SCOV_E_LIMIT, "credentials too long")
			     : fetch(a, call, &rq, err);

	wipe(&form);
	buf_release(&form);
	return rc;
}

static int fetch_by_get(struct auth *a, const struct call *call, struct scov_err *err)
{
	scoped_buf struct buf url = { .limit = 4 * URL_MAX }, value = { .limit = 8 * TOKEN_MAX };
	struct span user = a->own.username, password = a->own.password;
	struct http_request rq = { .method = HTTP_GET, .accept = "application/json" };

	if (a->own.identity_token.len) {
		user = user.len ? user : SPAN("<token>");
		password = a->own.identity_token;
	}
	if (user.len) {
		buf_str(&value, "Basic ");
		basic_value(user, password, &value);
		rq.authorization = value.p;
	}
	buf_span(&url, buf_view(&a->realm));
	buf_byte(&url, span_find(buf_view(&a->realm), '?') < a->realm.len ? '&' : '?');
	add_field(&url, "service", buf_view(&a->service));
	add_field(&url, "scope", buf_view(&a->scope));
	add_field(&url, "client_id", SPAN("scoville"));
	rq.url = url.p;
	int rc = url.failed || value.failed ? err_fail(err, SCOV_E_LIMIT, "credentials too long")
					    : fetch(a, call, &rq, err);

	wipe(&value);
	return rc;
}

/* The realm comes from the registry: it may not move our password onto a plain connection. */
static int check_realm(struct auth *a, struct scov_err *err)
{
	struct url u;
	int rc = url_parse(buf_view(&a->realm), &u, err);

	if (rc) {
		err_wrap(err, "token endpoint of %.*s", SPAN_ARG(a->opt.name->host));
		return rc;
	}
	struct span host = a->opt.name->host;
	bool in_brackets = span_at(host, 0) == '[';

	host = in_brackets ? span_sub(host, 1, span_find(host, ']') - 1)
			   : span_sub(host, 0, span_find(host, ':'));
	if (!u.is_https && !a->opt.plain_http &&
		!(url_is_loopback(&u) && url_host_is_loopback(host)))
		return err_fail(err, SCOV_E_AUTH, "%.*s names a token endpoint without TLS",
			SPAN_ARG(a->opt.name->host));
	return 0;
}

static int use_bearer(struct auth *a, const struct call *call, struct scov_err *err)
{
	int rc = check_realm(a, err);

	if (rc)
		return rc;
	if (a->own.registry_token.len) {
		a->ends_ms = 0;
		return is_token(a->own.registry_token)
			       ? set_header(a, "Bearer", a->own.registry_token, err)
			       : err_fail(err, SCOV_E_AUTH,
					 "the token in the credential file is not usable");
	}
	rc = a->own.identity_token.len ? fetch_by_post(a, call, err) : 1;
	return rc == 1 ? fetch_by_get(a, call, err) : rc;
}

static void keep(struct buf *b, struct span s)
{
	b->len = 0;
	buf_span(b, s);
	buf_byte(b, 0); /* also when empty: realm goes on as a C string */
	b->len -= b->len > 0;
}

static const struct challenge *pick(const challenges *list, struct span scheme)
{
	for (size_t i = 0; i < list->n; i++)
		if (span_eq_nocase(list->p[i].scheme, scheme))
			return &list->p[i];
	return NULL;
}

static int meet(struct auth *a, const struct call *call, struct span text, struct scov_err *err)
{
	scoped_arena struct arena scratch = { .limit = 1 << 20 };
	struct span host = a->opt.name->host;
	challenges list = { 0 };
	int rc = challenges_parse(text, &scratch, &list, err);

	if (!rc)
		rc = look_up(a, call, err);
	if (rc)
		return rc;
	const struct challenge *bearer = pick(&list, SPAN("Bearer")),
			       *basic = pick(&list, SPAN("Basic"));

	if (bearer && bearer->realm.len) {
		const char *usual =
			arena_printf(&scratch, "repository:%.*s:pull", SPAN_ARG(a->opt.name->path));

		keep(&a->realm, bearer->realm);
		keep(&a->service, bearer->service);
		keep(&a->scope, bearer->scope.len ? bearer->scope : span_str(usual));
		if (a->realm.failed || a->service.failed || a->scope.failed)
			return err_fail(
				err, SCOV_E_LIMIT, "%.*s: challenge too long", SPAN_ARG(host));
		return use_bearer(a, call, err);
	}
	if (basic)
		return use_basic(a, err);
	return err_fail(
		err, SCOV_E_AUTH, "%.*s asks for an unknown kind of credentials", SPAN_ARG(host));
}

int auth_answer(struct auth *a, const struct call *call, unsigned version, struct span challenge,
	struct scov_err *err)
{
	pthread_mutex_lock(&a->lock);
	/* Another thread may have met the challenge while we asked with the old header. */
	int rc = version == a->version ? meet(a, call, challenge, err) : 0;

	pthread_mutex_unlock(&a->lock);
	return rc;
}

int auth_header(struct auth *a, const struct call *call, struct arena *arena, const char **out,
	unsigned *version, struct scov_err *err)
{
	const char *value = NULL;
	int rc = 0;

	pthread_mutex_lock(&a->lock);
	if (a->ends_ms && clock_ms() >= a->ends_ms)
		rc = use_bearer(a, call, err);
	if (!rc && a->header.len) {
		value = arena_cstr(arena, buf_view(&a->header));
		if (!value)
			rc = err_memory(err);
	}
	*version = a->version;
	pthread_mutex_unlock(&a->lock);
	if (!rc)
		*out = value;
	return rc;
}

const char *auth_note(struct auth *a)
{
	pthread_mutex_lock(&a->lock);
	const char *note = a->own.note ? a->own.note : "";

	pthread_mutex_unlock(&a->lock);
	return note;
}
