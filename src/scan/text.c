/* text.c - text of an image on its way into facts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/text.h"

#include <string.h>

#include "base/buf.h"
#include "crypto/hmac.h"
#include "facts/mark.h"
#include "known/names.h"
#include "secret/find/find.h"

enum { TEXT_MAX = 16 << 20 };

static uint8_t *writable(struct span copy)
{
	return (uint8_t *)(uintptr_t)copy.p; /* memory of our own */
}

struct span fact_text(struct analysis *out, struct span raw)
{
	struct span copy = arena_dup(out->arena, raw);

	if (copy.p)
		finder_mask(out->finder, writable(copy), copy.len);
	return copy;
}

struct span fact_value(struct analysis *out, struct span name, struct span raw)
{
	scoped_buf struct buf b = { .limit = TEXT_MAX };
	struct span copy = arena_dup(out->arena, raw);

	if (!copy.len)
		return copy;
	buf_span(&b, name);
	if (name.len)
		buf_byte(&b, '=');
	size_t head = b.len;

	buf_span(&b, raw);
	if (b.failed || finder_is_set(out->finder, name, raw))
		memset(writable(copy), '*', copy.len);
	else if (finder_mask(out->finder, (uint8_t *)b.p, b.len))
		memcpy(writable(copy), b.p + head, copy.len);
	if (b.p)
		explicit_bzero(b.p, b.len);
	return copy;
}

/* ---- names ---- */

/* Words of the criteria: no part of a value, even where one goes on over a slash. */
static bool is_known(struct span part)
{
	struct span plain;
	bool shared;

	return known_shell(part) || known_manager(part, &shared) || known_tool(part, &plain) ||
	       known_interpreter(part);
}

static bool add_mark(struct analysis *out, struct span value, struct buf *b)
{
	struct span pieces[] = { SPAN("a part of a name"), span_of("", 1), value };
	uint8_t mac[HMAC_SIZE];
	char text[FINGERPRINT_TEXT];

	if (!hmac_sha256(out->key, pieces, 3, mac))
		return false;
	hmac_text(mac, text);
	buf_byte(b, MARK);
	buf_bytes(b, text, MARK_DIGEST);
	return true;
}

/* masked: raw with stars. */
static struct span marked(
	struct analysis *out, struct arena *a, struct span raw, struct span masked)
{
	scoped_buf struct buf b = { .limit = TEXT_MAX };

	for (size_t i = 0, end; i < raw.len; i = end) {
		bool is_masked = span_at(masked, i) != span_at(raw, i);

		end = i + 1;
		while (end < raw.len && (span_at(masked, end) != span_at(raw, end)) == is_masked)
			end++;
		buf_span(&b, span_sub(masked, i, end - i));
		if (is_masked && !add_mark(out, span_sub(raw, i, end - i), &b))
			return (struct span){ 0 };
	}
	return b.failed ? (struct span){ 0 } : arena_dup(a, buf_view(&b));
}

struct span fact_name_in(struct analysis *out, struct arena *a, struct span raw)
{
	struct span copy = arena_dup(a, raw);

	if (!copy.len)
		return copy;
	size_t n = finder_mask_name(out->finder, writable(copy), copy.len, is_known);

	for (size_t i = span_find(copy, MARK); i < copy.len; i++)
		if (copy.p[i] == MARK) {
			writable(copy)[i] = '*';
			n++;
		}
	out->part->has_stars |= n || span_find(copy, '*') < copy.len;
	return n ? marked(out, a, raw, copy) : copy;
}

struct span fact_name(struct analysis *out, struct span raw)
{
	return fact_name_in(out, out->arena, raw);
}
