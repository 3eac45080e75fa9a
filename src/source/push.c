/* push.c - blobs and a manifest written to a repository of a registry.
 *
 * A blob is sent in one piece: POST opens an upload, PUT sends all of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/push.h"

#include "base/err.h"
#include "source/oci.h"
#include "source/registry_parts.h"

enum { CHANGES_MAX = 8 }; /* tries, while others change the same tag */

struct push {
	struct registry *registry;
};

int push_open_repository(
	const char *name, const struct source_options *opt, struct push **out, struct scov_err *err)
{
	struct push *p = mem_alloc(sizeof(*p));
	int rc = p ? registry_new(name, opt, &p->registry, err) : err_memory(err);

	if (rc)
		push_free(p);
	else
		*out = p;
	return rc;
}

int push_open(
	const char *name, const struct source_options *opt, struct push **out, struct scov_err *err)
{
	struct push *p;
	int rc = push_open_repository(name, opt, &p, err);

	if (rc)
		return rc;
	if (p->registry->name.digest.algorithm != DIGEST_NONE) {
		push_free(p);
		return err_fail(err, SCOV_E_USAGE, "'%s': write to a tag, not to a digest", name);
	}
	*out = p;
	return 0;
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

/* The answer's short headers stay in *an. */
static int put_manifest(struct push *p, const char *what, const struct http_request *rq, int other,
	struct http_answer *an, const struct call *call, struct scov_err *err)
{
	struct http_body *body = NULL;
	int rc = send(p, "manifests", what, rq, 201, other, an, &body, call, err);

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

	return tag ? put_manifest(p, tag, &rq, 201, &an, call, err) : err_memory(err);
}

/* ---- referrers */

/* One try. *done: the tag names what it should. */
static int change(struct push *p, const char *tag, const char *media_type, push_edit *edit,
	void *ctx, bool *done, const struct call *call, struct scov_err *err)
{
	struct registry *r = p->registry;
	size_t limit = r->opt.limits.document_size;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { .limit = limit };
	struct http_answer old = { 0 }, an = { 0 };
	struct span text = { 0 };
	int rc = registry_get(r, call, "manifests", tag, NULL, limit, &a, &old, &text, err);

	if (rc == SCOV_E_NOT_FOUND)
		text = (struct span){ 0 };
	else if (rc)
		return rc;
	rc = edit(ctx, text, &b, err);
	*done = !rc && !b.len;
	if (rc || *done)
		return rc;
	const struct http_request rq = { .method = HTTP_PUT,
		.type = media_type,
		.body = buf_view(&b),
		.if_match = text.len && old.etag[0] ? old.etag : NULL };

	return put_manifest(p, tag, &rq, 412, &an, call, err);
}

int push_change(struct push *p, const char *tag, const char *media_type, push_edit *edit, void *ctx,
	const struct call *call, struct scov_err *err)
{
	bool done = false;
	int rc = 0;

	for (unsigned i = 0; !rc && !done && i < CHANGES_MAX; i++) {
		/* The first look after a write only reads. */
		if (i > 1 && !http_pause(p->registry->http, call, i - 2, 0, err))
			return err->code;
		rc = change(p, tag, media_type, edit, ctx, &done, call, err);
	}
	if (rc || done)
		return rc;
	return err_fail(err, SCOV_E_NET, "others change it all the time; try again");
}

/* One more entry of the fallback tag. */
static int add_entry(void *ctx, struct span old, struct buf *out, struct scov_err *err)
{
	const struct descriptor *m = ctx;
	scoped_arena struct arena a = { .limit = 256 << 20 };
	const struct json *doc = NULL, *list;
	char text[DIGEST_TEXT];
	int rc = old.len ? json_parse(old, old.len, &a, &doc, err) : 0;

	if (rc)
		return rc;
	list = json_get(doc, "manifests");
	if (old.len && !json_is(list, JSON_LIST) && !json_is(list, JSON_NIL))
		return err_fail(err, SCOV_E_FORMAT, "not a list of referrers; it is left alone");
	digest_format(&m->digest, text);
	for (size_t i = 0; i < json_count(list); i++)
		if (span_eq(json_get_text(json_at(list, i), "digest"), span_str(text)))
			return 0;
	oci_write_index(out, doc, NULL, m, 1);
	return out->failed ? err_fail(err, SCOV_E_LIMIT, "it exceeds limit document_size") : 0;
}

/* What a registry says of itself is tried: one states OCI-Subject and lists nothing, another lists
 * and does not state it. */
static int is_listed(struct push *p, const struct digest *m, const struct digest *subject,
	bool is_stated, bool *out, const struct call *call, struct scov_err *err)
{
	struct registry *r = p->registry;
	scoped_arena struct arena a = { 0 };
	struct referrers found = { 0 };
	bool lacks;
	int rc = registry_ask_referrers(
		r, subject, r->opt.limits.attachments, call, &a, &found, &lacks, err);

	*out = !rc && is_stated;
	for (size_t i = 0; i < found.list.n; i++)
		*out |= digest_eq(&found.list.p[i].digest, m);
	return lacks || rc == SCOV_E_NOT_FOUND ? 0 : rc;
}

int push_referrer(struct push *p, const struct descriptor *m, struct span bytes,
	const struct digest *subject, const struct call *call, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 4 * URL_MAX };
	const struct http_request rq = { .method = HTTP_PUT, .type = OCI_MANIFEST, .body = bytes };
	struct http_answer an = { 0 };
	struct descriptor entry = *m;
	char text[DIGEST_TEXT];
	const char *tag = oci_referrers_tag(subject, &a);
	bool done = false;
	int rc = put_manifest(p, digest_format(&m->digest, text), &rq, 201, &an, call, err);

	if (!rc && !tag)
		rc = err_memory(err);
	if (!rc)
		rc = is_listed(p, &m->digest, subject, an.subject[0], &done, call, err);
	if (rc || done)
		return rc;
	rc = push_change(p, tag, OCI_INDEX, add_entry, &entry, call, err);
	return rc ? err_wrap(err, "tag %s", tag) : 0;
}
