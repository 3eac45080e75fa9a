/* registry.c - an image in a registry, read over HTTPS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/registry.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "net/header.h"
#include "source/oci.h"
#include "source/registry_parts.h"
#include "syntax/json.h"

enum {
	ERROR_BODY_MAX = 16 << 10, /* of an answer that says why it refuses */
	REFERRER_PAGES_MAX = 256,
	REFERRERS_MEMORY = 256 << 20, /* of one page, parsed */
	PROGRESS = 1 << 20, /* bytes after which a stream's broken connections are forgiven */
};

static const char manifest_types[] =
	"application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
	"application/vnd.docker.distribution.manifest.list.v2+json, "
	"application/vnd.docker.distribution.manifest.v2+json, "
	"application/vnd.oci.artifact.manifest.v1+json";

struct blob_stream {
	struct stream stream; /* first */
	struct registry *registry;
	const struct call *call;
	struct http_body *body; /* NULL: broken, to be opened again */
	struct digest digest;
	uint64_t size, delivered;
	bool has_size;
	uint64_t skip; /* bytes of the prefix that a server without Range sends again */
	uint64_t broke_at;
	unsigned breaks; /* since the last PROGRESS bytes */
};

static struct registry *of(struct source *s)
{
	return (struct registry *)s;
}

int registry_url(const struct registry *r, const char *kind, const char *what, struct arena *a,
	const char **out, struct scov_err *err)
{
	*out = arena_printf(a, "%s://%.*s/v2/%.*s/%s/%s", r->is_plain ? "http" : "https",
		SPAN_ARG(reference_server(&r->name)), SPAN_ARG(r->name.path), kind, what);
	return *out ? 0 : err_memory(err);
}

static bool is_plain_answer(struct registry *r, const struct http_answer *an)
{
	return an->is_not_tls && r->is_loopback && !r->is_plain;
}

/* The repository's own server, or another one that it named: which gets no credentials. */
static bool is_home(const struct registry *r, const char *url, struct arena *a)
{
	const char *own = NULL;
	struct url u, home;

	return registry_url(r, "blobs", "", a, &own, NULL) == 0 &&
	       url_parse(span_str(own), &home, NULL) == 0 &&
	       url_parse(span_str(url), &u, NULL) == 0 && url_same_origin(&u, &home);
}

int registry_ask(struct registry *r, const struct call *call, const char *kind, const char *what,
	const struct http_request *given, struct http_answer *an, struct http_body **body,
	struct scov_err *err)
{
	for (int tries = 0;; tries++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		struct http_request rq = *given;
		unsigned version = 0;
		int rc = rq.url ? 0 : registry_url(r, kind, what, &a, &rq.url, err);

		if (!rc && is_home(r, rq.url, &a))
			rc = auth_header(r->auth, call, &a, &rq.authorization, &version, err);
		if (!rc)
			rc = http_open(r->http, call, &rq, an, body, err);
		if (rc && is_plain_answer(r, an)) {
			r->is_plain = true;
			tries--;
			continue;
		}
		if (rc || an->status != 401 || an->is_elsewhere || tries > 0)
			return rc;
		rc = auth_answer(r->auth, call, version, an->authenticate, err);
		http_close(*body);
		*body = NULL;
		if (rc)
			return rc;
	}
}

static int ask(struct registry *r, const struct call *call, const char *kind, const char *what,
	const char *url, uint64_t from, struct http_answer *an, struct http_body **body,
	struct scov_err *err)
{
	const struct http_request rq = {
		.method = HTTP_GET,
		.url = url,
		.range_from = from,
		.accept = strcmp(kind, "blobs") == 0 ? NULL : manifest_types,
	};

	return registry_ask(r, call, kind, what, &rq, an, body, err);
}

/* The code of the first error in the answer, "MANIFEST_UNKNOWN"; its message is not quoted: it may
 * repeat what we sent. */
