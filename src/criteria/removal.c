/* removal.c - what has to go so that a program can no longer be run.
 *
 * A module of an interpreter is started without its script (python -m pip, node npm-cli.js), so its
 * whole folder goes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/rows.h"

/* Up to and with the name after the last NEEDLE, two names of a scope ("@types/node"); empty: it is
 * not in such a folder. */
static struct span module_of(struct span path, struct span needle)
{
	size_t at = path.len, end;

	for (size_t from = 0;;) {
		size_t next = span_find_span(span_from(path, from), needle);

		if (next == path.len - from)
			break;
		at = from + next;
		from = at + needle.len;
	}
	if (at == path.len || (at && span_at(path, at - 1) != '/' && span_at(needle, 0) != '-'))
		return SPAN("");
	end = at + needle.len;
	if (span_at(path, end) == '.')
		return SPAN(""); /* node_modules/.bin holds programs, not a module */
	if (span_at(path, end) == '@')
		end += span_find(span_from(path, end), '/') + 1;
	end += span_find(span_from(path, end), '/');
	return end < path.len ? span_sub(path, 0, end) : SPAN("");
}

struct span removal_unit(struct span path)
{
	struct span module = module_of(path, SPAN("node_modules/"));

	if (!module.len)
		module = module_of(path, SPAN("-packages/"));
	return module.len ? module : path;
}
