/* state.c - what updates remember, in a file of the database's folder.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/state.h"

int state_parse(struct span text, struct arena *a, struct update_state *out, struct scov_err *err)
{
	struct update_state s = { 0 };
	struct span line;

	while (span_line(&text, &line)) {
		struct state_line row = { 0 };
		struct span rest = line;

		if (!span_split(&rest, ' ', &row.word) || !span_split(&rest, ' ', &row.name) ||
			!rest.len || !row.word.len || !row.name.len ||
			span_find(rest, '\r') < rest.len)
			return err_fail(err, SCOV_E_FORMAT, "line %zu is damaged", s.lines.n + 1);
		row.value = rest;
		if (s.lines.n == STATE_LINES)
			return err_fail(err, SCOV_E_LIMIT, "more than %d lines", STATE_LINES);
		vec_add(&s.lines, a, &row);
	}
	int rc = arena_check(a, err);

	if (!rc)
		*out = s;
	return rc;
}

void state_write(struct buf *out, const struct update_state *s)
{
	for (size_t i = 0; i < s->lines.n; i++) {
		const struct state_line *l = &s->lines.p[i];

		if (!l->value.len)
			continue;
		buf_span(out, l->word);
		buf_byte(out, ' ');
		buf_span(out, l->name);
		buf_byte(out, ' ');
		buf_span(out, l->value);
		buf_byte(out, '\n');
	}
}

static struct state_line *find(const struct update_state *s, const char *word, struct span name)
{
	for (size_t i = 0; i < s->lines.n; i++)
		if (span_eq(s->lines.p[i].word, span_str(word)) &&
			span_eq(s->lines.p[i].name, name))
			return &s->lines.p[i];
	return NULL;
}

struct span state_get(const struct update_state *s, const char *word, struct span name)
{
	const struct state_line *l = find(s, word, name);

	return l ? l->value : (struct span){ 0 };
}

void state_set(struct update_state *s, const char *word, struct span name, struct span value,
	struct arena *a)
{
	struct state_line *l = find(s, word, name);
	struct span kept = arena_dup(a, value);

	if (span_find(value, '\n') < value.len || span_find(value, '\r') < value.len)
		return;
	if (l)
		l->value = kept;
	else
		vec_add(&s->lines, a,
			&(struct state_line){ span_str(word), arena_dup(a, name), kept });
}
