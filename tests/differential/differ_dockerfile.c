/* differ_dockerfile.c - Dockerfiles, and single words with variables, against BuildKit's frontend.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"
#include "differ.h"
#include "recipe/dockerfile.h"
#include "recipe/expand.h"

enum { ARENA = 32 << 20 };

/* ---- making ---- */

static const char *const pieces[] = { "RUN", "run", "FROM", "From", "COPY", "ADD", "ARG", "ENV",
	"LABEL", "ONBUILD", "SHELL", "CMD", "ENTRYPOINT", "HEALTHCHECK", "WORKDIR", "USER",
	"EXPOSE", "VOLUME", "STOPSIGNAL", "MAINTAINER", "NONE", "AS", "as", "alpine:3.20", "build",
	"scratch", "--from=build", "--from=0", "--platform=$BUILDPLATFORM",
	"--mount=type=bind,from=x,target=/y", "--chown=1:1", "--link", "--checksum=sha256:00",
	"--keep-git-dir=true", "--", "---", "--x", "A=b", "A", "=", "=b", "A=\"b c\"", "A='b c'",
	"A=b\\ c", "$A", "${A}", "${A:-b}", "${A", "\"", "'", "\\", "`", "\\\\", "#", "# x", "\\\"",
	"[\"a\", \"b\"]", "[\"a\"", "[]", "[1]", "[\"\\u0041\"]", "[\"a\"] x", "<<EOF", "<<-EOF",
	"<<\"EOF\"", "<<'E'", "<<E F", "3<<EOF", "<< EOF", "<<<x", "<", "<<", "<<$A", "EOF", "E",
	"\tEOF", "EOF ", "echo hi", "&&", "|", ";", "\xc2\xa0", "\xe2\x80\x83", "\xc3\xa9",
	"curl -O https://x/y", "src", "dst/", "/", NULL };
static const char *const gaps[] = { " ", " ", " ", "", "\t", "  ", "\v", "\f", "\r", NULL };
static const char *const ends[] = { "\n", "\n", "\n", "\r\n", " \\\n", "\\\n", " \\ \t\n", " `\n",
	"`\n", " \\\r\n", " \\\\\n", "\\\n# a comment\n", "\\\n\n", "\n\n", " \\\n  # c\n", "",
	"\r\r\n", NULL };
static const char *const heads[] = { "# syntax=docker/dockerfile:1\n", "#escape=`\n",
	"# escape = \\\n", "# check=skip=all\n", "#syntax=x y\n", "# ESCAPE=`\n", "# foo=bar\n",
	"# a comment\n", "\n", "\xef\xbb\xbf", "#!/bin/x\n", "#  syntax = a/b:c@d  \n", "#\n",
	NULL };

/* Mostly what is right: of nonsense nothing is compared. */
static const char *const lines[] = { "RUN echo hi", "run a && b | c ; d", "FROM alpine:3.20 AS b",
	"from --platform=$BUILDPLATFORM x", "COPY --from=b --link=false a b/", "ADD a b",
	"ADD --checksum=sha256:00 --keep-git-dir https://x/y .", "ARG A B=c D=\"e f\"",
	"ENV A=b C='d e' F=g\\ h", "ENV A b  c", "LABEL a.b=c \"d\"=\"e\"", "ONBUILD RUN x",
	"ONBUILD COPY [\"a\", \"b\"]", "SHELL [\"/bin/bash\", \"-c\"]", "CMD [\"a\",\"b c\"]",
	"CMD a b", "ENTRYPOINT [\"a\"", "HEALTHCHECK --interval=5s CMD curl -f x || exit 1",
	"HEALTHCHECK NONE", "HEALTHCHECK CMD [\"a\"]", "WORKDIR /a/$B", "USER a:b",
	"EXPOSE 80 443/tcp", "VOLUME [\"/a\"]", "VOLUME /a /b", "STOPSIGNAL 9",
	"MAINTAINER a <b@c>", "RUN --mount=type=cache,target=/x --network=none y",
	"RUN [\"a\", \"b\"] x", "COPY a b c/", "RUN", NULL };
