/* remedy.c - what to do, as data, and the one place that turns it into text.
 *
 * A judge gives every subject; the words name the first few. `harden` acts on the data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/buf.h"
#include "criteria/rows.h"

enum {
	NAMED_MAX = 12,   /* subjects that the words name */
	NAMED_BYTES = 2048, /* no further one after so many bytes */
	TOLD_MAX = 3,     /* remedies that the words name */
	WORDS_MAX = 256 << 10,
};

enum style { STYLE_WORD, STYLE_PATH, STYLE_LABEL, STYLE_QUOTED };

/* HEAD VALUE subject BETWEEN subject ... NOTE; without a head there is only the note. */
static const struct {
	const char *name, *head, *between;
	uint8_t style;
} rows[REMEDY_ACTIONS] = {
	[REMEDY_NONE] = { "none", "", "", 0 },
	[REMEDY_REMOVE] = { "remove", "RUN rm -f", " ", STYLE_PATH },
	[REMEDY_CHMOD] = { "chmod", "RUN chmod", " ", STYLE_PATH },
	[REMEDY_UNCAP] = { "uncap", "RUN setcap -r", " -r ", STYLE_PATH },
	[REMEDY_USER] = { "user", "USER", " ", STYLE_WORD },
	[REMEDY_LABEL] = { "label", "LABEL", " ", STYLE_LABEL },
	[REMEDY_BASE] = { "base", "FROM", ", or FROM ", STYLE_WORD },
	[REMEDY_ENTRYPOINT] = { "entrypoint", "make the entrypoint read", ", ", STYLE_WORD },
	[REMEDY_PROFILE] = { "profile", "attach a seccomp profile and name it:", " ", STYLE_WORD },
	[REMEDY_TRUST] = { "trust", "trust it: --trusted", " --trusted ", STYLE_QUOTED },
	[REMEDY_SECRET] = { "secret", "", "", 0 },
	[REMEDY_RECIPE] = { "recipe", "", "", 0 },
	[REMEDY_REBUILD] = { "rebuild", "", "", 0 },
	[REMEDY_SIGN] = { "sign", "", "", 0 },
	[REMEDY_ATTEST] = { "attest", "", "", 0 },
};

const char *remedy_name(unsigned action)
{
	return rows[action < REMEDY_ACTIONS ? action : REMEDY_NONE].name;
}

/* ---- for judges ------------------------------------------------------------------------------ */

void remedy_for(struct verdict_out *out, struct remedy *r, struct span subject)
{
	vec_add(&r->subjects, out->arena, &subject);
}

void remedy_add(struct verdict_out *out, struct remedy r)
{
	vec_add(&out->report->remedies, out->arena, &r);
}

void remedy_one(
	struct verdict_out *out, enum remedy_action action, const char *subject, const char *note)
{
	struct remedy r = { .action = (uint8_t)action, .note = span_str(note) };

	remedy_for(out, &r, span_str(subject));
	remedy_add(out, r);
}

/* ---- words ----------------------------------------------------------------------------------- */

static bool is_plain(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '/' || c == '.' || c == '_' || c == '-' || c == '+' || c == '@' ||
			    c == ':' || c == ',' || c == '='))
			return false;
	}
	return true;
}

/* As a shell reads it back: within single quotes. The writer escapes what a terminal must not
 * see. */
static void put_quoted(struct buf *b, const char *before, struct span s)
{
	buf_printf(b, "'%s", before);
	for (size_t i = 0; i < s.len; i++) {
		if (span_at(s, i) == '\'')
			buf_str(b, "'\\'");
		buf_byte(b, (char)span_at(s, i));
	}
	buf_byte(b, '\'');
}

/* KEY=VALUE, the value in double quotes when it must be, as LABEL reads it back. */
static void put_label(struct buf *b, struct span s)
{
	size_t eq = span_find(s, '=');
	struct span value = span_from(s, eq + 1);

	buf_printf(b, "%.*s=", SPAN_ARG(span_sub(s, 0, eq)));
	if (is_plain(value)) {
		buf_span(b, value);
		return;
	}
	buf_byte(b, '"');
	for (size_t i = 0; i < value.len; i++) {
		char c = (char)span_at(value, i);

		if (c == '"' || c == '\\' || c == '$')
			buf_byte(b, '\\');
		buf_byte(b, c);
	}
	buf_byte(b, '"');
}

static void put_subject(struct buf *b, enum style style, struct span s)
{
	if (style == STYLE_LABEL)
		put_label(b, s);
	else if (style == STYLE_QUOTED || (style == STYLE_PATH && !is_plain(s)))
		put_quoted(b, style == STYLE_PATH ? "/" : "", s);
	else
		buf_printf(b, "%s%.*s", style == STYLE_PATH ? "/" : "", SPAN_ARG(s));
}

/* HEAD VALUE and the first subjects. */
static void put_command(struct buf *b, const struct remedy *r)
{
	size_t i = 0, start = b->len;

	buf_str(b, rows[r->action].head);
	if (r->value.len)
		buf_printf(b, " %.*s", SPAN_ARG(r->value));
	for (; i < r->subjects.n && i < NAMED_MAX && b->len - start < NAMED_BYTES; i++) {
		buf_str(b, i ? rows[r->action].between : " ");
		put_subject(b, rows[r->action].style, r->subjects.p[i]);
	}
	if (i < r->subjects.n)
		buf_printf(b, " and %zu more", r->subjects.n - i);
}

static void put_remedy(struct buf *b, const struct remedy *r)
{
	if (r->subjects.n && r->action == REMEDY_SECRET)
		buf_printf(b, "%.*s: ", SPAN_ARG(r->subjects.p[0]));
	else if (r->subjects.n)
		put_command(b, r);
	buf_span(b, r->note);
}

struct span remedies_text(const remedies *list, struct arena *a)
{
	scoped_buf struct buf b = { .limit = WORDS_MAX };

	for (size_t i = 0; i < list->n && i < TOLD_MAX; i++) {
		const struct remedy *r = &list->p[i];

		if (i)
			buf_str(&b, r->action == REMEDY_SECRET ? ". "
				    : r->is_instead            ? ", or "
							       : ", and ");
		put_remedy(&b, r);
	}
	if (list->n > TOLD_MAX)
		buf_printf(&b, ". And %zu more: see scoville secrets", list->n - TOLD_MAX);
	return b.failed ? SPAN("see the evidence") : arena_dup(a, buf_view(&b));
}
