/* feed.c - one part in the program: cache, blob, worker, answer, checks.
 *
 * The bytes that are hashed are the bytes that the worker gets. Its facts are
 * used only when the digest is right, it ended well, and the reader took them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/feed.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "facts/serial.h"
#include "scan/pass.h"
#include "source/oci.h"

enum { FACTS_FACTOR = 8 /* arrays in memory over bytes of an answer */ };

/* What layers may be. Source: OCI image-spec 1.1, layer.md and media-types.md; Docker image
 * manifest v2 schema 2. Which compression it is the bytes say. */
static const char *const layer_types[] = {
	"application/vnd.oci.image.layer.v1.tar",
	"application/vnd.oci.image.layer.v1.tar+gzip",
	"application/vnd.oci.image.layer.v1.tar+zstd",
	"application/vnd.docker.image.rootfs.diff.tar",
	"application/vnd.docker.image.rootfs.diff.tar.gzip",
	"application/vnd.docker.image.rootfs.diff.tar.zstd",
	/* Foreign layers: few registries hold them, and where the bytes are they count. */
	"application/vnd.oci.image.layer.nondistributable.v1.tar",
	"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
	"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
	"application/vnd.docker.image.rootfs.foreign.diff.tar",
	"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
	"application/vnd.docker.image.rootfs.foreign.diff.tar.zstd",
};

/* Of the characters that registered ones have. */
static bool is_media_type(struct span type)
{
	for (size_t i = 0; i < type.len; i++) {
		uint8_t c = span_at(type, i);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '+' &&
			c != '-' && c != '/')
			return false;
	}
	return type.len < 128;
}

static int refuse_type(const struct scan_job *job, struct scov_err *err)
{
	struct span type = oci_bare_type(job->descriptor->media_type);

	if (job->kind != PART_LAYER || !type.len)
		return 0;
	for (size_t i = 0; i < sizeof(layer_types) / sizeof(*layer_types); i++)
		if (span_eq_nocase(type, span_str(layer_types[i])))
			return 0;
	if (!is_media_type(type)) /* may be anything, and is not printed */
		return err_fail(err, SCOV_E_UNSUPPORTED, "invalid media type");
	return err_fail(err, SCOV_E_UNSUPPORTED, "%s: media type '%.*s'",
		span_has(type, SPAN("+encrypted")) ? "an encrypted layer" : "not a layer",
		SPAN_ARG(type));
}

/* The last checks, the same for fresh and for cached facts. */
static int take_facts(
	const struct limits *l, struct scan_job *job, struct span bytes, struct scov_err *err)
{
	job->arena.limit = job->arena.used + l->answer_size * FACTS_FACTOR;
	struct part *part = arena_alloc(&job->arena, sizeof(*part));

	if (!part)
		return err_memory(err);
	int rc = facts_read(bytes, l, &job->arena, part, err);

	if (rc)
		return rc;
	if (part->kind != job->kind)
		return err_fail(err, SCOV_E_WORKER, "facts of another kind of part");
	if (job->kind == PART_LAYER && part->complete && digest_size(&job->diff_id) &&
		!digest_eq(&part->diff_id, &job->diff_id)) {
		char is[DIGEST_TEXT], want[DIGEST_TEXT];

		return err_fail(err, SCOV_E_DIGEST,
			"its uncompressed bytes are %s, the config says %s",
			digest_format(&part->diff_id, is), digest_format(&job->diff_id, want));
	}
	job->part = part;
	job->bytes = bytes;
	return 0;
}

/* Facts of a blob that is not there any more say nothing of this image: without the cache it would
 * be an error, so it is one with it. A registry is not asked. */
static int check_held(const struct feed *f, struct scan_job *job, struct scov_err *err)
{
	struct stream *s;

	if (!f->cache || job->given.p || !job->source->ops->holds)
		return 0;
	int rc = job->source->ops->open(job->source, job->descriptor, f->until->call, &s, err);

	if (!rc)
		s->close(s);
	return rc;
}

/* 1 hit, 0 miss, or an error: right facts that do not fit what the config says. */
static int from_cache(const struct feed *f, struct scan_job *job, struct scov_err *err)
{
	struct span bytes;

	if (!f->cache ||
		!cache_get(f->cache, &job->descriptor->digest, f->scan_id, &job->arena, &bytes))
		return 0;
	int rc = take_facts(f->limits, job, bytes, err);

	if (rc && rc != SCOV_E_DIGEST) {
		arena_reset(&job->arena); /* damaged in a way that its sum does not show: a miss */
		return 0;
	}
	job->blob = job->descriptor->digest;
	job->from_cache = true;
	return rc ? rc : 1;
}

struct blob {
	struct stream *stream;
	struct digester *digester;
	uint64_t size;
	struct span given; /* instead of the stream, what is left of it */
};

static void blob_release(struct blob *b)
{
	if (b->stream)
		b->stream->close(b->stream);
	digester_free(b->digester);
}

static int blob_open(
	struct scan_job *job, const struct call *call, struct blob *b, struct scov_err *err)
{
	const struct descriptor *d = job->descriptor;

	b->digester =
		digester_new(d->digest.algorithm == DIGEST_SHA512 ? DIGEST_SHA512 : DIGEST_SHA256);
	if (!b->digester)
		return err_memory(err);
	b->given = job->given;
	return b->given.p ? 0 : job->source->ops->open(job->source, d, call, &b->stream, err);
}

static int64_t blob_read(struct blob *b, uint8_t *p, size_t cap, struct scov_err *err)
{
	if (b->stream)
		return b->stream->read(b->stream, p, cap, err);
	struct span next = span_sub(b->given, 0, cap);

	if (next.len)
		memcpy(p, next.p, next.len);
	b->given = span_from(b->given, next.len);
	return (int64_t)next.len;
}

