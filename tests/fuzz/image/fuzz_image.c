/* fuzz_image.c - any bytes as the document that a source's root names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "base/err.h"
#include "image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fake {
	struct source source;
	struct span text;
};

static int root(struct source *s, const struct call *call, struct arena *a, struct descriptor *out,
	struct scov_err *err)
{
	(void)call;
	(void)s, (void)a, (void)err;
	*out = (struct descriptor){ 0 };
	return 0;
}

static int document(struct source *s, const struct descriptor *d, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	(void)call;
	(void)a;
	if (d->digest.algorithm)
		return err_fail(err, SCOV_E_NOT_FOUND, "no such blob");
	*out = ((struct fake *)s)->text;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct source_ops ops = {
		.transport = "fake", .root = root, .document = document
	};
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct fake f = { .source = { .ops = &ops }, .text = span_of(data, size) };
	struct limits l = limits_default();
	struct image_choices c = { 0 };
	const struct image_choice *pick;
	struct manifest m = { 0 };
	struct scov_err err = { 0 };

	if (image_list(&f.source, &l, NULL, &a, &c, &err)) {
		if (err.code >= 0 || !err.text[0] || c.list.n)
			abort();
		return 0;
	}
	if (!c.list.n || c.list.n > l.index_entries)
		abort();
	struct image_reader r = { &f.source, &l, NULL, &a };
	static const char *const asked[] = { NULL, "linux/amd64", "linux/arm/v7" };

	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		struct span passed;
		int code = image_pick(&r, &c, asked[i], &pick, &err);

		if (code > 0 || (code && !err.text[0]))
			abort();
		/* It is one of the entries, and it is held. */
		if (!code && (pick->inside || pick->is_absent ||
				     image_passed_over(&c, pick, &a, &passed, &err) > 0))
			abort();
	}
	if (!c.from_index && !image_manifest(&f.source, &l, &c.list.p[0], NULL, &a, &m, &err) &&
		m.layers.n > l.layers)
		abort();
	return 0;
}
