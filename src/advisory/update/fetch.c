/* fetch.c - a stream into a file, with its sum and a line of progress.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

enum { PIECE = 64 << 10 };

void fetch_release(struct fetch *f)
{
	http_free(f->http);
	f->http = NULL;
}

int fetch_http(struct fetch *f, struct scov_err *err)
{
	const struct source_options *s = f->o->source;
	const struct http_options http = {
		.limits = s->limits,
		.net = s->net,
		.ca_file = s->ca_file,
		.plain_http = s->plain_http,
	};

	return f->http ? 0 : http_new(&http, &f->http, err);
}

void fetch_show(struct fetch *f)
{
	snprintf(f->counted, sizeof(f->counted), "file %zu of %zu", f->files, f->files_n);
	f->shown.platform = f->files_n ? f->counted : "";
	if (f->o->progress)
		f->o->progress(f->o->progress_ctx, &f->shown);
}

static int copy(struct fetch *f, struct stream *in, int fd, uint64_t limit, struct digester *sum,
	struct scov_err *err)
{
	uint8_t piece[PIECE];
	uint64_t size = 0;

	for (;;) {
		int rc = call_check(f->o->call, err);
		int64_t n = rc ? rc : in->read(in, piece, sizeof(piece), err);

		if (n <= 0)
			return (int)n;
		size += (uint64_t)n;
		if (size > limit)
			return err_fail(err, SCOV_E_LIMIT, "longer than %llu bytes",
				(unsigned long long)limit);
		if (fd_write_all(fd, piece, (size_t)n))
			return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
		digester_add(sum, piece, (size_t)n);
		f->shown.bytes = size;
		f->bytes += (uint64_t)n;
		fetch_show(f);
	}
}

int fetch_file(struct fetch *f, struct stream *in, const char *path, uint64_t limit,
	struct digest *out, struct scov_err *err)
{
	scoped_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	struct digester *sum = digester_new(DIGEST_SHA256);
	int rc = !sum     ? err_memory(err)
		 : fd < 0 ? err_fail(err, SCOV_E_IO, "'%s': %s", path, strerror(errno))
			  : 0;

	f->shown.bytes = 0;
	if (!rc)
		rc = copy(f, in, fd, limit, sum, err);
	if (!rc && fsync(fd))
		rc = err_fail(err, SCOV_E_IO, "'%s': %s", path, strerror(errno));
	if (!rc)
		*out = digester_end(sum);
	digester_free(sum);
	return rc;
}

static int64_t body_read(struct stream *s, void *p, size_t len, struct scov_err *err)
{
	return http_read(((struct body_stream *)s)->body, p, len, err);
}

static void body_close(struct stream *s)
{
	http_close(((struct body_stream *)s)->body);
}

void body_stream(struct body_stream *s, struct http_body *body)
{
	*s = (struct body_stream){ { body_read, body_close }, body };
}