static int too_long(const struct feed *f, const struct scan_job *job, const struct blob *b,
	struct scov_err *err)
{
	const struct descriptor *d = job->descriptor;

	if (d->has_size && b->size > d->size)
		return err_fail(err, SCOV_E_DIGEST,
			"more than the %" PRIu64 " bytes that the manifest says", d->size);
	bool is_attestation = job->surface == SURFACE_ATTESTATION;
	uint64_t most = is_attestation ? f->limits->attestation_size : f->limits->document_size;

	if (job->kind != PART_LAYER && b->size > most)
		return err_fail(err, SCOV_E_LIMIT, "more than %" PRIu64 " bytes (limit %s)", most,
			is_attestation ? "attestation_size" : "document_size");
	return 0;
}

/* The whole blob, into the digest and the worker. A worker that has ended well needs no more, the
 * digest does. */
static int pump(const struct feed *f, struct scan_job *job, struct blob *b, struct worker *w,
	struct scov_err *err)
{
	for (;;) {
		uint8_t *room;
		size_t cap;
		int rc = worker_room(w, f->until, &room, &cap, err);

		if (!rc && w->ended)
			rc = worker_verdict(w, err);
		if (rc)
			return rc;
		int64_t n = blob_read(b, room, cap, err);

		if (n <= 0)
			return (int)n;
		b->size += (uint64_t)n;
		rc = too_long(f, job, b, err);
		if (rc)
			return rc;
		digester_add(b->digester, room, (size_t)n);
		worker_give(w, (size_t)n);
		f->progress(f->progress_ctx, (uint64_t)n);
	}
}

static int check_blob(struct scan_job *job, struct blob *b, struct scov_err *err)
{
	const struct descriptor *d = job->descriptor;
	struct digest is = digester_end(b->digester);
	char is_text[DIGEST_TEXT], want[DIGEST_TEXT];

	if (d->has_size && b->size != d->size)
		return err_fail(err, SCOV_E_DIGEST, "%" PRIu64 " bytes, the manifest says %" PRIu64,
			b->size, d->size);
	if (digest_size(&d->digest) && !digest_eq(&is, &d->digest))
		return err_fail(err, SCOV_E_DIGEST, "its bytes are %s, the manifest says %s",
			digest_format(&is, is_text), digest_format(&d->digest, want));
	job->blob = is;
	return 0;
}

static int start(
	const struct feed *f, const struct scan_job *job, struct worker *w, struct scov_err *err)
{
	struct pass_request r = {
		.kind = job->kind,
		.surface = job->surface,
		.skip = f->skip,
		.has_details = f->has_details,
		.limits = *f->limits,
		.key_len = (uint32_t)f->key.len,
	};
	struct worker_spec spec = {
		.memory = f->limits->worker_memory,
		.cpu_seconds = f->limits->worker_seconds,
		.answer_size = ANSWER_HEAD + (size_t)f->limits->answer_size,
		.request = span_of(&r, sizeof(r)),
	};
	if (f->key.len)
		memcpy(r.key, f->key.p, f->key.len);
	return crew_start(f->crew, f->shift, &spec, f->until->call, w, err);
}

static int scan_blob(
	const struct feed *f, struct scan_job *job, struct blob *b, struct scov_err *err)
{
	struct worker w;
	int rc = start(f, job, &w, err);

	if (rc)
		return rc;
	rc = pump(f, job, b, &w, err);
	if (!rc)
		rc = check_blob(job, b, err);
	if (!rc)
		rc = worker_finish(&w, f->until, err);
	if (!rc)
		rc = worker_verdict(&w, err);
	if (!rc)
		rc = answer_read(w.answer, w.answer_size, &job->answer, err);
	worker_release(&w);
	if (!rc)
		rc = take_facts(f->limits, job, job->answer.body, err);
	if (!rc && f->cache)
		cache_put(f->cache, &job->blob, f->scan_id, job->bytes);
	return rc;
}

/* "layer sha256:0123456789ab: what went wrong"; forms without digests have names. */
static int name_part(const struct scan_job *job, struct scov_err *err)
{
	const char *kind = job->kind == PART_CONFIG  ? "config"
			   : job->kind == PART_LAYER ? "layer"
						     : "document";
	struct span name = job->descriptor->name;
	char digest[DIGEST_TEXT];

	if (digest_size(&job->descriptor->digest))
		return err_wrap(
			err, "%s %.19s", kind, digest_format(&job->descriptor->digest, digest));
	return name.len ? err_wrap(err, "%s '%.*s'", kind, SPAN_ARG(name))
			: err_wrap(err, "%s", kind);
}

/* A place first: connections to registries are as many as workers. */
static int scan_fresh(const struct feed *f, struct scan_job *job, struct scov_err *err)
{
	struct blob b = { 0 };
	int rc = crew_enter(f->crew, f->shift, f->until->call, err);

	if (rc)
		return rc;
	rc = blob_open(job, f->until->call, &b, err);
	if (!rc)
		rc = scan_blob(f, job, &b, err);
	blob_release(&b);
	crew_leave(f->crew, f->shift);
	return rc;
}

int feed_part(const struct feed *f, struct scan_job *job)
{
	struct scov_err *err = &job->error;
	int rc = refuse_type(job, err);

	if (!rc)
		rc = check_held(f, job, err);
	if (!rc)
		rc = from_cache(f, job, err);
	if (!rc)
		rc = scan_fresh(f, job, err);
	if (rc >= 0)
		return 0;
	job->part = NULL;
	job->bytes = (struct span){ 0 };
	return name_part(job, err);
}
