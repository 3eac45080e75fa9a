/* url.c - the URLs that registries and their redirects use: http and https only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "net/url.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/err.h"

static bool is_visible(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_at(s, i) <= 0x20 || span_at(s, i) >= 0x7f)
			return false;
	return true;
}

static bool is_host(struct span host, bool is_ipv6)
{
	static const struct span name = SPAN_INIT("abcdefghijklmnopqrstuvwxyz"
						  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
	static const struct span address = SPAN_INIT("abcdefABCDEF0123456789:.");
	struct span set = is_ipv6 ? address : name;

	for (size_t i = 0; i < host.len; i++)
		if (span_find(set, span_at(host, i)) == set.len)
			return false;
	return host.len > 0 && host.len <= 255 && span_at(host, 0) != '.';
}

/* "host", "host:port", "[v6]:port" */
static bool parse_authority(struct span in, struct url *u)
{
	struct span port = { 0 };
	uint64_t number = u->is_https ? 443 : 80;

	u->is_ipv6 = span_at(in, 0) == '[';
	if (u->is_ipv6) {
		size_t end = span_find(in, ']');

		u->host = span_sub(in, 1, end - 1);
		port = span_from(in, end + 1);
		if (end == in.len)
			return false;
	} else {
		u->host = span_sub(in, 0, span_find(in, ':'));
		port = span_from(in, u->host.len);
	}
	if (port.len &&
		(span_at(port, 0) != ':' || !span_number(span_from(port, 1), 10, 65535, &number) ||
			number == 0))
		return false;
	u->port = (uint16_t)number;
	return is_host(u->host, u->is_ipv6);
}

int url_parse(struct span in, struct url *out, struct scov_err *err)
{
	struct url u = { 0 };

	if (in.len > URL_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "URL too long: %zu bytes (limit %d)", in.len, URL_MAX);
	if (!is_visible(in))
		return err_fail(err, SCOV_E_FORMAT, "URL contains blanks or control characters");
	u.text = span_sub(in, 0, span_find(in, '#'));
	size_t colon = span_find(u.text, ':');
	struct span scheme = span_sub(u.text, 0, colon), rest = span_from(u.text, colon);

	u.is_https = span_eq_nocase(scheme, SPAN("https"));
	if (!span_starts(rest, SPAN("://")))
		return err_fail(err, SCOV_E_FORMAT, "not a URL with a host");
	if (!u.is_https && !span_eq_nocase(scheme, SPAN("http")))
		return err_fail(
			err, SCOV_E_FORMAT, "URL scheme '%.*s' is not https", SPAN_ARG(scheme));
	rest = span_from(rest, 3);
	size_t query = span_find(rest, '?');

	u.query = span_from(rest, query + 1);
	rest = span_sub(rest, 0, query);
	size_t slash = span_find(rest, '/');

	u.path = span_from(rest, slash);
	struct span authority = span_sub(rest, 0, slash);

	if (span_find(authority, '@') < authority.len)
		return err_fail(err, SCOV_E_FORMAT, "URL contains a user name");
	if (!parse_authority(authority, &u))
		return err_fail(err, SCOV_E_FORMAT, "URL has an invalid host or port");
	*out = u;
	return 0;
}

static bool has_scheme(struct span s)
{
	size_t colon = span_find(s, ':'), slash = span_find(s, '/'), query = span_find(s, '?');

	return colon < s.len && colon < slash && colon < query;
}

int url_resolve(const struct url *base, struct span location, struct arena *a, const char **out,
	struct scov_err *err)
{
	struct span before_query = span_sub(base->text, 0, span_find(base->text, '?'));
	struct span origin = span_sub(before_query, 0, before_query.len - base->path.len);
	struct span head = { 0 }, slash = { 0 };
	struct url target;

	if (location.len == 0 || location.len > URL_MAX)
		return err_fail(err, SCOV_E_FORMAT, "redirect without a usable target (%zu bytes)",
			location.len);
	if (span_starts(location, SPAN("//")))
		head = base->is_https ? SPAN("https:") : SPAN("http:");
	else if (span_at(location, 0) == '/')
		head = origin;
	else if (span_at(location, 0) == '?')
		head = before_query;
	else if (!has_scheme(location)) {
		head = span_sub(before_query, 0, before_query.len - span_base(base->path).len);
		if (!base->path.len)
			slash = SPAN("/");
	}
	location = span_sub(location, 0, span_find(location, '#'));
	char *text = arena_printf(a, "%.*s%.*s%.*s", (int)head.len,
		head.len ? (const char *)head.p : "", SPAN_ARG(slash), (int)location.len,
		location.len ? (const char *)location.p : "");

	if (!text)
		return err_memory(err);
	int rc = url_parse(span_str(text), &target, err);

	if (rc)
		return rc;
	*out = text;
	return 0;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return a->is_https == b->is_https && a->port == b->port && span_eq_nocase(a->host, b->host);
}

bool url_host_is_loopback(struct span host)
{
	char text[64];
	uint8_t v6[16], v4[4];

	if (span_eq_nocase(host, SPAN("localhost")))
		return true;
	if (host.len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(host));
	/* inet_pton takes four decimal numbers only: "127.1" and "0x7f.1" are names to it. */
	if (inet_pton(AF_INET, text, v4) == 1)
		return v4[0] == 127;
	if (inet_pton(AF_INET6, text, v6) == 1)
		return span_eq(span_of(v6, 16), SPAN("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"));
	return false;
}

bool url_is_loopback(const struct url *u)
{
	return url_host_is_loopback(u->host);
}

const char *url_show(const struct url *u, char out[URL_SHOWN])
{
	struct span s = span_sub(u->text, 0, span_find(u->text, '?'));

	snprintf(out, URL_SHOWN, "%.*s%s", (int)(s.len > 240 ? 240 : s.len),
		s.len ? (const char *)s.p : "", s.len > 240 ? "..." : "");
	return out;
}

void url_escape(struct buf *b, struct span value)
{
	static const struct span plain = SPAN_INIT("abcdefghijklmnopqrstuvwxyz"
						   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~");

	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = span_at(value, i);

		if (span_find(plain, c) < plain.len)
			buf_byte(b, (char)c);
		else
			buf_printf(b, "%%%02X", c);
	}
}
