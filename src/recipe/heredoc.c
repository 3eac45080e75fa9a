/* heredoc.c - the words that begin heredocs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/heredoc.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "recipe/expand.h"

/* Digits, "<<", "-", blanks and a word without '<'. */
static bool heredoc_parts(struct span s, bool *chomps, struct span *word)
{
	size_t n = 0;

	while (ascii_is_digit(span_at(s, n)))
		n++;
	if (span_at(s, n) != '<' || span_at(s, n + 1) != '<')
		return false;
	n += 2;
	*chomps = span_at(s, n) == '-';
	n += *chomps;
	while (ascii_is_space(span_at(s, n)) || span_at(s, n) == '\f')
		n++;
	*word = span_from(s, n);
	return word->len && span_find(*word, '<') == word->len;
}

static size_t quotes(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += span_at(s, i) == '\'' || span_at(s, i) == '"';
	return n;
}

int heredoc_word(struct span s, struct arena *a, struct heredoc *out, struct scov_err *err)
{
	struct expand e = { .escape = '\\', .keep_unset = true };
	expand_words words = { 0 }, raw = { 0 };
	struct span word;
	bool chomps;

	if (!heredoc_parts(s, &chomps, &word))
		return 0;
	if (expand_split(&e, word, a, &words, err))
		return err->code;
	if (words.n != 1)
		return 0;
	e.raw_quotes = true;
	if (expand_split(&e, word, a, &raw, err))
		return err->code;
	if (raw.n != 1)
		return err_fail(err, SCOV_E_FORMAT, "the end word of a heredoc is unclear");
	*out = (struct heredoc){
		.name = words.p[0],
		.chomps = chomps,
		.expands = quotes(words.p[0]) == quotes(raw.p[0]),
	};
	return 1;
}

struct span heredoc_chomp(struct span content, struct arena *a)
{
	scoped_buf struct buf b = { 0 };
	struct span rest = content;

	while (rest.len) {
		size_t n = span_find(rest, '\n');

		n += n < rest.len;
		struct span line = span_sub(rest, 0, n);

		rest = span_from(rest, n);
		while (span_at(line, 0) == '\t')
			line = span_from(line, 1);
		buf_span(&b, line);
	}
	return arena_dup(a, buf_view(&b));
}
