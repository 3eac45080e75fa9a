/* judge.c - what is found, and the paths and texts that it is found by.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/judge.h"

#include "base/ascii.h"
#include "base/buf.h"

enum { FINDINGS_MAX = 20000 };

uint32_t judge_line(const struct judge *j, size_t offset)
{
	size_t low = 0, high = j->lines_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (j->lines[middle] < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low + 1;
}

struct recipe_finding *judge_add(struct judge *j, enum recipe_kind kind, enum recipe_state state,
	struct span what, const char *why, uint32_t at)
{
	struct recipe_finding *f = NULL;

	if (j->out->findings.n < FINDINGS_MAX)
		f = vec_push(&j->out->findings, j->a);
	else
		j->out->is_full = j->run.is_cut = true;
	if (!f)
		return NULL;
	*f = (struct recipe_finding){
		.kind = (uint8_t)kind,
		.state = (uint8_t)state,
		.what = what,
		.why = span_str(why),
		.line = j->line,
		.end_line = j->end_line,
		.stage = j->stage ? j->stage->number : 0,
	};
	if (j->text && j->file.len)
		f->line = judge_line(j, recipe_text_at(j->text, at));
	return f;
}

bool judge_is_url(struct span s)
{
	size_t at = span_find_span(s, SPAN("://"));

	return at < s.len && at > 1 && span_find(span_sub(s, 0, at), '/') == at;
}

bool judge_is_hex(struct span s, size_t len)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_hex(span_at(s, i)))
			return false;
	return s.len == len;
}

bool judge_is_commit(struct span s)
{
	return judge_is_hex(s, 40) || judge_is_hex(s, 64);
}

bool judge_has_hex(struct span s, size_t len)
{
	size_t run = 0;

	for (size_t i = 0; i < s.len && run < len; i++)
		run = ascii_is_hex(span_at(s, i)) ? run + 1 : 0;
	return run >= len;
}

struct span judge_join(struct judge *j, struct span a, const char *between, struct span b)
{
	scoped_buf struct buf both = { .limit = SHELL_WORD_MAX };

	buf_span(&both, a);
	buf_str(&both, between);
	buf_span(&both, b);
	if (both.failed)
		j->run.is_cut = true;
	return arena_dup(j->a, buf_view(&both));
}

void judge_unclear(struct judge *j, uint32_t at, const char *why)
{
	j->out->is_partial = true;
	judge_add(j, RECIPE_DOWNLOAD, RECIPE_UNCLEAR, SPAN("commands"), why, at);
	judge_add(j, RECIPE_PACKAGE, RECIPE_UNCLEAR, SPAN("commands"), why, at);
}

struct span judge_path(struct judge *j, struct span path)
{
	const struct shell_data *folder = shell_get(&j->run, SPAN("PWD"));
	scoped_buf struct buf b = { .limit = SHELL_WORD_MAX };
	struct span part;

	if (!path.len)
		return path;
	if (span_at(path, 0) != '/' && span_at(path, 0) != '$' && span_at(path, 0) != '~')
		path = judge_join(j, folder ? folder->text : SPAN(""), "/", path);
	if (span_at(path, 0) == '/')
		buf_byte(&b, '/');
	while (span_split(&path, '/', &part)) {
		if (!part.len || span_eq(part, SPAN(".")))
			continue;
		if (b.len && b.p[b.len - 1] != '/')
			buf_byte(&b, '/');
		buf_span(&b, part);
	}
	return arena_dup(j->a, buf_view(&b));
}

const struct known_text *judge_written(struct judge *j, struct span path)
{
	struct span whole = judge_path(j, path);

	for (size_t i = j->stage->texts.n; i--;)
		if (span_eq(j->stage->texts.p[i].path, whole))
			return &j->stage->texts.p[i];
	return NULL;
}

const struct known_text *judge_text(struct judge *j, struct span path)
{
	const struct known_text *t = judge_written(j, path);

	return t && shell_is_within(&j->run, j->run.branch, t->branch) ? t : NULL;
}
