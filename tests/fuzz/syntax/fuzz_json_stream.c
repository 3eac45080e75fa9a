/* fuzz_json_stream.c - pieces make no difference, and what is taken whole is what json_parse reads.
 *
 * The first byte is the length of a piece, the second says what is entered and passed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/buf.h"
#include "syntax/json_stream.h"
#include "tests/fuzz/fuzz.h"

struct seen {
	struct buf text;
	uint8_t choice;
};

static enum json_choice begins(
	void *ctx, const struct json_step *path, size_t steps, enum json_kind kind)
{
	const struct seen *s = ctx;

	(void)path;
	(void)kind;
	if (steps < (s->choice & 3u))
		return JSON_ENTER;
	return s->choice & 4 && steps % 2 ? JSON_PASS : JSON_TAKE;
}

static void where(struct seen *s, const struct json_step *path, size_t steps)
{
	for (size_t i = 0; i < steps; i++) {
		buf_printf(&s->text, "/%llu ", (unsigned long long)path[i].at);
		buf_span(&s->text, path[i].name);
	}
}

static int value(void *ctx, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	struct seen *s = ctx;
	struct json_out w = { .out = &s->text };

	(void)err;
	where(s, path, steps);
	json_out_value(&w, v);
	return 0;
}

static void fault(void *ctx, const struct json_step *path, size_t steps, const char *why)
{
	where(ctx, path, steps);
	buf_str(&((struct seen *)ctx)->text, why);
}

static int run(struct span in, size_t piece, bool many, struct seen *s, struct scov_err *err)
{
	static const struct json_stream_events events = { begins, value, fault };
	struct json_stream *js = json_stream_open(&events, s, 1 << 20, many);
	int code = 0;

	must(js);
	for (size_t i = 0; i < in.len && !code; i += piece)
		code = json_stream_push(js, span_sub(in, i, piece), err);
	if (!code)
		code = json_stream_end(js, err);
	json_stream_free(js);
	return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_from(span_of(data, size), 2);
	uint8_t choice = span_at(span_of(data, size), 1);
	bool many = choice & 8;
	struct seen whole = { .choice = choice }, cut = whole, taken = { 0 };
	struct scov_err err = { 0 }, again = { 0 };
	int code = run(in, SIZE_MAX / 2, many, &whole, &err);
	scoped_arena struct arena a = { .limit = 1 << 20 };
	const struct json *v;

	must(code == run(in, span_at(span_of(data, size), 0) % 31u + 1, many, &cut, &again));
	must(span_eq(buf_view(&whole.text), buf_view(&cut.text)));
	must(!code || !strcmp(err.text, again.text));
	if (!json_parse(in, SIZE_MAX, &a, &v, &err)) {
		struct json_out w = { .out = &cut.text };

		cut.text.len = 0;
		json_out_value(&w, v);
		must(!run(in, 5, false, &taken, &err));
		must(span_eq(buf_view(&taken.text), buf_view(&cut.text)));
	}
	buf_release(&whole.text);
	buf_release(&cut.text);
	buf_release(&taken.text);
	return 0;
}
