/* unix_http.c - one HTTP/1.1 GET over a unix socket.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/unix_http.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "source/tree.h"

enum { POLL_MS = 200 };

static int connect_to(const char *path, int *out, struct scov_err *err)
{
	scoped_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(at.sun_path))
		return err_fail(err, SCOV_E_USAGE, "the path of socket '%s' is too long", path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)))
		return err_fail(err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_NET,
			"socket '%s': %s", path, strerror(errno));
	*out = fd_take(&fd);
	return 0;
}

/* Appends to the buffer. Returns bytes, 0 when the other side closed, or a negative code. */
static int64_t fill(struct unix_http *h, struct scov_err *err)
{
	uint64_t waited = 0, most = h->opt->limits.answer_stall * 1000;
	struct pollfd p = { .fd = h->fd, .events = POLLIN };
	ssize_t n;
	int code;

	if (h->from == h->to)
		h->from = h->to = 0;
	if (h->to == sizeof(h->buffer))
		return err_fail(err, SCOV_E_LIMIT, "the engine's headers are longer than %zu bytes",
			sizeof(h->buffer));
	for (;;) {
		code = call_check(h->call, err);
		if (code)
			return code;
		p.revents = 0;
		if (poll(&p, 1, POLL_MS) > 0 && p.revents)
			break;
		waited += POLL_MS;
		if (waited > most)
			return err_fail(err, SCOV_E_NET, "the engine sent nothing for %llu seconds",
				(unsigned long long)h->opt->limits.answer_stall);
	}
	n = fd_read(h->fd, h->buffer + h->to, sizeof(h->buffer) - h->to);
	if (n < 0)
		return err_fail(err, SCOV_E_NET, "reading from the engine: %s", strerror(errno));
	h->to += (size_t)n;
	return n;
}

/* The next line, without its end; valid until the next call. */
static int next_line(struct unix_http *h, struct span *out, struct scov_err *err)
{
	for (;;) {
		struct span have = span_of(h->buffer + h->from, h->to - h->from);
		size_t at = span_find(have, '\n');
		int64_t n;

		if (at < have.len) {
			*out = span_trim(span_sub(have, 0, at));
			h->from += at + 1;
			return 0;
		}
		n = fill(h, err);
		if (n <= 0)
			return n ? (int)n
				 : err_fail(err, SCOV_E_NET, "the engine's answer is cut short");
	}
}

static int read_headers(struct unix_http *h, struct scov_err *err)
{
	struct span line;
	uint64_t status;
	int code = next_line(h, &line, err);

	if (code)
		return code;
	if (!span_starts(line, SPAN("HTTP/1.")) ||
		!span_number(span_sub(line, 9, 3), 10, 999, &status))
		return err_fail(err, SCOV_E_NET, "the engine does not speak HTTP");
	h->status = (int)status;
	for (;;) {
		struct span key, value;

		code = next_line(h, &line, err);
		if (code)
			return code;
		if (!line.len)
			return 0;
		value = line;
		span_split(&value, ':', &key);
		value = span_trim(value);
		if (span_eq_nocase(key, SPAN("transfer-encoding")))
			h->is_chunked = span_eq_nocase(value, SPAN("chunked"));
		if (span_eq_nocase(key, SPAN("content-length"))) {
			if (!span_number(value, 10, INT64_MAX, &h->left))
				return err_fail(err, SCOV_E_NET,
					"the engine states no length: '%.*s'", SPAN_ARG(value));
			h->has_length = true;
		}
	}
}

int unix_http_get(struct unix_http *h, const char *socket, const char *path,
	const struct source_options *opt, const struct call *call, struct scov_err *err)
{
	static const char
		head[] = "GET ",
		tail[] = " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: scoville/" SCOV_VERSION
			 "\r\nConnection: close\r\n\r\n";
	scoped_arena struct arena a = { 0 };
	const char *text = arena_printf(&a, "%s%s%s", head, path, tail);
	size_t done = 0, len = text ? strlen(text) : 0;
	int code;

	h->opt = opt;
	h->call = call;
	h->fd = -1;
	code = connect_to(socket, &h->fd, err);
	if (code)
		return code;
	while (done < len) {
		ssize_t n = send(h->fd, text + done, len - done, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return err_fail(err, SCOV_E_NET, "asking the engine: %s", strerror(errno));
		done += n > 0 ? (size_t)n : 0;
	}
	code = read_headers(h, err);
	if (!code && h->is_chunked)
		h->has_length = false;
	return code;
}

/* Sets left to the next chunk's length. */
static int next_chunk(struct unix_http *h, struct scov_err *err)
{
	struct span line;
	int code = 0;

	if (h->in_chunks)
		code = next_line(h, &line, err);
	if (!code)
		code = next_line(h, &line, err);
	if (code)
		return code;
	line = span_trim(span_sub(line, 0, span_find(line, ';')));
	if (!span_number(line, 16, INT64_MAX, &h->left))
		return err_fail(err, SCOV_E_NET, "the engine sent a chunk without a length");
	h->in_chunks = true;
	h->is_end = !h->left;
	return 0;
}

int64_t unix_http_read(struct unix_http *h, void *p, size_t len, struct scov_err *err)
{
	bool is_bounded = h->is_chunked || h->has_length;
	int64_t n;
	int code;

	if (h->is_chunked && !h->left && !h->is_end) {
		code = next_chunk(h, err);
		if (code)
			return code;
	}
	if (h->is_end || (h->has_length && !h->left))
		return 0;
	if (h->from == h->to) {
		n = fill(h, err);
		if (n < 0)
			return n;
		if (!n && is_bounded)
			return err_fail(err, SCOV_E_NET, "the engine's answer is cut short");
		if (!n)
			h->is_end = true;
	}
	if (len > h->to - h->from)
		len = h->to - h->from;
	if (is_bounded && len > h->left)
		len = (size_t)h->left;
	memcpy(p, h->buffer + h->from, len);
	h->from += len;
	if (is_bounded)
		h->left -= len;
	return (int64_t)len;
}

void unix_http_close(struct unix_http *h)
{
	fd_close(&h->fd);
}
