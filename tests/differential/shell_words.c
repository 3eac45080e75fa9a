/* shell_words.c - texts on standard input, a NUL after each: what their commands would run, a line
 * each, with a NUL after each text. shell.py asks bash the same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "recipe/shell_run.h"

static void show(
	void *ctx, struct shell_run *run, const struct shell_call *call, struct shell_data *out)
{
	(void)ctx;
	(void)run;
	(void)out;
	for (size_t i = 0; i < call->n; i++)
		printf("<%.*s>", SPAN_ARG(call->args[i].text));
	printf("\n");
}

static void one(struct span text)
{
	static const struct shell_client client = { .call = show };
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct shell_run r = { .client = &client, .a = &a };
	struct scov_err err;

	if (shell_run_text(&r, text, &err))
		printf("refused: %s\n", err.text);
	putchar(0);
}

int main(void)
{
	static char in[64 << 20];
	struct span rest = span_of(in, fread(in, 1, sizeof(in), stdin)), text;

	while (span_split(&rest, 0, &text))
		one(text);
	return 0;
}
