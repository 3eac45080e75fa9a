/* scan.c - all parts of an image, some at a time, largest first; what is listed twice is read once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/scan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/identity.h"
#include "base/lock.h"
#include "base/pool.h"
#include "facts/serial.h"
#include "scan/analyzer.h"
#include "scan/cache.h"
#include "scan/crew.h"
#include "scan/feed.h"
#include "scan/user_rules.h"

struct run {
	const struct scan_options *opt;
	struct scan_job *jobs;
	size_t *order; /* of the jobs: larger first, one blob's beside each other */
	size_t *first; /* in order: of each blob, and one after the last */
	struct feed feed;
	struct patience until;
	struct shift shift;
	struct lock lock; /* over what follows */
	struct scan_progress progress;
	uint64_t facts; /* bytes in memory */
};

static const struct crew_options *crew_of(const struct scan_options *opt)
{
	static const struct crew_options none;

	return opt->crew ? crew_options(opt->crew) : &none;
}

struct digest scan_id(const struct scan_options *opt)
{
	scoped_buf struct buf b = { .limit = 1 << 16 };
	char text[DIGEST_TEXT];

	buf_printf(&b, "build %s facts %d\n", build_identity, FACTS_SCHEMA);
	/* Texts are masked also when secrets are not searched for. */
	struct digest rules = scan_rules_digest(crew_of(opt)->rules),
		      key = digest_of(DIGEST_SHA256, opt->fingerprint_key);

	buf_printf(&b, "secrets %s ", digest_format(&rules, text));
	buf_printf(&b, "key %s\n", digest_format(&key, text));
	for (size_t i = 0; analyzers[i]; i++)
		if (!(opt->skip & analyzers[i]->bit))
			buf_printf(&b, "analyzer %s\n", analyzers[i]->name);
	if (opt->has_details)
		buf_printf(&b, "details\n");
	for (size_t i = 0; i < limit_rows_n; i++)
		buf_printf(&b, "limit %s %llu\n", limit_rows[i].name,
			*(const unsigned long long *)((const char *)&opt->limits +
						      limit_rows[i].offset));
	return digest_of(DIGEST_SHA256, buf_view(&b));
}

static int take_key(struct scan_options *opt, uint8_t key[SCAN_KEY_MAX], struct scov_err *err)
{
	struct span given = opt->fingerprint_key;
	struct cache *cache = crew_of(opt)->cache;

	if (given.len > SCAN_KEY_MAX)
		return err_fail(err, SCOV_E_USAGE, "a fingerprint key of %zu bytes: at most %d",
			given.len, SCAN_KEY_MAX);
	if (given.len)
		memcpy(key, given.p, given.len);
	else if (!cache || !cache_key(cache, key))
		if (getrandom(key, CACHE_KEY, 0) != CACHE_KEY)
			return err_fail(err, SCOV_E_IO, "no random bytes for a fingerprint key");
	opt->fingerprint_key = span_of(key, given.len ? given.len : CACHE_KEY);
	return 0;
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* done: NULL, or the part that is read. */
static void tell(struct run *r, uint64_t bytes, const struct scan_job *done)
{
	lock_take(&r->lock);
	r->progress.bytes += bytes;
	r->progress.parts += done != NULL;
	r->progress.layers += done && done->kind == PART_LAYER;
	if (r->opt->progress)
		r->opt->progress(r->opt->progress_ctx, &r->progress);
	lock_drop(&r->lock);
}

static void on_bytes(void *ctx, uint64_t bytes)
{
	tell(ctx, bytes, NULL);
}

/* Adds the facts of a job; false: over the limit. */
static bool has_room(struct run *r, const struct scan_job *job)
{
	lock_take(&r->lock);
	r->facts += job->arena.used + (job->from_cache ? 0 : job->bytes.len);
	bool good = r->facts <= r->opt->limits.image_facts;

	lock_drop(&r->lock);
	return good;
}

static void share(struct scan_job *job, const struct scan_job *first)
{
	job->part = first->part;
	job->bytes = first->bytes;
	job->blob = first->blob;
	job->from_cache = first->from_cache;
	job->error = first->error;
}

/* One blob, for all jobs that are about it. */
static void run_blob(void *ctx, size_t i)
{
	struct run *r = ctx;
	struct scan_job *job = &r->jobs[r->order[r->first[i]]];
	int64_t begin = now_us();

	if (has_room(r, job)) /* it has no facts yet: of those before */
		feed_part(&r->feed, job);
	has_room(r, job);
	job->seconds = (double)(now_us() - begin) / 1e6;
	tell(r, job->from_cache ? job->descriptor->size : 0, job);
	for (size_t k = r->first[i] + 1; k < r->first[i + 1]; k++) {
		share(&r->jobs[r->order[k]], job);
		tell(r, job->descriptor->size, &r->jobs[r->order[k]]);
	}
}

static int by_blob(const void *a, const void *b, void *jobs)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	const struct scan_job *j = jobs;
	const struct descriptor *m = j[x].descriptor, *n = j[y].descriptor;
	int d = (m->size < n->size) - (m->size > n->size);

	d = d ? d : memcmp(&m->digest, &n->digest, sizeof(m->digest));
	return d ? d : (x > y) - (x < y);
}

