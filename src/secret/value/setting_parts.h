/* setting_parts.h - the pieces of setting.c: the text around a name, and the line before it.
 *
 * Offsets are of the text; a function that passes over something returns where it ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/ascii.h"
#include "secret/value/lexicon.h"
#include "secret/value/setting.h"

enum { TYPE_MAX = 40 /* of a type between the name and '=' */ };

static inline bool lex_is_word(uint8_t c)
{
	return ascii_is_alnum(c) || c == '_' || c == '-' || c == '.';
}

static inline bool lex_is_quote(uint8_t c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* setting_lex.c */
bool lex_at(struct span s, size_t i, struct span what);
bool lex_at_nocase(struct span s, size_t i, struct span what);
size_t lex_blanks(struct span s, size_t i); /* how many */
size_t lex_space(struct span s, size_t i);  /* and line ends */
size_t lex_line_end(struct span s, size_t i, size_t most);
/* Past what closes the name: quotes, brackets, marks of emphasis. */
size_t lex_closers(struct span s, size_t i);
/* Bytes of the separator at i; 0: none. *compares: it is a comparison. */
size_t lex_separator(struct span s, size_t i, bool *compares);
/* Past `: Type =` between the name and its value. */
size_t lex_type(struct span s, size_t i);
/* Past the sign of a block scalar (| or >), or to the value on the next line. */
size_t lex_next_line(struct span s, size_t i);
/* Past the brackets before a quote. */
size_t lex_opened_quote(struct span s, size_t from);
/* Set the value that begins at i, in quotes or bare. False: none does. */
bool lex_quoted(struct setting *x, size_t i);
bool lex_bare(struct setting *x, size_t i, bool is_line);
/* Nothing after the value but what ends a line or a command in it. */
bool lex_ends_alone(struct span s, size_t i);

/* setting_head.c */
/* The line before the name, and its last word without the quote that may open after it. */
struct span head_of(const struct setting *x);
struct span head_last_word(struct span head);
/* The word says that a name and a value follow, with a blank or a sign between them. */
bool head_announces(const struct lexicon *l, struct span word);
/* Nothing but what a setting may have before it in its line. */
bool head_is_alone(const struct lexicon *l, struct span head);
/* "name": or name: or key= is before the name, so that the name is itself a value. */
bool head_names(const struct lexicon *l, struct span head);
/* SQL that makes a user: CREATE ROLE x LOGIN PASSWORD 'value'. */
bool head_is_statement(const struct lexicon *l, struct span head);
/* Before `name, "value"`: the name is the first argument of a call, an option in a list of words,
 * or a constant. */
bool head_is_argument(struct span head, bool is_quoted, uint8_t first);
