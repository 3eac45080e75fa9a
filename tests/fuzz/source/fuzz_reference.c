/* fuzz_reference.c - names of images in registries.
 *
 * Truth: the normal form is its own normal form, and nothing in it can change the URL that it goes
 * into.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/reference.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool truth)
{
	if (!truth)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct reference r, again;

	if (reference_parse(span_of(data, size), &a, &r, NULL))
		return 0;
	check(r.host.len && r.path.len && r.host.len + r.path.len < REFERENCE_PATH_MAX);
	check(r.tag.len || r.digest.algorithm != DIGEST_NONE);
	check(span_find(r.path, '?') == r.path.len && span_find(r.path, '%') == r.path.len);
	check(!span_has(r.path, SPAN("..")) && !span_has(r.path, SPAN("//")));
	const char *text = reference_format(&r, &a);

	check(text && strpbrk(text, "?#% \\\r\n") == NULL);
	check(reference_parse(span_str(text), &a, &again, NULL) == 0);
	check(strcmp(reference_format(&again, &a), text) == 0);
	return 0;
}
