/* engine.c - docker:NAME, an image that an engine holds, over its unix socket.
 *
 * Docker and podman answer GET /images/NAME/get with what `docker save`
 * writes; it is spooled, for it is read from several places at once.
 * Source: Docker Engine API 1.41, "Export an image"; podman's compatible API.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/local.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"
#include "source/unix_http.h"
#include "syntax/json.h"

enum { ANSWER_MAX = 1 << 20, CHUNK = 64 << 10 }; /* of /version and of an error */

/* ---- which socket */

static int from_environment(const char *name, const char **out, struct scov_err *err)
{
	const char *text = getenv(name);

	*out = NULL;
	if (!text || !*text)
		return 0;
	if (!span_starts(span_str(text), SPAN("unix://")))
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"%s is not a unix socket: write the image to an archive", name);
	*out = text + strlen("unix://");
	return 0;
}

static int find_socket(struct arena *a, const char **out, struct scov_err *err)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *const known[] = { "/run/docker.sock", "/run/podman/podman.sock",
		runtime && *runtime ? arena_printf(a, "%s/podman/podman.sock", runtime) : NULL };
	int code = from_environment("DOCKER_HOST", out, err);

	if (!code && !*out)
		code = from_environment("CONTAINER_HOST", out, err);
	if (code || *out)
		return code;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i] && !access(known[i], R_OK | W_OK)) {
			*out = known[i];
			return 0;
		}
	return err_fail(err, SCOV_E_NOT_FOUND,
		"no engine: DOCKER_HOST and CONTAINER_HOST are not set, and there is no socket "
		"that may be used at /run/docker.sock, /run/podman/podman.sock or "
		"$XDG_RUNTIME_DIR/podman/podman.sock");
}

/* ---- asking */

/* The rest of an answer, at most ANSWER_MAX bytes of it. */
static int read_small(struct unix_http *h, struct buf *out, struct scov_err *err)
{
	char block[4096];
	int64_t n;

	while ((n = unix_http_read(h, block, sizeof(block), err)) > 0)
		buf_bytes(out, block, (size_t)n);
	if (n < 0)
		return (int)n;
	return out->failed
		       ? err_fail(err, SCOV_E_LIMIT, "an answer of more than %d bytes", ANSWER_MAX)
		       : 0;
}

static const char *kind_of(const struct json *version)
{
	const struct json *parts = json_get(version, "Components");

	for (size_t i = 0; i < json_count(parts); i++)
		if (span_starts(json_get_text(json_at(parts, i), "Name"), SPAN("Podman")))
			return "podman";
	return "docker";
}

/* "engine podman 4.3.1". An engine that does not say is not an error. */
static const char *describe(const char *socket, const struct source_options *opt,
	const struct call *call, struct arena *a)
{
	struct unix_http *h = mem_alloc(sizeof(*h));
	scoped_buf struct buf text = { .limit = ANSWER_MAX };
	scoped_arena struct arena mine = { .limit = 64 << 20 };
	const struct json *doc = NULL;
	struct scov_err ignored = { 0 };

	if (!h)
		return "engine";
	if (!unix_http_get(h, socket, "/version", opt, call, &ignored) && h->status == 200 &&
		!read_small(h, &text, &ignored) &&
		json_parse(buf_view(&text), ANSWER_MAX, &mine, &doc, &ignored))
		doc = NULL;
	unix_http_close(h);
	mem_free(h);
	if (!doc)
		return "engine";
	return arena_printf(a, "engine %s %.*s", kind_of(doc),
		SPAN_ARG(span_sub(json_get_text(doc, "Version"), 0, 64)));
}

static int fail_status(struct unix_http *h, struct span name, struct scov_err *err)
{
	scoped_buf struct buf text = { .limit = ANSWER_MAX };
	scoped_arena struct arena a = { .limit = 64 << 20 };
	const struct json *doc = NULL;
	struct scov_err ignored = { 0 };
	struct span why;

	if (!read_small(h, &text, &ignored) &&
		json_parse(buf_view(&text), ANSWER_MAX, &a, &doc, &ignored))
		doc = NULL;
	why = json_get_text(doc, "message");
	if (h->status == 404)
		return err_fail(
			err, SCOV_E_NOT_FOUND, "the engine has no image '%.*s'", SPAN_ARG(name));
	return err_fail(err, SCOV_E_NET, "the engine answers %d for '%.*s': %.*s", h->status,
		SPAN_ARG(name), SPAN_ARG(why));
}

