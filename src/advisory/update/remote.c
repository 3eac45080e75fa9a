/* remote.c - a published database: a folder, an address, or an OCI artifact.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advisory/update/fetch.h"
#include "base/fd.h"
#include "source/oci.h"
#include "source/registry.h"

struct remote {
	struct fetch *fetch;
	const char *from;
	struct source *source; /* an artifact; else: */
	bool is_http;          /* an address; else a folder */
	struct arena arena;
	descriptors layers;
};

/* ---- an artifact */

static int read_artifact(struct remote *r, struct scov_err *err)
{
	const struct update_options *o = r->fetch->o;
	struct descriptor root;
	struct span text;
	const struct json *doc, *layers;
	int rc = r->source->ops->root(r->source, o->call, &r->arena, &root, err);

	if (!rc)
		rc = r->source->ops->document(r->source, &root, o->call, &r->arena, &text, err);
	if (!rc)
		rc = oci_parse(text, &o->source->limits, &r->arena, &doc, err);
	if (rc)
		return rc;
	if (!span_eq(json_get_text(doc, "artifactType"), SPAN(UPDATE_ARTIFACT)))
		return err_fail(err, SCOV_E_FORMAT,
			"not a database of advisories (its type is not " UPDATE_ARTIFACT ")");
	layers = json_get(doc, "layers");
	for (size_t i = 0; i < json_count(layers) && i < 4 * FAMILIES; i++) {
		struct descriptor d;

		rc = oci_descriptor(json_at(layers, i), &r->arena, &d, err);
		if (rc)
			return err_wrap(err, "layer %zu", i);
		vec_add(&r->layers, &r->arena, &d);
	}
	return arena_check(&r->arena, err);
}

static const struct descriptor *layer_of(const struct remote *r, struct span name)
{
	for (size_t i = 0; i < r->layers.n; i++)
		if (span_eq(annotation_get(
				    &r->layers.p[i].annotations, "org.opencontainers.image.title"),
			    name))
			return &r->layers.p[i];
	return NULL;
}

static int open_layer(struct remote *r, struct span name, struct stream **out, struct scov_err *err)
{
	const struct descriptor *d = layer_of(r, name);

	if (!d)
		return err_fail(err, SCOV_E_NOT_FOUND, "no layer has this name");
	return r->source->ops->open(r->source, d, r->fetch->o->call, out, err);
}

/* ---- an address */

static int open_address(
	struct remote *r, struct span name, struct body_stream *out, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct span base = span_str(r->from);
	struct http_answer an = { 0 };
	struct http_body *body = NULL;

	while (span_ends(base, SPAN("/")))
		base.len--;
	struct http_request rq = {
		.url = arena_printf(&a, "%.*s/%.*s", SPAN_ARG(base), SPAN_ARG(name)),
	};
	int rc = rq.url ? fetch_http(r->fetch, err) : err_memory(err);

	if (!rc)
		rc = http_open(r->fetch->http, r->fetch->o->call, &rq, &an, &body, err);
	if (!rc && an.status != 200)
		rc = http_fail_status(&an, "", err);
	if (rc)
		http_close(body);
	else
		body_stream(out, body);
	return rc;
}

/* ---- a folder */

struct file_stream {
	struct stream stream;
	int fd;
};

static int64_t file_read(struct stream *s, void *p, size_t len, struct scov_err *err)
{
	ssize_t n = fd_read(((struct file_stream *)s)->fd, p, len);

	return n < 0 ? err_fail(err, SCOV_E_IO, "%s", strerror(errno)) : n;
}

static void file_close(struct stream *s)
{
	fd_close(&((struct file_stream *)s)->fd);
}

static int open_file(
	struct remote *r, struct span name, struct file_stream *out, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	const char *path = arena_printf(&a, "%s/%.*s", r->from, SPAN_ARG(name));
	struct stat st;

	*out = (struct file_stream){ { file_read, file_close }, -1 };
	if (!path)
		return err_memory(err);
	out->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (out->fd < 0)
		return err_fail(
			err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO, "%s", strerror(errno));
	if (fstat(out->fd, &st) || !S_ISREG(st.st_mode)) {
		fd_close(&out->fd);
		return err_fail(err, SCOV_E_IO, "not a regular file");
	}
	return 0;
}

/* ---- all of them */

struct any_stream {
	struct body_stream body;
	struct file_stream file;
};

