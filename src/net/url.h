/* url.h - the URLs that registries and their redirects use: http and https only.
 *
 * Source: RFC 3986, reduced to what a registry may send: no user names, no
 * fragments, visible ASCII only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "scoville/scoville.h"

enum {
	URL_MAX = 8192, /* bytes; signed URLs of blob stores reach 2 KB */
};

struct url {
	struct span text;  /* all of it, without a fragment */
	struct span host;  /* without port and brackets */
	struct span path;  /* from the first '/' to before '?'; may be empty */
	struct span query; /* after '?'; may be empty */
	uint16_t port;     /* the scheme's own when the URL has none */
	bool is_https;
	bool is_ipv6;
};

/* Views into `in`. Errors: SCOV_E_FORMAT; the text of an error never quotes the query. */
must_check int url_parse(struct span in, struct url *out, struct scov_err *err);
/* The target of a Location header seen at `base`, as a C string in the arena.
 * Errors: SCOV_E_FORMAT (also another scheme than http and https), SCOV_E_LIMIT. */
must_check int url_resolve(const struct url *base, struct span location, struct arena *a,
	const char **out, struct scov_err *err);
bool url_same_origin(const struct url *a, const struct url *b); /* scheme, host and port */
/* localhost, 127.0.0.0/8, ::1: allowed without TLS. */
bool url_host_is_loopback(struct span host);
bool url_is_loopback(const struct url *u);
/* "https://host/path" fit for a message: no query, which may hold a signature. Returns out. */
enum { URL_SHOWN = 256 };
const char *url_show(const struct url *u, char out[URL_SHOWN]);
/* Percent-encode all but unreserved characters: a value in a query or a form. */
void url_escape(struct buf *b, struct span value);
