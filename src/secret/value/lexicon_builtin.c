/* lexicon_builtin.c - the words and judgments of data/secrets, read at the first use.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <string.h>

#include "secret/value/lexicon.h"
#include "syntax/sections.h"

static struct arena builtin_arena;
static struct lexicon builtin = { .arena = &builtin_arena };

static const char *read_file(struct span text)
{
	struct sections in = { .rest = text };
	struct lexicon_section s = {
		.list = -1, .table = -1, .has_source = true, .has_why = true, .has_rows = true
	};
	const char *wrong = NULL;

	for (;;) {
		enum sections_kind kind = sections_next(&in);

		if (kind == SECTIONS_SETTING)
			wrong = lexicon_set(&s, in.name, in.value);
		else
			wrong = lexicon_end(&s);
		if (!wrong && kind == SECTIONS_HEADING)
			wrong = lexicon_begin(&s, &builtin, in.name);
		if (wrong || kind == SECTIONS_END || kind == SECTIONS_BROKEN)
			return kind == SECTIONS_BROKEN ? "broken" : wrong;
	}
}

static void read_builtin(void)
{
	for (const struct lexicon_file *f = lexicon_files; f->name; f++)
		if (!lexicon_grow(&builtin) || read_file(f->text))
			__builtin_trap(); /* the tests read the same bytes */
	memset(builtin.own, 0, sizeof(builtin.own));
}

const struct lexicon *lexicon_builtin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_builtin);
	return &builtin;
}
