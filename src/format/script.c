/* script.c - what an entrypoint script does that matters for a verdict.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/script.h"

#include "base/ascii.h"
#include "known/names.h"

enum {
	WANTS_MAX = 16, /* required names that are remembered */
	WANT_REACH = 8, /* lines from the test of a variable to the exit that makes it required */
};

struct want {
	struct span name;
	uint32_t line;
	bool demanded;
};

struct scan {
	struct span whole;
	bool shell;
	script_secret_fn *is_secret;
	script_find_fn *found;
	void *ctx;
	uint32_t line;
	unsigned finds;
	bool stop;
	/* What occurs anywhere in the script: most scripts have none of it, and their lines need no
	 * search. */
	bool has_file, has_secrets, has_file_env, has_test, has_drop;
	bool builds_twins;    /* "${...}_FILE" occurs somewhere */
	struct span here_end; /* delimiter of the heredoc that is open */
	struct want wants[WANTS_MAX];
	size_t wants_n;
};

struct span script_shebang(struct span head)
{
	if (!span_starts(head, SPAN("#!")))
		return (struct span){ 0 };
	struct span line = span_sub(head, 2, SCRIPT_SHEBANG_MAX);

	return span_trim(span_sub(line, 0, span_find(line, '\n')));
}

static bool next_word(struct span *rest, struct span *word)
{
	size_t n = 0;

	*rest = span_trim(*rest);
	while (n < rest->len && !ascii_is_blank(span_at(*rest, n)))
		n++;
	*word = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n);
	return n > 0;
}

struct span script_program(struct span shebang)
{
	struct span word, rest = shebang;

	if (!next_word(&rest, &word))
		return (struct span){ 0 };
	if (!span_eq(span_base(word), SPAN("env")))
		return span_base(word);
	while (next_word(&rest, &word))
		if (span_at(word, 0) != '-' && span_find(word, '=') == word.len)
			return span_base(word);
	return (struct span){ 0 };
}

static bool one_of(struct span s, const struct span *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(s, list[i]))
			return true;
	return false;
}
#define ONE_OF(s, list) one_of((s), (list), sizeof(list) / sizeof(*(list)))

bool script_is_shell(struct span program)
{
	return known_roles(program) & ROLE_SCRIPT_SHELL;
}

static void emit(
	struct scan *s, uint8_t event, struct span name, struct span detail, bool adds_file)
{
	struct script_find f = { event, adds_file, s->line, name, detail };

	if (s->stop || !name.len)
		return;
	if (s->finds++ == SCRIPT_FINDS_MAX || !s->found(s->ctx, &f))
		s->stop = true;
}

