/* validator.h - what the targets of the validators share: the answer is one of the four, and the
 * same the second time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <string.h>

#include "base/arena.h"
#include "secret/proof/validate.h"
#include "tests/fuzz/fuzz.h"

static inline void fuzz_validator(const char *name, const uint8_t *data, size_t size)
{
	const struct validator *v = validator_find(span_str(name));
	struct proof p[2] = { 0 };

	must(v);
	for (size_t i = 0; i < 2; i++) {
		scoped_arena struct arena a = { .limit = 4 << 20 };
		uint64_t work = 10000;
		struct candidate c = {
			.value = span_of(data, size),
			.window = span_of(data, size),
			.scratch = &a,
			.work = &work,
		};
		int rc = v->check(&c, SPAN(""), &p[i]);

		must(rc == 0 || rc == SCOV_E_LIMIT);
		must(p[i].validity <= VALID_HARMLESS && (rc || p[i].detail));
		must(p[i].validity != VALID_PROVEN || p[i].how != PROOF_NONE);
	}
	must(p[0].validity == p[1].validity && p[0].flags == p[1].flags &&
		p[0].expires == p[1].expires);
	must(p[0].has_public == p[1].has_public && !memcmp(p[0].public_hash, p[1].public_hash, 32));
}
