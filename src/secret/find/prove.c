/* prove.c - the proof of a value, and the fact.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "crypto/hmac.h"
#include "secret/find/parts.h"
#include "secret/value/value.h"

enum { PREFIX_MAX = 12 };

struct span hex_of(struct arena *a, const uint8_t hash[32])
{
	struct digest d = { .algorithm = DIGEST_SHA256 };
	char text[DIGEST_TEXT];

	memcpy(d.bytes, hash, 32);
	return arena_dup(a, span_str(digest_hex(&d, text)));
}

static struct span fingerprint(struct finder *f, struct span kind, struct span value)
{
	struct span pieces[] = { kind, span_of("", 1), value };
	uint8_t mac[HMAC_SIZE];
	char text[FINGERPRINT_TEXT];

	if (!f->key_len || !hmac_sha256(span_of(f->key, f->key_len), pieces, 3, mac))
		return (struct span){ 0 };
	hmac_text(mac, text);
	return arena_dup(f->arena, span_of(text, FINGERPRINT_TEXT));
}

/* Of a value in a decoded run the whole run is. */
static void mask_value(struct finder *f, const struct look *l, const struct found *s)
{
	size_t from = l->encoding ? f->run : (size_t)s->at + s->prefix,
	       end = l->encoding ? f->run_end : (size_t)s->at + s->value.len;

	for (size_t i = from; i < end && i < f->mask_len; i++)
		f->mask[i] = '*';
	f->masked++;
}

/* A copy without what the rules find in it: names of members and of settings can hold secrets
 * too. Nothing in f->temporary outlives it. */
struct span masked_text(struct finder *f, struct span name)
{
	struct span copy = arena_dup(f->arena, name);

	if (copy.len)
		finder_mask(f, (uint8_t *)(uintptr_t)copy.p, copy.len);
	return copy;
}

void report(struct finder *f, struct look *l, const struct found *s)
{
	f->reported++;
	if (f->mask) {
		mask_value(f, l, s);
		return;
	}
	if (f->is_elsewhere && f->is_elsewhere->n++ >= ELSEWHERE_MAX)
		return; /* one is enough for the verdict */
	if (f->part->secrets.n >= f->limits.secrets) {
		f->dropped++;
		return;
	}
	const char *published = value_published(s->value);
	uint64_t last = s->at + (s->value.len ? s->value.len - 1 : 0);
	struct secret_fact x = {
		.entry = f->entry,
		.surface = l->surface,
		.encoding = l->encoding,
		.level = s->level,
		.proof = s->proof,
		.flags = s->flags | (l->is_binary ? SECRET_IN_BINARY : 0u) |
			 (published ? SECRET_EXAMPLE : 0u) |
			 (f->is_elsewhere ? SECRET_ELSEWHERE : 0u) |
			 (docstring_holds(f, l, s->at) ? SECRET_IN_DOCSTRING : 0u),
		.judgment = s->judgment,
		.line = look_line(l, s->at),
		.end_line = look_line(l, last),
		.length = (uint32_t)s->value.len,
		.offset = s->at,
		.expires = s->expires,
		.rule = arena_dup(f->arena, s->rule),
		.kind = arena_dup(f->arena, s->kind),
		.prefix = arena_dup(f->arena,
			span_sub(s->value, 0, s->prefix < PREFIX_MAX ? s->prefix : PREFIX_MAX)),
		.known = arena_dup(f->arena, s->known),
		.detail = arena_dup(f->arena, published ? span_str(published) : s->detail),
		.fingerprint = fingerprint(f, s->kind, s->value),
	};

	if (s->public_hash)
		x.public_hash = hex_of(f->arena, s->public_hash);
	x.member = masked_text(f, l->member);
	if (x.rule.p && x.kind.p && x.member.p && x.prefix.p && x.known.p && x.detail.p)
		vec_add(&f->part->secrets, f->arena, &x);
}