static bool name_byte(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* The name that begins at `at`. */
static struct span name_at(struct span s, size_t at)
{
	size_t n = 0;

	while (name_byte(span_at(s, at + n)))
		n++;
	return span_sub(s, at, n);
}

/* X of X_FILE, X__FILE and FILE__X; empty for other names. */
static struct span twin_of(struct span name)
{
	if (span_ends(name, SPAN("__FILE")))
		return span_sub(name, 0, name.len - 6);
	if (span_ends(name, SPAN("_FILE")))
		return span_sub(name, 0, name.len - 5);
	if (span_starts(name, SPAN("FILE__")))
		return span_from(name, 6);
	return (struct span){ 0 };
}

/* A shell reads the value where the name follows '$' or '{'; in other languages names are in quotes
 * or after a dot. */
static bool is_read(const struct scan *s, uint8_t before)
{
	if (s->shell)
		return before == '$' || before == '{' || before == '!';
	return before == '"' || before == '\'' || before == '.' || before == '$';
}

static void find_twins(struct scan *s, struct span line)
{
	for (size_t i = 0; i < line.len;) {
		struct span name = name_at(line, i);

		if (!name.len) {
			i++;
			continue;
		}
		struct span bare = twin_of(name);

		if (bare.len && i && is_read(s, span_at(line, i - 1)) && s->is_secret(bare))
			emit(s, SCRIPT_EVENT_READS_FILE, name, (struct span){ 0 }, false);
		i += name.len;
	}
}

static bool path_byte(uint8_t c)
{
	return name_byte(c) || c == '/' || c == '.' || c == '-' || c == '$' || c == '{' || c == '}';
}

static void find_secret_paths(struct scan *s, struct span line)
{
	struct span rest = line;
	size_t at;

	while ((at = span_find_span(rest, SPAN("/run/secrets"))) < rest.len) {
		size_t n = SPAN("/run/secrets").len;
		uint8_t end = span_at(rest, at + n);

		while (path_byte(span_at(rest, at + n)))
			n++;
		struct span path = span_sub(rest, at, n);

		rest = span_from(rest, at + n);
		/* A service account's token belongs to the cluster; the image does not ask for it.
		 */
		if (!name_byte(end) && !span_has(path, SPAN("kubernetes.io")))
			emit(s, SCRIPT_EVENT_READS_FILE, path, (struct span){ 0 }, false);
	}
}

/* file_env 'X': a function of the official images that uses X or the content of X_FILE. */
static void find_file_env(struct scan *s, struct span line)
{
	size_t at = span_find_span(line, SPAN("file_env"));
	struct span rest = span_from(line, at + 8);

	if (at == line.len || !ascii_is_blank(span_at(rest, 0)))
		return;
	rest = span_trim(rest);
	if (span_at(rest, 0) == '"' || span_at(rest, 0) == '\'')
		rest = span_from(rest, 1);
	struct span name = name_at(rest, 0);

	if (name.len && s->is_secret(name))
		emit(s, SCRIPT_EVENT_READS_FILE, name, (struct span){ 0 }, true);
}

/* An element of the array over which a loop builds "${name}_FILE": the name alone on its line. */
static void find_element(struct scan *s, struct span line)
{
	struct span name = name_at(line, 0);

	if (name.len && name.len == line.len && s->is_secret(name))
		emit(s, SCRIPT_EVENT_READS_FILE, name, (struct span){ 0 }, true);
}

/* ---- demands ---- */

static void remember(struct scan *s, struct span name, bool demanded)
{
	if (!name.len || !s->is_secret(name))
		return;
	for (size_t i = 0; i < s->wants_n; i++)
		if (span_eq(s->wants[i].name, name)) {
			if (!s->wants[i].demanded)
				s->wants[i] = (struct want){ name, s->line, demanded };
			return;
		}
	if (s->wants_n < WANTS_MAX)
		s->wants[s->wants_n++] = (struct want){ name, s->line, demanded };
}

/* "${X:?text}" and "${X?text}" */
static void find_must(struct scan *s, struct span line)
{
	struct span rest = line;
	size_t at;

	while ((at = span_find_span(rest, SPAN("${"))) < rest.len) {
		struct span name = name_at(rest, at + 2);
		size_t end = at + 2 + name.len;

		end += span_at(rest, end) == ':';
		if (span_at(rest, end) == '?')
			remember(s, name, true);
		rest = span_from(rest, at + 2);
	}
}

/* [ -z "$X" ], [ -z "${X}" ], [ -z "${X:-}" ] */
static void find_empty_test(struct scan *s, struct span line)
{
	struct span rest = line;
	size_t at;

	while ((at = span_find_span(rest, SPAN("-z "))) < rest.len) {
		struct span arg = span_trim(span_from(rest, at + 3));

		rest = span_from(rest, at + 3);
		if (span_at(arg, 0) == '"')
			arg = span_from(arg, 1);
		if (span_at(arg, 0) != '$')
			continue;
		arg = span_from(arg, span_at(arg, 1) == '{' ? 2 : 1);
		remember(s, name_at(arg, 0), false);
	}
}

static bool ends_in_failure(struct span line)
{
	static const struct span words[] = { SPAN_INIT("exit 1"), SPAN_INIT("exit 2"),
		SPAN_INIT("return 1"), SPAN_INIT("exit 64"), SPAN_INIT("exit 78"),
		SPAN_INIT("exit -1") };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_has(line, words[i]))
			return true;
	return false;
}

static void confirm_wants(struct scan *s, struct span line)
{
	if (!ends_in_failure(line))
		return;
	for (size_t i = 0; i < s->wants_n; i++)
		if (s->line - s->wants[i].line <= WANT_REACH)
			s->wants[i].demanded = true;
}

/* The script knows a file for this variable somewhere. */
static bool has_twin(struct span whole, struct span name)
{
	struct span rest = whole;
	size_t at;

	while ((at = span_find_span(rest, name)) < rest.len) {
		struct span after = span_from(rest, at + name.len);
		struct span before = span_sub(rest, 0, at);

		if (span_starts(after, SPAN("_FILE")) || span_starts(after, SPAN("__FILE")) ||
			span_ends(before, SPAN("FILE__")) ||
			span_ends(before, SPAN("file_env '")) ||
			span_ends(before, SPAN("file_env \"")) ||
			span_ends(before, SPAN("file_env ")))
			return true;
		rest = span_from(rest, at + name.len);
	}
	return false;
}

