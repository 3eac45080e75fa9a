/* fuzz_cvss.c - a score is at most 10.0, and the vector that is printed reads the same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/advisory.h"
#include "advisory/cvss.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cvss c, again;
	scoped_buf struct buf text = { 0 };

	if (!cvss_parse(span_of(data, size), &c))
		return 0;
	must(c.tenths <= 100 && c.rating > RATING_UNRATED && c.rating < RATINGS);
	cvss_print(&c, &text);
	must(!text.failed && cvss_parse(buf_view(&text), &again));
	must(again.packed == c.packed && again.version == c.version && again.tenths == c.tenths &&
		again.rating == c.rating);
	return 0;
}