/* All validators of the rule; the first that knows decides, a later one may only add flags. */
static struct proof prove(
	struct finder *f, const struct secret_rule *r, struct span value, struct span window)
{
	struct candidate c = { value, window, f->path, &f->temporary, &f->work, f->words };
	struct proof all = { .validity = VALID_UNKNOWN };

	for (size_t i = 0; i < r->validators_n; i++) {
		const struct validator *v = validator_find(r->validators[i].name);
		struct proof one = { 0 };

		int rc = v ? v->check(&c, r->validators[i].parameter, &one) : 0;

		f->dropped += rc == SCOV_E_LIMIT || rc == SCOV_E_MEMORY;
		if (!v || rc)
			continue;
		one.flags |= all.flags;
		if (all.validity == VALID_UNKNOWN)
			all = one;
		else
			all.flags = one.flags;
	}
	/* A validator without memory may have said "unknown": that is not an answer. */
	f->dropped += all.validity == VALID_UNKNOWN && arena_failed(&f->temporary);
	return all;
}

/* Its name alone says that it is a secret, so what is there must be a value. */
static bool is_value(const struct finder *f, const struct look *l, const struct secret_rule *r,
	struct span value, struct span window)
{
	return !rule_is_named(r) ||
	       (!value_is_version(value) &&
		       !value_is_expression(
			       f->words, window, (size_t)(value.p - window.p), kind_of_look(f, l)));
}

static bool judge(const struct finder *f, const struct look *l, const struct secret_rule *r,
	const struct proof *p, struct span value, struct span window, struct found *s)
{
	const char *why = NULL;

	s->flags = p->flags | r->flags;
	s->level = r->level_match;
	if (p->validity == VALID_HARMLESS)
		return false;
	if (p->validity == VALID_PROVEN) {
		/* A test key that packages carry belongs to no service. */
		s->level = p->flags & SECRET_EXAMPLE ? SECRET_LOW : r->level_proven;
		s->proof = p->how;
	} else if (p->validity == VALID_INVALID) {
		s->level = r->level_invalid;
		s->flags |= SECRET_CHECKSUM_BAD;
	} else if (r->class != CLASS_NONE &&
		   (!value_plausible(f->words, r->class, span_from(value, r->prefix), &why) ||
			   !is_value(f, l, r, value, window))) {
		return false;
	}
	if (r->near.len && s->level && s->level < SECRET_HIGH && span_has(window, r->near)) {
		s->level++;
		s->flags |= SECRET_PAIRED;
	}
	return s->level > SECRET_NONE;
}

/* It matches and is wrong as it is, and holds what may be an escape: without them it may be
 * right. */
static bool is_dressed(const struct secret_rule *r, const struct proof *p, struct span value)
{
	return r->strong && p->validity == VALID_INVALID &&
	       (span_find(value, '\\') < value.len || span_has(value, SPAN("&#")));
}

void confirm_value(struct finder *f, struct look *l, const struct window *w, struct span text,
	struct span value, bool wants_proof)
{
	const struct secret_rule *r = &f->rules->p[w->slot];

	if (f->mask && r->shown)
		return;
	struct proof p = prove(f, r, value, text);
	struct found s = {
		.rule = r->id,
		.kind = r->kind,
		.value = value,
		.known = span_str(p.known),
		.detail = span_str(p.detail),
		.prefix = r->prefix,
		.at = w->from + (size_t)(value.p - text.p),
		.expires = p.expires,
		.public_hash = p.has_public ? p.public_hash : NULL,
	};

	bool is_one =
		judge(f, l, r, &p, value, text, &s) && (!wants_proof || p.validity == VALID_PROVEN);

	if (is_one && is_dressed(r, &p, value)) {
		struct window of = {
			.from = s.at, .to = s.at + value.len, .hit = s.at, .slot = w->slot
		};
		uint64_t before = f->reported;

		s.detail = (struct span){ 0 };
		confirm_escaped(f, l, &of, value);
		is_one = f->reported == before;
	}
	if (is_one)
		report(f, l, &s);
	arena_reset(&f->temporary);
}
