/* dump.h - what a builder holds, as lines of text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/db/parts.h"
#include "base/buf.h"

static inline struct span dump_text(const struct advisory_build *b, uint32_t n)
{
	return b->texts.p[n];
}

/* "ID ERRATUM? ECOSYSTEM PACKAGE [from,fixed) [from,last] =VERSION state rating ..." */
static inline void dump_row(
	const struct advisory_build *b, const struct build_row *r, struct buf *out)
{
	const struct build_extra *e = &b->extras.p[r->extra];

	buf_printf(out, "%.*s", SPAN_ARG(dump_text(b, r->id)));
	if (e->advisory)
		buf_printf(out, " by %.*s", SPAN_ARG(dump_text(b, e->advisory)));
	buf_printf(out, " %.*s %.*s", SPAN_ARG(dump_text(b, r->ecosystem)),
		SPAN_ARG(dump_text(b, r->package)));
	for (uint32_t i = r->ranges; i < r->ranges + r->ranges_n; i++) {
		const struct build_range *g = &b->ranges.p[i];

		buf_printf(out, " [%.*s,%.*s%s", SPAN_ARG(dump_text(b, g->introduced)),
			SPAN_ARG(dump_text(b, g->fixed ? g->fixed : g->last_affected)),
			g->last_affected ? "]" : ")");
	}
	for (uint32_t i = r->versions; i < r->versions + r->versions_n; i++)
		buf_printf(out, " =%.*s", SPAN_ARG(dump_text(b, b->versions.p[i])));
	buf_printf(out, " %s %s", fix_state_names[r->state], rating_names[r->rating]);
	if (e->cvss)
		buf_printf(out, " %.*s", SPAN_ARG(dump_text(b, e->cvss)));
	if (e->module)
		buf_printf(out, " module %.*s", SPAN_ARG(dump_text(b, e->module)));
	if (e->arch)
		buf_printf(out, " arch %.*s", SPAN_ARG(dump_text(b, e->arch)));
	if (r->flags)
		buf_printf(out, " unimportant");
	if (e->symbols)
		buf_printf(out, " symbols %.*s", SPAN_ARG(dump_text(b, e->symbols)));
	buf_printf(out, " (%.*s)\n", SPAN_ARG(dump_text(b, b->sources.p[r->source].name)));
}

/* "ID ~ALIAS rating class ..." */
static inline void dump_record(
	const struct advisory_build *b, const struct build_record *r, struct buf *out)
{
	static const char *const classes[] = { "cna", "adp", "other" };

	buf_printf(out, "%.*s", SPAN_ARG(dump_text(b, r->id)));
	for (size_t i = 0; i < b->edges.n; i++)
		if (b->edges.p[i].from == r->id)
			buf_printf(out, " ~%.*s", SPAN_ARG(dump_text(b, b->edges.p[i].to)));
	buf_printf(out, ": %s %s", classes[r->rating_class], rating_names[r->rating]);
	if (r->cvss)
		buf_printf(out, " %.*s", SPAN_ARG(dump_text(b, r->cvss)));
	if (r->published)
		buf_printf(out, " day %d", (int)r->published);
	if (r->flags)
		buf_printf(out, " flags %u", r->flags);
	if (r->epss || r->epss_percentile)
		buf_printf(out, " epss %u %u", r->epss, r->epss_percentile);
	if (r->title)
		buf_printf(out, " '%.*s'", SPAN_ARG(dump_text(b, r->title)));
	buf_byte(out, '\n');
}

static inline void dump(const struct advisory_build *b, struct buf *out)
{
	for (size_t i = 0; i < b->rows.n; i++)
		dump_row(b, &b->rows.p[i], out);
	for (size_t i = 0; i < b->records.n; i++)
		dump_record(b, &b->records.p[i], out);
}
