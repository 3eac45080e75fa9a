/* fuzz_shell.c - words of commands are within their bounds, places within the text, and the walk
 * ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/shell_run.h"
#include "tests/fuzz/fuzz.h"

static void called(
	void *ctx, struct shell_run *run, const struct shell_call *call, struct shell_data *out)
{
	const struct span *text = ctx;

	(void)run;
	must(call->n > 0 && call->at <= text->len);
	for (size_t i = 0; i < call->n; i++) {
		const struct shell_arg *a = &call->args[i];

		must(a->text.len <= SHELL_WORD_MAX && a->at <= a->end && a->end <= text->len);
	}
	out->text = call->args[0].text;
	out->tag = (uint32_t)call->n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct span text = span_of(data, size);
	const struct shell_client client = { .ctx = &text, .call = called };
	struct shell_run r = { .client = &client, .a = &a };

	if (!shell_run_text(&r, text, NULL))
		must(r.steps <= SHELL_STEPS_MAX + 1 || r.is_cut);
	return 0;
}
