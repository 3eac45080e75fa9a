/* text.h - inside a worker: the one door by which text of an image enters facts. Inside scan/ only.
 *
 * Whatever the finder finds in a text is stars in the copy, also when findings are not recorded.
 * The copy is any bytes: writers escape. .p is NULL when the arena is full.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "scan/analyzer.h"

struct span fact_text(struct analysis *out, struct span raw);
/* The value of a setting. Where the name says that it is a secret, all of it is masked but a path,
 * a truth, a placeholder. */
struct span fact_value(struct analysis *out, struct span name, struct span raw);
/* A name that other parts may have too: a path, a link, a user, a package. Masked values have their
 * marks (facts/mark.h), so it is longer than raw then. Equal names give equal copies. */
struct span fact_name(struct analysis *out, struct span raw);
struct span fact_name_in(struct analysis *out, struct arena *a, struct span raw);
