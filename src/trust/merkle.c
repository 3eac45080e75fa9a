/* merkle.c - check inclusion and consistency proofs of a Merkle tree.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/merkle.h"

enum { HASH = 32 };

static struct digest node(struct span left, struct span right)
{
	uint8_t text[1 + 2 * HASH] = { 1 };

	memcpy(text + 1, left.p, HASH);
	memcpy(text + 1 + HASH, right.p, HASH);
	return digest_of(DIGEST_SHA256, span_of(text, sizeof(text)));
}

static struct span hash_view(const struct digest *d)
{
	return span_of(d->bytes, HASH);
}

struct digest merkle_leaf(struct span entry)
{
	struct digester *h = digester_new(DIGEST_SHA256);
	struct digest d = { 0 };

	if (!h)
		return d; /* equal to nothing */
	digester_add(h, "\0", 1);
	digester_add(h, entry.p, entry.len);
	d = digester_end(h);
	digester_free(h);
	return d;
}

bool merkle_included(const struct digest *leaf, uint64_t index, uint64_t size, struct span proof,
	const struct digest *root)
{
	uint64_t at = index, last = size - 1;
	struct digest r = *leaf;

	if (index >= size || proof.len % HASH || proof.len / HASH > MERKLE_PROOF_MAX ||
		digest_size(leaf) != HASH)
		return false;
	for (size_t i = 0; i < proof.len; i += HASH) {
		struct span p = span_sub(proof, i, HASH);

		if (!last)
			return false; /* a hash too many */
		if (at & 1 || at == last) {
			r = node(p, hash_view(&r));
			while (at && !(at & 1)) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			r = node(hash_view(&r), p);
		}
		at >>= 1;
		last >>= 1;
	}
	return !last && digest_eq(&r, root);
}

bool merkle_consistent(uint64_t old_size, const struct digest *old_root, uint64_t size,
	const struct digest *root, struct span proof)
{
	uint64_t at = old_size - 1, last = size - 1;
	struct digest old, new;
	size_t i = 0;

	if (!old_size || old_size > size || proof.len % HASH ||
		proof.len / HASH > MERKLE_PROOF_MAX + 1)
		return false;
	if (old_size == size)
		return !proof.len && digest_eq(old_root, root);
	if (old_size & (old_size - 1)) { /* no power of two: its root is not a node of the tree */
		if (!proof.len)
			return false;
		old = (struct digest){ .algorithm = DIGEST_SHA256 };
		memcpy(old.bytes, proof.p, HASH);
		i = HASH;
	} else {
		old = *old_root;
	}
	new = old;
	while (at & 1) {
		at >>= 1;
		last >>= 1;
	}
	for (; i < proof.len; i += HASH) {
		struct span p = span_sub(proof, i, HASH);

		if (!last)
			return false;
		if (at & 1 || at == last) {
			old = node(p, hash_view(&old));
			new = node(p, hash_view(&new));
			while (at && !(at & 1)) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			new = node(hash_view(&new), p);
		}
		at >>= 1;
		last >>= 1;
	}
	return !last && digest_eq(&old, old_root) && digest_eq(&new, root);
}
