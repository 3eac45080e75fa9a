/* fuzz_elf_imports.c - names lie in the input, and the library's own name too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/elf_imports.h"
#include "tests/fuzz/fuzz.h"

static void look(void *ctx, struct span symbol)
{
	const struct span *in = ctx;

	must_lie_in(symbol, *in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct elf_imports imports = { .name = look, .ctx = &in };
	struct elf e;

	if (!elf_parse(in, size, &e))
		return 0;
	must_lie_in(e.dynamic, in);
	if (elf_imports_read(in, &e, &imports))
		must_lie_in(imports.soname, in);
	elf_has_system_call(in, &e);
	return 0;
}
