/* fuzz_language.c - the first line is a path, the rest its content. A package has a name and a
 * version; what is not of JSON lies in the input; a second reading says the same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"
#include "tests/fuzz/fuzz.h"

struct count {
	size_t packages, bytes;
};

static int package(void *ctx, const struct language_package *p)
{
	struct count *c = ctx;

	must(p->name.len && p->version.len && p->built >= 0);
	c->packages++;
	c->bytes += p->name.len + p->version.len + p->license.len + p->arch.len + p->vendor.len;
	return 0;
}

static int once(
	const struct language_format *f, struct span path, struct span data, struct count *c)
{
	scoped_arena struct arena a = { .limit = 4 << 20 };
	struct language_record r = {
		.path = path, .data = data, .arena = &a, .package = package, .ctx = c
	};
	struct scov_err err = { 0 };
	int code = f->read(&r, &err);

	must(code == 0 || err.text[0]);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size), path = { 0 };
	struct count first = { 0 }, second = { 0 };

	span_line(&in, &path);
	const struct language_format *f = language_format_of(path);

	if (!f)
		return 0;
	must(once(f, path, in, &first) == once(f, path, in, &second));
	must(first.packages == second.packages && first.bytes == second.bytes);
	return 0;
}
