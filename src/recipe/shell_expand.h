/* shell_expand.h - words of a shell made into arguments.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "recipe/shell_run.h"

typedef VEC(struct shell_arg) shell_args;

/* Adds the arguments that the word gives: none, one or more. */
void shell_expand(struct shell_run *r, const struct shell_word *w, shell_args *out);
/* The word as one text: of an assignment, a redirection, a heredoc. */
struct shell_data shell_text(struct shell_run *r, const struct shell_word *w);
