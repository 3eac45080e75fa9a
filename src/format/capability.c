/* capability.c - a security.capability extended attribute.
 *
 * All numbers are little-endian. The magic holds the revision in its high
 * byte and one flag: the capabilities become effective at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/capability.h"

enum { EFFECTIVE = 1, REVISION_SHIFT = 24 };

/* Words of 32 capabilities and the size of the whole, by revision. */
static const struct {
	uint8_t words;
	uint8_t size;
} shapes[] = {
	[1] = { 1, 12 },
	[2] = { 2, 20 },
	[3] = { 2, 24 },
};

bool capability_parse(struct span value, struct capability *out)
{
	struct cur c = cur_over(value);
	uint32_t magic = cur_le32(&c);
	uint32_t revision = magic >> REVISION_SHIFT;
	struct capability v = { .effective = magic & EFFECTIVE };

	if (c.bad || revision < 1 || revision > 3 || value.len != shapes[revision].size)
		return false;
	if (magic & 0x00fffffe)
		return false; /* flags that no kernel defines */
	for (unsigned i = 0; i < shapes[revision].words; i++) {
		v.permitted |= (uint64_t)cur_le32(&c) << 32 * i;
		v.inheritable |= (uint64_t)cur_le32(&c) << 32 * i;
	}
	if (revision == 3)
		v.root_id = cur_le32(&c);
	v.revision = (uint8_t)revision;
	*out = v;
	return !c.bad;
}
