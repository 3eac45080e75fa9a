/* rules_digest.c - the digest of what verdicts follow from: rule texts, levels, needs, tables,
 * version.
 *
 * Two reports with the same digest were judged alike.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/buf.h"
#include "grade/grade.h"
#include "known/tables.h"

static void put(struct buf *b, struct span s)
{
	buf_printf(b, "%zu:", s.len); /* lengths keep two fields from reading as one */
	buf_span(b, s);
}

struct digest grade_rules_digest(void)
{
	scoped_buf struct buf b = { .limit = 4 << 20 };

	put(&b, span_str(SCOV_VERSION));
	for (size_t i = 0; i < CRITERIA; i++) {
		const struct criterion *c = criteria[i];

		put(&b, span_str(c->id));
		put(&b, span_str(c->title));
		put(&b, span_str(c->rule));
		buf_printf(&b, "%u %u %u;", c->vector, c->level, c->needs);
	}
	for (size_t i = 0; i < known_releases_n; i++) {
		put(&b, known_releases[i].id);
		put(&b, known_releases[i].version);
		put(&b, known_releases[i].codename);
		buf_printf(&b, "%d;", known_releases[i].end);
	}
	for (size_t i = 0; i < known_bases_n; i++) {
		put(&b, known_bases[i].repository);
		put(&b, known_bases[i].tag);
		buf_printf(&b, "%u;", known_bases[i].kind);
	}
	for (size_t i = 0; i < known_publishers_n; i++)
		put(&b, known_publishers[i].pattern);
	return b.failed ? (struct digest){ 0 } : digest_of(DIGEST_SHA256, buf_view(&b));
}