static const char *const documents[] = { "RUN <<EOF\na\n\tb\nEOF\n", "RUN cat <<-E x\n\ta\n\tE\n",
	"COPY <<'A' <<B /x/\n$a\nA\nb\\\nB\n", "ADD <<\"E F\" /x\na\nE F\n",
	"RUN <<EOF cat > a && <<X b\n# c\nEOF\n\nX\n", "ONBUILD RUN <<EOF\na\nEOF\n",
	"RUN echo \"<<EOF\"\n", "RUN 3<<EOF\nEOF\n", "RUN a <<< b\n", "RUN <<$A\n$A\n",
	"COPY <<E\\OF /x\nEOF\n", "RUN <<EOF\r\nx\r\nEOF\r\n", NULL };

/* Another character; the text stays UTF-8. */
static void spoil(struct dice *d, struct buf *out)
{
	char *c = &out->p[dice_below(d, out->len)];

	if (!(*c & 0x80))
		*c = (char)(0x20 + dice_below(d, 95));
}

/* A line may go on after any of its blanks. */
static void put_line(struct dice *d, struct buf *out)
{
	static const char *const breaks[] = { " \\\n", "\\\n  ", " \\ \t\n", " \\\n# c\n ",
		" \\\n\n", " `\n", "`\n ", "\t", "  ", " \\\r\n", NULL };
	const char *line = dice_word(d, lines);

	for (; *line; line++)
		if (*line == ' ' && dice_percent(d, 10))
			buf_str(out, dice_word(d, breaks));
		else
			buf_byte(out, *line);
	buf_str(out, dice_percent(d, 85) ? "\n" : dice_word(d, ends));
}

static void make(struct dice *d, struct buf *out)
{
	for (uint64_t n = dice_percent(d, 60) ? 0 : 1 + dice_below(d, 3); n; n--)
		buf_str(out, dice_word(d, heads));
	for (uint64_t n = 1 + dice_below(d, 5); n; n--) {
		if (dice_percent(d, 15)) {
			buf_str(out, dice_word(d, documents));
			continue;
		}
		put_line(d, out);
		for (uint64_t k = dice_percent(d, 10) ? 1 + dice_below(d, 6) : 0; k; k--) {
			buf_str(out, dice_word(d, pieces));
			buf_str(out, dice_word(d, gaps));
		}
	}
	if (dice_percent(d, 20))
		spoil(d, out);
}

static void make_word(struct dice *d, struct buf *out)
{
	static const char *const parts[] = { "$A", "${A}", "$V", "${E}", "${X}", "$X", "$1", "$@",
		"$", "${A:-d}", "${X:-d}", "${E:-d e}", "${E-d}", "${X-$V}", "${A:+y}", "${X:+y}",
		"${E+y}", "${A:?m}", "${X?m}", "${A#*/}", "${A##*/}", "${A%.*}", "${A%%.*}",
		"${V%-r*}", "${V#?.}", "${S}", "$S", "'$A'", "\"$S\"", "\"a\\\"b\"", "\\$A", "\\",
		"a", " ", "  b", "\t", "'", "\"", "}", "{", "${A/e/E}", "${A//[a-c]/x}",
		"${A/b*t/-}", "${A/x/y}", "${STAR#a\\*}", "${STAR%\\*b}", "${A:-${V:-z}}",
		"${X:-${X:-z}}", "${", "${}", "${A:}", "${A:#x}", "<", "<<", "<< E", "${aa//X/}",
		"${aa/X/y}", "${aa//aX/}", "${aa//?X/_}", "${aa#*X}", "${aa##*X*X}", "${aa%X*}",
		"${aa%%X?}", "${aa//*/q}", "${X:-'a b'}", "${X:-\"a b\"}", "${S#a }",
		"${A#\"abc\"}", "${A#'a'}", "\xc3\xa9", "${A%/}", NULL };

	for (uint64_t n = 1 + dice_below(d, 4); n; n--)
		buf_str(out, dice_word(d, parts));
	if (dice_percent(d, 20))
		spoil(d, out);
}

/* ---- reading ---- */

static void put_lower(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_byte(b, (char)(*s | 0x20));
}

