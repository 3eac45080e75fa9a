/* http.c - HTTPS requests of a registry client: retries, redirects, bodies as pull streams.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "net/http.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/err.h"
#include "net/header.h"
#include "net/lane.h"

enum {
	RETRY_MS = 250,        /* first pause */
	PAUSE_MAX_MS = 20000,  /* longest pause of our own choice */
	RETRY_AFTER_MAX = 120, /* seconds that a server may make us wait */
	REFUSED_RETRIES = 2,   /* nobody listens: a mistyped name should fail quickly */
	TICK_MS = 50,
	ORIGINS_MAX = 64, /* hosts whose certs.d folders are cached */
	IDLE_LANES = 16,
};

struct origin {
	struct origin *next;
	struct url url;
	struct certs certs;
};

struct http {
	struct http_options opt;
	const struct curl_calls *curl;
	pthread_mutex_t lock;
	struct arena arena; /* origins; under the lock, as the two lists */
	struct origin *origins;
	size_t origins_n;
	struct lane *idle;
	size_t idle_n;
	struct stall stall;
};

struct http_body {
	struct http *http;
	struct lane *lane;
};

int http_new(const struct http_options *opt, struct http **out, struct scov_err *err)
{
	const struct curl_calls *curl = curl_calls(err);
	struct http *h = curl ? mem_alloc(sizeof(*h)) : NULL;

	if (!h)
		return curl ? err_memory(err) : SCOV_E_UNSUPPORTED;
	h->opt = *opt;
	h->curl = curl;
	h->arena.limit = 64 << 20;
	pthread_mutex_init(&h->lock, NULL);
	stall_init(&h->stall, opt->limits.answer_stall);
	*out = h;
	return 0;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	while (h->idle) {
		struct lane *l = h->idle;

		h->idle = l->next;
		lane_free(l);
	}
	arena_release(&h->arena);
	stall_release(&h->stall);
	pthread_mutex_destroy(&h->lock);
	mem_free(h);
}

static struct lane *take_idle(struct http *h)
{
	pthread_mutex_lock(&h->lock);
	struct lane *l = h->idle;

	if (l) {
		h->idle = l->next;
		h->idle_n--;
	}
	pthread_mutex_unlock(&h->lock);
	return l;
}

static void give_back(struct http *h, struct lane *l)
{
	lane_stop(l, true);
	pthread_mutex_lock(&h->lock);
	bool keep = h->idle_n < IDLE_LANES;

	if (keep) {
		l->next = h->idle;
		h->idle = l;
		h->idle_n++;
	}
	pthread_mutex_unlock(&h->lock);
	if (!keep)
		lane_free(l);
}

static int new_origin(
	struct http *h, const struct url *u, struct origin **out, struct scov_err *err)
{
	static const char *const usual[] = { "/etc/containers/certs.d", "/etc/docker/certs.d",
		NULL };
	const char *const *dirs =
		h->opt.net && h->opt.net->certs_dirs ? h->opt.net->certs_dirs : usual;
	struct origin *o = arena_alloc(&h->arena, sizeof(*o));
	struct span text = arena_dup(&h->arena, u->text);

	if (!o || !text.p || h->origins_n >= ORIGINS_MAX)
		return err_fail(err, SCOV_E_LIMIT, "more than %d hosts contacted for one image",
			ORIGINS_MAX);
	int rc = certs_find(dirs, h->opt.ca_file, u, &h->arena, &o->certs, err);

	if (!rc)
		rc = url_parse(text, &o->url, err);
	if (rc)
		return rc;
	o->next = h->origins;
	h->origins = o;
	h->origins_n++;
	*out = o;
	return 0;
}

/* What to trust at this URL's host, read from disk once. */
static int trust_at(
	struct http *h, const struct url *u, const struct certs **out, struct scov_err *err)
{
	int rc = 0;

	pthread_mutex_lock(&h->lock);
	struct origin *o = h->origins;

	while (o && !url_same_origin(&o->url, u))
		o = o->next;
	if (!o)
		rc = new_origin(h, u, &o, err);
	pthread_mutex_unlock(&h->lock);
	if (!rc)
		*out = &o->certs;
	return rc;
}