/* The same layer again, which need not be read again. */
static bool is_same(const struct scan_job *a, const struct scan_job *b)
{
	return a->kind == PART_LAYER && b->kind == PART_LAYER && a->source == b->source &&
	       digest_size(&a->descriptor->digest) &&
	       digest_eq(&a->descriptor->digest, &b->descriptor->digest) &&
	       a->descriptor->has_size == b->descriptor->has_size &&
	       a->descriptor->size == b->descriptor->size &&
	       span_eq(a->descriptor->media_type, b->descriptor->media_type) &&
	       !digest_size(&a->diff_id) && !digest_size(&b->diff_id);
}

/* How many blobs there are. */
static size_t sort_jobs(struct run *r, size_t n)
{
	size_t blobs = 0;

	for (size_t i = 0; i < n; i++)
		r->order[i] = i;
	qsort_r(r->order, n, sizeof(*r->order), by_blob, r->jobs);
	for (size_t i = 0; i < n; i++)
		if (!i || !is_same(&r->jobs[r->order[i - 1]], &r->jobs[r->order[i]]))
			r->first[blobs++] = i;
	r->first[blobs] = n;
	return blobs;
}

static void count_total(struct run *r, size_t n)
{
	bool known = true;

	r->progress.parts_total = n;
	for (size_t i = 0; i < n; i++) {
		known = known && r->jobs[i].descriptor->has_size;
		r->progress.bytes_total += r->jobs[i].descriptor->size;
		r->progress.layers_total += r->jobs[i].kind == PART_LAYER;
	}
	if (!known)
		r->progress.bytes_total = 0;
}

/* What ended the run as a whole rather than one part of it. */
static int outcome(const struct run *r, size_t n, struct scov_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (r->jobs[i].error.code == SCOV_E_CANCELLED ||
			r->jobs[i].error.code == SCOV_E_TIMEOUT) {
			*err = r->jobs[i].error;
			return err->code;
		}
	if (r->shift.failure.code)
		*err = r->shift.failure;
	else if (r->facts > r->opt->limits.image_facts)
		return err_fail(err, SCOV_E_LIMIT,
			"the facts of all parts need more than %llu bytes (limit image_facts)",
			(unsigned long long)r->opt->limits.image_facts);
	return r->shift.failure.code;
}

static int run(
	const struct scan_options *opt, struct scan_job *jobs, size_t n, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	struct digest id = scan_id(opt);
	struct cache *cache = crew_of(opt)->cache;
	struct run r = {
		.opt = opt,
		.jobs = jobs,
		.order = arena_array(&a, n, sizeof(*r.order)),
		.first = arena_array(&a, n + 1, sizeof(*r.first)),
		.until = { opt->limits.worker_stall * 1000, opt->call },
		.feed = {
			.limits = &opt->limits,
			.skip = opt->skip,
			.has_details = opt->has_details,
			.key = opt->fingerprint_key,
			.cache = cache,
			.scan_id = &id,
			.crew = opt->crew,
			.progress = on_bytes,
		},
	};
	bool has_fresh = false;

	if (!r.order || !r.first)
		return err_memory(err);
	r.feed.until = &r.until;
	r.feed.shift = &r.shift;
	r.feed.progress_ctx = &r;
	size_t blobs = sort_jobs(&r, n);

	count_total(&r, n);
	if (!cache) /* it is needed for sure: it starts while the first blob is opened */
		crew_wake(opt->crew);
	pool_run(crew_size(opt->crew), blobs, run_blob, &r);
	for (size_t i = 0; i < n; i++)
		has_fresh = has_fresh || (jobs[i].part && !jobs[i].from_cache);
	if (has_fresh && cache)
		cache_trim(cache);
	return outcome(&r, n, err);
}

int scan_run(const struct scan_options *opt, struct scan_job *jobs, size_t n, struct scov_err *err)
{
	struct scan_options mine = *opt;
	uint8_t key[SCAN_KEY_MAX];
	int rc = take_key(&mine, key, err);

	if (!rc)
		rc = run(&mine, jobs, n, err);
	explicit_bzero(key, sizeof(key));
	return rc;
}

void scan_job_release(struct scan_job *job)
{
	job->part = NULL;
	job->bytes = (struct span){ 0 };
	arena_release(&job->arena);
	answer_release(&job->answer);
}
