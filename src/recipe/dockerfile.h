/* dockerfile.h - a Dockerfile, read as BuildKit's frontend reads it.
 *
 * This is the parser alone: lines, continuations, directives, heredocs and the words of each
 * instruction, as they are written. Variables and stages are recipe.h's.
 * Source: moby/buildkit, frontend/dockerfile/parser and instructions, v0.34.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/* Our own bounds, see doc/limits.md; the length of a line is BuildKit's. */
enum {
	DOCKERFILE_MAX = 1 << 20,             /* bytes of a file */
	DOCKERFILE_LINE_MAX = (64 << 10) - 1, /* bytes of a line of the file */
	DOCKERFILE_INSTRUCTIONS_MAX = 10000,
};

enum instruction_kind {
	INSTRUCTION_ADD,
	INSTRUCTION_ARG,
	INSTRUCTION_CMD,
	INSTRUCTION_COPY,
	INSTRUCTION_ENTRYPOINT,
	INSTRUCTION_ENV,
	INSTRUCTION_EXPOSE,
	INSTRUCTION_FROM,
	INSTRUCTION_HEALTHCHECK,
	INSTRUCTION_LABEL,
	INSTRUCTION_MAINTAINER,
	INSTRUCTION_ONBUILD,
	INSTRUCTION_RUN,
	INSTRUCTION_SHELL,
	INSTRUCTION_STOPSIGNAL,
	INSTRUCTION_USER,
	INSTRUCTION_VOLUME,
	INSTRUCTION_WORKDIR,
	INSTRUCTIONS,
};
extern const char *const instruction_names[INSTRUCTIONS]; /* "ADD" ... */

/* A text put together from pieces of the file: byte `at` of it is byte `from` of the file, and so
 * are those that follow, up to the next piece. */
struct recipe_piece {
	uint32_t at, from;
};
struct recipe_text {
	struct span text;
	VEC(struct recipe_piece) pieces;
};
/* Where in the file byte `at` of the text is. The end of the text is the byte after its last. */
size_t recipe_text_at(const struct recipe_text *t, size_t at);

/* A word of an instruction. */
struct recipe_word {
	struct span text;
	uint32_t at, end; /* in the text of the instruction; equal: it is not there as it is */
};

struct heredoc {
	struct span name;    /* the word that ends it, without quotes */
	bool expands;        /* no part of that word is quoted */
	bool chomps;         /* <<-: tabs at the start of lines do not count */
	struct span content; /* a view into the file, as it is there; ends with a newline */
	uint32_t line;       /* of its first line */
};

/* KEY and value of ARG, ENV and LABEL, as written: quotes and variables are in them. */
struct recipe_pair {
	struct recipe_word name, value;
	bool has_value; /* ARG NAME has none */
};

struct instruction {
	uint8_t kind;                  /* enum instruction_kind */
	uint32_t line, end_line;       /* in the file, from 1; heredocs included */
	struct recipe_text text;       /* the whole: lines joined, comments left out */
	VEC(struct recipe_word) flags; /* "--from=build", without quotes */
	/* The words after the flags. One, the rest of the line, of RUN, CMD, ENTRYPOINT, SHELL,
	 * USER, WORKDIR, STOPSIGNAL and MAINTAINER, unless is_json. None of ONBUILD. */
	VEC(struct recipe_word) words;
	VEC(struct recipe_pair) pairs; /* of ARG, ENV, LABEL */
	bool is_json;                  /* the words are those of a JSON array */
	VEC(struct heredoc) heredocs;
	struct instruction *trigger; /* of ONBUILD: what it will run; without heredocs, which are
					this instruction's */
};

struct dockerfile {
	struct span file;
	uint8_t escape;     /* '\\' or '`' */
	struct span syntax; /* of "# syntax=", a view into the file up to its first blank; empty:
			       none */
	uint32_t syntax_line;
	VEC(struct instruction) list;
};

/* Views in *out point into the arena or the file, which both outlive it.
 * Errors, with the line: SCOV_E_FORMAT, what BuildKit refuses; SCOV_E_LIMIT. */
must_check int dockerfile_parse(
	struct span file, struct arena *a, struct dockerfile *out, struct scov_err *err);
/* The value of a flag without its dashes, "from"; false: it is not there. The last one. */
bool instruction_flag(const struct instruction *i, const char *name, struct recipe_word *out);
