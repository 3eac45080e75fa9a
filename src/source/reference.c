/* reference.c - the name of an image in a registry: parsed, completed, written in its one normal
 * form.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/reference.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/err.h"

static bool is_visible(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_at(s, i) <= 0x20 || span_at(s, i) >= 0x7f)
			return false;
	return true;
}

static bool has_upper(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (ascii_is_upper(span_at(s, i)))
			return true;
	return false;
}

/* [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)* */
static bool is_component(struct span s)
{
	struct cur c = cur_over(s);

	for (;;) {
		size_t from = c.off;

		while (ascii_is_lower(cur_peek(&c)) || ascii_is_digit(cur_peek(&c)))
			cur_u8(&c);
		if (c.off == from)
			return false;
		if (cur_left(&c) == 0)
			return true;
		uint8_t sep = cur_u8(&c);

		if (sep == '_' && cur_peek(&c) == '_')
			cur_u8(&c);
		while (sep == '-' && cur_peek(&c) == '-')
			cur_u8(&c);
		if (sep != '.' && sep != '_' && sep != '-')
			return false;
	}
}

static bool is_path(struct span path)
{
	struct span part;

	if (path.len == 0 || span_at(path, path.len - 1) == '/')
		return false;
	while (span_split(&path, '/', &part))
		if (!is_component(part))
			return false;
	return true;
}

static bool is_tag(struct span s)
{
	static const struct span more = SPAN_INIT("_.-");

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);
		bool is_word =
			ascii_is_lower(c) || ascii_is_upper(c) || ascii_is_digit(c) || c == '_';

		if (!is_word && (i == 0 || span_find(more, c) == more.len))
			return false;
	}
	return s.len > 0 && s.len <= REFERENCE_TAG_MAX;
}

/* Labels of letters, digits and inner hyphens, with single dots between. */
static bool is_host_name(struct span s)
{
	struct span label;

	if (s.len == 0 || span_at(s, s.len - 1) == '.')
		return false;
	while (span_split(&s, '.', &label)) {
		if (!label.len || span_at(label, 0) == '-' || span_at(label, label.len - 1) == '-')
			return false;
		for (size_t i = 0; i < label.len; i++) {
			uint8_t c = span_at(label, i);

			if (!ascii_is_lower(c) && !ascii_is_upper(c) && !ascii_is_digit(c) &&
				c != '-')
				return false;
		}
	}
	return true;
}

static bool is_ipv6(struct span s)
{
	char text[64];
	uint8_t bytes[16];

	if (s.len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(s));
	return inet_pton(AF_INET6, text, bytes) == 1;
}

static bool is_host(struct span s)
{
	bool in_brackets = span_at(s, 0) == '[';
	size_t end = in_brackets ? span_find(s, ']') : span_find(s, ':');
	struct span port = span_from(s, in_brackets ? end + 1 : end);
	uint64_t n = 0;

	if (port.len && (span_at(port, 0) != ':' || port.len > 6 ||
				!span_number(span_from(port, 1), 10, 65535, &n) || n == 0))
		return false;
	if (in_brackets)
		return end < s.len && is_ipv6(span_sub(s, 1, end - 1));
	return is_host_name(span_sub(s, 0, end));
}

/* What is before the first slash is a host when it cannot be a part of a path. */
static bool looks_like_host(struct span s)
{
	return span_find(s, '.') < s.len || span_find(s, ':') < s.len || span_at(s, 0) == '[' ||
	       span_eq_nocase(s, SPAN("localhost"));
}

static bool is_hex64(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_digit(span_at(s, i)) && (span_at(s, i) < 'a' || span_at(s, i) > 'f'))
			return false;
	return s.len == 64;
}

static struct span lower_copy(struct span s, struct arena *a)
{
	uint8_t *p = arena_alloc(a, s.len);

	for (size_t i = 0; p && i < s.len; i++)
		p[i] = ascii_is_upper(span_at(s, i)) ? (uint8_t)(span_at(s, i) | 0x20)
						     : span_at(s, i);
	return p ? span_of(p, s.len) : (struct span){ 0 };
}

