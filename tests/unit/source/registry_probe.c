/* registry_probe.c - read an image through source_open_registry and say what came of it.
 *
 *   registry_probe NAME [OPTION=VALUE ...]
 *
 * Prints "root DIGEST TYPE SIZE", "child DIGEST SIZE" for the manifests of an
 * index, "blob DIGEST SIZE" for config and layers (several at once, each in a
 * thread), or "error CODE: text". The driver in tests/cases/registry starts
 * the servers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/pool.h"
#include "net/http.h"
#include "source/registry.h"
#include "syntax/json.h"

enum { BLOBS_MAX = 64, CHUNK = 256 << 10 };

struct job {
	struct source *source;
	struct descriptor d;
	size_t chunk;
	uint64_t got;
	struct digest digest;
	int rc;
	struct scov_err err;
};

static int cancelled;
static struct call call = { .cancelled = &cancelled };
static unsigned wait_ms; /* between the documents and the blobs, which then have a new call */
static const char *certs_dirs[2];
static struct net_options net = { .retry_ms = 20, .certs_dirs = certs_dirs };

static void read_blob(void *ctx, size_t i)
{
	struct job *j = (struct job *)ctx + i;
	struct digester *h = digester_new(DIGEST_SHA256);
	struct stream *s = NULL;
	uint8_t *p = mem_alloc(j->chunk);
	int64_t n;

	j->rc = j->source->ops->open(j->source, &j->d, &call, &s, &j->err);
	while (!j->rc && (n = s->read(s, p, j->chunk, &j->err)) != 0) {
		if (n < 0)
			j->rc = (int)n;
		else {
			digester_add(h, p, (size_t)n);
			j->got += (uint64_t)n;
		}
	}
	if (s)
		s->close(s);
	j->digest = digester_end(h);
	digester_free(h);
	mem_free(p);
}

static void add_job(struct job *jobs, size_t *n, struct source *s, const struct json *d,
	size_t chunk, bool no_size)
{
	struct job *j = &jobs[*n];

	if (*n >= BLOBS_MAX || digest_parse(json_get_text(d, "digest"), &j->d.digest, NULL))
		return;
	j->d.has_size = !no_size && json_uint(json_get(d, "size"), UINT64_MAX >> 1, &j->d.size);
	j->d.media_type = json_get_text(d, "mediaType");
	j->source = s;
	j->chunk = chunk;
	(*n)++;
}

static int fail(int rc, const struct scov_err *err, int64_t since)
{
	printf("error %d: %s\n", rc, err->text);
	fprintf(stderr, "%lld ms\n", (long long)(clock_ms() - since));
	return 1;
}

/* The manifests of an index, of any platform. */
static int read_children(
	struct source *s, const struct json *list, struct arena *a, struct scov_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < json_count(list); i++) {
		struct descriptor d = { .media_type =
						json_get_text(json_at(list, i), "mediaType") };
		char text[DIGEST_TEXT];
		struct span bytes;

		rc = digest_parse(json_get_text(json_at(list, i), "digest"), &d.digest, err);
		if (!rc)
			rc = s->ops->document(s, &d, &call, a, &bytes, err);
		if (rc)
			break;
		struct digest found = digest_of(d.digest.algorithm, bytes);

		printf("child %s %zu%s\n", digest_format(&found, text), bytes.len,
			digest_eq(&found, &d.digest) ? "" : " WRONG");
	}
	return rc;
}

