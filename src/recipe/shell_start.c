/* shell_start.c - commands that start other commands: env, sudo, sh -c, xargs ...
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/shell_start.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "recipe/shell_expand.h"

/* The command after options, assignments and so many words. Sources: their manual pages, Debian 12;
 * gosu, su-exec, tini: their READMEs. */
static const struct {
	const char *names;
	const char *values; /* options whose value is the next word */
	uint8_t words;      /* before the command */
	bool assigns;       /* NAME=value may be before it */
} rows[] = {
	{ "env", "-u --unset -C --chdir -S --split-string", 0, true },
	{ "sudo doas", "-u --user -g --group -C -D -h -p -r -t -T -U", 0, true },
	{ "exec command coproc nohup setsid builtin busybox toybox", "-a", 0, false },
	{ "nice", "-n --adjustment", 0, false },
	{ "ionice", "-c --class -n --classdata -p", 0, false },
	{ "time", "-f --format -o --output", 0, false },
	{ "timeout", "-s --signal -k --kill-after", 1, false },
	{ "stdbuf", "-i --input -o --output -e --error", 0, false },
	{ "chroot", "", 1, false },
	{ "gosu su-exec chpst", "-u", 1, false },
	{ "setpriv", "--reuid --regid --groups --inh-caps --bounding-set", 0, false },
	{ "runuser", "-u --user -g --group -G", 0, false },
	{ "faketime proxychains proxychains4", "-f", 1, false },
	{ "retry", "-t -d -c", 0, false },
	{ "flock", "-w --wait --timeout -E --conflict-exit-code", 1, false },
	{ "watch", "-n --interval", 0, false },
	{ "unshare nsenter systemd-run firejail bwrap", "-S --setuid -G --setgid -t --target", 0,
		false },
	{ "taskset chrt", "", 1, false },
	{ "parallel", "-j --jobs -a --arg-file --delay --retries", 0, false },
	{ "strace ltrace", "-o -e -p -s", 0, false },
	{ "fakeroot eatmydata catchsegv linux32 linux64 i386 tini dumb-init unbuffer torsocks", "",
		0, false },
};

struct span shell_program(struct span word)
{
	struct span name = span_base(word);

	return span_ends_nocase(name, SPAN(".exe")) ? span_sub(name, 0, name.len - 4) : name;
}

bool shell_is_shell(struct span program)
{
	return span_has_word(SPAN("sh bash ash dash zsh ksh mksh"), program);
}

static bool is_option(struct span w)
{
	return w.len > 1 && span_at(w, 0) == '-';
}

static bool is_assignment(struct span w)
{
	struct span name = span_sub(w, 0, span_find(w, '='));

	return name.len < w.len && shell_is_name(name);
}

/* The first word of the command, after what belongs to the program that starts it. */
static size_t skip(const struct shell_call *c, size_t row)
{
	size_t i = 1, words = rows[row].words;

	for (; i < c->n; i++) {
		struct span w = c->args[i].text;

		if (span_eq(w, SPAN("--")))
			return i + 1 + words;
		if (is_option(w)) {
			i += span_has_word(span_str(rows[row].values), w);
			continue;
		}
		if (rows[row].assigns && is_assignment(w))
			continue;
		break;
	}
	return i + words;
}

static void assignments(struct shell_run *r, const struct shell_call *c, size_t to)
{
	for (size_t i = 1; i < to && i < c->n; i++)
		if (is_assignment(c->args[i].text)) {
			struct span w = c->args[i].text;
			size_t equals = span_find(w, '=');

			shell_set(r, span_sub(w, 0, equals), span_from(w, equals + 1),
				c->args[i].is_unknown);
		}
}

/* Commands on standard input: of a heredoc, or of echo. */
static bool run_input(struct shell_run *r, const struct shell_call *c, struct shell_data *out)
{
	bool errexit = r->errexit, reads = c->in && !c->in->tag && c->in->text.len;

	for (size_t i = 1; i < c->n && reads; i++) {
		struct span w = c->args[i].text;

		if (span_eq(w, SPAN("-s")) || span_eq(w, SPAN("-")))
			break;
		reads = is_option(w);
	}
	if (!reads)
		return false;
	r->errexit = false;
	for (size_t i = 1; i < c->n; i++)
		r->errexit |= is_option(c->args[i].text) &&
			      span_find(c->args[i].text, 'e') < c->args[i].text.len;
	r->walk->inner(r, c->in->text, c->at, c, out);
	r->errexit = errexit;
	return true;
}

