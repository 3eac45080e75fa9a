/* fuzz_version.c - what is valid is equal to itself, and any three are in one order.
 *
 * The first byte is the scheme, then three lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"
#include "version/version.h"

static int sign(int order)
{
	return order < 0 ? -1 : order > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size), v[3] = { 0 };
	enum version_scheme scheme = 1 + span_at(rest, 0) % (VERSION_SCHEMES - 1);
	bool valid[3];
	int order[3][3];

	rest = span_from(rest, 1);
	for (int i = 0; i < 3; i++) {
		span_split(&rest, '\n', &v[i]);
		valid[i] = version_valid(scheme, v[i]);
	}
	for (int a = 0; a < 3; a++)
		for (int b = 0; b < 3; b++) {
			order[a][b] = 0;
			must(version_cmp(scheme, v[a], v[b], &order[a][b]) ==
				(valid[a] && valid[b]));
			order[a][b] = sign(order[a][b]);
		}
	for (int a = 0; a < 3; a++)
		for (int b = 0; b < 3; b++) {
			must(order[a][b] == -order[b][a]);
			for (int c = 0; c < 3 && valid[a] && valid[b] && valid[c]; c++)
				if (order[a][b] <= 0 && order[b][c] <= 0)
					must(order[a][c] == sign(order[a][b] + order[b][c]));
		}
	return 0;
}
