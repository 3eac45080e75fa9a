/* rules_pack.h - rules of the user on their way into the worker: their text, and the database of
 * these and the built-in ones, as one run of bytes. Inside scan/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "base/span.h"

/* out->failed when it does not fit. */
void rules_pack(struct span text, struct span database, struct buf *out);
/* Views into bytes. False: not one of ours. */
bool rules_unpack(struct span bytes, struct span *text, struct span *database);