void shell_start_script(struct shell_run *r, const struct shell_call *c,
	const struct shell_data *text, struct shell_data *out)
{
	struct span line = span_sub(text->text, 0, span_find(text->text, '\n')), word;
	struct shell_arg program = { 0 };
	struct shell_call inner = *c;
	bool errexit = r->errexit;

	line = span_starts(line, SPAN("#!")) ? span_from(line, 2) : (struct span){ 0 };
	while (span_split(&line, ' ', &word)) {
		word = span_trim(word);
		if (word.len && !is_option(word) && !span_eq(shell_program(word), SPAN("env")))
			program.text = word;
		r->errexit |= is_option(word) && span_find(word, 'e') < word.len;
		if (program.text.len && is_option(word))
			break;
	}
	if (!program.text.len || shell_is_shell(shell_program(program.text))) {
		r->walk->inner(r, text->text, c->at, c, out);
	} else { /* as if it were read from standard input */
		inner.in = text;
		r->walk->args(r, &inner, &program, 1, out);
	}
	r->errexit = errexit;
}

/* Word number i is a file of commands, when its text is known. */
static bool run_file(
	struct shell_run *r, const struct shell_call *c, size_t i, struct shell_data *out)
{
	const struct shell_data *t = r->client->read && !c->args[i].tag
					     ? r->client->read(r->client->ctx, r, c->args[i].text)
					     : NULL;

	if (!t || t->tag)
		return false;
	r->walk->inner(r, t->text, c->at, c, out);
	return true;
}

/* -c and the text after it, of a shell, su or runuser; false: there is none. */
static bool run_option(struct shell_run *r, const struct shell_call *c, struct shell_data *out)
{
	bool errexit = r->errexit, pipefail = r->pipefail, found = false;

	r->errexit = r->pipefail = false;
	for (size_t i = 1; i < c->n && !found; i++) {
		struct span w = c->args[i].text;
		bool has_c = is_option(w) && span_at(w, 1) != '-' && span_find(w, 'c') < w.len;

		if (span_eq(w, SPAN("-O")) || span_eq(w, SPAN("+O")) ||
			span_has_word(SPAN("--rcfile --init-file"), w)) {
			i++;
			continue;
		}

		if (!is_option(w) && span_at(w, 0) != '+')
			break;
		if (span_at(w, 1) != '-' && span_find(w, 'e') < w.len)
			r->errexit = true;
		if (span_at(w, 1) != '-' && span_find(w, 'o') < w.len && i + 1 < c->n) {
			r->pipefail |= span_eq(c->args[i + 1].text, SPAN("pipefail"));
			r->errexit |= span_eq(c->args[i + 1].text, SPAN("errexit"));
			i++;
			if (!has_c)
				continue;
		}
		if (!has_c)
			continue;
		while (++i < c->n && is_option(c->args[i].text))
			;
		if (i >= c->n || c->args[i].tag)
			break; /* the client knows what it is */
		const struct shell_arg *params = r->params;
		size_t n = r->params_n;

		found = true;
		r->params = c->args + i + 1;
		r->params_n = c->n - i - 1;
		r->walk->inner(r, c->args[i].text, c->args[i].at ? c->args[i].at : c->at, c, out);
		r->params = params;
		r->params_n = n;
	}
	r->errexit = errexit;
	r->pipefail = pipefail;
	for (size_t i = 1; i < c->n && !found; i++) {
		if (is_option(c->args[i].text)) {
			i += span_has_word(SPAN("-o +o -O +O"), c->args[i].text);
			continue;
		}
		found = run_file(r, c, i, out);
		break;
	}
	return found || run_input(r, c, out);
}

static bool run_su(struct shell_run *r, const struct shell_call *c, struct shell_data *out)
{
	for (size_t i = 1; i + 1 < c->n; i++)
		if (span_eq(c->args[i].text, SPAN("-c")) ||
			span_eq(c->args[i].text, SPAN("--command"))) {
			r->walk->inner(r, c->args[i + 1].text, c->at, c, out);
			return true;
		}
	return run_input(r, c, out);
}

