/* fuzz_form.c - a reference's parts lie inside it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "source/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_inside(struct span in, struct span part)
{
	return !part.len || (part.p >= in.p && part.p + part.len <= in.p + in.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct scov_err err = { 0 };
	struct form f;

	if (form_parse(in, &f, &err)) {
		if (err.code != SCOV_E_USAGE || !err.text[0])
			abort();
		return 0;
	}
	if (!f.name.len || !is_inside(in, f.name) || !is_inside(in, f.tag) || f.kind >= FORM_KINDS)
		abort();
	form_tag_matches(f.name, f.tag);
	if (!form_tag_matches(f.name, f.name))
		abort();
	return 0;
}
