/* diag.c - what an analyzer could not see.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>

#include "scan/analyzers/record.h"

__attribute__((weak)) void diag_add(struct analysis *out, enum severity s, uint32_t entry, uint8_t hides, const char *fmt, ...)
{
	char text[512];
	struct span copy;
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || !record_text(out, span_str(text), &copy))
		return;
	for (size_t i = out->part->diags.n; i-- > 0 && out->part->diags.n - i <= 64;)
		if (out->part->diags.p[i].entry == entry && span_eq(out->part->diags.p[i].text, copy))
			return;
	struct diag_fact *d = vec_push(&out->part->diags, out->arena);

	if (d)
		*d = (struct diag_fact){ (uint8_t)s, entry, hides, copy };
}
