/* merkle.h - proofs that a log holds an entry, and that it only grew.
 *
 * Source: RFC 6962, section 2.1; RFC 9162, sections 2.1.3.2 and 2.1.4.2.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "crypto/digest.h"

enum { MERKLE_PROOF_MAX = 64 }; /* hashes of a proof: trees of at most 2^63 entries */

struct digest merkle_leaf(struct span entry);
/* proof: n hashes of 32 bytes each. True: with them the leaf, number `index` of `size`, gives the
 * root. */
bool merkle_included(const struct digest *leaf, uint64_t index, uint64_t size, struct span proof,
	const struct digest *root);
/* The tree of `size` with `root` begins with that of `old_size`, which is not 0, and `old_root`. */
bool merkle_consistent(uint64_t old_size, const struct digest *old_root, uint64_t size,
	const struct digest *root, struct span proof);
