/* roots.c - read trusted_root.json, JSON lines of them, and PEM certificates.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/roots.h"

#include "base/date.h"
#include "trust/builtin.h"
#include "trust/note.h"
#include "trust/parts.h"

static const struct span media_types[] = {
	SPAN_INIT("application/vnd.dev.sigstore.trustedroot+json;version=0.1"),
	SPAN_INIT("application/vnd.dev.sigstore.trustedroot+json;version=0.2"),
	SPAN_INIT("application/vnd.dev.sigstore.trustedroot.v0.1+json"),
	SPAN_INIT("application/vnd.dev.sigstore.trustedroot.v0.2+json"),
};

/* "https://rekor.sigstore.dev/path" -> "rekor.sigstore.dev", with its port. */
static struct span host_of(struct span url)
{
	size_t at = span_find_span(url, SPAN("://"));
	struct span host = at < url.len ? span_from(url, at + 3) : url;

	return span_sub(host, 0, span_find(host, '/'));
}

/* Missing ends are open, but a log's key has to say when it began. */
static int read_window(
	const struct json *v, bool need_start, int64_t *from, int64_t *until, struct scov_err *err)
{
	struct span start = json_get_text(v, "start"), end = json_get_text(v, "end");

	*from = INT64_MIN;
	*until = INT64_MAX;
	if (need_start && !start.len)
		return err_fail(err, SCOV_E_FORMAT, "validFor.start is missing");
	if ((start.len && !date_parse_rfc3339(start, from, NULL)) ||
		(end.len && !date_parse_rfc3339(end, until, NULL)))
		return err_fail(err, SCOV_E_FORMAT, "validFor is not a pair of dates");
	return 0;
}

static int read_log(
	const struct json *v, struct arena *a, struct trust_log *out, struct scov_err *err)
{
	const struct json *key = json_get(v, "publicKey");
	struct span details = json_get_text(key, "keyDetails"), der = { 0 };
	struct span id = json_text(json_walk(v, "logId.keyId"));
	struct trust_log l = { .name = arena_dup(a, host_of(json_get_text(v, "baseUrl"))),
		.details = key_details_named(details) };
	int code = read_window(json_get(key, "validFor"), true, &l.from, &l.until, err);

	if (!code)
		code = base64_need(
			json_get_text(key, "rawBytes"), false, "publicKey.rawBytes", a, &der, err);
	if (!code && id.len)
		code = base64_need(id, false, "logId.keyId", a, &l.id, err);
	if (code)
		return code;
	/* A root may have keys of kinds that are still to come: their entries prove nothing. */
	if (l.details && public_key_parse(der, &l.key, NULL))
		return err_fail(err, SCOV_E_FORMAT, "publicKey is not a key");
	if (l.details && !key_details_fit(l.details, l.key)) {
		public_key_free(l.key);
		return err_fail(err, SCOV_E_FORMAT, "publicKey is not of the kind '%.*s'",
			SPAN_ARG(details));
	}
	if (l.key && !id.len) { /* a newer form may leave it to the key */
		struct digest d = note_key_id(l.name, l.key);

		l.id = arena_dup(a, span_of(d.bytes, 32));
	}
	*out = l;
	return 0;
}

static int read_authority(
	const struct json *v, struct arena *a, struct trust_authority *out, struct scov_err *err)
{
	const struct json *list = json_walk(v, "certChain.certificates");
	struct trust_authority t = { .name = arena_dup(a, host_of(json_get_text(v, "uri"))) };
	size_t n = json_count(list);
	int code = read_window(json_get(v, "validFor"), false, &t.from, &t.until, err);

	if (!code && !n)
		code = err_fail(err, SCOV_E_FORMAT, "certChain has no certificates");
	for (size_t i = 0; i < n && !code; i++) {
		struct span der = { 0 };

		code = base64_need(json_get_text(json_at(list, i), "rawBytes"), false,
			"a certificate", a, &der, err);
		if (!code)
			code = certificates_add(i + 1 < n ? &t.helpers : &t.anchors, der,
				TRUST_CERTIFICATES_MAX, err);
	}
	if (code) {
		certificates_release(&t.anchors);
		certificates_release(&t.helpers);
		return code;
	}
	*out = t;
	return 0;
}

static void root_release(struct trust_root *r)
{
	for (size_t i = 0; i < r->logs.n; i++)
		public_key_free(r->logs.p[i].key);
	for (size_t i = 0; i < r->ct_logs.n; i++)
		public_key_free(r->ct_logs.p[i].key);
	for (size_t i = 0; i < r->authorities.n; i++) {
		certificates_release(&r->authorities.p[i].anchors);
		certificates_release(&r->authorities.p[i].helpers);
	}
	for (size_t i = 0; i < r->timestampers.n; i++) {
		certificates_release(&r->timestampers.p[i].anchors);
		certificates_release(&r->timestampers.p[i].helpers);
	}
}

#define READ_LIST(root, key, list, read)                                                           \
	do {                                                                                       \
		const struct json *v_ = json_get((root), (key));                                   \
		for (size_t i_ = 0; i_ < json_count(v_) && !code; i_++) {                          \
			__typeof__((list)->p) row_ = vec_push((list), a);                          \
			if (!row_)                                                                 \
				code = arena_check(a, err);                                        \
			else if ((code = read(json_at(v_, i_), a, row_, err)))                     \
				err_wrap(err, "%s, number %zu", (key), i_ + 1);                    \
		}                                                                                  \
	} while (0)

