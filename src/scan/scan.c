/* scan.c - all parts of an image, some at a time, largest first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/scan.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/lock.h"
#include "base/pool.h"
#include "facts/serial.h"
#include "sandbox/missing.h"
#include "sandbox/helper.h"
#include "scan/analyzer.h"
#include "scan/cache.h"
#include "scan/feed.h"
#include "scan/pass.h"
#include "scan/user_rules.h"

/* A worker in flight: ring, codec, kept files, answer; with what the program itself reads for it.
 */
enum { WORKER_SHARE = 32 << 20, MEMORY = 64 << 20, SPAWNS = 2 };

struct scan {
	struct scan_options opt;
	struct digest id;
	uint8_t key[SCAN_KEY_MAX]; /* opt.fingerprint_key is a view into it */
	char path[PATH_MAX];
	struct lock lock; /* over what follows */
	struct helper *helper;
	struct helper *dead; /* its last jobs may still look at it */
	unsigned spawns;
	struct scov_err failure; /* no worker can be had; code 0: none yet */
	char note[128];
	struct scan_progress progress;
};

struct run {
	struct scan *scan;
	struct scan_job *jobs;
	size_t *order;
	struct feed feed;
	struct patience until;
};

struct digest scan_id(const struct scan_options *opt)
{
	scoped_buf struct buf b = { .limit = 1 << 16 };

	char text[DIGEST_TEXT];

	buf_printf(&b, "scoville %s facts %d\n", SCOV_VERSION, FACTS_SCHEMA);
	/* Texts are masked also when secrets are not searched for. */
	struct digest rules = scan_rules_digest(opt->rules),
		      key = digest_of(DIGEST_SHA256, opt->fingerprint_key);

	buf_printf(&b, "secrets %s ", digest_format(&rules, text));
	buf_printf(&b, "key %s\n", digest_format(&key, text));
	for (size_t i = 0; analyzers[i]; i++)
		if (!(opt->skip & analyzers[i]->bit))
			buf_printf(&b, "analyzer %s\n", analyzers[i]->name);
	for (size_t i = 0; i < limit_rows_n; i++)
		buf_printf(&b, "limit %s %llu\n", limit_rows[i].name,
			*(const unsigned long long *)((const char *)&opt->limits +
						      limit_rows[i].offset));
	return digest_of(DIGEST_SHA256, buf_view(&b));
}

