/* crew.c - one helper for all scans of a context, and a budget of workers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/crew.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/lock.h"
#include "base/pool.h"
#include "base/span.h"
#include "sandbox/missing.h"
#include "scan/pass.h"
#include "scan/user_rules.h"

/* A worker in flight (ring, codec, kept files, answer, and what the program reads for it) takes
 * some 32 MB: two unless the caller asks for more. SPAWNS: helpers that one scan may have. */
enum { DEFAULT_MAX = 2, SPAWNS = 2 };

/* A helper and who looks at it: one that died is freed when the last has let go. */
struct post {
	struct helper *helper;
	unsigned number;
	size_t users;
	struct lock greeting;    /* held by who waits for its hello */
	struct scov_err failure; /* why it is unusable */
};

struct crew {
	struct crew_options opt;
	char path[PATH_MAX];
	struct budget budget;
	struct lock lock; /* over what follows */
	struct post *post;
	unsigned spawned;
	char note[CREW_NOTE];
};

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

static size_t budget_of(size_t threads)
{
	size_t n = threads ? threads : pool_cpus();

	if (!threads && n > DEFAULT_MAX)
		n = DEFAULT_MAX;
	return n > HELPER_JOBS ? HELPER_JOBS : n;
}

int crew_new(const struct crew_options *opt, struct crew **out, struct scov_err *err)
{
	struct crew *c = mem_alloc(sizeof(*c));

	if (!c)
		return err_memory(err);
	c->opt = *opt;
	find_worker(opt->worker, c->path);
	budget_init(&c->budget, budget_of(opt->threads));
	*out = c;
	return 0;
}

static void post_free(struct post *p)
{
	if (!p)
		return;
	helper_free(p->helper);
	mem_free(p);
}

void crew_free(struct crew *c)
{
	if (!c)
		return;
	post_free(c->post);
	budget_release(&c->budget);
	mem_free(c);
}

const struct crew_options *crew_options(const struct crew *c)
{
	return &c->opt;
}

size_t crew_size(const struct crew *c)
{
	return c->budget.places;
}

/* ---- the helper; the lock is held ---- */

static int spawn(struct crew *c, struct scov_err *err)
{
	char who[PASS_WHO];
	scoped_fd int payload = -1;
	struct post *p = mem_alloc(sizeof(*p));
	int rc = p ? 0 : err_memory(err);

	if (!rc && c->opt.rules)
		rc = scan_rules_payload(c->opt.rules, c->opt.cache, &payload, err);
	if (!rc)
		rc = helper_start(
			c->path, pass_who(who), c->opt.no_sandbox, payload, &p->helper, err);
	if (rc) {
		mem_free(p);
		return rc;
	}
	p->number = ++c->spawned;
	c->post = p;
	return 0;
}

/* Takes the post away from those that come; its last user frees it. NULL: there are users. */
static struct post *retire(struct crew *c)
{
	struct post *p = c->post;

	c->post = NULL;
	return p && !p->users ? p : NULL;
}

static int find_post(struct crew *c, struct shift *s, struct post **gone, struct scov_err *err)
{
	bool is_bad = c->post && (c->post->failure.code || helper_is_dead(c->post->helper));

	if (s->failure.code) {
		*err = s->failure;
		return err->code;
	}
	if (is_bad && s->first && c->spawned >= s->first + SPAWNS - 1)
		return err_fail(err, SCOV_E_WORKER, "scoville-worker died again");
	if (is_bad)
		*gone = retire(c);
	if (!c->post && spawn(c, err)) {
		s->failure = *err;
		return err->code;
	}
	if (!s->first)
		s->first = c->post->number;
	c->post->users++;
	return 0;
}

/* ---- the helper; the lock is free ---- */

static int take_post(struct crew *c, struct shift *s, struct post **out, struct scov_err *err)
{
	struct post *gone = NULL;

	lock_take(&c->lock);
	int rc = find_post(c, s, &gone, err);

	if (!rc)
		*out = c->post;
	lock_drop(&c->lock);
	post_free(gone);
	return rc;
}

static void leave_post(struct crew *c, struct post *p)
{
	lock_take(&c->lock);
	bool is_last = --p->users == 0 && p != c->post;

	lock_drop(&c->lock);
	if (is_last)
		post_free(p);
}

static int greet(struct crew *c, struct post *p, const struct call *call, struct scov_err *err)
{
	int rc;

	while (!lock_try(&p->greeting)) {
		if ((rc = call_check(call, err)))
			return rc;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	if (p->failure.code) {
		*err = p->failure;
		rc = err->code;
	} else {
		rc = helper_ready(p->helper, call, err);
	}
	lock_take(&c->lock);
	if (!rc)
		snprintf(c->note, sizeof(c->note), "%s", helper_note(p->helper));
	if (rc == SCOV_E_WORKER)
		p->failure = *err;
	lock_drop(&c->lock);
	lock_drop(&p->greeting);
	return rc;
}

static void give_up(struct crew *c, struct shift *s, const struct scov_err *why)
{
	lock_take(&c->lock);
	if (!s->failure.code)
		s->failure = *why;
	lock_drop(&c->lock);
}

int crew_start(struct crew *c, struct shift *s, const struct worker_spec *spec,
	const struct call *call, struct worker *out, struct scov_err *err)
{
	struct scov_err why = { 0 };
	struct post *p = NULL;
	int rc = take_post(c, s, &p, &why);

	if (!rc) {
		rc = greet(c, p, call, &why);
		if (rc == SCOV_E_WORKER)
			give_up(c, s, &why);
		if (!rc)
			rc = worker_start(p->helper, spec, out, &why);
		leave_post(c, p);
	}
	if (rc)
		*err = why;
	return rc;
}

void crew_wake(struct crew *c)
{
	struct scov_err ignored;

	lock_take(&c->lock);
	if (!c->post)
		spawn(c, &ignored);
	lock_drop(&c->lock);
}

int crew_enter(struct crew *c, struct shift *s, const struct call *call, struct scov_err *err)
{
	return budget_take(&c->budget, &s->group, call, err);
}

void crew_leave(struct crew *c, struct shift *s)
{
	budget_give(&c->budget, &s->group);
}

/* The kernel is asked once more, so that a report from the cache says what a fresh one does. */
const char *crew_note(struct crew *c, char out[CREW_NOTE])
{
	struct scov_err err;
	long abi;

	lock_take(&c->lock);
	snprintf(out, CREW_NOTE, "%s", c->note);
	lock_drop(&c->lock);
	if (c->opt.no_sandbox)
		snprintf(out, CREW_NOTE, "--no-sandbox");
	else if (missing_sandbox)
		snprintf(out, CREW_NOTE, "%s", missing_sandbox);
	else if (!*out && missing_landlock(out, &abi, &err))
		snprintf(out, CREW_NOTE, "landlock could not be checked");
	return out;
}

pid_t crew_helper_pid(struct crew *c)
{
	lock_take(&c->lock);
	pid_t pid = c->post ? helper_pid(c->post->helper) : 0;

	lock_drop(&c->lock);
	return pid;
}
