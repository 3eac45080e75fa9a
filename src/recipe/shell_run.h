/* shell_run.h - what the commands of a text would run, without running any.
 *
 * Goes through the commands in their order, with the values of variables as far as they are known,
 * and reports each simple command with its words, after the commands that only start others (env,
 * sudo, xargs, sh -c ...) are taken off.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "recipe/shell.h"

/* Our own bounds. At the first one what follows is not looked at, and is_cut is set. */
enum {
	SHELL_STEPS_MAX = 500000,   /* commands, and parts of words; of all texts of a struct */
	SHELL_VARIABLES_MAX = 1000, /* assignments */
	SHELL_WORD_MAX = 64 << 10,  /* bytes of a word */
	SHELL_LOOPS_MAX = 64,       /* words of a for that are gone through */
	SHELL_BRACES_MAX = 256,     /* words that {a,b} gives */
};

/* What a text came from, as far as whoever looks at commands wants to know. */
struct shell_data {
	struct span text; /* what is not known is as it is written: ${x}, $(...) */
	bool is_unknown;
	uint32_t tag;      /* the client's; 0: none */
	struct span about; /* the client's */
};

struct shell_arg {
	struct span text;
	bool is_unknown;
	bool is_glob; /* *, ? or [ that are not quoted */
	uint32_t tag; /* of what was put in */
	struct span about;
	uint32_t at, end; /* in the text, where the word is there as it is; else equal */
};

/* What becomes of a failure. */
enum {
	SHELL_STOPS_ON_FAILURE = 1, /* the build fails when the command fails */
	SHELL_STOPS_ON_SUCCESS = 2, /* it fails when the command succeeds: in if ...; then exit 1 */
};

struct shell_call {
	const struct shell_arg *args; /* the first is the program */
	size_t n;
	uint32_t at; /* in the text */
	unsigned stops;
	const struct shell_data *in; /* of a pipe, a heredoc or a file of known text; NULL: none */
	struct span in_file, out_file; /* < and >; empty: none */
	bool out_appends;
	bool is_captured; /* by $(...) */
	bool is_piped;    /* to the next command */
};

struct shell_run;

struct shell_client {
	void *ctx;
	/* out: what the command writes, when that is known. */
	void (*call)(void *ctx, struct shell_run *run, const struct shell_call *call,
		struct shell_data *out);
	/* What goes to a file, by > and >>. */
	void (*write)(void *ctx, struct shell_run *run, struct span path, bool appends,
		const struct shell_data *data, uint32_t at);
	/* The text of a file; NULL: not known. */
	const struct shell_data *(*read)(void *ctx, struct shell_run *run, struct span path);
	/* A command cannot be read. */
	void (*unread)(void *ctx, struct shell_run *run, uint32_t at, const char *why);
};

/* The walk, for those that it calls: so that they need not know it. */
struct shell_walk {
	/* What commands in a word write. */
	struct shell_data (*capture)(struct shell_run *r, const struct shell_node *commands);
	/* A text of commands inside a call; its places are that of the word that it was. */
	void (*inner)(struct shell_run *r, struct span text, uint32_t at,
		const struct shell_call *call, struct shell_data *out);
	/* The call with other words. */
	void (*args)(struct shell_run *r, const struct shell_call *call,
		const struct shell_arg *args, size_t n, struct shell_data *out);
};

struct shell_variable {
	struct span name;
	struct shell_data value;
	bool is_unset;
};

struct shell_run {
	const struct shell_client *client;
	struct arena *a;
	VEC(struct shell_variable) variables; /* the last of a name counts */
	bool errexit, pipefail;
	bool is_cut;
	/* The part that the call is in, of those that may not run: of if, case, a loop, or after
	   ||. 0: it always runs. The row of a part is the part around it. */
	uint32_t branch;
	VEC(uint32_t) branches;
	/* private */
	const struct shell_walk *walk;
	VEC(struct shell_node *) functions;
	const struct shell_arg *params; /* $1 ... */
	size_t params_n;
	unsigned depth;
	size_t steps, work;
	bool is_derived; /* the text that is gone through is in another one */
	uint32_t base;
};

void shell_set(struct shell_run *r, struct span name, struct span value, bool is_unknown);
void shell_set_data(struct shell_run *r, struct span name, const struct shell_data *v);
/* NULL: it was never set. */
const struct shell_data *shell_get(const struct shell_run *r, struct span name);
/* Whenever a command of part `inner` runs, the commands of part `outer` do. */
bool shell_is_within(const struct shell_run *r, uint32_t inner, uint32_t outer);
/* A text of commands; a failure of the last stops the build. Errors: those of shell_parse. */
must_check int shell_run_text(struct shell_run *r, struct span text, struct scov_err *err);
/* A call with these words. */
void shell_run_args(struct shell_run *r, const struct shell_call *call,
	const struct shell_arg *args, size_t n, struct shell_data *out);
