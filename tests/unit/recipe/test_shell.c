/* test_shell.c - commands that are made to cost: the walk through them ends, and says that it was
 * cut.
 *
 * tests/differential compares the words of commands with those of bash.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/shell_run.h"

#include "base/buf.h"
#include "base/err.h"
#include "recipe/recipe.h"
#include "tests/unit/unit.h"

static void count(
	void *ctx, struct shell_run *run, const struct shell_call *call, struct shell_data *out)
{
	(void)run;
	(void)call;
	(void)out;
	++*(size_t *)ctx;
}

static const struct {
	const char *name, *head, *again, *tail;
	unsigned times;
	int code;
	bool is_cut;
} rows[] = {
	{ "many commands", "", "c;", "c", 20000, 0, false },
	{ "too many", "", "c;", "c", 60000, SCOV_E_LIMIT, false },
	{ "subshells too deep", "", "(", "c", 100, SCOV_E_LIMIT, false },
	{ "words too deep", "c ", "$(c ", "", 100, SCOV_E_LIMIT, false },
	{ "operands too deep", "c ", "${a:-", "", 100, SCOV_E_LIMIT, false },
	{ "sums that do not close", "c ", "$((", "", 20000, SCOV_E_LIMIT, false },
	{ "loops in loops", "", "for a in 1 2 3 4 5 6 7 8; do ",
		"c; done; done; done; done; done; "
		"done; done; done",
		8, 0, true },
	{ "a loop of many words", "for a in", " w", "; do c; done", 100, 0, true },
	{ "a function that calls itself twice", "f() { c; f; f; }; ", "f;", "c", 1, 0, true },
	{ "a variable that doubles", "a=xxxxxxxx;", "a=$a$a;", "c $a", 30, 0, true },
	{ "many variables", "", "a=b;", "c", 2000, 0, true },
	{ "braces", "c ", "{a,b}", "", 12, 0, true },
	{ "eval of eval", "", "eval ", "c", 40, 0, false },
	{ "quotes without end", "c ", "'a' ", "'", 10000, SCOV_E_FORMAT, false },
	{ "heredocs without end", "c ", "<<E ", "\n", 1000, 0, false },
};

static void test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { .limit = 128 << 20 };
		scoped_buf struct buf b = { 0 };
		size_t calls = 0;
		const struct shell_client client = { .ctx = &calls, .call = count };
		struct shell_run r = { .client = &client, .a = &a };
		struct scov_err err = { 0 };

		buf_str(&b, rows[i].head);
		for (unsigned k = 0; k < rows[i].times; k++)
			buf_str(&b, rows[i].again);
		buf_str(&b, rows[i].tail);
		if (shell_run_text(&r, buf_view(&b), &err) != rows[i].code)
			fail_msg("%s: %d %s", rows[i].name, err.code, err.text);
		check(rows[i].name, r.is_cut == rows[i].is_cut);
		check(rows[i].name, rows[i].code || calls || rows[i].is_cut);
	}
}

/* What is cut is not clear: never all good. */
static void test_cut(void **state)
{
	scoped_arena struct arena a = { .limit = 128 << 20 };
	const struct recipe_input in = {
		.text = SPAN_INIT(
			"FROM scratch\nRUN f() { c; f; f; }; f; curl -o x https://a.b/x\n"),
	};
	struct recipe r;

	(void)state;
	assert_int_equal(recipe_read(&in, &a, &r, NULL), 0);
	assert_true(r.is_partial);
	assert_int_equal(recipe_worst(&r, RECIPE_DOWNLOAD), RECIPE_UNCLEAR);
	assert_int_equal(recipe_worst(&r, RECIPE_PACKAGE), RECIPE_UNCLEAR);
	assert_int_equal(recipe_worst(&r, RECIPE_IMAGE), RECIPE_FIXED);
}

/* The lines of a history, of BuildKit and of what was before it. */
static void test_history(void **state)
{
	static const struct span lines[] = {
		SPAN_INIT("/bin/sh -c #(nop) ADD file:0123 in / "),
		SPAN_INIT("/bin/sh -c apt-get update && apt-get install -y curl=1 git"),
		SPAN_INIT("ENV V=2 # buildkit"),
		SPAN_INIT("RUN |1 A=b /bin/sh -c apt-get install -y jq=$V make=$A # buildkit"),
		SPAN_INIT("RUN /bin/bash -o pipefail -c curl https://a.b/c | sh # buildkit"),
		SPAN_INIT("ADD https://a.b/d /d # buildkit"),
		SPAN_INIT("COPY /x /y # buildkit"),
		SPAN_INIT(""),
		SPAN_INIT("bazel build ..."),
		SPAN_INIT("ARG A\nFROM b\nRUN c"),
	};
	static const struct {
		uint32_t line;
		uint8_t state;
		struct span what;
	} want[] = {
		{ 1, RECIPE_FIXED, SPAN_INIT("curl=1") },
		{ 1, RECIPE_OPEN, SPAN_INIT("git") },
		{ 3, RECIPE_FIXED, SPAN_INIT("jq=2") },
		{ 3, RECIPE_FIXED, SPAN_INIT("make=b") },
		{ 4, RECIPE_OPEN, SPAN_INIT("https://a.b/c") },
		{ 5, RECIPE_OPEN, SPAN_INIT("https://a.b/d") },
	};
	scoped_arena struct arena a = { .limit = 16 << 20 };
	struct recipe r;

	(void)state;
	assert_int_equal(
		recipe_read_history(lines, sizeof(lines) / sizeof(*lines), &a, &r, NULL), 0);
	assert_int_equal(r.findings.n, sizeof(want) / sizeof(*want));
	for (size_t i = 0; i < r.findings.n; i++) {
		check_span("what", r.findings.p[i].what, want[i].what);
		assert_int_equal(r.findings.p[i].line, want[i].line);
		assert_int_equal(r.findings.p[i].state, want[i].state);
	}
}

/* Where a pin goes: the bytes of the file are the reference or the word. */
static void test_places(void **state)
{
	static const char text[] =
		"# syntax=d/f:1\nARG B=alpine:3\nFROM ${B}\nFROM debian\\\n:12\n"
		"COPY --from=nginx:1 a b\nRUN --mount=type=bind,from=bb,target=/x y\n"
		"RUN apk add c \\\n  git\n";
	static const struct span want[] = { SPAN_INIT("d/f:1"), SPAN_INIT("alpine:3"),
		SPAN_INIT(""), SPAN_INIT("nginx:1"), SPAN_INIT("bb"), SPAN_INIT("c"),
		SPAN_INIT("git") };
	scoped_arena struct arena a = { .limit = 16 << 20 };
	const struct recipe_input in = { .text = span_str(text) };
	struct recipe r;

	(void)state;
	assert_int_equal(recipe_read(&in, &a, &r, NULL), 0);
	assert_int_equal(r.findings.n, sizeof(want) / sizeof(*want));
	for (size_t i = 0; i < r.findings.n; i++)
		check_span("in the file",
			span_sub(in.text, r.findings.p[i].from,
				r.findings.p[i].to - r.findings.p[i].from),
			want[i]);
}

static void test_digests(void **state)
{
	(void)state;
	assert_true(recipe_is_digest(
		SPAN("sha256:"
		     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")));
	assert_false(recipe_is_digest(SPAN("sha256:0123")));
	assert_false(recipe_is_digest(
		SPAN("@sha256:"
		     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")));
	assert_false(recipe_is_digest(SPAN("a:1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