static int64_t jitter(int64_t ms)
{
	uint32_t r = 0;

	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) != sizeof(r))
		r = (uint32_t)clock_ms();
	return ms / 2 + (int64_t)(r % (uint32_t)(ms / 2 + 1));
}

static bool sleep_until(int64_t until, const struct call *call, struct scov_err *err)
{
	while (clock_ms() < until) {
		struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };

		if (call_check(call, err))
			return false;
		if (until - clock_ms() < TICK_MS)
			tick.tv_nsec = (until - clock_ms()) * 1000000L;
		if (tick.tv_nsec > 0)
			nanosleep(&tick, NULL);
	}
	return true;
}

bool http_pause(struct http *h, const struct call *call, unsigned attempt, int64_t at_least_ms,
	struct scov_err *err)
{
	int64_t ms = h->opt.net && h->opt.net->retry_ms ? h->opt.net->retry_ms : RETRY_MS;

	for (unsigned i = 0; i < attempt && ms < PAUSE_MAX_MS; i++)
		ms *= 2;
	ms = jitter(ms > PAUSE_MAX_MS ? PAUSE_MAX_MS : ms);
	if (ms < at_least_ms)
		ms = at_least_ms;
	int64_t until = clock_ms() + ms;

	if (call && call->deadline_ms && until > call->deadline_ms)
		return call_over(call, err) == 0;
	if (!stall_may_pause(&h->stall, ms))
		return stall_over(&h->stall, "the registry", err) == 0;
	stall_enter(&h->stall);
	bool is_over = sleep_until(until, call, err);

	stall_leave(&h->stall);
	return is_over;
}

