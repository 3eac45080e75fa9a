/* fuzz_facts.c - bytes as part facts: refused, or read and then the same after writing and reading
 * again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "facts/serial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 32 << 20 };

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void check_part(const struct part *p, const struct limits *l)
{
	for (size_t i = 0; i < p->entries.n; i++)
		must(span_is_path(p->entries.p[i].path, l->path_depth) &&
			p->entries.p[i].type >= ENTRY_FILE && p->entries.p[i].type <= ENTRY_OPAQUE);
	for (size_t i = 0; i < p->execs.n; i++)
		must(p->execs.p[i].entry < p->entries.n);
	for (size_t i = 0; i < p->owned.n; i++)
		must(p->owned.p[i].package < p->owners.n);
	for (size_t i = 0; i < p->diags.n; i++)
		must(p->diags.p[i].entry < p->entries.n || p->diags.p[i].entry == NO_ENTRY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = ROOM };
	struct limits l = limits_default();
	size_t cap = size + size / 2 + 4096, one_len, two_len;
	struct scov_err err;
	struct part p, q;

	if (facts_read(span_of(data, size), &l, &a, &p, &err))
		return 0;
	check_part(&p, &l);
	uint8_t *one = arena_alloc(&a, cap), *two = arena_alloc(&a, cap);

	if (!one || !two)
		return 0;
	must(facts_write(&p, one, cap, &one_len, &err) == 0);
	int code = facts_read(span_of(one, one_len), &l, &a, &q, &err);

	if (code == SCOV_E_LIMIT)
		return 0; /* the second reading found the arena full */
	must(code == 0);
	must(facts_write(&q, two, cap, &two_len, &err) == 0);
	must(span_eq(span_of(one, one_len), span_of(two, two_len)));
	return 0;
}
