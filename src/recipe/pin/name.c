/* name.c - names of images, and the places that hold them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "recipe/pin/parts.h"

bool pin_is_variable(struct span text)
{
	return span_find(text, '$') < text.len || span_has(text, SPAN("{{")) ||
	       span_find(text, '<') < text.len;
}

static bool is_name_byte(uint8_t c, bool is_host)
{
	return ascii_is_digit(c) || ascii_is_lower(c) || c == '.' || c == '-' || c == '_' ||
	       c == '/' || (is_host && (ascii_is_upper(c) || c == ':' || c == '[' || c == ']'));
}

static bool is_name(struct span s)
{
	size_t slash = span_find(s, '/');

	if (!s.len || slash == 0 || span_at(s, s.len - 1) == '/' || span_has(s, SPAN("//")) ||
		span_at(s, 0) == '.' || span_at(s, 0) == '-')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_name_byte(span_at(s, i), slash < s.len && i < slash))
			return false;
	return true;
}

static bool is_tag(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_alnum(span_at(s, i)) && span_at(s, i) != '.' &&
			span_at(s, i) != '-' && span_at(s, i) != '_')
			return false;
	return s.len > 0 && s.len <= 128 && span_at(s, 0) != '.' && span_at(s, 0) != '-';
}

bool pin_name_parse(struct span text, struct pin_name *out)
{
	size_t at = span_find(text, '@');
	struct span head = span_sub(text, 0, at);
	size_t slash = span_rfind(head, '/'), colon = span_rfind(head, ':');
	bool has_tag = colon < head.len && (slash == head.len || colon > slash);

	*out = (struct pin_name){
		.name = has_tag ? span_sub(head, 0, colon) : head,
		.tag = has_tag ? span_from(head, colon + 1) : (struct span){ 0 },
		.digest = span_from(text, at + 1),
	};
	if (at < text.len && !out->digest.len)
		return false;
	return is_name(out->name) && (!has_tag || is_tag(out->tag));
}

void pin_add(struct pin_finding *f, const struct pin_spot *s)
{
	if (f->out->n >= PIN_SPOTS_MAX)
		f->is_full = true;
	else
		vec_add(f->out, f->a, s);
}

void pin_add_name(
	struct pin_finding *f, uint32_t line, struct span text, size_t from, const char *left)
{
	struct pin_name n;
	struct pin_spot s = { .form = PIN_NAME, .line = line, .image = text, .left = left };

	if (pin_is_variable(text)) {
		s.left = left ? left : "a variable or a template is in it";
	} else if (!pin_name_parse(text, &n)) {
		s.left = "not the name of an image";
	} else {
		s.image = span_sub(text, 0, n.digest.len ? text.len - n.digest.len - 1 : text.len);
		s.has_tag = n.tag.len > 0;
		s.from = from + s.image.len;
		s.to = from + text.len;
		if (recipe_is_digest(n.digest))
			s.digest = n.digest;
		else if (n.digest.len)
			s.left = "its digest is not sha256: and 64 digits in lower case";
	}
	/* What is pinned is pinned, wherever it is. */
	if (s.digest.len && left)
		s.has_tag = false;
	if (s.digest.len)
		s.left = NULL;
	pin_add(f, &s);
}
