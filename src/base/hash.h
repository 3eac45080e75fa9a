/* hash.h - SipHash-2-4, for tables over names that an attacker chose.
 *
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdint.h>

#include "base/span.h"

struct hash_key {
	uint64_t k0, k1;
};

uint64_t hash_span(struct hash_key key, struct span s);
/* A sum against damage, not against who wants one: at some 10 GB/s it is faster than the bytes come
 * from a file. A change of up to 8 bytes in a row always changes it. */
uint64_t hash_sum(struct span s);
/* A key of this process, from the system's random source; for tables in memory only. */
struct hash_key hash_random_key(void);
/* The fixed key of hashes that are stored in facts: same bytes, same hash, everywhere. */
extern const struct hash_key hash_fact_key;
