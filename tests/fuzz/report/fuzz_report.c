/* fuzz_report.c - a report is refused, or has all criteria with a verdict and packages in order,
 * and can be written again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/criterion.h"
#include "report/read.h"
#include "report/report.h"
#include "tests/fuzz/fuzz.h"

static void must_write(const struct report *r)
{
	static const char *const formats[] = { "text", "json" };
	struct write_options o = { .verbose = true };

	for (size_t i = 0; i < 2; i++) {
		struct buf b = { .limit = 64 << 20 };

		(void)writer_find(span_str(formats[i]))->write(r, &o, &b, NULL);
		buf_release(&b);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { .limit = 64 << 20 };
	struct image_facts image = { 0 };
	struct report out = { 0 };

	if (!report_read(span_of(data, size), &a, &image, &out, NULL)) {
		must(out.criteria.n == CRITERIA);
		for (size_t i = 0; i < CRITERIA; i++)
			must(out.criteria.p[i].verdict < VERDICTS &&
				out.criteria.p[i].criterion == criteria[i]);
		for (size_t i = 1; i < image.packages.n; i++)
			must(package_cmp(image.packages.p[i - 1].fact, image.packages.p[i].fact) <=
				0);
		must_write(&out);
	}
	arena_release(&a);
	arena_release(&image.arena);
	arena_release(&out.arena);
	return 0;
}
