/* shell_word.h - the words of a shell: quotes, variables, commands in words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "recipe/shell.h"

struct shell_lexer {
	struct span in;
	size_t off;
	unsigned depth;
	bool in_backquotes;
	bool is_derived; /* the text is not in the file: its words are at `base` */
	uint32_t base;
	bool failed;
	struct arena *a;
	struct scov_err *err;
	/* Commands from *off on up to `end` (0: all), which is eaten. NULL: an error. */
	struct shell_node *(*commands)(struct shell_lexer *l, size_t *off, uint8_t end);
};

/* The first failure is kept. Always false. */
bool shell_fail(struct shell_lexer *l, int code, const char *why);
bool shell_enter(struct shell_lexer *l); /* false: too deep */
void shell_leave(struct shell_lexer *l);

/* A byte that ends a word which is not quoted. */
bool shell_is_meta(uint8_t c);
/* The word at l->off; without parts: there is none. False: an error. */
bool shell_take_word(struct shell_lexer *l, struct shell_word *out);
/* The same in [[ ]], where signs are words or parts of them. */
bool shell_take_test_word(struct shell_lexer *l, struct shell_word *out);
/* A text in which variables and commands are put, and quotes are plain. */
bool shell_document(struct shell_lexer *l, struct span text, struct shell_word *out);
bool shell_add_text(struct shell_lexer *l, struct shell_word *w, struct span text, bool is_quoted);
/* To the end of ((. False: an error. */
bool shell_skip_sum(struct shell_lexer *l);
