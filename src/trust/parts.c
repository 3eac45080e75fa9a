/* parts.c - small readers that the forms of signatures share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/parts.h"

#include "syntax/base64.h"

void signed_thing_release(struct signed_thing *t)
{
	certificates_release(&t->chain);
}

int base64_need(struct span text, bool lines, const char *what, struct arena *a, struct span *out,
	struct scov_err *err)
{
	struct span clean = text;

	if (lines && span_find(text, '\n') < text.len) {
		uint8_t *p = arena_alloc(a, text.len);
		size_t n = 0;

		for (size_t i = 0; p && i < text.len; i++)
			if (text.p[i] != '\n' && text.p[i] != '\r')
				p[n++] = text.p[i];
		clean = span_of(p, n);
	}
	if (!clean.len)
		return err_fail(err, SCOV_E_FORMAT, "%s is missing", what);
	if (base64_decode(clean, a, out, NULL) || !out->len)
		return arena_failed(a) ? arena_check(a, err)
				       : err_fail(err, SCOV_E_FORMAT, "%s is not base64", what);
	return 0;
}

bool hex_decode(struct span text, struct arena *a, struct span *out)
{
	uint8_t *p = arena_alloc(a, text.len / 2);
	uint64_t byte;

	if (text.len % 2 || !text.len || !p)
		return false;
	for (size_t i = 0; i < text.len / 2; i++) {
		if (!span_number(span_sub(text, 2 * i, 2), 16, 255, &byte))
			return false;
		p[i] = (uint8_t)byte;
	}
	*out = span_of(p, text.len / 2);
	return true;
}

bool json_int64(const struct json *v, int64_t *out)
{
	struct span text = json_text(v);
	uint64_t n;
	bool minus = span_at(text, 0) == '-';

	*out = 0;
	if (!v || json_is(v, JSON_NIL))
		return true;
	if (json_is(v, JSON_INT))
		return json_int(v, out);
	if (!json_is(v, JSON_TEXT) ||
		!span_number(span_from(text, minus ? 1 : 0), 10, INT64_MAX, &n))
		return false;
	*out = minus ? -(int64_t)n : (int64_t)n;
	return true;
}

const struct json *json_walk(const struct json *v, const char *path)
{
	struct span rest = span_str(path), name;

	while (v && span_split(&rest, '.', &name)) {
		const struct json *next = NULL;
		uint64_t at;

		if (json_is(v, JSON_LIST)) {
			next = span_number(name, 10, UINT32_MAX, &at) ? json_at(v, at) : NULL;
		} else {
			for (size_t i = 0; json_is(v, JSON_DICT) && i < json_count(v) && !next; i++)
				if (span_eq(json_name(json_at(v, i)), name))
					next = json_at(v, i);
		}
		v = next;
	}
	return v;
}

bool signed_hash(const struct signed_thing *t, uint8_t hash, uint8_t out[HASH_MAX])
{
	struct signed_hashes *kept = t->hashes;

	if (t->text.len && !kept)
		return hash_pieces((enum hash_kind)hash, &t->text, 1, out);
	if (t->text.len) {
		if (!kept->is_made[hash])
			kept->is_made[hash] =
				hash_pieces((enum hash_kind)hash, &t->text, 1, kept->bytes[hash]);
		memcpy(out, kept->bytes[hash], HASH_MAX);
		return kept->is_made[hash];
	}
	if (!t->hashed.len || t->hashed_as != hash)
		return false;
	memcpy(out, t->hashed.p, t->hashed.len);
	return true;
}

bool signed_with(const struct signed_thing *t, const struct public_key *k)
{
	/* Nothing in a signature says which hash: cosign takes SHA-256 with any key, sigstore's
	 * clients the one of the curve's size. */
	const enum hash_kind hashes[] = { HASH_SHA256, public_key_hash(k), HASH_SHA384,
		HASH_SHA512 };

	if (k && public_key_kind(k) == PUBLIC_KEY_ED25519)
		return t->text.len &&
		       public_key_check(k, SIGNATURE_OF_KEY, HASH_SHA256, t->text, t->signature);
	for (size_t i = 0; k && i < sizeof(hashes) / sizeof(*hashes); i++) {
		uint8_t h[HASH_MAX];

		if (i && (hashes[i] == HASH_SHA256 || (i > 1 && hashes[i] == hashes[1])))
			continue;
		if (signed_hash(t, (uint8_t)hashes[i], h) &&
			public_key_check_hash(k, SIGNATURE_OF_KEY, hashes[i],
				span_of(h, hash_size(hashes[i])), t->signature))
			return true;
	}
	return false;
}
