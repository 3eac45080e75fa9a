/* judge.h - the state while a recipe is gone through, shared by what looks at commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "recipe/dockerfile.h"
#include "recipe/recipe.h"
#include "recipe/shell_run.h"

/* What a text came from, in the tags of shell_data: a kind, and the number of a download. */
enum { TAG_DOWNLOAD = 1 << 24, TAG_SUM = 2 << 24, TAG_KEYS = 3 << 24, TAG_KIND = 15 << 24 };

struct download {
	uint32_t finding;
	struct span path; /* where it was put; empty: it is a stream */
	struct span url;
	bool is_used;     /* somebody gets what was fetched */
	bool is_evidence; /* a signature or a list of checksums: it is what others are checked by */
	bool is_repository; /* of git */
	bool is_cloned;     /* it has files before a commit is fetched */
	bool has_commit;    /* the last that was fetched is one */
	uint32_t branch;    /* of shell_run: where it is fetched */
};

/* A file whose text is known. */
struct known_text {
	struct span path, text;
	bool is_unknown;
	uint32_t branch; /* of shell_run: where it is written */
};

/* A program whose sources are of a fixed date, or that was set to follow a lock file. */
struct frozen {
	struct span what;
	uint32_t branch; /* of shell_run: where that was done */
	bool is_over;
};

struct stage_state {
	uint32_t number;
	VEC(struct recipe_arg) env, args; /* ARG without a value has .value.p NULL */
	struct span folder;
	struct span shell; /* the program; empty: sh */
	bool errexit, pipefail;
	VEC(struct download) downloads;
	VEC(struct known_text) texts;
	VEC(struct span) copied; /* names of files that COPY brought; "." for all */
	VEC(struct frozen) frozen;
};

struct judge {
	struct arena *a;
	struct recipe *out;
	struct stage_state *stage;
	struct shell_client client;
	struct shell_run run;
	const struct recipe_text *text; /* that the run's places are in; NULL: in none */
	uint32_t line, end_line;        /* of the instruction, for what has no place */
	struct span file;               /* the whole Dockerfile; empty: history */
	const uint32_t *lines;          /* where its lines end */
	size_t lines_n;
};

/* The line of a byte of the file. */
uint32_t judge_line(const struct judge *j, size_t offset);
/* The row is the finding's; fields of place are filled. NULL: no room. */
struct recipe_finding *judge_add(struct judge *j, enum recipe_kind kind, enum recipe_state state,
	struct span what, const char *why, uint32_t at);
/* Absolute where it can be, without "." and empty parts. */
struct span judge_path(struct judge *j, struct span path);
/* Cut nowhere; what is too long is not judged. */
struct span judge_join(struct judge *j, struct span a, const char *between, struct span b);
#define judge_dup(j, ...) span_str(arena_printf((j)->a, __VA_ARGS__))
/* The last text that was written to a file, NULL: none. */
const struct known_text *judge_written(struct judge *j, struct span path);
/* The text of a file, NULL: not known. */
const struct known_text *judge_text(struct judge *j, struct span path);
bool judge_is_url(struct span s);
bool judge_is_hex(struct span s, size_t len);
bool judge_is_commit(struct span s); /* 40 or 64 hex digits */
/* What cannot be read may do anything. */
void judge_unclear(struct judge *j, uint32_t at, const char *why);
/* A run of so many hex digits or more is in the text. */
bool judge_has_hex(struct span s, size_t len);

/* frozen.c: lists of repositories. */
void judge_freeze(struct judge *j, struct span what);
bool judge_is_frozen(const struct judge *j, const char *what);
void sources_written(
	struct judge *j, struct span path, bool appends, const struct shell_data *data);
void sources_called(struct judge *j, const struct shell_call *c);

/* remote.c: what other programs fetch, and programs in other languages. */
void remote_call(struct judge *j, const struct shell_call *c, bool is_known);

/* fetch.c: downloads and their checks. True: the command is one that it knows. */
bool fetch_call(struct judge *j, const struct shell_call *c, struct shell_data *out);
/* A download that is not a command's: of ADD, of an installer. */
bool fetch_is_here(struct span url); /* of this machine: nothing is downloaded */
void fetch_add(
	struct judge *j, struct span url, struct span path, uint32_t at, struct span checksum);
/* What was fetched goes to a file. */
void fetch_write(struct judge *j, struct span path, bool appends, const struct shell_data *data);
bool fetch_is_at(struct judge *j, struct span path); /* a download is there */
/* At the end of a stage: what nobody used is nothing. */
void fetch_end(struct judge *j);

/* install.c: packages. True: the command is one that installs. */
bool install_call(struct judge *j, const struct shell_call *c);