static int pull(struct source *s, size_t chunk, size_t threads, bool no_size, int64_t since)
{
	static struct job jobs[BLOBS_MAX];
	scoped_arena struct arena a = { 0 };
	struct descriptor root;
	struct scov_err err = { 0 };
	struct span text;
	char digest[DIGEST_TEXT];
	const struct json *doc;
	size_t n = 0;
	int rc = s->ops->root(s, &call, &a, &root, &err);

	if (!rc)
		rc = s->ops->document(s, &root, &call, &a, &text, &err);
	if (!rc) {
		printf("root %s %.*s %llu\n", digest_format(&root.digest, digest),
			SPAN_ARG(root.media_type), (unsigned long long)root.size);
		rc = json_parse(text, text.len, &a, &doc, &err);
	}
	if (!rc)
		rc = read_children(s, json_get(doc, "manifests"), &a, &err);
	if (rc)
		return fail(rc, &err, since);
	if (wait_ms) {
		usleep(wait_ms * 1000);
		call_start(&call, 60000, &cancelled);
	}
	add_job(jobs, &n, s, json_get(doc, "config"), chunk, no_size);
	for (size_t i = 0; i < json_count(json_get(doc, "layers")); i++)
		add_job(jobs, &n, s, json_at(json_get(doc, "layers"), i), chunk, no_size);
	pool_run(threads, n, read_blob, jobs);
	for (size_t i = 0; i < n; i++) {
		if (jobs[i].rc)
			return fail(jobs[i].rc, &jobs[i].err, since);
		printf("blob %s %llu%s\n", digest_format(&jobs[i].digest, digest),
			(unsigned long long)jobs[i].got,
			digest_eq(&jobs[i].digest, &jobs[i].d.digest) ? "" : " WRONG");
	}
	fprintf(stderr, "%lld ms\n", (long long)(clock_ms() - since));
	return 0;
}

static void *cancel_later(void *arg)
{
	usleep(*(unsigned *)arg * 1000);
	call_cancel(&cancelled);
	return NULL;
}

static bool option(const char *arg, const char *name, const char **value)
{
	size_t n = strlen(name);

	if (strncmp(arg, name, n) != 0 || arg[n] != '=')
		return false;
	*value = arg + n + 1;
	return true;
}

static uint64_t number(const char *text)
{
	uint64_t n = 0;

	span_number(span_str(text), 10, UINT64_MAX, &n);
	return n;
}

struct run {
	struct source_options opt;
	size_t chunk, threads;
	unsigned cancel_ms;
	bool no_size;
};

static int take_option(const char *arg, struct run *r)
{
	const char *v;

	if (option(arg, "ca-file", &v))
		r->opt.ca_file = v;
	else if (option(arg, "authfile", &v))
		r->opt.authfile = v;
	else if (option(arg, "username", &v))
		r->opt.username = v;
	else if (option(arg, "password", &v))
		r->opt.password = span_str(v);
	else if (option(arg, "certs-dir", &v))
		certs_dirs[0] = v;
	else if (option(arg, "plain-http", &v))
		r->opt.plain_http = number(v) != 0;
	else if (option(arg, "deadline", &v))
		call_start(&call, (int64_t)number(v), &cancelled);
	else if (option(arg, "wait", &v))
		wait_ms = (unsigned)number(v);
	else if (option(arg, "cancel", &v))
		r->cancel_ms = (unsigned)number(v);
	else if (option(arg, "chunk", &v))
		r->chunk = number(v);
	else if (option(arg, "threads", &v))
		r->threads = number(v);
	else if (option(arg, "no-size", &v))
		r->no_size = number(v) != 0;
	else
		return limits_set(&r->opt.limits, span_str(arg), NULL);
	return 0;
}

int main(int argc, char **argv)
{
	struct run r = {
		.opt = { .limits = limits_default(), .net = &net }, .chunk = CHUNK, .threads = 4
	};
	struct source *s = NULL;
	struct scov_err err = { 0 };
	pthread_t canceller;
	int64_t since = clock_ms();

	for (int i = 2; i < argc; i++)
		if (take_option(argv[i], &r)) {
			fprintf(stderr, "registry_probe: bad option '%s'\n", argv[i]);
			return 2;
		}
	if (r.cancel_ms && pthread_create(&canceller, NULL, cancel_later, &r.cancel_ms) == 0)
		pthread_detach(canceller);
	int rc = source_open_registry(argc > 1 ? argv[1] : "", &r.opt, &s, &err);

	if (rc)
		return fail(rc, &err, since);
	rc = pull(s, r.chunk ? r.chunk : 1, r.threads, r.no_size, since);
	s->ops->free(s);
	return rc;
}
