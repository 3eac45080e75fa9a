/* test_dockerfile.c - lines, words and heredocs of Dockerfiles, and what is refused.
 *
 * tests/differential compares the same with BuildKit's own reader on inputs made at random.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/dockerfile.h"

#include "base/buf.h"
#include "base/err.h"
#include "recipe/expand.h"
#include "recipe/heredoc.h"
#include "tests/unit/unit.h"

/* "KIND LINE-END --flag [word] {name=value} <<name" of each instruction. */
static void show(struct buf *b, const struct instruction *i)
{
	buf_printf(b, "%s %u-%u", instruction_names[i->kind], i->line, i->end_line);
	for (size_t k = 0; k < i->flags.n; k++)
		buf_printf(b, " %.*s", SPAN_ARG(i->flags.p[k].text));
	for (size_t k = 0; k < i->words.n; k++)
		buf_printf(b, " [%.*s]", SPAN_ARG(i->words.p[k].text));
	for (size_t k = 0; k < i->pairs.n; k++)
		buf_printf(b, " {%.*s%s%.*s}", SPAN_ARG(i->pairs.p[k].name.text),
			i->pairs.p[k].has_value ? "=" : "", SPAN_ARG(i->pairs.p[k].value.text));
	for (size_t k = 0; k < i->heredocs.n; k++)
		buf_printf(b, " <<%s%.*s%s(%.*s)", i->heredocs.p[k].chomps ? "-" : "",
			SPAN_ARG(i->heredocs.p[k].name), i->heredocs.p[k].expands ? "" : "'",
			SPAN_ARG(i->heredocs.p[k].content));
	if (i->trigger) {
		buf_str(b, " ");
		show(b, i->trigger);
	}
	buf_str(b, ";");
}

static const struct {
	const char *name, *text, *want;
} good[] = {
	{ "a line that goes on", "RUN a \\\n  b\n", "RUN 1-2 [a   b];" },
	{ "a comment and an empty line inside", "RUN a \\\n# no\n\n  # no\n b\n",
		"RUN 1-5 [a  b];" },
	{ "blanks after the escape", "RUN a \\ \t\n b\n", "RUN 1-2 [a  b];" },
	{ "an escaped escape does not go on", "RUN a \\\\\nUSER b\n",
		"RUN 1-1 [a \\\\];USER 2-2 [b];" },
	{ "a byte order mark and CRLF",
		"\xef\xbb\xbf"
		"FROM a\r\nRUN b \\\r\n c\r\n",
		"FROM 1-1 [a];RUN 2-3 [b  c];" },
	{ "another escape", "# escape=`\nRUN a `\n b\\\nRUN c\n", "RUN 2-3 [a  b\\];RUN 4-4 [c];" },
	{ "a directive after a comment is one more comment", "# x\n# escape=`\nRUN a \\\n b\n",
		"RUN 3-4 [a  b];" },
	{ "case of the name, and a unicode blank", "\xc2\xa0run a\nfRoM b As c\n",
		"RUN 1-1 [a];FROM 2-2 [b] [As] [c];" },
	{ "flags with quotes", "COPY --from=\"a b\" --link x y\n",
		"COPY 1-1 --from=a b --link [x] [y];" },
	{ "two dashes end the flags", "COPY -- --x y\n", "COPY 1-1 [--x] [y];" },
	{ "JSON", "CMD [\"a\", \"b\\u0041\"]\n", "CMD 1-1 [a] [bA];" },
	{ "what is not JSON is a command", "CMD [\"a\", b]\n", "CMD 1-1 [[\"a\", b]];" },
	{ "pairs", "ENV A=b C=\"d e\" F=g\\ h\nENV I j  k\nARG L M=n\n",
		"ENV 1-1 {A=b} {C=\"d e\"} {F=g\\ h};ENV 2-2 {I=j  k};ARG 3-3 {L} {M=n};" },
	{ "a heredoc", "RUN <<EOF\na\n\nEOF\nUSER b\n",
		"RUN 1-4 [<<EOF] <<EOF(a\n\n);USER 5-5 [b];" },
	{ "quotes around its end word", "RUN <<'E'\n$a\nE\n", "RUN 1-3 [<<'E'] <<E'($a\n);" },
	{ "tabs before its end", "RUN <<-E\n\ta\n\tE\n", "RUN 1-3 [<<-E] <<-E(\ta\n);" },
	{ "two heredocs, and what only looks so",
		"COPY <<A <<B /x/\na\nA\nb\nB\nRUN a <<< b \"<<C\"\n",
		"COPY 1-5 [<<A] [<<B] [/x/] <<A(a\n) <<B(b\n);RUN 6-6 [a <<< b \"<<C\"];" },
	{ "a heredoc of a trigger", "ONBUILD RUN <<E\na\nE\n",
		"ONBUILD 1-3 <<E(a\n) RUN 1-1 [<<E];;" },
	{ "no heredoc in JSON", "RUN [\"<<E\"]\nUSER a\n", "RUN 1-1 [<<E];USER 2-2 [a];" },
	{ "a check of health", "HEALTHCHECK --interval=5s CMD curl x || exit 1\n",
		"HEALTHCHECK 1-1 --interval=5s [CMD] [curl x || exit 1];" },
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		scoped_buf struct buf b = { 0 };
		struct dockerfile f;
		struct scov_err err;

		if (dockerfile_parse(span_str(good[i].text), &a, &f, &err))
			fail_msg("%s: %s", good[i].name, err.text);
		for (size_t k = 0; k < f.list.n; k++)
			show(&b, &f.list.p[k]);
		check_span(good[i].name, buf_view(&b), span_str(good[i].want));
	}
}

