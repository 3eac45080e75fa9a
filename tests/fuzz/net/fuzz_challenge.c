/* fuzz_challenge.c - header values that a registry sends: WWW-Authenticate, Content-Range,
 * Retry-After, Link.
 *
 * Truth: values without an escape are views into the input; a range that is taken is in order.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "net/header.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool truth)
{
	if (!truth)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct span in = span_of(data, size);
	struct content_range range;
	challenges list = { 0 };
	struct span next;
	uint64_t seconds;

	if (challenges_parse(in, &a, &list, NULL) == 0) {
		check(list.n <= CHALLENGES_MAX);
		for (size_t i = 0; i < list.n; i++) {
			struct span s = list.p[i].scheme;

			check(s.len > 0 && s.p >= data && s.p + s.len <= data + size);
			check(list.p[i].realm.len <= size && list.p[i].service.len <= size &&
				list.p[i].scope.len <= size);
		}
	}
	if (content_range_parse(in, &range, NULL) == 0)
		check(range.first <= range.last && (!range.has_total || range.last < range.total));
	if (link_next(in, &next, NULL) == 0 && next.len)
		check(next.p >= data && next.p + next.len <= data + size);
	retry_after_parse(in, 1700000000, &seconds);
	check(media_type_of(in).len <= size);
	return 0;
}
