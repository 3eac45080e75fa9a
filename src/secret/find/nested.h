/* nested.h - a stream that is looked at, and what the archive that it is holds. Inside secret/
 * only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "secret/find/parts.h"

/* One more of them for each depth; NULL without memory. */
struct nested *nested_new(struct finder *f);
void nested_free(struct nested *n); /* accepts NULL */
void nested_bind(struct nested *n); /* a new part: its limits begin anew */
/* The file itself: depth 0. */
void nested_begin(struct nested *n);
void nested_push(struct nested *n, struct span data, bool last);
void nested_end(struct nested *n);
