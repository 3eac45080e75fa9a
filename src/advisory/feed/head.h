/* head.h - inside feed/: what a file is, by its name and its first bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/feed/feed.h"

/* Keys are in the arena; path and bytes stay the caller's; is_whole: they are all of the file.
 * *out is set on an error too, which is that of a whole file: SCOV_E_FORMAT, SCOV_E_LIMIT; or
 * SCOV_E_MEMORY. */
must_check int feed_head_make(struct span path, struct span bytes, bool is_whole, struct arena *a,
	struct feed_head *out, struct scov_err *err);
bool feed_head_is_html(const struct feed_head *h);
