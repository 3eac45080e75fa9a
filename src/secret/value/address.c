/* address.c - the password in an address: scheme://user:password@host.
 *
 * Source: RFC 3986, 3.2.1. Of any scheme; which one it is says nothing of the password.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/setting.h"

#include "base/ascii.h"

enum { USERINFO_MAX = 300, SCHEME_MAX = 40, PASSWORD_MIN = 3 };

static bool is_scheme(uint8_t c)
{
	return ascii_is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* What no user and no password holds as it is. */
static bool ends(uint8_t c)
{
	switch (c) {
	case '/':
	case '"':
	case '\'':
	case '<':
	case '>':
	case '`':
	case '\\':
	case '{':
	case '}':
	case '(':
	case ')':
	case '[':
	case ']':
	case '|':
	case ',':
	case '?':
		return true;
	default:
		return c <= ' ' || c >= 0x7f;
	}
}

bool address_password(struct span text, size_t end, struct setting *x)
{
	size_t i = end, colon = 0, at = 0, scheme = end - 3;

	if (end < 4 || !ascii_is_letter(span_at(text, end - 4)))
		return false;
	for (; i < text.len && i - end < USERINFO_MAX && !ends(span_at(text, i)); i++) {
		uint8_t c = span_at(text, i);

		if (c == ':' && !colon)
			colon = i + 1;
		else if (c == '@')
			at = i;
	}
	if (!colon || at < colon + PASSWORD_MIN || !is_scheme(span_at(text, at + 1)))
		return false;
	while (scheme && end - scheme < SCHEME_MAX && is_scheme(span_at(text, scheme - 1)))
		scheme--;
	*x = (struct setting){ .text = text,
		.words = x->words,
		.ahead = scheme,
		.name = scheme,
		.name_end = end - 3,
		.value = colon,
		.value_end = at,
		.form = FORM_QUOTED,
		.is_bare = true };
	return true;
}

bool address_ends(struct span text, size_t end)
{
	return end > 3 && span_at(text, end - 1) == '/' && span_at(text, end - 2) == '/' &&
	       span_at(text, end - 3) == ':';
}
