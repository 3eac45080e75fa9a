/* lane.c - one libcurl connection, whose transfer runs only while its owner waits.
 *
 * HTTP/1.1 only: every stream has its own connection anyway, and a paused
 * stream must never hold up another.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "net/lane.h"

#include <string.h>

#include "base/err.h"

enum {
	TICK_MS = 100,        /* how late a cancel or a deadline may be seen */
	CONNECT_MS = 30000,   /* name, connection and TLS handshake together */
	PIECE = 256 << 10,    /* libcurl's buffer: the largest piece it delivers */
	DRAIN_MAX = 64 << 10, /* rest of a body that is read to keep its connection */
	DRAIN_MS = 500,
	HEADERS_MAX = 32 << 10, /* bytes of one kind of header that we keep */
};

static void heard(struct lane *l, size_t bytes)
{
	l->heard_ms = clock_ms();
	stall_heard(l->stall, bytes);
}

static void keep_value(char *out, struct span value)
{
	if (value.len >= HTTP_VALUE_MAX)
		return;
	memcpy(out, value.p ? value.p : (const uint8_t *)"", value.len);
	out[value.len] = 0;
}

/* A status line begins a new answer: 100 Continue, or what came before it. */
static void begin_answer(struct lane *l, struct span line)
{
	struct span status = span_sub(span_from(line, span_find(line, ' ') + 1), 0, 3);
	uint64_t n = 0;

	l->answer.status = span_number(status, 10, 999, &n) ? (int)n : 0;
	l->answer.content_type[0] = l->answer.content_digest[0] = 0;
	l->answer.content_range[0] = l->answer.retry_after[0] = 0;
	l->answer.etag[0] = l->answer.modified[0] = l->answer.subject[0] = 0;
	l->location.len = l->authenticate.len = l->link.len = 0;
}

/* A header that may come several times. */
static void join(struct buf *all, struct span value)
{
	if (all->len)
		buf_str(all, ", ");
	buf_span(all, value);
}

