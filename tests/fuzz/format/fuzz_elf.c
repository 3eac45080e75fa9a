/* fuzz_elf.c - the interpreter lies in the input; a program is no library; a cut input says no more
 * than the whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/elf.h"
#include "format/multicall.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct multicall m;
	struct elf e, head;

	if (multicall_parse(in, size ? size - data[0] % size : 0, &m))
		must(m.kind != MULTICALL_NONE && span_str(m.names).len < MULTICALL_NAMES_MAX);
	if (!elf_parse(in, size, &e))
		return 0;
	must(!(e.is_program && e.is_shared));
	must(e.bits == 32 || e.bits == 64);
	if (!span_eq(e.interpreter, SPAN("?")))
		must_lie_in(e.interpreter, in);
	if (elf_parse(span_sub(in, 0, size / 2), size, &head))
		must(head.bits == e.bits && head.machine == e.machine);
	return 0;
}
