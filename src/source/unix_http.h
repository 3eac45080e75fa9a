/* unix_http.h - one HTTP/1.1 GET over a unix socket, for engines.
 *
 * Source: RFC 9112. Each request has a connection of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "source/source.h"

enum {
	UNIX_HTTP_BUFFER = 64 << 10, /* also the most that all headers of an answer may take */
};

struct unix_http {
	const struct source_options *opt;
	const struct call *call;
	int fd; /* -1: none */
	int status;
	bool is_chunked, has_length, is_end;
	uint64_t left;   /* of the body, or of the chunk */
	bool in_chunks;  /* a chunk was read: its CRLF comes first */
	size_t from, to; /* bytes of buffer not yet taken */
	uint8_t buffer[UNIX_HTTP_BUFFER];
};

/* Connect and read the headers of the answer. path is sent as it is. h is zeroed memory; close it
 * in any case. Errors: SCOV_E_NET (no connection, no HTTP, nothing for limits.answer_stall
 * seconds), SCOV_E_LIMIT, those of call_check. */
must_check int unix_http_get(struct unix_http *h, const char *socket, const char *path,
	const struct source_options *opt, const struct call *call, struct scov_err *err);
/* Bytes of the body, 0 at its end; an end before its length is SCOV_E_NET. */
int64_t unix_http_read(struct unix_http *h, void *p, size_t len, struct scov_err *err);
void unix_http_close(struct unix_http *h);