static int read_root(
	const struct json *v, struct arena *a, struct trust_root *out, struct scov_err *err)
{
	struct span type = json_get_text(v, "mediaType");
	struct trust_root r = { 0 };
	bool is_known = false;
	int code = 0;

	for (size_t i = 0; i < sizeof(media_types) / sizeof(*media_types); i++)
		is_known = is_known || span_eq(type, media_types[i]);
	if (!is_known)
		return err_fail(err, SCOV_E_FORMAT,
			"media type '%.*s' is not one of a sigstore trusted root", SPAN_ARG(type));
	READ_LIST(v, "tlogs", &r.logs, read_log);
	READ_LIST(v, "ctlogs", &r.ct_logs, read_log);
	READ_LIST(v, "certificateAuthorities", &r.authorities, read_authority);
	READ_LIST(v, "timestampAuthorities", &r.timestampers, read_authority);
	if (code)
		root_release(&r);
	else
		*out = r;
	return code;
}

struct trust_roots *trust_roots_new(void)
{
	struct trust_roots *r = mem_alloc(sizeof(*r));

	if (r)
		r->arena.limit = (size_t)TRUST_ROOT_MAX * 16;
	return r;
}

void trust_roots_free(struct trust_roots *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->list.n; i++)
		root_release(&r->list.p[i]);
	arena_release(&r->arena);
	mem_free(r);
}

static int add_root(struct trust_roots *r, struct trust_root *root, struct scov_err *err)
{
	int code = 0;

	if (r->list.n >= TRUST_ROOTS_MAX)
		code = err_fail(err, SCOV_E_LIMIT, "more than %d trust roots", TRUST_ROOTS_MAX);
	else if (!vec_add(&r->list, &r->arena, root))
		code = arena_check(&r->arena, err);
	if (code)
		root_release(root);
	return code;
}

/* Each is an anchor of its own. */
int trust_roots_add_pki(
	struct trust_roots *r, struct span anchors, struct span helpers, struct scov_err *err)
{
	struct trust_root root = { .is_pki = true };
	struct trust_authority *t = vec_push(&root.authorities, &r->arena);
	int code;

	if (!t)
		return arena_check(&r->arena, err);
	*t = (struct trust_authority){
		.name = SPAN("certificates"), .from = INT64_MIN, .until = INT64_MAX
	};
	code = certificates_add(&t->anchors, anchors, CERTIFICATES_MAX, err);
	if (!code && helpers.len)
		code = certificates_add(&t->helpers, helpers, TRUST_CERTIFICATES_MAX, err);
	if (code)
		root_release(&root);
	return code ? code : add_root(r, &root, err);
}

static int add_json(struct trust_roots *r, struct span text, struct scov_err *err)
{
	scoped_arena struct arena scratch = { .limit = (size_t)TRUST_ROOT_MAX * 16 };
	const struct json *v;
	struct trust_root root;
	int code = json_parse(text, TRUST_ROOT_MAX, &scratch, &v, err);

	if (!code)
		code = read_root(v, &r->arena, &root, err);
	return code ? code : add_root(r, &root, err);
}

int trust_roots_add(struct trust_roots *r, struct span text, struct scov_err *err)
{
	size_t before = r->list.n, lines = 0;
	struct span rest = text, line;
	int code = 0;

	if (text.len > TRUST_ROOT_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "trust roots of more than %d bytes", TRUST_ROOT_MAX);
	if (span_has(text, SPAN("-----BEGIN ")) && span_at(span_trim(text), 0) != '{')
		return trust_roots_add_pki(r, text, (struct span){ 0 }, err);
	/* JSON lines: every line is an object of its own. */
	while (span_line(&rest, &line))
		if (span_trim(line).len) {
			bool is_whole = span_at(span_trim(line), 0) == '{' &&
					span_ends(span_trim(line), SPAN("}"));

			lines = is_whole && lines != SIZE_MAX ? lines + 1 : SIZE_MAX;
		}
	if (lines == SIZE_MAX || lines < 2)
		return add_json(r, text, err);
	rest = text;
	while (!code && span_line(&rest, &line))
		if (span_trim(line).len)
			code = add_json(r, line, err);
	while (code && r->list.n > before)
		root_release(&r->list.p[--r->list.n]);
	return code;
}

int trust_roots_add_dated(
	struct trust_roots *r, struct span text, int64_t date, struct scov_err *err)
{
	size_t before = r->list.n;
	int code = trust_roots_add(r, text, err);

	for (size_t i = before; i < r->list.n; i++)
		r->list.p[i].date = date;
	return code;
}

int trust_roots_builtin(struct trust_roots *r, struct scov_err *err)
{
	return trust_roots_add_dated(r, span_of(trust_builtin, trust_builtin_size),
		trust_builtin_day * DAY_SECONDS, err);
}

int64_t trust_roots_date(const struct trust_roots *r)
{
	int64_t oldest = 0;

	for (size_t i = 0; r && i < r->list.n; i++)
		if (r->list.p[i].date && (!oldest || r->list.p[i].date < oldest))
			oldest = r->list.p[i].date;
	return oldest;
}

const struct trust_log *trust_root_log(const struct trust_root *r, struct span id)
{
	for (size_t i = 0; i < r->logs.n; i++)
		if (span_eq(r->logs.p[i].id, id))
			return &r->logs.p[i];
	return NULL;
}
