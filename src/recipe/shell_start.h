/* shell_start.h - commands that start other commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "recipe/shell_run.h"

/* True: the call was of such a command, and what it starts was reported. */
bool shell_start(struct shell_run *r, const struct shell_call *c, struct shell_data *out);
/* What a script of this text starts: its first line may name another language. */
void shell_start_script(struct shell_run *r, const struct shell_call *c,
	const struct shell_data *text, struct shell_data *out);
/* The program without its folder and without ".exe". */
struct span shell_program(struct span word);
bool shell_is_shell(struct span program);
