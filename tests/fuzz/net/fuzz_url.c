/* fuzz_url.c - URLs, and the targets of redirects.
 *
 * The first line is a base, the rest a Location. Truth: what resolves parses, is http or https,
 * holds nothing that ends a header line, and is shown without its query.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "net/url.h"

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
	struct span rest = span_of(data, size), line = { 0 };
	char shown[URL_SHOWN];
	const char *text;
	struct url base, to;

	span_line(&rest, &line);
	if (url_parse(line, &base, NULL))
		return 0;
	check(base.host.len > 0 && base.port > 0);
	check(url_same_origin(&base, &base));
	check(!strchr(url_show(&base, shown), '?'));
	if (url_resolve(&base, rest, &a, &text, NULL))
		return 0;
	check(url_parse(span_str(text), &to, NULL) == 0);
	check(span_find(to.text, '\n') == to.text.len && span_find(to.text, '\r') == to.text.len);
	check(!strchr(url_show(&to, shown), '?'));
	return 0;
}
