/* os_release.c - os-release files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/os_release.h"

static bool is_key(struct span key)
{
	for (size_t i = 0; i < key.len; i++) {
		uint8_t c = span_at(key, i);

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
			    (i && c >= '0' && c <= '9')))
			return false;
	}
	return key.len > 0;
}

static void put(struct os_release_line *out, uint8_t c)
{
	if (out->value_len < OS_RELEASE_VALUE_MAX)
		out->value[out->value_len++] = c;
	else
		out->cut = true;
}

/* Inside double quotes a backslash escapes only $ " \ `; outside, anything. */
static bool escapes(uint8_t quote, uint8_t next)
{
	if (quote == '\'' || next == 0)
		return false;
	return quote != '"' || next == '"' || next == '\\' || next == '$' || next == '`';
}

static void unquote(struct span raw, struct os_release_line *out)
{
	struct cur c = cur_over(raw);
	uint8_t quote = 0;

	out->value_len = 0;
	out->cut = false;
	while (cur_left(&c)) {
		uint8_t b = cur_u8(&c);

		if (b == '\\' && escapes(quote, cur_peek(&c)))
			put(out, cur_u8(&c));
		else if (quote ? b == quote : b == '"' || b == '\'')
			quote = quote ? 0 : b;
		else if (!quote && (b == ' ' || b == '\t'))
			return; /* what follows is not part of the word */
		else
			put(out, b);
	}
}

bool os_release_next(struct span *rest, struct os_release_line *out)
{
	struct span line;

	while (span_line(rest, &line)) {
		line = span_trim(line);
		size_t eq = span_find(line, '=');

		out->key = span_sub(line, 0, eq);
		if (eq == line.len || !is_key(out->key))
			continue;
		unquote(span_from(line, eq + 1), out);
		return true;
	}
	return false;
}
