/* windows.c - what PowerShell and cmd fetch: their words are not read, their requests are looked
 * for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/windows.h"

#include "base/ascii.h"
#include "base/buf.h"

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

/* Get-FileHash takes SHA-256 unless it is given another. */
static bool is_checked(struct span rest)
{
	size_t at = span_find_span(rest, SPAN("get-filehash"));
	struct span after = span_from(rest, at);

	if (at == rest.len)
		return span_has(rest, SPAN("get-authenticodesignature")) &&
		       (span_has(rest, SPAN("exit 1")) || span_has(rest, SPAN("throw")));
	return !span_has(after, SPAN("-algorithm md5")) &&
	       !span_has(after, SPAN("-algorithm sha1")) &&
	       (span_has(after, SPAN("-ne")) || span_has(after, SPAN("-eq"))) &&
	       (span_has(after, SPAN("exit")) || span_has(after, SPAN("throw")));
}

void windows_commands(struct judge *j, struct span text, uint32_t at)
{
	static const struct span verbs[] = { SPAN_INIT("invoke-webrequest"), SPAN_INIT("iwr "),
		SPAN_INIT("invoke-restmethod"), SPAN_INIT("irm "), SPAN_INIT("start-bitstransfer"),
		SPAN_INIT("downloadfile"), SPAN_INIT("downloadstring"), SPAN_INIT("curl"),
		SPAN_INIT("wget"), SPAN_INIT("bitsadmin"), SPAN_INIT("certutil") };
	struct span low = lower(j, text), all = text;
	size_t which, off = 0;

	for (;;) {
		size_t n = span_find_any(span_from(low, off), verbs, 11, &which), end = 0, from;
		struct span rest;

		if (off + n >= low.len)
			return;
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
				is_checked(rest) && !span_has(low, SPAN("invoke-expression")) &&
						!span_has(low, SPAN("iex"))
					? SPAN("hash")
					: SPAN(""));
		/* the same request is not found again by the name of its method */
		off += from < rest.len ? from + end : 0;
	}
}
