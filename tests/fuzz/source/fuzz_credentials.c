/* fuzz_credentials.c - credential files and the answers of credential helpers.
 *
 * Truth: what is taken can be in a header, and a helper's name in a path.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/credentials.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_at(s, i) < 0x20)
			abort();
}

static void check_all(const struct credentials *c)
{
	check(c->username);
	check(c->password);
	check(c->identity_token);
	check(c->registry_token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct credentials_entry e = { 0 };
	struct credentials c = { 0 };
	struct span in = span_of(data, size);

	if (credentials_parse(in, SPAN("docker.io"), SPAN("library/nginx"), &a, &e, NULL) == 0) {
		check_all(&e.found);
		if (e.helper.len && !credentials_is_helper_name(e.helper))
			abort();
	}
	if (credentials_parse_helper(in, &a, &c, NULL) == 0)
		check_all(&c);
	return 0;
}
