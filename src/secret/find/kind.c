/* kind.c - what kind of file a text is of, by its name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/find/parts.h"

static enum file_kind kind_of(const struct lexicon *l, struct span path)
{
	struct span base = span_base(path);

	if (span_ends_nocase(base, SPAN(".gz")))
		base.len -= 3;
	size_t dot = span_rfind(base, '.');
	struct span ext = dot < base.len ? span_from(base, dot + 1) : base;
	bool is_manual = ext.len == 1 && span_at(ext, 0) >= '1' && span_at(ext, 0) <= '9';
	uint64_t of = lexicon_of(l, ext);

	if (is_manual || lexicon_in(of, WORDS_PROSE) || lexicon_has(l, WORDS_PROSE_PATH, path))
		return FILE_PROSE;
	return lexicon_in(of, WORDS_CODE) ? FILE_CODE : FILE_SETTINGS;
}

enum file_kind kind_of_look(const struct finder *f, const struct look *l)
{
	struct span member = span_base(l->member);

	if (l->surface == SURFACE_ENV)
		return FILE_ENVIRONMENT;
	return kind_of(f->words, span_find(member, '.') < member.len ? l->member : f->path);
}
