/* script.h - what an entrypoint script does that matters for a verdict.
 *
 * Reads shell scripts line by line, without running or fully parsing them: it knows the idioms of
 * published images (file_env 'X', "${X_FILE}", /run/secrets, exec gosu USER, ${X:?}). In scripts of
 * other languages it looks only for names and paths. In a line that it does not understand it
 * finds nothing: it never guesses.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum {
	SCRIPT_SIZE_MAX = 256 << 10, /* larger scripts are not read */
	SCRIPT_FINDS_MAX = 128,      /* of one script */
	SCRIPT_SHEBANG_MAX = 255,    /* bytes; Linux itself reads 255 */
};

enum script_event {
	SCRIPT_EVENT_READS_FILE,  /* name: as in the script; add "_FILE" when adds_file */
	SCRIPT_EVENT_WANTS_VALUE, /* name: a secret-like variable without which the script exits */
	SCRIPT_EVENT_DROPS,       /* name: the tool; detail: the user when it is a literal */
	SCRIPT_EVENT_RUNS,        /* name: absolute path of what it executes or sources */
	SCRIPT_EVENTS,
};

struct script_find {
	uint8_t event; /* enum script_event */
	bool adds_file;
	uint32_t line;            /* from 1 */
	struct span name, detail; /* views into the script */
};

/* False ends the scan. */
typedef bool script_find_fn(void *ctx, const struct script_find *find);
/* Whether a variable's name says that it holds a secret. */
typedef bool script_secret_fn(struct span name);

/* The rest of the line after "#!", trimmed; empty: not a script. */
struct span script_shebang(struct span head);
/* The program that a shebang line names, without its folder; "env" and its options are skipped. */
struct span script_program(struct span shebang);
bool script_is_shell(struct span program);

/* A script of at most SCRIPT_SIZE_MAX bytes; shell: its language is a shell. */
void script_scan(
	struct span in, bool shell, script_secret_fn *is_secret, script_find_fn *found, void *ctx);