static int open_any(struct remote *r, struct span name, struct any_stream *s, struct stream **out,
	struct scov_err *err)
{
	if (r->source)
		return open_layer(r, name, out, err);
	*out = r->is_http ? &s->body.stream : &s->file.stream;
	return r->is_http ? open_address(r, name, &s->body, err)
			  : open_file(r, name, &s->file, err);
}

int remote_open(struct fetch *f, const char *from, struct remote **out, struct scov_err *err)
{
	static const struct span registry = SPAN_INIT("oci://");
	struct span s = span_str(from);
	struct remote *r = mem_alloc(sizeof(*r));
	int rc = 0;

	if (!r)
		return err_memory(err);
	*r = (struct remote){ .fetch = f, .from = from };
	r->is_http = span_starts(s, SPAN("https://")) || span_starts(s, SPAN("http://"));
	if (span_starts(s, registry))
		rc = source_open_registry(from + registry.len, f->o->source, &r->source, err);
	else if (span_starts(s, SPAN("oci:")) || span_starts(s, SPAN("oci-archive:")))
		rc = source_open(from, f->o->source, f->o->call, &r->source, err);
	if (!rc && r->source)
		rc = read_artifact(r, err);
	if (rc)
		remote_free(r);
	else
		*out = r;
	return rc;
}

void remote_free(struct remote *r)
{
	if (!r)
		return;
	source_free(r->source);
	arena_release(&r->arena);
	mem_free(r);
}

bool remote_is_local(const struct remote *r)
{
	return !r->is_http && !span_starts(span_str(r->from), SPAN("oci://"));
}

static int read_text(
	struct stream *in, size_t limit, struct arena *a, struct span *out, struct scov_err *err)
{
	scoped_buf struct buf b = { .limit = limit };
	char piece[16 << 10];
	int64_t n;

	while ((n = in->read(in, piece, sizeof(piece), err)) > 0) {
		buf_bytes(&b, piece, (size_t)n);
		if (b.failed)
			return err_fail(err, SCOV_E_LIMIT, "longer than %zu bytes", limit);
	}
	if (n < 0)
		return (int)n;
	*out = arena_dup(a, buf_view(&b));
	return arena_check(a, err);
}

/* What an answer of HTML, a page that says "not here" or "log in", should not be taken for. */
static int check_html(struct span text, struct scov_err *err)
{
	if (span_at(span_trim(text), 0) != '<')
		return 0;
	return err_fail(err, SCOV_E_FORMAT, "an HTML page, not a database");
}

/* What came of a request has the address in it. */
static int name_it(struct scov_err *err, struct span name)
{
	return span_has(span_str(err->text), name) ? err->code
						   : err_wrap(err, "%.*s", SPAN_ARG(name));
}

int remote_text(struct remote *r, const char *name, size_t limit, struct arena *a, struct span *out,
	struct scov_err *err)
{
	struct any_stream s;
	struct stream *in = NULL;
	int rc = open_any(r, span_str(name), &s, &in, err);

	if (!rc) {
		rc = read_text(in, limit, a, out, err);
		in->close(in);
	}
	if (!rc)
		rc = check_html(*out, err);
	return rc ? name_it(err, span_str(name)) : 0;
}

static int get_file(
	struct remote *r, const struct manifest_file *file, const char *path, struct scov_err *err)
{
	struct any_stream s;
	struct stream *in = NULL;
	struct digest d = { 0 };
	int rc = open_any(r, file->name, &s, &in, err);

	if (rc)
		return rc;
	rc = fetch_file(r->fetch, in, path, file->size, &d, err);
	in->close(in);
	if (!rc && !digest_eq(&d, &file->sha256))
		rc = err_fail(err, SCOV_E_DIGEST, "not the bytes that the manifest names");
	return rc;
}

/* A registry's streams go on where they broke; a file of a server is fetched again. */
int remote_file(
	struct remote *r, const struct manifest_file *file, const char *path, struct scov_err *err)
{
	const struct update_options *o = r->fetch->o;
	struct scov_err stopped;
	int rc;

	r->fetch->shown.bytes_total = file->size;
	r->fetch->fetched++;
	for (unsigned tries = 0;; tries++) {
		rc = get_file(r, file, path, err);
		if (rc != SCOV_E_NET || !r->is_http || tries >= o->source->limits.retries ||
			!http_pause(r->fetch->http, o->call, tries, 0, &stopped))
			break;
	}
	return rc ? name_it(err, file->name) : 0;
}