static void keep_header(struct lane *l, struct span name, struct span value)
{
	const struct {
		struct span name;
		char *to;
	} kept[] = {
		{ SPAN_INIT("content-type"), l->answer.content_type },
		{ SPAN_INIT("docker-content-digest"), l->answer.content_digest },
		{ SPAN_INIT("content-range"), l->answer.content_range },
		{ SPAN_INIT("retry-after"), l->answer.retry_after },
		{ SPAN_INIT("etag"), l->answer.etag },
		{ SPAN_INIT("last-modified"), l->answer.modified },
		{ SPAN_INIT("oci-subject"), l->answer.subject },
	};

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (span_eq_nocase(name, kept[i].name))
			keep_value(kept[i].to, value);
	if (span_eq_nocase(name, SPAN("location"))) {
		l->location.len = 0;
		buf_span(&l->location, value);
	}
	if (span_eq_nocase(name, SPAN("www-authenticate")))
		join(&l->authenticate, value);
	if (span_eq_nocase(name, SPAN("link")))
		join(&l->link, value);
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct lane *l = arg;
	struct span line = span_trim(span_of(p, size * n));

	heard(l, size * n);
	if (span_starts(line, SPAN("HTTP/")))
		begin_answer(l, line);
	else if (line.len == 0)
		l->has_headers = l->answer.status >= 200;
	else {
		size_t colon = span_find(line, ':');

		keep_header(l, span_sub(line, 0, colon), span_trim(span_from(line, colon + 1)));
	}
	return size * n;
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct lane *l = arg;
	size_t len = size * n, fits = len < l->room ? len : l->room;

	if (l->is_discarding) {
		l->discarded += len;
		return l->discarded > DRAIN_MAX ? 0 : len;
	}
	if (l->spill.len || (l->room == 0 && l->got)) {
		l->is_paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	heard(l, len);
	if (fits) {
		memcpy(l->target, p, fits);
		l->target += fits;
		l->room -= fits;
		l->got += fits;
	}
	buf_bytes(&l->spill, p + fits, len - fits);
	return l->spill.failed ? 0 : len;
}

int lane_new(const struct curl_calls *curl, const struct http_options *opt, struct stall *stall,
	struct lane **out, struct scov_err *err)
{
	struct lane *l = mem_alloc(sizeof(*l));

	if (!l)
		return err_memory(err);
	l->curl = curl;
	l->opt = opt;
	l->stall = stall;
	l->multi = curl->multi_init();
	l->easy = curl->easy_init();
	l->location.limit = l->authenticate.limit = l->link.limit = HEADERS_MAX;
	l->spill.limit = 2 * PIECE;
	if (!l->multi || !l->easy) {
		lane_free(l);
		return err_memory(err);
	}
	*out = l;
	return 0;
}

void lane_free(struct lane *l)
{
	if (!l)
		return;
	if (l->is_running)
		l->curl->multi_remove_handle(l->multi, l->easy);
	l->curl->easy_cleanup(l->easy);
	if (l->multi)
		l->curl->multi_cleanup(l->multi);
	l->curl->slist_free_all(l->headers);
	buf_release(&l->location);
	buf_release(&l->authenticate);
	buf_release(&l->link);
	buf_release(&l->spill);
	mem_free(l);
}

static void reset(struct lane *l)
{
	l->answer = (struct http_answer){ 0 };
	l->location.len = l->authenticate.len = l->link.len = 0;
	l->spill.len = l->spill_from = 0;
	l->location.failed = l->authenticate.failed = l->spill.failed = false;
	l->link.failed = false;
	l->has_headers = l->is_done = l->is_paused = l->is_discarding = l->may_help = false;
	l->target = NULL;
	l->room = l->got = l->discarded = 0;
	l->sent = 0;
	l->problem[0] = 0;
}

static bool add_header(struct lane *l, struct buf *line, const char *name, const char *value)
{
	line->len = 0;
	buf_printf(line, "%s: %s", name, value);
	struct curl_slist *more = line->failed ? NULL : l->curl->slist_append(l->headers, line->p);

	if (more)
		l->headers = more;
	return more != NULL;
}

static bool set_headers(struct lane *l, const struct http_request *rq, bool with_authorization)
{
	scoped_buf struct buf line = { .limit = 1 << 20 };
	char range[64];
	bool good = true;

	l->curl->slist_free_all(l->headers);
	l->headers = NULL;
	if (rq->accept)
		good = good && add_header(l, &line, "Accept", rq->accept);
	if (rq->authorization && with_authorization)
		good = good && add_header(l, &line, "Authorization", rq->authorization);
	if (rq->etag)
		good = good && add_header(l, &line, "If-None-Match", rq->etag);
	if (rq->modified)
		good = good && add_header(l, &line, "If-Modified-Since", rq->modified);
	if (rq->if_match)
		good = good && add_header(l, &line, "If-Match", rq->if_match);
	if (rq->type)
		good = good && add_header(l, &line, "Content-Type", rq->type);
	if (rq->body.len)
		good = good && add_header(l, &line, "Expect", ""); /* nobody waits for "continue" */
	if (rq->range_from) {
		snprintf(range, sizeof(range), "bytes=%llu-", (unsigned long long)rq->range_from);
		good = good && add_header(l, &line, "Range", range);
	}
	if (line.p)
		explicit_bzero(line.p, line.cap);
	return good;
}

static int set_method(struct lane *l, const struct http_request *rq)
{
	int bad = 0;

	if (rq->method == HTTP_HEAD)
		bad |= l->curl->easy_setopt(l->easy, CURLOPT_NOBODY, 1L);
	if (rq->method == HTTP_POST || rq->method == HTTP_PUT) {
		bad |= l->curl->easy_setopt(
			l->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)rq->body.len);
		bad |= l->curl->easy_setopt(
			l->easy, CURLOPT_POSTFIELDS, rq->body.len ? (const char *)rq->body.p : "");
	}
	if (rq->method == HTTP_PUT)
		bad |= l->curl->easy_setopt(l->easy, CURLOPT_CUSTOMREQUEST, "PUT");
	return bad;
}

