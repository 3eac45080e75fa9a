/* text_parts.c - evidence, as the sections of the text report show it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/text_parts.h"

#include "base/date.h"
#include "base/table.h"
#include "report/escape.h"

enum { EVIDENCE = 3 }; /* shown without --verbose */

static void evidence_line(struct page *p, const struct evidence *e)
{
	static const char *const roles[] = { "", "remark: ", "needs: " };
	ROWS(roles, EV_ROLES);
	char day[DATE_TEXT];

	page_pad(p, 0, 8);
	page_ink(p, DIM);
	buf_str(p->out, roles[e->role]);
	page_ink(p, PLAIN);
	if (e->at.kind == PLACE_FILE && e->what.len && span_eq(e->at.path, e->what))
		buf_byte(p->out, '/'); /* as the reasons and the fixes write it */
	escape_terminal(p->out, e->what);
	if (e->why.len) {
		buf_str(p->out, e->what.len ? ": " : "");
		escape_terminal(p->out, e->why);
	}
	if (e->has_number && e->kind == EV_DATE) {
		buf_printf(p->out, ", %s", date_format_day(e->number, day));
	} else if (e->has_number && e->kind == EV_FILE && e->number >= 0) {
		buf_str(p->out, ", ");
		page_size(p, (uint64_t)e->number);
	}
	bool same = e->at.kind == PLACE_FILE && span_eq(e->at.path, e->what);

	if (e->at.kind != PLACE_NONE && e->at.kind != PLACE_IMAGE && !same) {
		buf_str(p->out, " [");
		page_place(p, &e->at);
		buf_byte(p->out, ']');
	} else if (same && e->at.line) {
		buf_printf(p->out, " (line %u, layer %d)", e->at.line, e->at.layer);
	} else if (same && e->at.layer >= 0) {
		buf_printf(p->out, " (layer %d)", e->at.layer);
	}
	buf_byte(p->out, '\n');
}

void text_evidence(struct page *p, const evidences *list, bool decided, struct span reason)
{
	size_t shown = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct evidence *e = &list->p[i];
		bool decides = decided && e->role == DECIDES && !span_eq(e->why, reason);

		if (p->o->verbose || (decides && shown++ < EVIDENCE))
			evidence_line(p, e);
	}
	size_t more = (shown > EVIDENCE ? shown - EVIDENCE : 0) +
		      (decided || p->o->verbose ? list->dropped : 0);

	if (more) {
		page_pad(p, 0, 8);
		buf_printf(p->out, "and %zu more%s\n", more, p->o->verbose ? "" : " (--verbose)");
	}
}
