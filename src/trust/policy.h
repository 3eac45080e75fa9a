/* policy.h - whom the user expects to have signed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "crypto/verify.h"
#include "trust/trust.h"

/* NULL: no rule has a key that verifies, by the caller's test; *name is the rule's. Keys are tried
 * in their order. */
typedef bool key_test_fn(void *ctx, const struct public_key *k);
const struct public_key *trust_policy_key(
	const struct trust_policy *p, key_test_fn *test, void *ctx, struct span *name);
bool trust_policy_has_keys(const struct trust_policy *p);
/* Some rule takes this identity with this issuer. */
bool trust_policy_takes(const struct trust_policy *p, struct span identity, struct span issuer);
