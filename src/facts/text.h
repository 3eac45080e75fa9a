/* text.h - the one door by which text of an image enters facts.
 *
 * Until secrets are found by the engine of their own, what a short table of
 * token prefixes and PEM markers names is masked: the prefix stays, each
 * character behind it becomes '*'.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/span.h"

/* A masked copy in the arena (any bytes; not made valid UTF-8: writers escape). .p is NULL when the
 * arena is full. Deterministic: equal input, equal output, so that masked paths still match each
 * other. */
struct span fact_text(struct arena *a, struct span raw);
/* The value of a setting whose name says that it is a secret (PASSWORD=, TOKEN= ...) is masked
 * whole, its first 0 characters kept; other values go through fact_text. Booleans and paths
 * ("/run/...") stay. */
struct span fact_value(struct arena *a, struct span name, struct span raw);
/* The name ends in PASSWORD, PASSWD, PASSPHRASE, SECRET, TOKEN, API_KEY, ACCESS_KEY, PRIVATE_KEY or
 * CREDENTIALS (any case, '-' and '.' as '_'), and none of ALLOW_, RANDOM, EMPTY is in it. */
bool fact_secret_name(struct span name);