static void put_words(struct buf *out, const struct instruction *i)
{
	for (size_t k = 0; k < i->flags.n; k++)
		buf_printf(out, " flag %.*s", SPAN_ARG(i->flags.p[k].text));
	if (i->trigger) {
		buf_str(out, " trigger ");
		put_lower(out, instruction_names[i->trigger->kind]);
		put_words(out, i->trigger);
		return;
	}
	for (size_t k = 0; k < i->words.n; k++)
		buf_printf(out, " [%.*s]", SPAN_ARG(i->words.p[k].text));
	for (size_t k = 0; k < i->pairs.n; k++) {
		const struct recipe_pair *p = &i->pairs.p[k];

		if (i->kind == INSTRUCTION_ARG)
			buf_printf(out, " [%.*s%s%.*s]", SPAN_ARG(p->name.text),
				p->has_value ? "=" : "", SPAN_ARG(p->value.text));
		else
			buf_printf(out, " [%.*s] [%.*s] [%s]", SPAN_ARG(p->name.text),
				SPAN_ARG(p->value.text),
				p->name.end + 1 == p->value.at &&
						span_at(i->text.text, p->name.end) == '='
					? "="
					: "");
	}
	buf_str(out, i->is_json ? " json" : "");
}

/* What the offsets say is in the file. */
static bool offsets_hold(const struct dockerfile *f, const struct instruction *i)
{
	for (size_t k = 0; k < i->text.text.len; k++)
		if (span_at(f->file, recipe_text_at(&i->text, k)) != span_at(i->text.text, k))
			return false;
	return true;
}

static bool read(struct span in, struct buf *out)
{
	scoped_arena struct arena a = { .limit = ARENA };
	struct dockerfile f;
	struct scov_err err;

	if (dockerfile_parse(in, &a, &f, &err)) {
		buf_printf(out, "refused: %s", err.text);
		return false;
	}
	buf_printf(out, "escape %c\n", f.escape);
	if (f.syntax_line)
		buf_printf(out, "syntax %.*s\n", SPAN_ARG(f.syntax));
	for (size_t k = 0; k < f.list.n; k++) {
		const struct instruction *i = &f.list.p[k];

		buf_printf(out, "%u-%u ", i->line, i->end_line);
		put_lower(out, instruction_names[i->kind]);
		put_words(out, i);
		buf_str(out, offsets_hold(&f, i) ? "\n" : " offsets are wrong\n");
		for (size_t n = 0; n < i->heredocs.n; n++)
			buf_printf(out, "heredoc %.*s %s %s [%.*s]\n",
				SPAN_ARG(i->heredocs.p[n].name),
				i->heredocs.p[n].expands ? "true" : "false",
				i->heredocs.p[n].chomps ? "true" : "false",
				SPAN_ARG(i->heredocs.p[n].content));
	}
	return true;
}

static bool get(void *ctx, struct span name, struct expand_value *out)
{
	static const struct {
		struct span name, value;
	} known[] = { { SPAN_INIT("A"), SPAN_INIT("abc/def.tar.gz") },
		{ SPAN_INIT("E"), SPAN_INIT("") }, { SPAN_INIT("V"), SPAN_INIT("1.2.3-r4") },
		{ SPAN_INIT("S"), SPAN_INIT("a b  c") }, { SPAN_INIT("STAR"), SPAN_INIT("a*b") },
		{ SPAN_INIT("aa"), SPAN_INIT("aXbXaXb") } };

	(void)ctx;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (span_eq(known[i].name, name)) {
			out->text = known[i].value;
			return true;
		}
	return false;
}

static bool read_word(struct span in, struct buf *out)
{
	scoped_arena struct arena a = { .limit = ARENA };
	struct expand e = { .escape = '\\', .get = get };
	struct span word;
	expand_words words = { 0 };
	struct scov_err err;

	if (expand_word(&e, in, &a, &word, &err) || e.is_unknown ||
		expand_split(&e, in, &a, &words, &err))
		return false;
	buf_printf(out, "[%.*s]", SPAN_ARG(word));
	for (size_t i = 0; i < words.n; i++)
		buf_printf(out, " [%.*s]", SPAN_ARG(words.p[i]));
	return true;
}

const struct kind kind_dockerfile = { "dockerfile", 'k', make, read };
const struct kind kind_word = { "word", 'w', make_word, read_word };
