/* go_symbols.c - the names of the functions that a Go program holds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/go_symbols.h"

#include <string.h>

#include "base/ascii.h"

enum { ALIGN = 8, NAMES_BYTES_MAX = 256 << 20 };

static uint64_t number(struct cur *c, bool is_big, unsigned bytes)
{
	if (bytes == 4)
		return is_big ? cur_be32(c) : cur_le32(c);
	return is_big ? cur_be64(c) : cur_le64(c);
}

/* The head of a table: magic, two zeros, steps of the program counter, bytes of an address; then
 * numbers of that size. */
static void found_head(struct go_symbols *g, struct span here, uint64_t at)
{
	static const uint32_t v116 = 0xfffffffa, v118 = 0xfffffff0, v120 = 0xfffffff1;
	struct cur c = cur_over(here);
	uint64_t magic = number(&c, g->elf->is_big, 4);
	uint16_t zeros = cur_le16(&c);
	uint8_t step = cur_u8(&c), word = cur_u8(&c);

	if ((magic != v116 && magic != v118 && magic != v120) || zeros ||
		(step != 1 && step != 2 && step != 4) || word != g->elf->bits / 8)
		return;
	uint64_t functions = number(&c, g->elf->is_big, word);

	number(&c, g->elf->is_big, word); /* files */
	if (magic != v116)
		number(&c, g->elf->is_big, word); /* where the text starts */
	uint64_t names = number(&c, g->elf->is_big, word), units = number(&c, g->elf->is_big, word);

	if (c.bad || !functions || functions > GO_FUNCTIONS_MAX || names < c.off || names > 4096 ||
		units <= names || units - names > NAMES_BYTES_MAX)
		return;
	if (g->is_found) {
		g->is_bad = true;
		return;
	}
	g->is_found = true;
	g->functions = (uint32_t)functions;
	g->next = at + names;
	g->end = at + units;
}

/* One name, without its NUL. */
static void give(struct go_symbols *g, struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (span_at(name, i) < ' ')
			g->is_bad = true;
	g->has_runtime |= span_eq(name, SPAN("runtime.main"));
	if (!g->is_bad && name.len && !g->name(g->ctx, name))
		g->is_bad = true;
}

/* Parameters of types may be of any length, and say nothing. The end of what is too long without
 * them is dropped. Where the pieces end changes nothing of what is given. */
static void hold(struct go_symbols *g, struct span part)
{
	for (size_t i = 0; i < part.len; i++) {
		uint8_t c = span_at(part, i);
		bool is_end = c == ']' && g->depth;

		g->depth += c == '[';
		if (!g->depth && g->held < sizeof(g->hold))
			g->hold[g->held++] = c;
		g->depth -= is_end;
	}
}

void go_symbols_feed(struct go_symbols *g, struct span piece, uint64_t at)
{
	if (!g->is_found || g->is_bad || g->next >= g->end || g->next < at ||
		g->next - at >= piece.len)
		return;
	uint64_t left = g->end - g->next;
	struct span in = span_sub(
		piece, (size_t)(g->next - at), left < piece.len ? (size_t)left : piece.len);

	g->next += in.len;
	while (in.len && !g->is_bad) {
		size_t n = span_find(in, 0);
		struct span name = span_sub(in, 0, n);
		bool is_whole = n < in.len;

		if (is_whole && !g->held && !g->depth && n <= sizeof(g->hold) &&
			span_find(name, '[') == n) {
			give(g, name);
		} else {
			hold(g, name);
			if (is_whole) {
				give(g, span_of(g->hold, g->held));
				g->held = g->depth = 0;
			}
		}
		in = span_from(in, n + 1);
	}
}

void go_symbols_look(struct go_symbols *g, struct span bytes, uint64_t at, size_t from, size_t to)
{
	from += (ALIGN - (at + from) % ALIGN) % ALIGN;
	for (size_t i = from; i < to && !g->is_bad; i += ALIGN) {
		uint8_t c = span_at(bytes, i);

		/* the first byte of a magic, in either order */
		if (c >= 0xf0 && span_at(bytes, i + 1) == 0xff && span_at(bytes, i + 2) == 0xff)
			found_head(g, span_from(bytes, i), at + i);
	}
	go_symbols_feed(g, bytes, at);
}

bool go_symbols_end(const struct go_symbols *g)
{
	return g->is_found && !g->is_bad && g->next == g->end && g->has_runtime;
}

/* Of "import/path.(*Type).Method": where the name begins after the package's, with its dot. Dots of
 * the path's last part are escaped. */
static size_t package_end(struct span s)
{
	size_t slash = 0, bracket = span_find(s, '[');

	for (size_t i = 0; i < bracket; i++)
		if (span_at(s, i) == '/')
			slash = i;
	return slash + span_find(span_from(s, slash), '.');
}

bool go_symbol_parse(struct span raw, uint8_t *out, struct span *name, size_t *package_len)
{
	size_t n = 0, package = package_end(raw), depth = 0;

	/* type:.eq.T, go:buildid, and a name that has no package */
	if (package >= raw.len || span_has(span_sub(raw, 0, span_find(raw, '[')), SPAN(":")))
		return false;
	*package_len = 0;
	for (size_t i = 0; i < raw.len; i++) {
		uint8_t c = span_at(raw, i);
		int byte = span_percent(raw, i);

		depth += c == '[';
		if (c == ']' && depth) {
			depth--;
			continue;
		}
		if (depth)
			continue;
		if (i > package && (c == '(' || c == ')' || c == '*'))
			continue;
		if (i < package && byte >= 0) {
			c = (uint8_t)byte;
			i += 2;
		}
		if (n == GO_NAME_MAX)
			return false;
		out[n++] = c;
		if (i == package)
			*package_len = n;
	}
	*name = span_of(out, n);
	return *package_len > 1 && n > *package_len;
}