static int set_trust(struct lane *l, const struct url *u, const struct certs *certs)
{
	struct curl_blob pem = { (void *)(uintptr_t)certs->authorities.p, certs->authorities.len,
		CURL_BLOB_COPY };
	int bad = l->curl->easy_setopt(
		l->easy, CURLOPT_PROTOCOLS_STR, u->is_https ? "https" : "http");

	bad |= l->curl->easy_setopt(l->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* The system's authorities stay trusted: the blob replaces the bundle file, its folder
	 * remains. */
	if (pem.len)
		bad |= l->curl->easy_setopt(l->easy, CURLOPT_CAINFO_BLOB, &pem);
	if (certs->cert) {
		bad |= l->curl->easy_setopt(l->easy, CURLOPT_SSLCERT, certs->cert);
		bad |= l->curl->easy_setopt(l->easy, CURLOPT_SSLKEY, certs->key);
		/* Otherwise OpenSSL asks on the terminal for the password of an encrypted key. */
		bad |= l->curl->easy_setopt(l->easy, CURLOPT_KEYPASSWD, "");
	}
	if (url_is_loopback(u))
		bad |= l->curl->easy_setopt(l->easy, CURLOPT_NOPROXY, "*");
	return bad;
}

static int set_frame(struct lane *l)
{
	const struct net_options *net = l->opt->net;
	const char *agent = net && net->user_agent ? net->user_agent : "scoville/" SCOV_VERSION;
	int64_t connect = (int64_t)l->opt->limits.answer_stall * 500; /* a second try must fit */
	int bad = 0;

	if (connect > CONNECT_MS)
		connect = CONNECT_MS;
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_ERRORBUFFER, l->problem);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_NOSIGNAL, 1L);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_QUICK_EXIT, 1L);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_USERAGENT, agent);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_HTTPHEADER, l->headers);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect);
	/* Refused while the buffer of a request that failed early is still there, which serves as
	 * well. */
	l->curl->easy_setopt(l->easy, CURLOPT_BUFFERSIZE, (long)PIECE);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_HEADERFUNCTION, on_header);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_HEADERDATA, l);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_WRITEFUNCTION, on_body);
	bad |= l->curl->easy_setopt(l->easy, CURLOPT_WRITEDATA, l);
	return bad;
}

static void take_result(struct lane *l)
{
	CURLMsg *m;
	int left;

	while ((m = l->curl->multi_info_read(l->multi, &left)))
		if (m->msg == CURLMSG_DONE) {
			l->is_done = true;
			l->result = m->data.result;
		}
}

/* What was sent shows that the server listens. */
static void note_sent(struct lane *l)
{
	curl_off_t sent = 0;

	if (l->curl->easy_getinfo(l->easy, CURLINFO_SIZE_UPLOAD_T, &sent) == CURLE_OK &&
		sent > l->sent) {
		heard(l, (size_t)(sent - l->sent));
		l->sent = sent;
	}
}

static bool reached(const struct lane *l, bool want_headers)
{
	return l->is_done || (want_headers ? l->has_headers : l->got > 0);
}

/* Run the transfer until headers or bytes are there, it ends, or it must stop. */
static int drive(struct lane *l, bool want_headers, int64_t until_ms, struct scov_err *err)
{
	int64_t since = clock_ms();
	int running = 0, rc = 0;

	stall_enter(l->stall);
	for (;;) {
		if (l->curl->multi_perform(l->multi, &running) != CURLM_OK) {
			rc = err_fail(err, SCOV_E_MEMORY, "%s: libcurl failed", l->answer.from);
			break;
		}
		take_result(l);
		note_sent(l);
		if (reached(l, want_headers))
			break;
		int64_t quiet_from = l->heard_ms > since ? l->heard_ms : since;

		rc = call_check(l->call, err);
		if (!rc)
			rc = stall_check(l->stall, quiet_from, l->answer.from, &l->may_help, err);
		if (rc)
			break;
		if (until_ms && clock_ms() >= until_ms)
			break;
		l->curl->multi_poll(l->multi, NULL, 0, TICK_MS, NULL);
	}
	stall_leave(l->stall);
	return rc;
}

static enum lane_fault judge_fault(struct lane *l)
{
	static const struct span plain[] = {
		/* OpenSSL's errors for an answer that is not a TLS record. */
		SPAN_INIT("wrong version number"),
		SPAN_INIT("packet length too long"),
		SPAN_INIT("http request"),
		SPAN_INIT("record layer failure"),
	};
	struct span text = span_str(l->problem);
	long proxy = 0;

	l->curl->easy_getinfo(l->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
	if (proxy >= 400 && proxy < 500) /* the proxy will not let us through, now or later */
		return LANE_FATAL;
	switch (l->result) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT: /* of the connection: libcurl times nothing else */
		return LANE_REFUSED;
	case CURLE_SSL_CONNECT_ERROR:
		for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
			if (span_has(text, plain[i]))
				return LANE_NOT_TLS;
		return span_has(text, SPAN("SYSCALL")) || span_has(text, SPAN("reset"))
			       ? LANE_LOST
			       : LANE_FATAL;
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_WEIRD_SERVER_REPLY:
		return LANE_LOST;
	default:
		return LANE_FATAL;
	}
}

