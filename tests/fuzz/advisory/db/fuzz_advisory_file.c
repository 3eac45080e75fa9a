/* fuzz_advisory_file.c - a file with any numbers in its rows: open, go through it, look up.
 *
 * Size and checksums are mended first, or no change would get past them. Every view lies inside the
 * bytes, or in the arena; a look-up gives a whole answer or an error.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <endian.h>
#include <string.h>

#include "advisory/db/file.h"
#include "tests/fuzz/fuzz.h"

static void check_hits(const struct advisory_hits *hits, struct span in)
{
	for (size_t i = 0; i < hits->n; i++) {
		const struct advisory_hit *h = &hits->p[i];

		must(h->state < FIX_STATES && h->rating < RATINGS);
		must_lie_in(h->id, in);
		must_lie_in(h->advisory, in);
		must_lie_in(h->introduced, in);
		must_lie_in(h->fixed, in);
		must_lie_in(h->last_affected, in);
		must_lie_in(h->cvss, in);
		must_lie_in(h->source->name, in);
		for (size_t k = 0; k < h->symbols_n; k++)
			must_lie_in(h->symbols[k], in);
	}
}

static void check_record(const struct advisory_file *f, struct span id, struct span in)
{
	scoped_arena struct arena a = { .limit = 16 << 20 };
	struct advisory_record r;
	struct scov_err err;
	bool is_known;

	if (advisory_file_record(f, id, &a, &r, &is_known, &err))
		return;
	for (size_t i = 0; i < r.aliases_n; i++)
		must_lie_in(r.aliases[i], in);
	for (size_t i = 0; i < r.scores_n; i++)
		must_lie_in(r.scores[i].cvss, in);
	must_lie_in(r.title, in);
}

static void ask(const struct advisory_file *f, struct span ecosystem, struct span package,
	struct span version, struct span in)
{
	scoped_arena struct arena a = { .limit = 16 << 20 };
	struct advisory_hits hits;
	struct scov_err err;

	if (advisory_file_find(f, ecosystem, package, version, &a, &hits, &err))
		return;
	check_hits(&hits, in);
	for (size_t i = 0; i < hits.n && i < 8; i++)
		check_record(f, hits.p[i].id, in);
}

static void go_through(const struct advisory_file *f, struct span in)
{
	static const struct span versions[] = { SPAN_INIT("0.1"), SPAN_INIT("1.2.3"),
		SPAN_INIT("2"), SPAN_INIT("999-1"), SPAN_INIT("not a version") };

	for (uint32_t e = 0; e < f->rows[FILE_ECOSYSTEMS] && e < 16; e++) {
		struct advisory_extent x;
		struct span package;

		if (!advisory_file_ecosystem(f, e, &x))
			continue;
		must_lie_in(x.name, in);
		for (uint32_t p = 0; p < x.packages && p < 16; p++) {
			if (!advisory_file_package(f, e, p, &package))
				continue;
			must_lie_in(package, in);
			for (size_t v = 0; v < sizeof(versions) / sizeof(*versions); v++)
				ask(f, x.name, package, versions[v], in);
		}
	}
	check_record(f, SPAN("CVE-2024-1001"), in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 16 << 20 };
	struct advisory_file f;
	struct scov_err err;
	uint8_t *bytes = size >= file_head(size) ? arena_alloc(&a, size) : NULL;
	uint64_t length = htole64(size);

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	memcpy(bytes + 24, &length, sizeof(length));
	advisory_file_seal(bytes, size);
	if (!advisory_file_open(-1, bytes, size, &a, &f, &err))
		go_through(&f, span_of(bytes, size));
	return 0;
}
