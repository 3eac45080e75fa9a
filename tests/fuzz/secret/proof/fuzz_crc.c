/* fuzz_crc.c - the validators of checksums in tokens: first line the parameter, then the value.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "crc32-base62", "crc32-hex", "crc32-le-hex", "luhn",
		"base64-len", "basic-auth" };
	struct span rest = span_of(data, size), parameter;

	if (!span_split(&rest, '\n', &parameter))
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		scoped_arena struct arena a = { .limit = 4 << 20 };
		struct candidate c = { .value = rest, .window = rest, .scratch = &a };
		struct proof p = { 0 };
		int rc = (validator_find(span_str(names[i]))->check)(&c, parameter, &p);

		must(rc == 0 && p.detail && p.validity <= VALID_HARMLESS);
	}
	return 0;
}