static void emit_wants(struct scan *s)
{
	for (size_t i = 0; i < s->wants_n; i++) {
		if (!s->wants[i].demanded || s->builds_twins ||
			has_twin(s->whole, s->wants[i].name))
			continue;
		s->line = s->wants[i].line;
		emit(s, SCRIPT_EVENT_WANTS_VALUE, s->wants[i].name, (struct span){ 0 }, false);
	}
}

/* ---- commands ---- */

static struct span unquoted(struct span word)
{
	while (span_at(word, 0) == '"' || span_at(word, 0) == '\'' || span_at(word, 0) == '(' ||
		span_at(word, 0) == '`')
		word = span_from(word, 1);
	while (word.len) {
		uint8_t c = span_at(word, word.len - 1);

		if (c != '"' && c != '\'' && c != ';' && c != ')' && c != '`')
			break;
		word.len--;
	}
	return word;
}

static bool is_literal(struct span s)
{
	static const char special[] = "$*?[{`\\\"'<>|&";

	for (size_t i = 0; i < sizeof(special) - 1; i++)
		if (span_find(s, (uint8_t)special[i]) < s.len)
			return false;
	return s.len > 0;
}

/* The value of "--name=X", "--name X" or "-n X" among the words, or empty. */
static struct span option_value(struct span words, struct span name)
{
	struct span word;

	while (next_word(&words, &word)) {
		if (span_eq(word, name))
			return next_word(&words, &word) ? unquoted(word) : (struct span){ 0 };
		if (span_starts(word, name) && span_at(word, name.len) == '=')
			return unquoted(span_from(word, name.len + 1));
	}
	return (struct span){ 0 };
}

static struct span first_argument(struct span words)
{
	struct span word;

	while (next_word(&words, &word))
		if (span_at(word, 0) != '-')
			return unquoted(word);
	return (struct span){ 0 };
}

static void found_drop(struct scan *s, struct span tool, struct span words)
{
	struct span user;

	if (span_eq(tool, SPAN("setpriv"))) {
		user = option_value(words, SPAN("--reuid"));
		if (!user.len)
			return;
	} else if (span_eq(tool, SPAN("chroot"))) {
		user = option_value(words, SPAN("--userspec"));
		if (!user.len)
			return;
	} else if (span_eq(tool, SPAN("chpst"))) {
		user = option_value(words, SPAN("-u"));
		if (!user.len)
			return;
	} else {
		user = option_value(words, SPAN("-u"));
		if (!user.len)
			user = first_argument(words);
	}
	emit(s, SCRIPT_EVENT_DROPS, tool, is_literal(user) ? user : (struct span){ 0 }, false);
}

/* Words after which a command still follows. */
static bool leads_on(struct span word)
{
	static const struct span words[] = {
		SPAN_INIT("if"),
		SPAN_INIT("then"),
		SPAN_INIT("else"),
		SPAN_INIT("elif"),
		SPAN_INIT("do"),
		SPAN_INIT("while"),
		SPAN_INIT("until"),
		SPAN_INIT("!"),
		SPAN_INIT("&&"),
		SPAN_INIT("||"),
		SPAN_INIT(";"),
		SPAN_INIT("|"),
		SPAN_INIT("&"),
		SPAN_INIT("{"),
		SPAN_INIT("("),
		SPAN_INIT("."),
		SPAN_INIT("source"),
		SPAN_INIT("exec"),
		SPAN_INIT("sh"),
		SPAN_INIT("bash"),
		SPAN_INIT("dash"),
		SPAN_INIT("ash"),
		SPAN_INIT("nohup"),
		SPAN_INIT("time"),
		SPAN_INIT("command"),
		SPAN_INIT("tini"),
		SPAN_INIT("dumb-init"),
		SPAN_INIT("env"),
		SPAN_INIT("set"),
		SPAN_INIT("--"),
	};

	return word.len == 0 || ONE_OF(span_base(word), words) ||
	       (name_byte(span_at(word, 0)) && span_find(word, '=') < word.len) ||
	       span_at(word, 0) == '-';
}

static void found_command(struct scan *s, struct span word)
{
	if (span_at(word, 0) == '/' && word.len > 1 && is_literal(word) &&
		!span_starts(word, SPAN("/dev/")))
		emit(s, SCRIPT_EVENT_RUNS, word, (struct span){ 0 }, false);
}

