/* proof.c - what the validators share: outcomes, text to bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/proof/proof.h"

#include <string.h>

#include "base/ascii.h"
#include "syntax/base64.h"

int proof_proven(struct proof *out, enum secret_proof how, const char *detail)
{
	bool is_listed = out->known || (out->flags & SECRET_EXAMPLE);

	out->validity = VALID_PROVEN;
	if (!out->known)
		out->how = (uint8_t)how;
	if (!is_listed || !out->detail)
		out->detail = detail;
	return 0;
}

int proof_invalid(struct proof *out, const char *detail)
{
	out->validity = VALID_INVALID;
	out->detail = detail;
	return 0;
}

int proof_harmless(struct proof *out, uint32_t flags, const char *detail)
{
	out->validity = VALID_HARMLESS;
	out->flags |= flags;
	out->detail = detail;
	return 0;
}

int proof_unknown(struct proof *out, const char *detail)
{
	if (out->validity == VALID_PROVEN) /* by the list of publicly known keys */
		return 0;
	out->validity = VALID_UNKNOWN;
	out->detail = detail;
	return 0;
}

/* What was gathered in `copy`, which is wiped. */
static bool take_base64(uint8_t *copy, size_t n, struct arena *a, struct span *out)
{
	struct span s = { 0 };
	bool good = n && base64_decode(span_of(copy, n), a, &s, NULL) == 0;

	explicit_bzero(copy, n);
	if (good)
		*out = s;
	return good;
}

bool text_base64(struct span text, struct arena *a, struct span *out)
{
	uint8_t *copy = text.len <= KEY_TEXT_MAX ? arena_alloc(a, text.len) : NULL;
	size_t n = 0;

	if (!copy)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = span_at(text, i), next = span_at(text, i + 1);

		if (c == '\\' && (next == 'n' || next == 'r' || next == 't'))
			i++;
		else if (c == '\\' && (next == '\n' || next == '\r' || next == '\\'))
			continue;
		else if (!ascii_is_space(c))
			copy[n++] = c;
	}
	return take_base64(copy, n, a, out);
}

/* Of the standard alphabet: '-' and '_' also begin comments. */
static bool is_base64(uint8_t c)
{
	return c == '=' || (base64_digit(c) >= 0 && c != '-' && c != '_');
}

/* Bytes of a line end at i, real or escaped; 0: not one. */
static size_t end_of_line(struct span s, size_t i)
{
	size_t n = 0;

	if (span_at(s, i) == '\n')
		return 1;
	while (span_at(s, i + n) == '\\')
		n++;
	uint8_t c = span_at(s, i + n);

	return n && (c == 'n' || c == 'r' || c == 't') ? n + 1 : 0;
}

bool text_base64_lines(struct span text, struct arena *a, struct span *out)
{
	uint8_t *copy = text.len <= KEY_TEXT_MAX ? arena_alloc(a, text.len) : NULL;
	size_t n = 0;

	if (!copy)
		return false;
	for (size_t i = 0, gap; i < text.len; i += gap) {
		size_t from = i, run = 0;

		for (gap = 0; i < text.len && !(gap = end_of_line(text, i)); i++) {
			/* One alone is a sign between strings. */
			bool goes_on = run && from + run == i;
			bool is = is_base64(span_at(text, i)) &&
				  (goes_on || is_base64(span_at(text, i + 1)));

			if (is && !goes_on)
				from = i;
			run = is ? i + 1 - from : run;
		}
		/* What is before the END line is a dress too. */
		if (!gap && from + run < i)
			break;
		memcpy(copy + n, text.p + from, run);
		n += run;
		gap += !gap;
	}
	return take_base64(copy, n, a, out);
}

bool text_hex(struct span text, uint8_t *out, size_t len)
{
	if (text.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint64_t v;

		if (!span_number(span_sub(text, 2 * i, 2), 16, 255, &v))
			return false;
		out[i] = (uint8_t)v;
	}
	return true;
}

void wipe(struct span s)
{
	if (s.len)
		explicit_bzero((void *)(uintptr_t)s.p, s.len);
}
