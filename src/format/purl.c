/* purl.c - package URLs, read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/purl.h"

#include "base/ascii.h"

/* Without percent signs; one that is not followed by two hex digits stays. */
static struct span decoded(struct span s, bool is_lower, struct arena *a)
{
	uint8_t *out = arena_alloc(a, s.len);
	size_t n = 0;

	for (size_t i = 0; out && i < s.len; i++) {
		uint8_t c = span_at(s, i);
		int byte = span_percent(s, i);

		if (byte >= 0) {
			c = (uint8_t)byte;
			i += 2;
		}
		out[n++] = is_lower ? ascii_lower(c) : c;
	}
	return out ? span_of(out, n) : (struct span){ 0 };
}

static struct span trim_slashes(struct span s)
{
	while (span_at(s, 0) == '/')
		s = span_from(s, 1);
	while (s.len && span_at(s, s.len - 1) == '/')
		s.len--;
	return s;
}

static bool is_type(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (!ascii_is_alnum(c) && c != '.' && c != '+' && c != '-')
			return false;
	}
	return s.len && !ascii_is_digit(span_at(s, 0));
}

/* The last '@', but not one that begins a part of the path: scopes of npm are often not encoded. */
static size_t version_at(struct span s)
{
	size_t at = span_rfind(s, '@');

	return at < s.len && at && span_at(s, at - 1) != '/' ? at : s.len;
}

bool purl_parse(struct span text, struct arena *a, struct purl *out)
{
	struct span rest = text, type;
	size_t at;

	if (text.len > PURL_MAX || !span_eq_nocase(span_sub(text, 0, 4), SPAN("pkg:")))
		return false;
	rest = trim_slashes(span_sub(span_from(text, 4), 0, span_find(span_from(text, 4), '#')));
	at = span_find(rest, '?');
	out->qualifiers = span_from(rest, at + 1);
	rest = span_sub(rest, 0, at);
	type = span_sub(rest, 0, span_find(rest, '/'));
	rest = trim_slashes(span_from(rest, type.len));
	if (!is_type(type))
		return false;
	at = version_at(rest);
	out->type = decoded(type, true, a);
	out->version = decoded(span_from(rest, at + 1), false, a);
	rest = trim_slashes(span_sub(rest, 0, at));
	out->space = decoded(span_dir(rest), false, a);
	out->name = decoded(span_base(rest), false, a);
	return out->name.len && !arena_failed(a);
}

struct span purl_qualifier(const struct purl *p, const char *key, struct arena *a)
{
	struct span rest = p->qualifiers, one;

	while (span_split(&rest, '&', &one)) {
		size_t eq = span_find(one, '=');

		if (span_eq_nocase(span_sub(one, 0, eq), span_str(key)))
			return decoded(span_from(one, eq + 1), false, a);
	}
	return (struct span){ 0 };
}
