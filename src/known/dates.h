/* dates.h - dates that say when something was made.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "known/tables.h"

/* Plausible, and not one that a tool writes into everything it packs. Seconds since 1970. */
bool known_date_is_real(int64_t seconds, int64_t now);