/* Cut "@digest" and ":tag" off the end of *name. */
static int take_version(struct span *name, struct reference *r, struct scov_err *err)
{
	size_t at = span_find(*name, '@');
	struct span digest = span_from(*name, at + 1);

	if (at < name->len && digest_parse(digest, &r->digest, err))
		return err_fail(err, SCOV_E_USAGE,
			"'%.*s' is not a digest (sha256:<64 hex digits>)", SPAN_ARG(digest));
	*name = span_sub(*name, 0, at);
	struct span base = span_base(*name);
	size_t colon = span_find(base, ':');

	if (colon == base.len)
		return 0;
	r->tag = span_from(base, colon + 1);
	*name = span_sub(*name, 0, name->len - (base.len - colon));
	if (!is_tag(r->tag))
		return err_fail(err, SCOV_E_USAGE,
			"'%.*s' is not a tag (letters, digits, '_', '.', '-'; at most %d)",
			SPAN_ARG(r->tag), REFERENCE_TAG_MAX);
	return 0;
}

static int check_names(const struct reference *r, struct scov_err *err)
{
	if (!is_host(r->host))
		return err_fail(err, SCOV_E_USAGE, "'%.*s' is not a host name", SPAN_ARG(r->host));
	if (has_upper(r->path))
		return err_fail(err, SCOV_E_USAGE, "'%.*s': names in a registry are lower case",
			SPAN_ARG(r->path));
	if (!is_path(r->path))
		return err_fail(
			err, SCOV_E_USAGE, "'%.*s' is not a name in a registry", SPAN_ARG(r->path));
	if (r->host.len + 1 + r->path.len > REFERENCE_PATH_MAX)
		return err_fail(err, SCOV_E_USAGE, "name of %zu bytes, more than the %d allowed",
			r->host.len + 1 + r->path.len, REFERENCE_PATH_MAX);
	return 0;
}

static int complete(struct span name, struct arena *a, struct reference *r, struct scov_err *err)
{
	struct span first = span_sub(name, 0, span_find(name, '/'));
	bool has_host = first.len < name.len && looks_like_host(first);

	r->host = has_host ? lower_copy(first, a) : SPAN("docker.io");
	r->path = has_host ? span_from(name, first.len + 1) : name;
	if (span_eq(r->host, SPAN("index.docker.io")) ||
		span_eq(r->host, SPAN("registry-1.docker.io")))
		r->host = SPAN("docker.io");
	if (!has_host && is_hex64(name))
		return err_fail(err, SCOV_E_USAGE,
			"'%.*s' is an image id, not a name in a registry", SPAN_ARG(name));
	bool is_short =
		span_eq(r->host, SPAN("docker.io")) && span_find(r->path, '/') == r->path.len;
	const char *path = arena_printf(
		a, "%s%.*s", is_short && r->path.len ? "library/" : "", SPAN_ARG(r->path));

	if (!r->host.p || !path)
		return err_memory(err);
	r->path = span_str(path);
	return check_names(r, err);
}

int reference_parse(struct span text, struct arena *a, struct reference *out, struct scov_err *err)
{
	struct reference r = { 0 };
	struct span name = arena_dup(a, text);

	if (text.len > REFERENCE_MAX)
		return err_fail(err, SCOV_E_USAGE,
			"reference of %zu bytes, more than the %d allowed", text.len,
			REFERENCE_MAX);
	if (!name.p)
		return err_memory(err);
	if (!is_visible(text))
		return err_fail(err, SCOV_E_USAGE, "reference '%.*s': not a name in a registry",
			SPAN_ARG(text));
	if (span_has(text, SPAN("://")))
		return err_fail(err, SCOV_E_USAGE, "'%.*s': write the name without '%.*s'",
			SPAN_ARG(text), (int)span_find_span(text, SPAN("://")) + 3,
			(const char *)text.p);
	int rc = take_version(&name, &r, err);

	if (!rc)
		rc = complete(name, a, &r, err);
	if (rc) {
		err_wrap(err, "reference '%.*s'", SPAN_ARG(text));
		return rc;
	}
	if (!r.tag.len && r.digest.algorithm == DIGEST_NONE)
		r.tag = SPAN("latest");
	*out = r;
	return 0;
}

const char *reference_format(const struct reference *r, struct arena *a)
{
	char digest[DIGEST_TEXT];

	digest_format(&r->digest, digest);
	return arena_printf(a, "%.*s/%.*s%s%.*s%s%s", SPAN_ARG(r->host), SPAN_ARG(r->path),
		r->tag.len ? ":" : "", SPAN_ARG(r->tag), digest[0] ? "@" : "", digest);
}

struct span reference_server(const struct reference *r)
{
	return span_eq(r->host, SPAN("docker.io")) ? SPAN("registry-1.docker.io") : r->host;
}
