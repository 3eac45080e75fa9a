/* text_parts.c - evidence, as the sections of the text report show it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/text_parts.h"

#include "base/date.h"
#include "base/table.h"

enum { INDENT = 8, HANG = 10 };

static void evidence_line(struct page *p, const struct evidence *e, struct span reason)
{
	static const char *const roles[] = { "", "remark: ", "needs: " };
	ROWS(roles, EV_ROLES);
	bool same = e->at.kind == PLACE_FILE && span_eq(e->at.path, e->what);
	scoped_buf struct buf b = { 0 };
	char day[DATE_TEXT];

	/* A path with its slash, as the reasons and the fixes write it. */
	buf_printf(&b, "%s", same && e->what.len ? "/" : "");
	buf_span(&b, e->what);
	if (!span_eq(e->why, reason))
		buf_printf(&b, "%s%.*s", e->what.len && e->why.len ? ": " : "", SPAN_ARG(e->why));
	if (e->has_number && e->kind == EV_DATE) {
		buf_printf(&b, ", %s", date_format_day(e->number, day));
	} else if (e->has_number && e->kind == EV_FILE && e->number >= 0) {
		buf_str(&b, ", ");
		size_text(&b, (uint64_t)e->number);
	} else if (e->has_number && e->kind == EV_COUNT) {
		buf_printf(&b, ", %lld", (long long)e->number);
	}
	if (e->at.kind != PLACE_NONE && e->at.kind != PLACE_IMAGE && !same) {
		buf_str(&b, " [");
		place_text(&b, &e->at);
		buf_byte(&b, ']');
	} else if (same && e->at.line) {
		buf_printf(&b, " (line %u, layer %d)", e->at.line, e->at.layer);
	} else if (same && e->at.layer >= 0) {
		buf_printf(&b, " (layer %d)", e->at.layer);
	}
	page_to(p, INDENT);
	page_inked(p, DIM, roles[e->role]);
	page_paragraph(p, HANG, buf_view(&b));
}

void text_evidence(struct page *p, const evidences *list, struct span reason)
{
	for (size_t i = 0; i < list->n; i++)
		evidence_line(p, &list->p[i], reason);
	if (!list->dropped)
		return;
	page_to(p, INDENT);
	page_printf(p, "and %zu more", list->dropped);
	page_end(p);
}
