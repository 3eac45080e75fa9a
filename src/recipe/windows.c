/* windows.c - what PowerShell and cmd fetch and install: their grammar is not read, their requests
 * are looked for, and the words of what may be a command.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/windows.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"

enum { REQUESTS_MAX = 200, WORDS_MAX = 100 };

bool windows_is_shell(struct span program)
{
	static const char *const names[] = { "powershell", "pwsh", "cmd" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_eq_nocase(program, span_str(names[i])))
			return true;
	return false;
}

static struct span lower(struct judge *j, struct span s)
{
	scoped_buf struct buf b = { 0 };

	for (size_t i = 0; i < s.len; i++)
		buf_byte(&b, (char)ascii_lower(span_at(s, i)));
	return arena_dup(j->a, buf_view(&b));
}

/* The file that a request writes: after "-outfile" or in DownloadFile('URL', 'FILE'). */
static struct span target(struct span rest)
{
	size_t at = span_find_span(rest, SPAN("-outfile")), comma = span_find(rest, ','), n = 0;

	rest = span_from(rest, at < rest.len ? at + 8 : comma + 1);
	while (rest.len && (ascii_is_space(span_at(rest, 0)) || span_at(rest, 0) == '\'' ||
				   span_at(rest, 0) == '"'))
		rest = span_from(rest, 1);
	while (n < rest.len && !ascii_is_space(span_at(rest, n)) && span_at(rest, n) != '\'' &&
		span_at(rest, n) != '"' && span_at(rest, n) != ';' && span_at(rest, n) != ')')
		n++;
	return span_sub(rest, 0, n);
}

/* Get-FileHash of that file, SHA-256 unless it is given another, compared with a hash. */
static bool is_checked(struct span rest, struct span file)
{
	size_t at = span_find_span(rest, SPAN("get-filehash"));
	struct span after = span_from(rest, at), asked = span_sub(after, 0, span_find(after, ')'));
	size_t name;

	if (at == rest.len || file.len < 2)
		return false;
	name = span_find_span(asked, file);
	return name < asked.len && !ascii_is_alnum(span_at(asked, name + file.len)) &&
	       span_at(asked, name + file.len) != '.' && !span_has(asked, SPAN("md5")) &&
	       !span_has(asked, SPAN("sha1")) &&
	       (span_has(after, SPAN("-ne")) || span_has(after, SPAN("-eq"))) &&
	       (judge_has_hex(after, 64) || span_find(after, '$') < after.len) &&
	       (span_has(after, SPAN("exit")) || span_has(after, SPAN("throw")));
}

/* Words of a command, for the installers: without quotes, and the program without its end. */
static void one_command(struct judge *j, struct span text, uint32_t at)
{
	struct shell_arg *args = arena_array(j->a, WORDS_MAX, sizeof(*args));
	struct shell_call c = { .args = args, .at = at };

	for (size_t i = 0; args && i < text.len && c.n < WORDS_MAX;) {
		size_t n = 0;
		uint8_t quote = span_at(text, i);
		bool is_quote = quote == '"' || quote == '\'';

		if (ascii_is_space(quote)) {
			i++;
			continue;
		}
		i += is_quote;
		while (i + n < text.len && (is_quote ? span_at(text, i + n) != quote
						     : !ascii_is_space(span_at(text, i + n))))
			n++;
		args[c.n].text = span_sub(text, i, n);
		args[c.n++].is_unknown = span_find(span_sub(text, i, n), '$') < n;
		i += n + is_quote;
	}
	if (!c.n)
		return;
	struct span program = lower(j, span_base(args[0].text));
	static const char *const ends[] = { ".exe", ".cmd", ".bat", ".ps1" };

	if (span_find(program, '\\') < program.len)
		program = span_from(program, span_rfind(program, '\\') + 1);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (span_ends(program, span_str(ends[i])))
			program = span_sub(program, 0, program.len - 4);
	args[0].text = program;
	if (span_starts(program, SPAN("install-")))
		for (size_t i = 1; i < c.n; i++)
			if (span_at(args[i].text, 0) == '-')
				args[i].text = lower(j, args[i].text);
	install_call(j, &c);
}

/* Where commands begin: each is looked at for itself. */
static void installs(struct judge *j, struct span text, uint32_t at)
{
	for (size_t i = 0, n; i < text.len; i += n + 1) {
		n = 0;
		while (i + n < text.len && !strchr(";&|\n{}()", span_at(text, i + n)))
			n++;
		if (n)
			one_command(j, span_trim(span_sub(text, i, n)), at);
	}
}

void windows_commands(struct judge *j, struct span text, uint32_t at)
{
	static const struct span verbs[] = { SPAN_INIT("invoke-webrequest"), SPAN_INIT("iwr "),
		SPAN_INIT("invoke-restmethod"), SPAN_INIT("irm "), SPAN_INIT("start-bitstransfer"),
		SPAN_INIT("downloadfile"), SPAN_INIT("downloadstring"), SPAN_INIT("curl"),
		SPAN_INIT("wget"), SPAN_INIT("bitsadmin"), SPAN_INIT("certutil") };
	struct span low = lower(j, text), all = text;
	size_t which, off = 0;

	installs(j, text, at);
	for (size_t requests = 0;; requests++) {
		size_t n = span_find_any(span_from(low, off), verbs, 11, &which), end = 0, from;
		struct span rest;

		if (off + n >= low.len)
			return;
		if (requests >= REQUESTS_MAX) {
			judge_unclear(j, at, "the commands are too many to be gone through");
			return;
		}
		off += n + verbs[which].len;
		rest = span_from(low, off);
		from = span_find_span(rest, SPAN("://"));
		while (from < rest.len && from && ascii_is_letter(span_at(rest, from - 1)))
			from--;
		struct span url = span_from(all, off + (from < rest.len ? from : 0));

		while (end < url.len && !ascii_is_space(span_at(url, end)) &&
			span_at(url, end) != '\'' && span_at(url, end) != '"' &&
			span_at(url, end) != ';' && span_at(url, end) != ')')
			end++;
		url = span_sub(url, 0, end);
		if (!judge_is_url(url))
			url = all.len > 80 ? span_sub(all, 0, 80) : all;
		if (!fetch_is_here(url))
			fetch_add(j, url, SPAN("C:"), at,
				is_checked(rest, target(rest)) &&
						!span_has(low, SPAN("invoke-expression")) &&
						!span_has(low, SPAN("iex"))
					? SPAN("hash")
					: SPAN(""));
		/* the same request is not found again by the name of its method */
		off += from < rest.len ? from + end : 0;
	}
}
