/* confirm.c - tier two: the expression in the window.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/parts.h"
#include "secret/value/value.h"

enum { PUBLICS_MAX = 4096 };

static const pcre2_code *code_of(struct finder *f, size_t row)
{
	const struct secret_rule *r = &f->rules->p[row];
	int why;
	PCRE2_SIZE at;

	if (!f->codes[row])
		f->codes[row] = pcre2_compile(r->expression.p, r->expression.len,
			PCRE2_MULTILINE | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C |
				(r->nocase ? PCRE2_CASELESS : 0u),
			&why, &at, NULL);
	return f->codes[row];
}

/* Escapes are of texts: what begins with bytes that no text has is not written so. */
static bool is_text(const struct secret_rule *r)
{
	uint8_t c = span_at(r->literals[0], 0);

	return c >= ' ' && c < 0x7f;
}

/* A link may give the file a name that fits: judge/names.c. */
static struct elsewhere *elsewhere_of(struct finder *f, const struct look *l, uint32_t row)
{
	struct elsewhere *e = &f->elsewhere[row];

	if (f->mask || l->member.len || l->surface != SURFACE_CONTENT || f->entry == NO_ENTRY)
		return NULL;
	if (e->entry != f->entry)
		*e = (struct elsewhere){ .entry = f->entry };
	return e;
}

static void confirm_rule(struct finder *f, struct look *l, const struct window *w, struct span text)
{
	const struct secret_rule *r = &f->rules->p[w->slot];
	bool fits =
		rule_fits_path(r, f->path) || (l->member.len && l->surface == SURFACE_CONTENT &&
						      rule_fits_path(r, span_member(l->member)));
	struct elsewhere *outer = f->is_elsewhere;

	f->is_elsewhere = fits ? NULL : elsewhere_of(f, l, w->slot);
	fits = fits || f->is_elsewhere;
	const pcre2_code *code = fits ? code_of(f, w->slot) : NULL;
	size_t at = l->done[w->slot] > w->from ? (size_t)(l->done[w->slot] - w->from) : 0;
	size_t n = 0;

	while (code && at <= text.len && n < MATCHES_WINDOW) {
		int rc = pcre2_match(code, text.p, text.len, at, 0, f->match, f->context);
		const PCRE2_SIZE *range = pcre2_get_ovector_pointer(f->match);
		size_t g = 2u * r->group;

		if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
			f->dropped++;
		if (rc <= 0)
			break;
		n++;
		at = range[1] > at ? range[1] : at + 1;
		l->done[w->slot] = w->from + at;
		if (rc > r->group && range[g] != PCRE2_UNSET && range[g + 1] > range[g])
			confirm_value(f, l, w, text,
				span_sub(text, range[g], range[g + 1] - range[g]), false);
	}
	f->dropped += n == MATCHES_WINDOW || fits != (code != NULL);
	if (code && r->strong && l->is_binary)
		confirm_adjacent(f, l, w, text);
	if (code && !n && r->strong && is_text(r))
		confirm_escaped(f, l, w, text);
	f->is_elsewhere = outer;
}

static void confirm_certificate(
	struct finder *f, struct look *l, const struct window *w, struct span text)
{
	static const struct span begin = SPAN_INIT("-----BEGIN CERTIFICATE-----"),
				 end = SPAN_INIT("-----END CERTIFICATE-----");
	uint64_t slot_done = l->done[w->slot];

	while (!f->mask) {
		size_t at = span_find_span(text, begin);
		size_t to = at + span_find_span(span_from(text, at), end);

		if (to >= text.len)
			return;
		if (f->part->publics.n >= PUBLICS_MAX) {
			f->dropped++;
			return;
		}
		uint64_t place = w->to - text.len + at;
		uint8_t hash[32];
		struct public_fact x = { .entry = f->entry };

		if (place >= slot_done && certificate_public(span_sub(text, at, to + end.len - at),
						  &f->temporary, hash, &x.is_ca, &x.not_after)) {
			x.public_hash = hex_of(f->arena, hash);
			x.member = masked_text(f, l->member);
			if (x.member.p && x.public_hash.p)
				vec_add(&f->part->publics, f->arena, &x);
		}
		l->done[w->slot] = place + 1;
		arena_reset(&f->temporary);
		text = span_from(text, to + end.len);
	}
}

void confirm_window(struct finder *f, struct look *l, const struct window *w, struct span text)
{
	if (w->slot < f->rules->n)
		confirm_rule(f, l, w, text);
	else if (w->slot == slot_of(f, PATTERN_NOUN))
		confirm_noun(f, l, w->from, w->hit, w->len, text);
	else if (w->slot == slot_of(f, PATTERN_CERTIFICATE))
		confirm_certificate(f, l, w, text);
	else
		confirm_encoded(f, l, w, (enum pattern_kind)(w->slot - f->rules->n), text);
}