static void refusal_code(struct http_body *body, char *out, size_t size)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct span text;
	const struct json *doc;

	out[0] = 0;
	if (http_read_all(body, ERROR_BODY_MAX, &a, &text, NULL) ||
		json_parse(text, ERROR_BODY_MAX, &a, &doc, NULL))
		return;
	struct span code = json_get_text(json_at(json_get(doc, "errors"), 0), "code");

	for (size_t i = 0; i < code.len; i++)
		if (span_at(code, i) != '_' && (span_at(code, i) < 'A' || span_at(code, i) > 'Z'))
			return;
	if (code.len < 40)
		snprintf(out, size, "%.*s", SPAN_ARG(code));
}

int registry_refuse(struct registry *r, const struct http_answer *an, struct http_body *body,
	struct scov_err *err)
{
	char code[64];
	struct scov_err plain;

	refusal_code(body, code, sizeof(code));
	int rc = http_fail_status(an, code, &plain);
	const char *note = rc == SCOV_E_AUTH ? auth_note(r->auth) : "";

	return err_fail(err, rc, "%s%s%s", plain.text, *note ? "; " : "", note);
}

static bool looks_like_html(const struct http_answer *an, struct span text)
{
	return span_eq_nocase(media_type_of(span_str(an->content_type)), SPAN("text/html")) ||
	       span_at(span_trim(text), 0) == '<';
}

/* The answer's headers stay in *an, what is longer of them in the arena. */
int registry_get(struct registry *r, const struct call *call, const char *kind, const char *what,
	const char *url, size_t limit, struct arena *a, struct http_answer *an, struct span *out,
	struct scov_err *err)
{
	struct http_body *body = NULL;
	int rc = ask(r, call, kind, what, url, 0, an, &body, err);

	if (rc)
		return rc;
	if (an->status != 200)
		rc = registry_refuse(r, an, body, err);
	else if (an->has_length && an->length > limit)
		rc = err_fail(err, SCOV_E_LIMIT,
			"%s: %llu bytes, more than the %zu allowed (document-size)", an->from,
			(unsigned long long)an->length, limit);
	else
		rc = http_read_all(body, limit, a, out, err);
	an->link = arena_dup(a, an->link);
	http_close(body);
	if (!rc && looks_like_html(an, *out))
		return err_fail(err, SCOV_E_FORMAT,
			"%s: answered with an HTML page, not with a document of a registry",
			an->from);
	return rc;
}

/* The digest that the registry names must be that of the bytes; a tag has no other. */
static int check_root(struct registry *r, const struct http_answer *an, struct scov_err *err)
{
	char stated[DIGEST_TEXT], found[DIGEST_TEXT];
	enum digest_algorithm algorithm = DIGEST_SHA256;
	struct digest claim = { 0 };

	if (an->content_digest[0] && digest_parse(span_str(an->content_digest), &claim, NULL) == 0)
		algorithm = claim.algorithm;
	r->root.digest = r->name.digest;
	if (r->root.digest.algorithm != DIGEST_NONE)
		return 0; /* image/ compares the bytes with it */
	r->root.digest = digest_of(algorithm, r->root_bytes);
	if (claim.algorithm == DIGEST_NONE || digest_eq(&claim, &r->root.digest))
		return 0;
	return err_fail(err, SCOV_E_DIGEST,
		"%s: the manifest has digest %s, the registry states %s", an->from,
		digest_format(&r->root.digest, found), digest_format(&claim, stated));
}

/* What a registry calls "application/json" or not at all is for the document itself to say. */
static struct span stated_type(struct registry *r, const struct http_answer *an)
{
	struct span type = media_type_of(span_str(an->content_type));

	return span_starts(type, SPAN("application/vnd.")) ? arena_dup(&r->arena, type)
							   : (struct span){ 0 };
}

static int load_root(struct registry *r, const struct call *call, struct scov_err *err)
{
	char digest[DIGEST_TEXT];
	struct http_answer an = { 0 };
	const char *what = r->name.digest.algorithm != DIGEST_NONE
				   ? digest_format(&r->name.digest, digest)
				   : arena_cstr(&r->arena, r->name.tag);
	struct span bytes;
	int rc = registry_get(r, call, "manifests", what, NULL, r->opt.limits.document_size,
		&r->arena, &an, &bytes, err);

	if (rc)
		return rc;
	r->root_bytes = bytes;
	rc = check_root(r, &an, err);
	if (rc) {
		r->root_bytes = (struct span){ 0 };
		return rc;
	}
	r->root.media_type = stated_type(r, &an);
	r->root.size = bytes.len;
	r->root.has_size = true;
	return 0;
}

