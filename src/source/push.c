/* push.c - blobs and a manifest written to a repository of a registry.
 *
 * A blob is sent in one piece: POST opens an upload, PUT sends all of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/push.h"

#include "base/err.h"
#include "source/registry_parts.h"

struct push {
	struct registry *registry;
};

int push_open(
	const char *name, const struct source_options *opt, struct push **out, struct scov_err *err)
{
	struct push *p = mem_alloc(sizeof(*p));

	if (!p)
		return err_memory(err);
	int rc = registry_new(name, opt, &p->registry, err);

	if (!rc && p->registry->name.digest.algorithm != DIGEST_NONE)
		rc = err_fail(err, SCOV_E_USAGE, "'%s': write to a tag, not to a digest", name);
	if (rc)
		push_free(p);
	else
		*out = p;
	return rc;
}

void push_free(struct push *p)
{
	if (!p)
		return;
	registry_end(p->registry);
	mem_free(p);
}

/* The status is one of the two. */
static int send(struct push *p, const char *kind, const char *what, const struct http_request *rq,
	int good, int other, struct http_answer *an, struct http_body **body,
	const struct call *call, struct scov_err *err)
{
	int rc = registry_ask(p->registry, call, kind, what, rq, an, body, err);

	if (rc || an->status == good || an->status == other)
		return rc;
	rc = registry_refuse(p->registry, an, *body, err);
	http_close(*body);
	*body = NULL;
	return rc;
}

static int is_there(struct push *p, const char *digest, bool *out, const struct call *call,
	struct scov_err *err)
{
	const struct http_request rq = { .method = HTTP_HEAD };
	struct http_answer an = { 0 };
	struct http_body *body = NULL;
	int rc = send(p, "blobs", digest, &rq, 200, 404, &an, &body, call, err);

	http_close(body);
	*out = !rc && an.status == 200;
	return rc;
}

/* Where the registry wants the blob to be sent. */
static int begin(struct push *p, const char *digest, struct arena *a, const char **out,
	const struct call *call, struct scov_err *err)
{
	const struct http_request rq = { .method = HTTP_POST, .type = "application/octet-stream" };
	struct http_answer an = { 0 };
	struct http_body *body = NULL;
	const char *from = NULL, *to = NULL;
	struct url base;
	int rc = send(p, "blobs", "uploads/", &rq, 202, 202, &an, &body, call, err);

	if (!rc)
		rc = registry_url(p->registry, "blobs", "uploads/", a, &from, err);
	if (!rc)
		rc = url_parse(span_str(from), &base, err);
	if (!rc)
		rc = url_resolve(&base, an.location, a, &to, err);
	http_close(body);
	if (rc)
		return err_wrap(err, "upload");
	*out = arena_printf(a, "%s%sdigest=%s", to,
		span_find(span_str(to), '?') < span_str(to).len ? "&" : "?", digest);
	return *out ? 0 : err_memory(err);
}

int push_blob(struct push *p, const struct digest *digest, struct span bytes,
	const struct call *call, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 4 * URL_MAX };
	struct http_request rq = {
		.method = HTTP_PUT, .type = "application/octet-stream", .body = bytes
	};
	struct http_answer an = { 0 };
	struct http_body *body = NULL;
	char text[DIGEST_TEXT];
	bool there = false;
	int rc = is_there(p, digest_format(digest, text), &there, call, err);

	if (rc || there)
		return rc;
	rc = begin(p, text, &a, &rq.url, call, err);
	if (!rc)
		rc = send(p, NULL, NULL, &rq, 201, 201, &an, &body, call, err);
	http_close(body);
	return rc;
}

int push_manifest(struct push *p, const char *media_type, struct span bytes,
	const struct call *call, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 4 * URL_MAX };
	const struct http_request rq = { .method = HTTP_PUT, .type = media_type, .body = bytes };
	const char *tag = arena_cstr(&a, p->registry->name.tag);
	struct http_answer an = { 0 };
	struct http_body *body = NULL;
	int rc = tag ? send(p, "manifests", tag, &rq, 201, 201, &an, &body, call, err)
		     : err_memory(err);

	http_close(body);
	return rc;
}
