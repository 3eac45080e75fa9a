/* mask.c - text that comes from the user or from an index, before it is printed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "api/api.h"
#include "facts/text.h"

/* "user:password@host" without a scheme; a digest behind the '@' is no host. */
static void mask_login(char *text, char *at)
{
	char *colon = NULL;

	if (!strncmp(at, "@sha256:", 8) || !strncmp(at, "@sha512:", 8))
		return;
	for (char *p = at; p > text && !strchr(" /'\"=", p[-1]); p--)
		if (p[-1] == ':')
			colon = p;
	if (colon && colon - 1 > text && !strchr(" /'\"=", colon[-2]))
		memset(colon, '*', (size_t)(at - colon));
}

void scov_mask(char *text)
{
	scoped_arena struct arena a = { 0 };
	struct span masked = fact_text(&a, span_str(text));

	if (masked.p && masked.len == strlen(text))
		memcpy(text, masked.p, masked.len);
	else
		memset(text, '*', strlen(text));
	for (char *at = strchr(text, '@'); at; at = strchr(at + 1, '@'))
		mask_login(text, at);
}

struct span api_masked(struct arena *a, const char *text)
{
	char *copy = arena_cstr(a, span_str(text));

	if (copy)
		scov_mask(copy);
	return span_str(copy ? copy : "");
}