static int fail_transfer(struct lane *l, struct scov_err *err)
{
	const char *why = l->problem[0] ? l->problem : l->curl->easy_strerror(l->result);
	int code = l->result == CURLE_OUT_OF_MEMORY ? SCOV_E_MEMORY : SCOV_E_NET;
	long proxy = 0;

	if (l->curl->easy_getinfo(l->easy, CURLINFO_HTTP_CONNECTCODE, &proxy) == CURLE_OK &&
		proxy == 407)
		return err_fail(err, SCOV_E_AUTH, "%s: the proxy requires credentials (status 407)",
			l->answer.from);
	/* libcurl's messages do not quote URLs with a query; if one does, print only the kind. */
	if (span_find(span_str(why), '?') < strlen(why))
		why = l->curl->easy_strerror(l->result);
	return err_fail(err, code, "%s: %s", l->answer.from, why);
}

static int prepare(struct lane *l, const struct http_request *rq, const struct url *u,
	const struct certs *certs, bool with_authorization, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = 2 * URL_MAX };
	char *text = arena_cstr(&a, u->text);

	lane_stop(l, false);
	reset(l);
	url_show(u, l->answer.from);
	l->curl->easy_reset(l->easy);
	if (!text || !set_headers(l, rq, with_authorization) || set_frame(l) || set_method(l, rq) ||
		set_trust(l, u, certs) || l->curl->easy_setopt(l->easy, CURLOPT_URL, text) ||
		l->curl->multi_add_handle(l->multi, l->easy))
		return err_fail(
			err, SCOV_E_MEMORY, "%s: libcurl rejected the request", l->answer.from);
	l->is_running = true;
	return 0;
}

int lane_start(struct lane *l, const struct http_request *rq, const struct url *u,
	const struct certs *certs, bool with_authorization, enum lane_fault *fault,
	struct scov_err *err)
{
	int rc = prepare(l, rq, u, certs, with_authorization, err);
	curl_off_t length = -1;

	*fault = LANE_FATAL;
	if (rc)
		return rc;
	l->heard_ms = clock_ms();
	rc = drive(l, true, 0, err);
	if (rc) {
		*fault = rc == SCOV_E_NET && l->may_help ? LANE_LOST : LANE_FATAL;
		return rc;
	}
	if (!l->has_headers) {
		*fault = l->result == CURLE_OK ? LANE_LOST : judge_fault(l);
		return l->result == CURLE_OK
			       ? err_fail(err, SCOV_E_NET, "%s: no answer", l->answer.from)
			       : fail_transfer(l, err);
	}
	l->curl->easy_getinfo(l->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	l->answer.has_length = length >= 0;
	l->answer.length = length >= 0 ? (uint64_t)length : 0;
	l->answer.authenticate = buf_view(&l->authenticate);
	l->answer.link = buf_view(&l->link);
	l->answer.location = buf_view(&l->location);
	*fault = LANE_GOOD;
	return 0;
}

static size_t take_spill(struct lane *l, void *p, size_t len)
{
	struct span rest = span_from(buf_view(&l->spill), l->spill_from);

	if (len > rest.len)
		len = rest.len;
	if (len)
		memcpy(p, rest.p, len);
	l->spill_from += len;
	if (l->spill_from == l->spill.len)
		l->spill.len = l->spill_from = 0;
	return len;
}

int64_t lane_read(struct lane *l, void *p, size_t len, struct scov_err *err)
{
	if (len == 0)
		return 0;
	if (l->spill.len)
		return (int64_t)take_spill(l, p, len);
	l->target = p;
	l->room = len;
	l->got = 0;
	if (l->is_paused) {
		l->is_paused = false;
		/* Delivers held-back bytes at once, so the target must be set. */
		l->curl->easy_pause(l->easy, CURLPAUSE_CONT);
	}
	int rc = l->is_done ? 0 : drive(l, false, 0, err);

	l->room = 0;
	if (l->got) /* an error after these bytes shows in the next read */
		return (int64_t)l->got;
	if (rc)
		return rc;
	if (l->result != CURLE_OK)
		return fail_transfer(l, err);
	return 0;
}

void lane_stop(struct lane *l, bool drain)
{
	if (!l->is_running)
		return;
	if (drain && !l->is_done) {
		l->is_discarding = true;
		l->spill.len = l->spill_from = l->got = 0;
		if (l->is_paused)
			l->curl->easy_pause(l->easy, CURLPAUSE_CONT);
		drive(l, false, clock_ms() + DRAIN_MS, NULL);
	}
	l->curl->multi_remove_handle(l->multi, l->easy);
	l->is_running = false;
}
