/* shell.h - commands of a shell, as sh and bash read them.
 *
 * The reader knows the grammar; what the commands do is shell_run.h's. In what differs between
 * shells it reads as bash does.
 * Source: POSIX.1-2017, "Shell Command Language"; bash(1).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/* Our own bounds, see doc/limits.md. */
enum {
	SHELL_MAX = 1 << 20,     /* bytes of a text */
	SHELL_DEPTH = 48,        /* commands in commands, words in words */
	SHELL_NODES_MAX = 50000, /* commands of a text */
};

struct shell_node;
struct shell_word;

enum shell_part_kind {
	SHELL_TEXT,     /* text, without its quotes */
	SHELL_VARIABLE, /* name in text; op and operand when there are any */
	SHELL_COMMANDS, /* $(...) and `...` */
	SHELL_PROCESS,  /* <(...) and >(...) */
	SHELL_NUMBER,   /* $((...)) */
};

struct shell_part {
	uint8_t kind; /* enum shell_part_kind */
	bool is_quoted;
	bool has_colon;
	uint8_t op;   /* of ${x-y} and its like: - = ? + # % / , or '!' for what is not known; 0 */
	bool is_long; /* ##, %%, // */
	struct span text;
	struct shell_word *operand; /* of / the pattern and what replaces it, with '/' between */
	struct shell_node *commands;
};

struct shell_word {
	VEC(struct shell_part) parts;
	uint32_t at, end; /* in the text; equal: of a text in the text */
	bool is_quoted;   /* a part of it is */
};
typedef VEC(struct shell_word) shell_words;

enum shell_redirect_kind { SHELL_IN, SHELL_OUT, SHELL_APPEND, SHELL_HERE, SHELL_DUP };

struct shell_redirect {
	uint8_t kind;           /* enum shell_redirect_kind */
	uint8_t fd;             /* 255: a higher one; of &>: 1 */
	struct shell_word word; /* the file; of SHELL_HERE the text */
};

struct shell_assignment {
	struct span name;
	bool is_added; /* += */
	bool is_array;
	struct shell_word value;
};

enum shell_node_kind {
	SHELL_SIMPLE,   /* assignments, words */
	SHELL_PIPE,     /* children */
	SHELL_LIST,     /* children, each with what is before it */
	SHELL_SUBSHELL, /* one child */
	SHELL_GROUP,    /* one child */
	SHELL_IF,       /* condition, body, condition, body ..., and the else body when odd */
	SHELL_WHILE,    /* condition, body */
	SHELL_FOR,      /* name, words, body */
	SHELL_CASE,     /* words: what is looked at; bodies */
	SHELL_FUNCTION, /* name, body */
	SHELL_SUM,      /* ((...)) */
};

/* What is between a command of a list and the one before it. */
enum shell_join { SHELL_THEN, SHELL_AND, SHELL_OR };

struct shell_node {
	uint8_t kind;   /* enum shell_node_kind */
	uint8_t before; /* enum shell_join */
	bool is_negated;
	bool is_background;
	bool has_in; /* of FOR: words were given */
	uint32_t at;
	struct span name;
	VEC(struct shell_assignment) assignments;
	shell_words words;
	VEC(struct shell_redirect) redirects;
	VEC(struct shell_node *) children;
};

/* A list of all commands of the text. Errors: SCOV_E_FORMAT, with the byte; SCOV_E_LIMIT. */
must_check int shell_parse(
	struct span text, struct arena *a, struct shell_node **out, struct scov_err *err);
/* The word as it is, when no variable and no command is in it. */
bool shell_is_plain(const struct shell_word *w);
struct span shell_plain(const struct shell_word *w, struct arena *a);
/* A name of a variable. */
bool shell_is_name(struct span s);
