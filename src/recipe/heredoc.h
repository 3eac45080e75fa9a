/* heredoc.h - the words that begin heredocs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "recipe/dockerfile.h"

/* A word such as <<EOF, <<-"EOF" or 3<<EOF. 1: *out has what it says; 0: it is another word;
 * negative: an error. */
must_check int heredoc_word(
	struct span s, struct arena *a, struct heredoc *out, struct scov_err *err);
/* The content without the tabs that <<- takes off. */
struct span heredoc_chomp(struct span content, struct arena *a);