static const struct {
	const char *name, *text, *why;
} bad[] = {
	{ "no instruction", "# a\n\n", "there is no instruction" },
	{ "an unknown one", "FROM a\nRUNN b\n", "line 2: unknown instruction 'RUNN'" },
	{ "FROM of two words", "FROM a b\n", "line 1: FROM needs an image, or an image AS a name" },
	{ "a stage named as a number", "FROM a AS 1b\n",
		"line 1: '1b' cannot be the name of a stage" },
	{ "a heredoc without end", "RUN <<E\na\n", "line 1: the heredoc has no end" },
	{ "a heredoc as destination", "COPY a <<E\nE\n",
		"line 1: a heredoc cannot be the destination" },
	{ "an unknown flag", "COPY --form=a b c\n", "line 1: unknown flag '--form=a'" },
	{ "a flag twice", "COPY --from=a --from=b c d\n",
		"line 1: flag '--from=b' is given twice" },
	{ "a flag without value", "FROM --platform a\n",
		"line 1: flag '--platform' needs a value" },
	{ "ENV without value", "ENV A\n", "line 1: ENV must have two arguments" },
	{ "no destination", "COPY a\n", "line 1: COPY needs two arguments" },
	{ "a JSON array of numbers", "CMD [1]\n", "line 1: a JSON array must hold strings only" },
	{ "SHELL without JSON", "SHELL bash\n", "line 1: SHELL needs a JSON array" },
	{ "escape twice", "# escape=`\n# escape=`\nRUN a\n", "line 2: a directive is given twice" },
	{ "an escape that cannot be one", "# escape=x\nRUN a\n",
		"line 1: escape has to be \\ or `" },
	{ "a trigger of a trigger", "ONBUILD ONBUILD RUN a\n",
		"line 1: ONBUILD cannot have ONBUILD" },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		struct dockerfile f;
		struct scov_err err = { 0 };

		check(bad[i].name,
			dockerfile_parse(span_str(bad[i].text), &a, &f, &err) == SCOV_E_FORMAT);
		check_span(bad[i].name, span_str(err.text), span_str(bad[i].why));
	}
}

static void test_long(void **state)
{
	scoped_arena struct arena a = { .limit = 8 << 20 };
	scoped_buf struct buf b = { 0 };
	struct dockerfile f;

	(void)state;
	buf_str(&b, "RUN ");
	while (b.len < DOCKERFILE_LINE_MAX - 1)
		buf_byte(&b, 'x');
	buf_byte(&b, '\n');
	assert_int_equal(dockerfile_parse(buf_view(&b), &a, &f, NULL), 0);
	b.p[b.len - 1] = 'x';
	buf_byte(&b, '\n');
	assert_int_equal(dockerfile_parse(buf_view(&b), &a, &f, NULL), SCOV_E_LIMIT);
}

static void test_syntax(void **state)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct dockerfile f;

	(void)state;
	assert_int_equal(
		dockerfile_parse(SPAN("#!/x\n# Syntax = a/b:1 c\nRUN d\n"), &a, &f, NULL), 0);
	check_span("its first word", f.syntax, SPAN("a/b:1"));
	assert_int_equal(f.syntax_line, 2);
}

static void test_parts(void **state)
{
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct dockerfile f;
	struct recipe_word w;

	(void)state;
	assert_int_equal(
		dockerfile_parse(SPAN("COPY \\\n--from=b <<-E c\n\t\tx\n\ty\nE\n"), &a, &f, NULL),
		0);
	assert_true(instruction_flag(f.list.p, "from", &w));
	check_span("a flag", w.text, SPAN("b"));
	assert_int_equal(recipe_text_at(&f.list.p->text, w.at), 7);
	assert_false(instruction_flag(f.list.p, "fro", &w));
	check_span(
		"without tabs", heredoc_chomp(f.list.p->heredocs.p->content, &a), SPAN("x\ny\n"));
}

static bool get(void *ctx, struct span name, struct expand_value *out)
{
	(void)ctx;
	out->text = SPAN("a/b.tar.gz");
	out->is_unknown = span_eq(name, SPAN("U"));
	return span_eq(name, SPAN("A")) || out->is_unknown;
}

static void test_variables(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = { { "${A#*/}", "b.tar.gz" }, { "${A%.*}", "a/b.tar" }, { "${A%%.*}", "a/b" },
		{ "${A##*.}", "gz" }, { "${A/tar/zip}", "a/b.zip.gz" },
		{ "${A//./-}", "a/b-tar-gz" }, { "${X:-d}", "d" }, { "${X:-${A#a}}", "/b.tar.gz" },
		{ "${A:+y}", "y" }, { "'$A'\"$A\"", "$Aa/b.tar.gz" }, { "\\$A", "$A" },
		{ "$X-", "-" } };
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct expand e = { .escape = '\\', .get = get };
	struct span out;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(expand_word(&e, span_str(rows[i].text), &a, &out, NULL), 0);
		check_span(rows[i].text, out, span_str(rows[i].want));
		assert_false(e.is_unknown);
	}
	assert_int_equal(expand_word(&e, SPAN("${U}$Z"), &a, &out, NULL), 0);
	assert_true(e.is_unknown && e.is_unset && span_eq(e.unset, SPAN("Z")));
	assert_int_equal(expand_word(&e, SPAN("${X:?m}"), &a, &out, NULL), SCOV_E_FORMAT);
	assert_int_equal(expand_word(&e, SPAN("${A"), &a, &out, NULL), SCOV_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