static bool ends_command(struct span raw)
{
	static const struct span words[] = { SPAN_INIT("&&"), SPAN_INIT("||"), SPAN_INIT("|"),
		SPAN_INIT("&"), SPAN_INIT("then"), SPAN_INIT("do"), SPAN_INIT("else") };

	return span_ends(raw, SPAN(";")) || ONE_OF(raw, words);
}

static void find_commands(struct scan *s, struct span line)
{
	struct span rest = line, raw;
	bool expects = true, replaces = false, after_drop = false;

	while (!s->stop && next_word(&rest, &raw)) {
		struct span word = unquoted(raw);
		struct span base = span_base(word);

		if (span_at(raw, 0) == '#')
			return;
		if (expects && (span_eq(base, SPAN("exec")) || span_eq(base, SPAN("set"))))
			replaces = true;
		if (expects && replaces && (known_roles(base) & ROLE_DROPPER)) {
			found_drop(s, base, rest);
			after_drop = true;
			expects = false;
		} else if (after_drop && span_at(word, 0) == '/') {
			found_command(s, word);
			after_drop = false;
		} else if (expects && !leads_on(word)) {
			found_command(s, word);
			expects = false;
		}
		if (ends_command(raw)) {
			expects = true;
			replaces = after_drop = false;
		}
	}
}

/* ---- lines ---- */

static void open_heredoc(struct scan *s, struct span line)
{
	size_t at = span_find_span(line, SPAN("<<"));
	struct span rest = span_from(line, at + 2);

	if (at == line.len || span_at(rest, 0) == '<' || span_has(line, SPAN("((")))
		return;
	if (span_at(rest, 0) == '-')
		rest = span_from(rest, 1);
	rest = span_trim(rest);
	if (span_at(rest, 0) == '"' || span_at(rest, 0) == '\'' || span_at(rest, 0) == '\\')
		rest = span_from(rest, 1);
	s->here_end = name_at(rest, 0);
}

static bool only_prints(struct span line)
{
	struct span word;

	return next_word(&line, &word) &&
	       (span_eq(word, SPAN("echo")) || span_eq(word, SPAN("printf")));
}

static void shell_line(struct scan *s, struct span line)
{
	if (s->has_file_env)
		find_file_env(s, line);
	if (s->builds_twins)
		find_element(s, line);
	if (span_find(line, '?') < line.len)
		find_must(s, line);
	if (s->has_test)
		find_empty_test(s, line);
	if (s->wants_n)
		confirm_wants(s, line);
	if (s->has_drop || span_find(line, '/') < line.len)
		find_commands(s, line);
	open_heredoc(s, line);
}

static void one_line(struct scan *s, struct span line)
{
	line = span_trim(line);
	if (s->here_end.len) {
		if (span_eq(line, s->here_end))
			s->here_end = (struct span){ 0 };
		return;
	}
	if (!line.len || span_at(line, 0) == '#' || (!s->shell && span_starts(line, SPAN("//"))))
		return;
	if (s->has_file)
		find_twins(s, line);
	if (s->has_secrets && (!s->shell || !only_prints(line)))
		find_secret_paths(s, line);
	if (s->shell)
		shell_line(s, line);
}

void script_scan(
	struct span in, bool shell, script_secret_fn *is_secret, script_find_fn *found, void *ctx)
{
	struct scan s = {
		.whole = in, .shell = shell, .is_secret = is_secret, .found = found, .ctx = ctx
	};
	struct span rest = in, line;

	if (in.len > SCRIPT_SIZE_MAX)
		return;
	s.has_file = span_has(in, SPAN("_FILE")) || span_has(in, SPAN("FILE__"));
	s.has_secrets = span_has(in, SPAN("/run/secrets"));
	s.has_file_env = span_has(in, SPAN("file_env"));
	s.has_test = span_has(in, SPAN("-z "));
	for (size_t i = 0; i < known_programs_n; i++)
		s.has_drop |= (known_programs[i].roles & ROLE_DROPPER) &&
			      span_has(in, known_programs[i].name);
	s.builds_twins = s.has_file && shell &&
			 (span_has(in, SPAN("}_FILE\"")) || span_has(in, SPAN("}__FILE\"")));
	while (!s.stop && span_line(&rest, &line)) {
		s.line++;
		one_line(&s, line);
	}
	emit_wants(&s);
}