static bool is_passing(int status)
{
	return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

/* Seconds that the answer asks to wait; false when that is too long. */
static bool wait_asked(const struct http_answer *an, int64_t *ms)
{
	uint64_t s = 0;

	*ms = 0;
	if (retry_after_parse(span_str(an->retry_after), (int64_t)time(NULL), &s))
		*ms = (int64_t)s * 1000;
	return s <= RETRY_AFTER_MAX;
}

/* One URL, repeated while that may help. `keep` is the lane with the answer. */
static int ask(struct http *h, const struct http_request *rq, const struct url *u,
	bool with_authorization, struct lane *l, struct scov_err *err)
{
	const struct certs *certs = NULL;
	int rc = trust_at(h, u, &certs, err);

	if (rc)
		return rc;
	for (unsigned attempt = 0;; attempt++) {
		enum lane_fault fault;
		struct scov_err stopped = { 0 };
		int64_t wait = 0;

		rc = lane_start(l, rq, u, certs, with_authorization, &fault, err);
		l->answer.is_not_tls = fault == LANE_NOT_TLS && !certs->has_folder;
		bool again = rc ? fault == LANE_LOST ||
					     (fault == LANE_REFUSED && attempt < REFUSED_RETRIES)
				: is_passing(l->answer.status) && wait_asked(&l->answer, &wait);

		if (!again || attempt >= h->opt.limits.retries)
			return rc;
		/* Keep the reason: "status 503" says more than "timed out". */
		if (!http_pause(h, l->call, attempt, wait, &stopped)) {
			if (stopped.code == SCOV_E_CANCELLED ||
				(rc == 0 && stopped.code == SCOV_E_TIMEOUT))
				return err_fail(
					err, stopped.code, "%s: %s", l->answer.from, stopped.text);
			return rc;
		}
	}
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Plain HTTP only where it was allowed; a server far away may not send us to a port of this machine
 * without TLS. */
static int check_scheme(
	const struct http *h, const struct url *first, const struct url *u, struct scov_err *err)
{
	char shown[URL_SHOWN];

	if (u->is_https || h->opt.plain_http || (url_is_loopback(u) && url_is_loopback(first)))
		return 0;
	return err_fail(err, SCOV_E_NET, "%s: plain HTTP refused; allow it with --plain-http",
		url_show(u, shown));
}

static int next_hop(struct http *h, const struct url *first, struct lane *l, struct url *u,
	struct arena *a, struct scov_err *err)
{
	struct scov_err why = { 0 };
	const char *text = NULL;
	int rc = url_resolve(u, buf_view(&l->location), a, &text, &why);

	if (!rc)
		rc = url_parse(span_str(text), u, &why);
	if (!rc)
		rc = check_scheme(h, first, u, &why);
	if (rc)
		return err_fail(err, rc, "%s: redirect refused: %s", l->answer.from, why.text);
	return 0;
}

static int follow(
	struct http *h, const struct http_request *rq, struct lane *l, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 4 << 20 };
	struct url first, u;
	bool is_home = true;
	int rc = url_parse(span_str(rq->url), &first, err);

	if (!rc)
		rc = check_scheme(h, &first, &first, err);
	u = rc ? (struct url){ 0 } : first;
	for (uint64_t hops = 0; !rc; hops++) {
		rc = ask(h, rq, &u, is_home, l, err);
		l->answer.is_elsewhere = !is_home;
		if (rc || !is_redirect(l->answer.status) || rq->method == HTTP_POST ||
			rq->method == HTTP_PUT)
			break;
		if (hops >= h->opt.limits.redirects)
			return err_fail(err, SCOV_E_LIMIT, "%s: more than %llu redirects",
				l->answer.from, (unsigned long long)h->opt.limits.redirects);
		rc = next_hop(h, &first, l, &u, &a, err);
		/* Not even after a redirect back: another host may have caused it. */
		is_home = is_home && !rc && url_same_origin(&first, &u);
		lane_stop(l, true);
	}
	return rc;
}

int http_open(struct http *h, const struct call *call, const struct http_request *rq,
	struct http_answer *out, struct http_body **body, struct scov_err *err)
{
	struct http_body *b = mem_alloc(sizeof(*b));
	struct lane *l = take_idle(h);
	int rc = b ? 0 : err_memory(err);

	if (!rc && !l)
		rc = lane_new(h->curl, &h->opt, &h->stall, &l, err);
	if (!rc) {
		l->call = call;
		rc = follow(h, rq, l, err);
	}
	out->is_not_tls = rc && l && l->answer.is_not_tls;
	if (rc) {
		if (l)
			lane_stop(l, false);
		lane_free(l); /* its connection may be the broken one */
		mem_free(b);
		return rc;
	}
	b->http = h;
	b->lane = l;
	*out = l->answer;
	*body = b;
	return 0;
}

int64_t http_read(struct http_body *b, void *p, size_t len, struct scov_err *err)
{
	return lane_read(b->lane, p, len, err);
}

int http_read_all(
	struct http_body *b, size_t limit, struct arena *a, struct span *out, struct scov_err *err)
{
	scoped_buf struct buf all = { .limit = limit };
	char piece[16384];
	int64_t n;

	while ((n = http_read(b, piece, sizeof(piece), err)) > 0) {
		buf_bytes(&all, piece, (size_t)n);
		if (all.failed)
			return err_fail(err, SCOV_E_LIMIT, "%s: answer longer than %zu bytes",
				b->lane->answer.from, limit);
	}
	if (n < 0)
		return (int)n;
	struct span copy = arena_dup(a, buf_view(&all));

	if (!copy.p)
		return err_memory(err);
	*out = copy;
	return 0;
}

void http_close(struct http_body *b)
{
	if (!b)
		return;
	give_back(b->http, b->lane);
	mem_free(b);
}

static const struct {
	int status, code;
	const char *text;
} reasons[] = {
	{ 401, SCOV_E_AUTH, "credentials missing or refused" },
	{ 403, SCOV_E_AUTH, "access denied" },
	{ 404, SCOV_E_NOT_FOUND, "not found" },
	{ 407, SCOV_E_AUTH, "the proxy requires credentials" },
	{ 429, SCOV_E_NET, "too many requests" },
	{ 0, SCOV_E_NET, "unexpected answer" },
};

int http_fail_status(const struct http_answer *answer, const char *note, struct scov_err *err)
{
	uint64_t wait = 0;
	char later[64] = "";
	size_t i = 0;

	while (reasons[i].status && reasons[i].status != answer->status)
		i++;
	if (retry_after_parse(span_str(answer->retry_after), (int64_t)time(NULL), &wait) && wait)
		snprintf(later, sizeof(later), ", retry after %llu s", (unsigned long long)wait);
	return err_fail(err, reasons[i].code, "%s: %s (status %d%s%s%s)", answer->from,
		reasons[i].text, answer->status, note[0] ? ", " : "", note, later);
}
