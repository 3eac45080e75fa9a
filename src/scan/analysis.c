/* analysis.c - what every analyzer needs: diagnostics, bounded and each said once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>

#include "scan/text.h"

/* Rows of one part; what comes after them is one row that says so and is as severe as the worst of
 * them. */
enum { DIAGS_MAX = 512, TEXT_MAX = 512 };

static struct diag_fact *find(struct part *p, uint32_t entry, struct span text)
{
	for (size_t i = p->diags.n; i > 0; i--) {
		struct diag_fact *d = &p->diags.p[i - 1];

		if (d->entry == entry && span_eq(d->text, text))
			return d;
	}
	return NULL;
}

void diag_add(
	struct analysis *out, enum severity s, uint32_t entry, uint8_t hides, const char *fmt, ...)
{
	char line[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	struct span text = fact_text(out, span_str(line));

	if (out->part->diags.n >= DIAGS_MAX) {
		entry = NO_ENTRY;
		text = SPAN("more diagnostics than are kept");
	}
	struct diag_fact *d = find(out->part, entry, text);

	if (d) {
		d->severity = s > d->severity ? (uint8_t)s : d->severity;
		d->hides |= hides;
		return;
	}
	if (!vec_add(&out->part->diags, out->arena,
		    &(struct diag_fact){
			    .severity = (uint8_t)s, .entry = entry, .hides = hides, .text = text }))
		out->part->complete = false; /* no room to say it: it must not look whole */
}