static int registry_root(struct source *s, const struct call *call, struct arena *a,
	struct descriptor *out, struct scov_err *err)
{
	struct registry *r = of(s);
	int rc = r->root_bytes.p ? 0 : load_root(r, call, err);

	(void)a;
	if (!rc)
		*out = r->root;
	return rc;
}

static bool is_manifest(struct span type)
{
	static const struct span types[] = {
		SPAN_INIT("application/vnd.oci.image.index.v1+json"),
		SPAN_INIT("application/vnd.oci.image.manifest.v1+json"),
		SPAN_INIT("application/vnd.docker.distribution.manifest.list.v2+json"),
		SPAN_INIT("application/vnd.docker.distribution.manifest.v2+json"),
		SPAN_INIT("application/vnd.docker.distribution.manifest.v1+json"),
		SPAN_INIT("application/vnd.docker.distribution.manifest.v1+prettyjws"),
		SPAN_INIT("application/vnd.oci.artifact.manifest.v1+json"),
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (span_eq(type, types[i]))
			return true;
	return type.len == 0;
}

static int registry_document(struct source *s, const struct descriptor *d, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	struct registry *r = of(s);
	size_t limit = r->opt.limits.document_size;
	char digest[DIGEST_TEXT];
	struct http_answer an = { 0 };

	if (r->root_bytes.p && digest_eq(&d->digest, &r->root.digest)) {
		*out = r->root_bytes;
		return 0;
	}
	if (d->digest.algorithm == DIGEST_NONE)
		return err_fail(err, SCOV_E_FORMAT, "a registry gives documents by digest only");
	if (d->has_size && d->size > limit)
		return err_fail(err, SCOV_E_LIMIT,
			"document of %llu bytes, more than the %zu allowed (document-size)",
			(unsigned long long)d->size, limit);
	return registry_get(r, call, is_manifest(d->media_type) ? "manifests" : "blobs",
		digest_format(&d->digest, digest), NULL, limit, a, &an, out, err);
}

static int check_length(const struct blob_stream *b, const struct http_answer *an, uint64_t from,
	struct scov_err *err)
{
	if (!b->has_size || !an->has_length || an->length == b->size - from)
		return 0;
	return err_fail(err, SCOV_E_DIGEST,
		"%s: a blob of %llu bytes, the manifest states %llu%s%s", an->from,
		(unsigned long long)(an->length + from), (unsigned long long)b->size,
		an->content_type[0] ? ", of type " : "", an->content_type);
}

/* The answer to a repeated request: the rest, or everything from the start. */
static int check_resume(struct blob_stream *b, const struct http_answer *an, struct scov_err *err)
{
	struct content_range range;

	if (an->status == 200) {
		b->skip = b->delivered;
		return check_length(b, an, 0, err);
	}
	int rc = content_range_parse(span_str(an->content_range), &range, err);

	if (rc)
		return err_wrap(err, "%s", an->from);
	if (range.first != b->delivered ||
		(b->has_size && range.has_total && range.total != b->size))
		return err_fail(err, SCOV_E_NET,
			"%s: asked for bytes from %llu, got those from %llu", an->from,
			(unsigned long long)b->delivered, (unsigned long long)range.first);
	return check_length(b, an, b->delivered, err);
}

static int blob_connect(struct blob_stream *b, struct scov_err *err)
{
	char digest[DIGEST_TEXT];
	struct http_answer an = { 0 };
	struct http_body *body = NULL;
	int rc = ask(b->registry, b->call, "blobs", digest_format(&b->digest, digest), NULL,
		b->delivered, &an, &body, err);

	if (rc)
		return rc;
	b->skip = 0;
	if (an.status == 206 && b->delivered)
		rc = check_resume(b, &an, err);
	else if (an.status != 200)
		rc = registry_refuse(b->registry, &an, body, err);
	else
		rc = b->delivered ? check_resume(b, &an, err) : check_length(b, &an, 0, err);
	if (rc)
		http_close(body);
	else
		b->body = body;
	return rc;
}

/* After a broken connection; *err holds why it broke. */
static int blob_resume(struct blob_stream *b, struct scov_err *err)
{
	struct registry *r = b->registry;
	struct scov_err stopped = { 0 };

	http_close(b->body);
	b->body = NULL;
	if (b->delivered - b->broke_at >= PROGRESS)
		b->breaks = 0;
	b->broke_at = b->delivered;
	if (b->breaks >= r->opt.limits.retries)
		return err_wrap(err, "given up after %u tries", b->breaks + 1);
	if (!http_pause(r->http, b->call, b->breaks++, 0, &stopped))
		return stopped.code == SCOV_E_CANCELLED
			       ? err_fail(err, stopped.code, "%s", stopped.text)
			       : SCOV_E_NET;
	return blob_connect(b, err);
}

/* Drop what was delivered before; what is left moves to the front. */
static int64_t drop_prefix(struct blob_stream *b, void *p, int64_t n)
{
	uint64_t drop = b->skip < (uint64_t)n ? b->skip : (uint64_t)n;

	b->skip -= drop;
	n -= (int64_t)drop;
	if (drop && n)
		memmove(p, (uint8_t *)p + drop, (size_t)n);
	return n;
}

static int64_t blob_read(struct stream *s, void *p, size_t len, struct scov_err *err)
{
	struct blob_stream *b = (struct blob_stream *)s;
	struct scov_err ours;

	if (!err)
		err = &ours;
	while (len) {
		int64_t n = b->body ? http_read(b->body, p, len, err)
				    : err_fail(err, SCOV_E_NET, "blob broke off before");

		if (n > 0) {
			n = drop_prefix(b, p, n);
			b->delivered += (uint64_t)n;
			if (b->has_size && b->delivered > b->size)
				return err_fail(err, SCOV_E_DIGEST,
					"blob longer than the %llu bytes stated",
					(unsigned long long)b->size);
			if (n)
				return n;
			continue;
		}
		bool is_short = b->skip > 0 || (b->has_size && b->delivered < b->size);

		if (n == 0 && !is_short)
			return 0;
		if (n == 0)
			n = err_fail(err, SCOV_E_NET, "blob ended after %llu of %llu bytes",
				(unsigned long long)b->delivered, (unsigned long long)b->size);
		if (n == SCOV_E_NET && b->body)
			n = blob_resume(b, err);
		if (n)
			return n;
	}
	return 0;
}

static void blob_close(struct stream *s)
{
	struct blob_stream *b = (struct blob_stream *)s;

	http_close(b->body);
	mem_free(b);
}

static int registry_open(struct source *s, const struct descriptor *d, const struct call *call,
	struct stream **out, struct scov_err *err)
{
	if (d->digest.algorithm == DIGEST_NONE)
		return err_fail(err, SCOV_E_FORMAT, "a registry gives blobs by digest only");
	struct blob_stream *b = mem_alloc(sizeof(*b));

	if (!b)
		return err_memory(err);
	*b = (struct blob_stream){
		.stream = { .read = blob_read, .close = blob_close },
		.registry = of(s),
		.call = call,
		.digest = d->digest,
		.size = d->size,
		.has_size = d->has_size,
	};
	int rc = blob_connect(b, err);

	if (rc) {
		mem_free(b);
		return rc;
	}
	*out = &b->stream;
	return 0;
}

/* ---- what is attached to an image */

static int registry_tagged(struct source *s, const char *tag, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	struct http_answer an = { 0 };

	return registry_get(of(s), call, "manifests", tag, NULL, of(s)->opt.limits.document_size, a,
		&an, out, err);
}

/* Registries that know nothing of referrers answer in all these ways. */
static bool lacks_referrers(int code, const struct http_answer *an)
{
	static const int answers[] = { 400, 404, 405, 406, 501 };

	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		if (an->status == answers[i])
			return true;
	return code == SCOV_E_FORMAT && an->status == 200;
}

/* Where the next page is, on the same server; *out NULL: this was the last. */
static int next_page(struct registry *r, const char *own, struct span link, struct arena *a,
	const char **out, struct scov_err *err)
{
	const char *to = NULL;
	struct span target;
	struct url base, u;
	int rc = link_next(link, &target, err);

	*out = NULL;
	if (rc || !target.len)
		return rc;
	rc = url_parse(span_str(own), &base, err);
	if (!rc)
		rc = url_resolve(&base, target, a, &to, err);
	if (!rc)
		rc = url_parse(span_str(to), &u, err);
	if (!rc && !is_home(r, to, a))
		rc = err_fail(err, SCOV_E_NET, "the next page is on another server");
	if (!rc)
		*out = to;
	return rc;
}

/* SCOV_E_FORMAT: this is not a list of referrers. An entry without a digest stays, so that it is
 * shown. */
static int read_referrers(struct span text, const struct limits *l, size_t most, struct arena *a,
	struct referrers *out, struct scov_err *err)
{
	scoped_arena struct arena scratch = { .limit = REFERRERS_MEMORY };
	const struct json *doc;
	int rc = oci_parse(text, l, &scratch, &doc, err);

	if (rc)
		return rc;
	const struct json *list = json_get(doc, "manifests");

	if (!json_is(list, JSON_LIST) && !json_is(list, JSON_NIL))
		return err_fail(err, SCOV_E_FORMAT, "not a list of referrers");
	for (size_t i = 0; i < json_count(list); i++) {
		struct descriptor d = { 0 };

		if (out->list.n == most) {
			out->passed_over += json_count(list) - i;
			return 0;
		}
		rc = oci_descriptor(json_at(list, i), &scratch, &d, err);
		if (rc && rc != SCOV_E_FORMAT && rc != SCOV_E_UNSUPPORTED)
			return rc;
		d.media_type = arena_dup(a, d.media_type);
		d.artifact_type = arena_dup(a, d.artifact_type);
		d.annotations = (annotations){ 0 };
		d.platform = (struct platform){ 0 };
		if (!vec_add(&out->list, a, &d))
			return arena_check(a, err);
	}
	return 0;
}

int registry_ask_referrers(struct registry *r, const struct digest *subject, size_t most,
	const struct call *call, struct arena *a, struct referrers *out, bool *lacks,
	struct scov_err *err)
{
	size_t limit = r->opt.limits.document_size;
	char digest[DIGEST_TEXT];
	const char *own = NULL, *url = NULL;
	int rc = registry_url(r, "referrers", digest_format(subject, digest), a, &own, err);

	*lacks = false;
	for (size_t page = 0; !rc && !out->passed_over; page++) {
		scoped_arena struct arena scratch = { 0 };
		struct http_answer an = { 0 };
		struct span text;

		rc = registry_get(
			r, call, "referrers", digest, url, limit, &scratch, &an, &text, err);
		if (!rc)
			rc = read_referrers(text, &r->opt.limits, most, a, out, err);
		*lacks = rc && !page && lacks_referrers(rc, &an);
		if (!rc)
			rc = next_page(r, own, an.link, a, &url, err);
		if (rc || !url)
			break;
		if (page + 1 == REFERRER_PAGES_MAX)
			out->passed_over = 1;
	}
	return rc;
}

static int registry_referrers(struct source *s, const struct digest *subject, size_t most,
	const struct call *call, struct arena *a, struct referrers *out, struct scov_err *err)
{
	struct registry *r = of(s);
	const char *tag = oci_referrers_tag(subject, a);
	struct span text;
	bool lacks;

	out->from = SPAN("referrers of");

	int rc = registry_ask_referrers(r, subject, most, call, a, out, &lacks, err);

	if (!lacks || !tag)
		return rc ? rc : arena_check(a, err);
	*out = (struct referrers){ .from = SPAN("fallback tag of") };
	rc = registry_tagged(s, tag, call, a, &text, err);
	if (!rc)
		rc = read_referrers(text, &r->opt.limits, most, a, out, err);
	return rc == SCOV_E_NOT_FOUND ? 0 : rc;
}

void registry_end(struct registry *r)
{
	if (!r)
		return;
	auth_free(r->auth);
	http_free(r->http);
	arena_release(&r->arena);
	mem_free(r);
}

static void registry_free(struct source *s)
{
	registry_end(of(s));
}

static const struct source_ops registry_ops = {
	.transport = "registry",
	.has_annotations = true,
	.has_digests = true,
	.root = registry_root,
	.document = registry_document,
	.open = registry_open,
	.referrers = registry_referrers,
	.tagged = registry_tagged,
	.free = registry_free,
};

static int connect_parts(struct registry *r, struct scov_err *err)
{
	const struct source_options *o = &r->opt;
	struct http_options http = {
		.limits = o->limits,
		.net = o->net,
		.ca_file = o->ca_file,
		.plain_http = o->plain_http,
	};
	int rc = http_new(&http, &r->http, err);

	if (rc)
		return rc;
	struct auth_options auth = {
		.http = r->http,
		.name = &r->name,
		.username = span_str(o->username),
		.password = o->password,
		.authfile = o->authfile,
		.plain_http = o->plain_http,
	};

	return auth_new(&auth, &r->auth, err);
}

static bool names_loopback(const struct registry *r)
{
	struct span host = r->name.host;

	if (span_at(host, 0) == '[')
		return url_host_is_loopback(span_sub(host, 1, span_find(host, ']') - 1));
	return url_host_is_loopback(span_sub(host, 0, span_find(host, ':')));
}

int registry_new(const char *name, const struct source_options *opt, struct registry **out,
	struct scov_err *err)
{
	struct registry *r = mem_alloc(sizeof(*r));

	if (!r)
		return err_memory(err);
	r->source.ops = &registry_ops;
	r->opt = *opt;
	r->arena.limit = 4 * opt->limits.document_size + (4 << 20);
	int rc = reference_parse(span_str(name), &r->arena, &r->name, err);

	if (!rc)
		rc = connect_parts(r, err);
	if (rc) {
		registry_end(r);
		return rc;
	}
	r->is_plain = opt->plain_http;
	r->is_loopback = names_loopback(r);
	*out = r;
	return 0;
}

int source_open_registry(const char *name, const struct source_options *opt, struct source **out,
	struct scov_err *err)
{
	struct registry *r = NULL;
	int rc = registry_new(name, opt, &r, err);

	if (rc)
		return rc;
	r->source.description = span_str(reference_format(&r->name, &r->arena));
	*out = &r->source;
	return 0;
}

static int ask_digest(
	struct registry *r, const struct call *call, struct digest *out, struct scov_err *err)
{
	const struct http_request rq = { .method = HTTP_HEAD, .accept = manifest_types };
	struct http_answer an = { 0 };
	struct http_body *body = NULL;
	const char *tag = arena_cstr(&r->arena, r->name.tag);
	int rc = tag ? registry_ask(r, call, "manifests", tag, &rq, &an, &body, err)
		     : arena_check(&r->arena, err);

	if (rc)
		return rc;
	if (an.status != 200 && an.status != 405 && an.status != 501)
		rc = registry_refuse(r, &an, body, err);
	http_close(body);
	if (rc)
		return rc;
	if (an.status == 200 && digest_parse(span_str(an.content_digest), out, NULL) == 0)
		return 0;
	rc = load_root(r, call, err);
	if (!rc)
		*out = r->root.digest;
	return rc;
}

int registry_digest(const char *name, const struct source_options *opt, const struct call *call,
	struct digest *out, struct scov_err *err)
{
	struct registry *r = NULL;
	int rc = registry_new(name, opt, &r, err);

	if (rc)
		return rc;
	r->name.digest = (struct digest){ 0 };
	if (!r->name.tag.len)
		r->name.tag = SPAN("latest");
	rc = ask_digest(r, call, out, err);
	registry_end(r);
	return rc;
}
