/* fuzz_feeds.c - every reader of feeds: pieces make no difference to what is counted, no row is
 * without an id, an ecosystem and a package, and no range has two ends.
 *
 * The first byte chooses the name of the file, by which some formats are recognised.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/db/parts.h"
#include "advisory/feed/file.h"
#include "tests/fuzz/fuzz.h"

static const char *const names[] = { "x.json", "crates/c/x.md", "gems/g/x.yml" };

static void look(const struct advisory_build *b)
{
	for (size_t i = 0; i < b->rows.n; i++) {
		const struct build_row *r = &b->rows.p[i];

		must(r->id && r->ecosystem && r->package && r->source < b->sources.n);
		must(r->ranges_n || r->versions_n || r->state == FIX_NOT_AFFECTED);
		for (uint32_t g = r->ranges; g < r->ranges + r->ranges_n; g++)
			must(!b->ranges.p[g].fixed || !b->ranges.p[g].last_affected);
	}
}

static int run(const char *name, struct span in, size_t piece, struct feed_sum *sum)
{
	struct limits limits = limits_default();
	struct feed_files f = { .sum = sum };
	struct scov_err err = { 0 };
	int code;

	limits.advisory_build = 16 << 20;
	must(!advisory_build_new(&f.build, &limits, &err));
	code = feed_file_begin(&f, span_str(name), &err);
	for (size_t at = 0; at < in.len && !code; at += piece)
		code = feed_file_push(&f, span_sub(in, at, piece), &err);
	if (!code)
		code = feed_file_end(&f, &err);
	must(!code || *err.text);
	look(f.build);
	feed_files_release(&f);
	advisory_build_free(f.build);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	const char *name = names[span_at(in, 0) % (sizeof(names) / sizeof(*names))];
	struct feed_sum whole = { 0 }, cut = { 0 };
	int code = run(name, span_from(in, 1), SIZE_MAX / 2, &whole);

	must(code == run(name, span_from(in, 1), 7, &cut));
	must(!memcmp(whole.formats, cut.formats, sizeof(whole.formats)));
	must(whole.other_files == cut.other_files && whole.broken_files == cut.broken_files);
	return 0;
}
