/* mark.h - what tells masked names apart.
 *
 * Two names may be equal once their secrets are stars. So in part facts each run of stars of a name
 * is followed by a mark, a keyed digest of what was there: the same in every part that was scanned
 * with the same key, and no way back to the value. The join compares names with their marks and
 * takes them out (join/names.c): they are never shown.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

enum {
	MARK = 0x1a, /* the byte before the digest; in a name of an image it is masked itself */
	MARK_DIGEST = 16, /* characters of it, base32: 80 bits */
};
