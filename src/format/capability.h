/* capability.h - a security.capability extended attribute.
 *
 * Source: Linux uapi/linux/capability.h, struct vfs_cap_data and vfs_ns_cap_data, revisions 1 to 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

struct capability {
	uint64_t permitted, inheritable; /* bit n is capability n */
	bool effective;
	uint8_t revision; /* 1, 2 or 3 */
	uint32_t root_id; /* revision 3: the uid of the name space's root; else 0 */
};

enum { CAPABILITY_NET_BIND_SERVICE = 10 };

/* False when the value is malformed: unknown revision, or a size that is not the revision's. */
bool capability_parse(struct span value, struct capability *out);