/* The words from one on, put together, are commands. */
static bool run_words(
	struct shell_run *r, const struct shell_call *c, size_t from, struct shell_data *out)
{
	scoped_buf struct buf b = { .limit = SHELL_WORD_MAX };

	for (size_t i = from; i < c->n; i++) {
		if (c->args[i].tag)
			return false;
		buf_span(&b, c->args[i].text);
		buf_byte(&b, ' ');
	}
	r->walk->inner(r, arena_dup(r->a, buf_view(&b)), c->at, c, out);
	return true;
}

/* The words that xargs adds are those of its input; when that is not known, one unknown word. */
static bool run_xargs(struct shell_run *r, const struct shell_call *c, struct shell_data *out)
{
	static const char values[] = "-a --arg-file -d --delimiter -E -I -L -n --max-args -P "
				     "--max-procs -s --max-chars";
	shell_args args = { 0 };
	size_t i = 1;

	for (; i < c->n && is_option(c->args[i].text); i++)
		i += span_has_word(span_str(values), c->args[i].text);
	for (; i < c->n; i++)
		vec_add(&args, r->a, &c->args[i]);
	if (c->in && !c->in->is_unknown) {
		struct span rest = c->in->text;

		while (rest.len) {
			size_t n = 0;

			while (n < rest.len && !ascii_is_space(span_at(rest, n)))
				n++;
			struct shell_arg a = { .text = span_sub(rest, 0, n) };

			if (n)
				vec_add(&args, r->a, &a);
			rest = span_from(rest, n + 1);
		}
	} else {
		struct shell_arg a = { .text = c->in_file.len ? c->in_file : SPAN("..."),
			.is_unknown = true,
			.tag = c->in ? c->in->tag : 0 };

		vec_add(&args, r->a, &a);
	}
	r->walk->args(r, c, args.p, args.n, out);
	return true;
}

/* find ... -exec command {} ; */
static bool run_find(struct shell_run *r, const struct shell_call *c, struct shell_data *out)
{
	bool found = false;

	for (size_t i = 1; i < c->n; i++) {
		size_t from = i + 1, to = from;

		if (!span_has_word(SPAN("-exec -execdir -ok"), c->args[i].text))
			continue;
		while (to < c->n && !span_eq(c->args[to].text, SPAN(";")) &&
			!span_eq(c->args[to].text, SPAN("+")))
			to++;
		r->walk->args(r, c, c->args + from, to - from, out);
		found = true;
		i = to;
	}
	return found;
}

bool shell_start(struct shell_run *r, const struct shell_call *c, struct shell_data *out)
{
	struct span name = shell_program(c->args[0].text);
	size_t before = r->variables.n;

	if (shell_is_shell(name))
		return run_option(r, c, out);
	if (span_eq(name, SPAN("su")) || (span_eq(name, SPAN("runuser")) && run_su(r, c, out)))
		return span_eq(name, SPAN("su")) ? run_su(r, c, out) : true;
	if (span_eq(name, SPAN("eval")))
		return run_words(r, c, 1, out);
	if (span_eq(name, SPAN("script")) && run_su(r, c, out))
		return true;
	if (span_eq(name, SPAN("trap")) && c->n > 2 && !is_option(c->args[1].text)) {
		struct shell_call first = *c;

		first.n = 2;
		return run_words(r, &first, 1, out);
	}
	if (span_eq(name, SPAN("env")))
		for (size_t i = 1; i + 1 < c->n; i++)
			if (span_has_word(SPAN("-S --split-string"), c->args[i].text))
				return run_words(r, c, i + 1, out);
	if (span_find(name, '$') < name.len && c->n > 1) /* ${SUDO} apt-get ... */
		r->walk->args(r, c, c->args + 1, c->n - 1, out);
	if ((span_eq(name, SPAN(".")) || span_eq(name, SPAN("source"))) && c->n > 1)
		return run_file(r, c, 1, out);
	if (span_eq(name, SPAN("xargs")))
		return run_xargs(r, c, out);
	if (span_eq(name, SPAN("find")))
		return run_find(r, c, out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t from;

		if (!span_has_word(span_str(rows[i].names), name))
			continue;
		from = skip(c, i);
		if (rows[i].assigns)
			assignments(r, c, from);
		if (from < c->n)
			r->walk->args(r, c, c->args + from, c->n - from, out);
		r->variables.n = before;
		return true;
	}
	return false;
}