static int spool_body(
	struct unix_http *h, const struct source_options *opt, int fd, struct scov_err *err)
{
	uint8_t *block = mem_alloc(CHUNK);
	uint64_t written = 0;
	int64_t n = block ? 0 : err_memory(err);

	while (block && (n = unix_http_read(h, block, CHUNK, err)) > 0) {
		written += (uint64_t)n;
		if (written > opt->limits.spool_size)
			n = err_fail(err, SCOV_E_LIMIT,
				"an image of more than the %llu bytes of limit spool_size",
				(unsigned long long)opt->limits.spool_size);
		else if (fd_write_all(fd, block, (size_t)n))
			n = err_fail(err, SCOV_E_IO, "writing the spool file: %s", strerror(errno));
		if (n < 0)
			break;
	}
	mem_free(block);
	if (!n && lseek(fd, 0, SEEK_SET))
		return err_fail(err, SCOV_E_IO, "the spool file: %s", strerror(errno));
	return (int)n;
}

/* Bytes that no name has are written as %XX, so that a name cannot leave its place in the path. */
static void put_name(struct buf *b, struct span name)
{
	static const struct span plain =
		SPAN_INIT("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/@");

	for (size_t i = 0; i < name.len; i++)
		if (span_find(plain, span_at(name, i)) < plain.len)
			buf_byte(b, (char)span_at(name, i));
		else
			buf_printf(b, "%%%02X", span_at(name, i));
}

/* Without a tag an engine gives all images of a name: ask for the one that is meant first. */
static bool wants_latest(struct span name)
{
	struct span last = span_base(name);

	return span_find(last, ':') == last.len && span_find(name, '@') == name.len;
}

static int fetch(const char *socket, struct span name, bool latest,
	const struct source_options *opt, const struct call *call, int fd, struct scov_err *err)
{
	struct unix_http *h = mem_alloc(sizeof(*h));
	scoped_buf struct buf path = { 0 };
	int code;

	if (!h)
		return err_memory(err);
	buf_str(&path, "/images/");
	put_name(&path, name);
	buf_str(&path, latest ? ":latest/get" : "/get");
	code = unix_http_get(h, socket, path.p, opt, call, err);
	if (!code && h->status != 200)
		code = fail_status(h, name, err);
	if (!code)
		code = spool_body(h, opt, fd, err);
	unix_http_close(h);
	mem_free(h);
	return code;
}

int engine_open(const struct form *f, const struct source_options *opt, const struct call *call,
	struct source **out, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	scoped_fd int fd = -1;
	struct form inside = { .kind = FORM_DOCKER_ARCHIVE };
	const char *socket;
	struct tree *tree;
	int code = SCOV_E_NOT_FOUND;

	if (span_at(f->name, 0) == '/' || span_has(f->name, SPAN("..")))
		return err_fail(
			err, SCOV_E_USAGE, "'%.*s' is not the name of an image", SPAN_ARG(f->name));
	code = find_socket(&a, &socket, err);
	if (!code)
		code = spool_file(opt, &fd, err);
	if (code)
		return code;
	code = SCOV_E_NOT_FOUND;
	if (wants_latest(f->name))
		code = fetch(socket, f->name, true, opt, call, fd, err);
	if (code == SCOV_E_NOT_FOUND)
		code = fetch(
			socket, f->name, false, opt, call, fd, err); /* an id, or it has a tag */
	if (code)
		return err_wrap(err, "engine at %s", socket);
	code = tree_open_archive_fd(fd_take(&fd), "of the engine", opt, call, &tree, err);
	if (code)
		return code;
	return docker_open_tree(
		tree, "docker", &inside, opt, describe(socket, opt, call, &a), out, err);
}
