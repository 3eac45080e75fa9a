/* fuzz_passwd.c - accounts lie in the input, and no more lines are read than the bound says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/passwd.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct passwd_reader r = passwd_read(in);
	struct passwd_user u;
	struct passwd_group g;

	while (passwd_next(&r, &u)) {
		must(span_find(u.name, 0x3a) == u.name.len);
		must_lie_in(u.name, in);
		must_lie_in(u.home, in);
		must_lie_in(u.shell, in);
	}
	must(r.line <= PASSWD_LINES_MAX);
	r = passwd_read(in);
	while (group_next(&r, &g))
		must_lie_in(g.name, in);
	must(r.line <= PASSWD_LINES_MAX);
	return 0;
}