/* Installed, or beside the program in a build tree. Never from PATH. */
static void find_worker(const char *given, char out[PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t n;

	snprintf(out, PATH_MAX, "%s", given ? given : SCOV_WORKER_PATH);
	if (given || access(out, X_OK) == 0 ||
		(n = readlink("/proc/self/exe", self, sizeof(self))) <= 0)
		return;
	struct span dir = span_dir(span_of(self, (size_t)n));
	char beside[PATH_MAX];

	snprintf(beside, sizeof(beside), "%.*s/scoville-worker", SPAN_ARG(dir));
	if (access(beside, X_OK) == 0)
		snprintf(out, PATH_MAX, "%s", beside);
}

/* The lock is held. */
static int spawn(struct scan *s, struct scov_err *err)
{
	char who[PASS_WHO];

	scoped_fd int payload = -1;
	int rc = s->opt.rules ? scan_rules_payload(s->opt.rules, s->opt.cache, &payload, err) : 0;

	s->spawns++;
	return rc ? rc
		  : helper_start(
			    s->path, pass_who(who), s->opt.no_sandbox, payload, &s->helper, err);
}

static int ready_helper(struct scan *s, struct scov_err *err)
{
	int rc = 0;

	if (s->helper && helper_is_dead(s->helper) && s->spawns < SPAWNS) {
		helper_free(s->dead);
		s->dead = s->helper;
		s->helper = NULL;
	}
	if (!s->helper)
		rc = spawn(s, err);
	if (!rc)
		rc = helper_ready(s->helper, err);
	if (!rc)
		snprintf(s->note, sizeof(s->note), "%s", helper_note(s->helper));
	return rc;
}

static int get_helper(void *ctx, struct helper **out, struct scov_err *err)
{
	struct scan *s = ctx;

	lock_take(&s->lock);
	if (!s->failure.code) {
		struct scov_err e = { 0 };

		if (ready_helper(s, &e))
			s->failure = e;
	}
	if (s->failure.code)
		*err = s->failure;
	else
		*out = s->helper;
	int rc = s->failure.code;

	lock_drop(&s->lock);
	return rc;
}

static int take_key(struct scan *s, struct scov_err *err)
{
	struct span given = s->opt.fingerprint_key;

	if (given.len > SCAN_KEY_MAX)
		return err_fail(err, SCOV_E_USAGE, "a fingerprint key of %zu bytes: at most %d",
			given.len, SCAN_KEY_MAX);
	if (given.len)
		memcpy(s->key, given.p, given.len);
	else if (!s->opt.cache || !cache_key(s->opt.cache, s->key))
		if (getrandom(s->key, CACHE_KEY, 0) != CACHE_KEY)
			return err_fail(err, SCOV_E_IO, "no random bytes for a fingerprint key");
	s->opt.fingerprint_key = span_of(s->key, given.len ? given.len : CACHE_KEY);
	return 0;
}

int scan_open(const struct scan_options *opt, struct scan **out, struct scov_err *err)
{
	struct scan *s = mem_alloc(sizeof(*s));

	if (!s)
		return err_memory(err);
	s->opt = *opt;
	int rc = take_key(s, err);

	if (rc) {
		mem_free(s);
		return rc;
	}
	s->id = scan_id(&s->opt);
	find_worker(opt->worker, s->path);
	if (!opt->cache && spawn(s, &s->failure))
		s->helper = NULL;
	*out = s;
	return 0;
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void tell(struct scan *s, uint64_t bytes, size_t parts)
{
	lock_take(&s->lock);
	s->progress.bytes += bytes;
	s->progress.parts += parts;
	if (s->opt.progress)
		s->opt.progress(s->opt.progress_ctx, &s->progress);
	lock_drop(&s->lock);
}

static void on_bytes(void *ctx, uint64_t bytes)
{
	tell(ctx, bytes, 0);
}

static void run_job(void *ctx, size_t i)
{
	struct run *r = ctx;
	struct scan_job *job = &r->jobs[r->order[i]];
	int64_t begin = now_us();

	feed_part(&r->feed, job);
	job->seconds = (double)(now_us() - begin) / 1e6;
	tell(r->scan, job->from_cache ? job->descriptor->size : 0, 1);
}

static int larger_first(const void *a, const void *b, void *ctx)
{
	const struct scan_job *jobs = ctx;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	uint64_t m = jobs[x].descriptor->size, n = jobs[y].descriptor->size;

	return m > n ? -1 : m < n ? 1 : x < y ? -1 : x > y;
}

static void sort_jobs(struct run *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		r->order[i] = i;
	qsort_r(r->order, n, sizeof(*r->order), larger_first, r->jobs);
}

static size_t workers_at_once(const struct scan_options *opt, size_t jobs)
{
	uint64_t memory = opt->memory ? opt->memory : MEMORY;
	size_t n = opt->threads ? opt->threads : pool_cpus();

	if (n > memory / WORKER_SHARE)
		n = (size_t)(memory / WORKER_SHARE);
	if (n > jobs)
		n = jobs;
	return n ? n : 1;
}

static void count_total(struct scan *s, const struct scan_job *jobs, size_t n)
{
	bool known = true;

	s->progress = (struct scan_progress){ .parts_total = n };
	for (size_t i = 0; i < n; i++) {
		known = known && jobs[i].descriptor->has_size;
		s->progress.bytes_total += jobs[i].descriptor->size;
	}
	if (!known)
		s->progress.bytes_total = 0;
}

/* What ended the run as a whole rather than one part of it. */
static int outcome(struct scan *s, const struct scan_job *jobs, size_t n, struct scov_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (jobs[i].error.code == SCOV_E_CANCELLED ||
			jobs[i].error.code == SCOV_E_TIMEOUT) {
			*err = jobs[i].error;
			return err->code;
		}
	if (s->failure.code)
		*err = s->failure;
	return s->failure.code;
}

int scan_run(struct scan *s, struct scan_job *jobs, size_t n, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	struct run r = {
		.scan = s,
		.jobs = jobs,
		.order = arena_array(&a, n, sizeof(*r.order)),
		.until = { s->opt.limits.worker_stall * 1000, s->opt.call },
		.feed = {
			.limits = &s->opt.limits,
			.skip = s->opt.skip,
			.key = s->opt.fingerprint_key,
			.cache = s->opt.cache,
			.scan_id = &s->id,
			.helper = get_helper,
			.helper_ctx = s,
			.progress = on_bytes,
			.progress_ctx = s,
		},
	};

	if (!r.order)
		return err_memory(err);
	r.feed.until = &r.until;
	sort_jobs(&r, n);
	count_total(s, jobs, n);
	pool_run(workers_at_once(&s->opt, n), n, run_job, &r);
	bool fresh = false;

	for (size_t i = 0; i < n; i++)
		fresh = fresh || (jobs[i].part && !jobs[i].from_cache);
	if (fresh && s->opt.cache)
		cache_trim(s->opt.cache);
	return outcome(s, jobs, n, err);
}

void scan_job_release(struct scan_job *job)
{
	job->part = NULL;
	job->bytes = (struct span){ 0 };
	arena_release(&job->arena);
	answer_release(&job->answer);
}

/* The kernel is asked once more, so that a report from the cache says what a fresh one does. */
struct span scan_sandbox_note(struct scan *s)
{
	struct scov_err err;
	long abi;

	if (s->opt.no_sandbox)
		return SPAN("--no-sandbox");
	if (missing_sandbox)
		return span_str(missing_sandbox);
	if (!s->note[0] && missing_landlock(s->note, &abi, &err))
		return SPAN("landlock could not be asked for");
	return span_str(s->note);
}

pid_t scan_helper_pid(const struct scan *s)
{
	return s->helper ? helper_pid(s->helper) : 0;
}

void scan_free(struct scan *s)
{
	if (!s)
		return;
	helper_free(s->helper);
	helper_free(s->dead);
	explicit_bzero(s->key, sizeof(s->key));
	mem_free(s);
}
