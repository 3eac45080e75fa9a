/* instruction.c - the words of one instruction, each kind by its own rules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/instruction.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/table.h"
#include "recipe/blank.h"
#include "recipe/heredoc.h"
#include "syntax/json.h"
#include "syntax/utf8.h"

const char *const instruction_names[] = {
	[INSTRUCTION_ADD] = "ADD",
	[INSTRUCTION_ARG] = "ARG",
	[INSTRUCTION_CMD] = "CMD",
	[INSTRUCTION_COPY] = "COPY",
	[INSTRUCTION_ENTRYPOINT] = "ENTRYPOINT",
	[INSTRUCTION_ENV] = "ENV",
	[INSTRUCTION_EXPOSE] = "EXPOSE",
	[INSTRUCTION_FROM] = "FROM",
	[INSTRUCTION_HEALTHCHECK] = "HEALTHCHECK",
	[INSTRUCTION_LABEL] = "LABEL",
	[INSTRUCTION_MAINTAINER] = "MAINTAINER",
	[INSTRUCTION_ONBUILD] = "ONBUILD",
	[INSTRUCTION_RUN] = "RUN",
	[INSTRUCTION_SHELL] = "SHELL",
	[INSTRUCTION_STOPSIGNAL] = "STOPSIGNAL",
	[INSTRUCTION_USER] = "USER",
	[INSTRUCTION_VOLUME] = "VOLUME",
	[INSTRUCTION_WORKDIR] = "WORKDIR",
};
ROWS(instruction_names, INSTRUCTIONS);

/* How the text after the flags becomes words. */
enum form {
	FORM_REST,
	FORM_JSON_OR_REST,
	FORM_WORDS,
	FORM_JSON_OR_WORDS,
	FORM_PAIRS,
	FORM_NAMES,
	FORM_HEALTH,
	FORM_TRIGGER
};

static const struct {
	uint8_t form;        /* enum form */
	uint8_t least, most; /* words; 255: any number */
	const char *flags;   /* that take a value */
	const char *truths;  /* that are true or false */
	const char *lists;   /* that may come again */
} rows[INSTRUCTIONS] = {
	[INSTRUCTION_ADD] = { FORM_JSON_OR_WORDS, 2, 255, "chown chmod checksum",
		"link keep-git-dir unpack", "exclude" },
	[INSTRUCTION_ARG] = { FORM_NAMES, 1, 255, NULL, NULL, NULL },
	[INSTRUCTION_CMD] = { FORM_JSON_OR_REST, 0, 255, "", "", "" },
	[INSTRUCTION_COPY] = { FORM_JSON_OR_WORDS, 2, 255, "chown chmod from", "link parents",
		"exclude" },
	[INSTRUCTION_ENTRYPOINT] = { FORM_JSON_OR_REST, 0, 255, "", "", "" },
	[INSTRUCTION_ENV] = { FORM_PAIRS, 1, 255, "", "", "" },
	[INSTRUCTION_EXPOSE] = { FORM_WORDS, 1, 255, "", "", "" },
	[INSTRUCTION_FROM] = { FORM_WORDS, 1, 3, "platform", "", "" },
	[INSTRUCTION_HEALTHCHECK] = { FORM_HEALTH, 1, 255,
		"interval timeout start-period start-interval retries", "", "" },
	[INSTRUCTION_LABEL] = { FORM_PAIRS, 1, 255, "", "", "" },
	[INSTRUCTION_MAINTAINER] = { FORM_REST, 1, 1, "", "", "" },
	[INSTRUCTION_ONBUILD] = { FORM_TRIGGER, 0, 0, "", "", "" },
	[INSTRUCTION_RUN] = { FORM_JSON_OR_REST, 0, 255, "network security", "", "mount device" },
	[INSTRUCTION_SHELL] = { FORM_JSON_OR_REST, 1, 255, "", "", "" },
	[INSTRUCTION_STOPSIGNAL] = { FORM_REST, 1, 1, NULL, NULL, NULL },
	[INSTRUCTION_USER] = { FORM_REST, 1, 1, "", "", "" },
	[INSTRUCTION_VOLUME] = { FORM_JSON_OR_WORDS, 1, 255, "", "", "" },
	[INSTRUCTION_WORKDIR] = { FORM_REST, 1, 1, "", "", "" },
};

/* A run of an instruction's text. */
struct part {
	struct instruction *i;
	size_t at, end;
	uint8_t escape;
	struct arena *a;
	struct scov_err *err;
};

static struct span part_text(const struct part *p)
{
	return span_sub(p->i->text.text, p->at, p->end - p->at);
}

static void trim(struct part *p)
{
	struct span whole = p->i->text.text, s = recipe_trim(part_text(p));

	if (!s.len) {
		p->at = p->end;
		return;
	}
	p->at = (size_t)(s.p - whole.p);
	p->end = p->at + s.len;
}

static int add_word(struct part *p, struct span text, size_t at, size_t end)
{
	struct recipe_word w = { text, (uint32_t)at, (uint32_t)end };

	return vec_add(&p->i->words, p->a, &w) ? 0 : arena_check(p->a, p->err);
}

/* Blanks that set an instruction apart from what follows, and words that are not quoted. */
static bool is_gap(uint8_t c)
{
	return ascii_is_blank(c) || c == '\v' || c == '\f' || c == '\r';
}

/* ---- flags ----------------------------------------------------------------------------------- */

/* Here the reader looks at bytes, not characters. */
static bool is_byte_blank(uint8_t c)
{
	return ascii_is_space(c) || c == '\v' || c == '\f' || c == 0x85 || c == 0xa0;
}

static void put_byte(struct buf *b, uint8_t c)
{
	uint8_t bytes[4];

	buf_bytes(b, bytes, utf8_put(c, bytes));
}

/* One word from *at, quotes and escapes taken off. */
static void flag_word(const struct part *p, size_t *at, struct buf *b)
{
	struct span s = p->i->text.text;
	uint8_t quote = 0;

	for (; *at < p->end; ++*at) {
		uint8_t c = span_at(s, *at);

		if (quote ? c == quote : c == '\'' || c == '"') {
			quote = quote ? 0 : c;
			continue;
		}
		if (!quote && is_byte_blank(c))
			return;
		if (c == p->escape) {
			if (*at + 1 >= p->end) {
				quote = 0;
				continue;
			}
			c = span_at(s, ++*at);
		}
		put_byte(b, c);
	}
}

static int take_flags(struct part *p)
{
	struct span s = p->i->text.text;

	for (;;) {
		scoped_buf struct buf b = { 0 };
		size_t from;

		while (p->at < p->end && is_byte_blank(span_at(s, p->at)))
			p->at++;
		if (span_at(s, p->at) != '-' || p->at + 1 >= p->end || span_at(s, p->at + 1) != '-')
			return 0;
		from = p->at;
		flag_word(p, &p->at, &b);
		if (span_eq(buf_view(&b), SPAN("--")))
			return 0;

		struct recipe_word w = { arena_dup(p->a, buf_view(&b)), (uint32_t)from,
			(uint32_t)p->at };

		if (!vec_add(&p->i->flags, p->a, &w))
			return arena_check(p->a, p->err);
	}
}

/* ---- words ----------------------------------------------------------------------------------- */

static int split_words(struct part *p)
{
	struct span s = p->i->text.text;

	if (p->at == p->end)
		return 0;
	for (size_t from = p->at, at = p->at;; at++) {
		if (at < p->end && !is_gap(span_at(s, at)))
			continue;
		if (add_word(p, span_sub(s, from, at - from), from, at))
			return p->err->code;
		while (at < p->end && is_gap(span_at(s, at)))
			at++;
		if (at == p->end)
			return is_gap(span_at(s, p->end - 1)) ? add_word(p, SPAN(""), at, at) : 0;
		from = at;
	}
}

/* A word of ENV, ARG or LABEL from *at on; its quotes and escapes stay in it. */
static bool quoted_word(const struct part *p, size_t *at, struct recipe_word *out)
{
	struct span s = p->i->text.text;
	uint8_t quote = 0;
	size_t step, end;

	while (*at < p->end && (step = recipe_blank(s, *at)))
		*at += step;
	if (*at >= p->end)
		return false;
	out->at = (uint32_t)*at;
	for (end = *at; *at < p->end; end = *at) {
		uint8_t c = span_at(s, *at);

		if (!quote && recipe_blank(s, *at))
			break;
		if (c == p->escape && quote != '\'') {
			if (*at + 1 >= p->end) {
				++*at;
				break; /* at the very end it is dropped */
			}
			step = utf8_step(s, *at + 1, NULL);
			*at += 1 + (step ? step : 1);
			continue;
		}
		if (quote ? c == quote : c == '\'' || c == '"')
			quote = quote ? 0 : c;
		++*at;
	}
	out->end = (uint32_t)end;
	out->text = span_sub(s, out->at, end - out->at);
	return true;
}

static int add_pair(struct part *p, struct recipe_pair pair)
{
	return vec_add(&p->i->pairs, p->a, &pair) ? 0 : arena_check(p->a, p->err);
}

static struct recipe_pair pair_of(const struct recipe_word *w)
{
	uint32_t equals = (uint32_t)span_find(w->text, '=');
	struct recipe_pair pair = { .name = *w };

	if (equals == w->text.len)
		return pair;
	pair.has_value = true;
	pair.name.text.len = equals;
	pair.name.end = w->at + equals;
	pair.value =
		(struct recipe_word){ span_from(w->text, equals + 1), w->at + equals + 1, w->end };
	return pair;
}

/* "ENV name the rest" */
static int old_pair(struct part *p)
{
	struct span s = p->i->text.text;
	struct recipe_pair pair = { .has_value = true };
	size_t at = p->at, from;

	while (at < p->end && !is_gap(span_at(s, at)))
		at++;
	from = at;
	while (from < p->end && is_gap(span_at(s, from)))
		from++;
	if (at == p->end)
		return err_fail(p->err, SCOV_E_FORMAT, "%s must have two arguments",
			instruction_names[p->i->kind]);
	pair.name = (struct recipe_word){ span_sub(s, p->at, at - p->at), (uint32_t)p->at,
		(uint32_t)at };
	pair.value = (struct recipe_word){ span_sub(s, from, p->end - from), (uint32_t)from,
		(uint32_t)p->end };
	return add_pair(p, pair);
}

static int split_pairs(struct part *p, bool needs_value)
{
	struct recipe_word w;
	size_t at = p->at;

	for (size_t n = 0; quoted_word(p, &at, &w); n++) {
		struct recipe_pair pair = pair_of(&w);

		if (needs_value && !pair.has_value && !n)
			return old_pair(p);
		if (needs_value && !pair.has_value)
			return err_fail(
				p->err, SCOV_E_FORMAT, "'%.*s' has no '='", SPAN_ARG(w.text));
		if (!w.text.len && needs_value)
			continue;
		if (add_pair(p, pair))
			return p->err->code;
	}
	return 0;
}

/* 1: its words were taken; 0: it is not a JSON array; negative: an error. */
static int json_words(struct part *p)
{
	scoped_arena struct arena scratch = { .limit = 8 << 20 };
	const struct json *list;
	struct span text = recipe_trim(part_text(p));

	if (span_at(text, 0) != '[' || json_parse(text, DOCKERFILE_MAX, &scratch, &list, NULL) ||
		!json_is(list, JSON_LIST))
		return 0;
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *v = json_at(list, i);

		if (!json_is(v, JSON_TEXT))
			return err_fail(
				p->err, SCOV_E_FORMAT, "a JSON array must hold strings only");
		if (add_word(p, arena_dup(p->a, json_text(v)), p->at, p->at))
			return p->err->code;
	}
	p->i->is_json = true;
	return 1;
}

static int rest_word(struct part *p)
{
	return p->at == p->end ? 0 : add_word(p, part_text(p), p->at, p->end);
}

static int health_words(struct part *p)
{
	struct span s = p->i->text.text;
	size_t from = p->at;

	while (p->at < p->end && !is_byte_blank(span_at(s, p->at)))
		p->at++;
	if (from == p->at)
		return 0;
	if (add_word(p, span_sub(s, from, p->at - from), from, p->at))
		return p->err->code;
	while (p->at < p->end && is_byte_blank(span_at(s, p->at)))
		p->at++;

	int is_json = json_words(p);

	return is_json < 0 ? is_json : is_json ? 0 : rest_word(p);
}

/* ---- the instruction ------------------------------------------------------------------------- */

static int split_part(struct part *p, bool is_trigger);

static int take_trigger(struct part *p)
{
	struct instruction *t;

	if (p->at == p->end)
		return err_fail(p->err, SCOV_E_FORMAT, "ONBUILD needs an instruction");
	t = arena_alloc(p->a, sizeof(*t));
	if (!t)
		return arena_check(p->a, p->err);
	*t = (struct instruction){
		.text = p->i->text, .line = p->i->line, .end_line = p->i->end_line
	};
	p->i->trigger = t;
	p->i = t;
	return split_part(p, true);
}

static int take_words(struct part *p, uint8_t form)
{
	int is_json = form == FORM_JSON_OR_REST || form == FORM_JSON_OR_WORDS ? json_words(p) : 0;

	if (is_json)
		return is_json < 0 ? is_json : 0;
	switch (form) {
	case FORM_WORDS:
	case FORM_JSON_OR_WORDS:
		return split_words(p);
	case FORM_PAIRS:
	case FORM_NAMES:
		return split_pairs(p, form == FORM_PAIRS);
	case FORM_HEALTH:
		return health_words(p);
	case FORM_TRIGGER:
		return take_trigger(p);
	default:
		return rest_word(p);
	}
}

static int split_part(struct part *p, bool is_trigger)
{
	struct span s = p->i->text.text, name;
	size_t from;

	trim(p);
	from = p->at;
	while (p->at < p->end && !is_gap(span_at(s, p->at)))
		p->at++;
	name = span_sub(s, from, p->at - from);
	while (p->at < p->end && is_gap(span_at(s, p->at)))
		p->at++;
	p->i->kind = 0;
	while (p->i->kind < INSTRUCTIONS &&
		!span_eq_nocase(name, span_str(instruction_names[p->i->kind])))
		p->i->kind++;
	if (p->i->kind == INSTRUCTIONS)
		return err_fail(
			p->err, SCOV_E_FORMAT, "unknown instruction '%.*s'", SPAN_ARG(name));
	if (is_trigger &&
		(p->i->kind == INSTRUCTION_ONBUILD || p->i->kind == INSTRUCTION_MAINTAINER ||
			p->i->kind == INSTRUCTION_FROM))
		return err_fail(p->err, SCOV_E_FORMAT, "ONBUILD cannot have %s",
			instruction_names[p->i->kind]);
	if (take_flags(p))
		return p->err->code;
	trim(p);
	return take_words(p, rows[p->i->kind].form);
}

int instruction_split(struct instruction *i, uint8_t escape, struct arena *a, struct scov_err *err)
{
	struct part p = { i, 0, i->text.text.len, escape, a, err };

	return split_part(&p, false);
}

/* ---- what is allowed ------------------------------------------------------------------------- */

static bool is_truth(struct span value)
{
	return span_eq_nocase(value, SPAN("true")) || span_eq_nocase(value, SPAN("false"));
}

static int check_flag(const struct instruction *i, size_t n, struct scov_err *err)
{
	struct span text = i->flags.p[n].text, name, value;
	size_t equals = span_find(text, '=');
	bool has_value = equals < text.len;

	name = span_sub(span_sub(text, 0, equals), 2, SIZE_MAX);
	value = span_from(text, equals + 1);
	bool is_list = span_has_word(span_str(rows[i->kind].lists), name);
	bool is_bool = span_has_word(span_str(rows[i->kind].truths), name);

	if (!name.len ||
		(!is_list && !is_bool && !span_has_word(span_str(rows[i->kind].flags), name)))
		return err_fail(err, SCOV_E_FORMAT, "unknown flag '%.*s'", SPAN_ARG(text));
	if (is_bool ? has_value && !is_truth(value) : !has_value)
		return err_fail(err, SCOV_E_FORMAT, "flag '%.*s' needs %s", SPAN_ARG(text),
			is_bool ? "true or false" : "a value");
	for (size_t k = 0; k < n && !is_list; k++) {
		struct span other = i->flags.p[k].text;

		if (span_eq(span_sub(other, 2, span_find(other, '=') - 2), name))
			return err_fail(
				err, SCOV_E_FORMAT, "flag '%.*s' is given twice", SPAN_ARG(text));
	}
	return 0;
}

/* Lower case, and it begins with a letter. */
static bool is_stage_name(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_letter(span_at(s, i)) &&
			(!i || (!ascii_is_digit(span_at(s, i)) && !strchr("-_.", span_at(s, i)))))
			return false;
	return s.len > 0;
}

static int check_from(const struct instruction *i, struct scov_err *err)
{
	if (i->words.n == 2 || (i->words.n == 3 && !span_eq_nocase(i->words.p[1].text, SPAN("as"))))
		return err_fail(err, SCOV_E_FORMAT, "FROM needs an image, or an image AS a name");
	if (i->words.n == 3 && !is_stage_name(i->words.p[2].text))
		return err_fail(err, SCOV_E_FORMAT, "'%.*s' cannot be the name of a stage",
			SPAN_ARG(i->words.p[2].text));
	return 0;
}

/* The names of ADD and COPY go to a place, which a heredoc is not. */
static int check_kind(const struct instruction *i, struct arena *a, struct scov_err *err)
{
	struct heredoc h;
	struct scov_err ignored;

	switch (i->kind) {
	case INSTRUCTION_FROM:
		return check_from(i, err);
	case INSTRUCTION_SHELL:
		return i->is_json ? 0 : err_fail(err, SCOV_E_FORMAT, "SHELL needs a JSON array");
	case INSTRUCTION_ADD:
	case INSTRUCTION_COPY:
		return heredoc_word(i->words.p[i->words.n - 1].text, a, &h, &ignored) > 0
			       ? err_fail(err, SCOV_E_FORMAT, "a heredoc cannot be the destination")
			       : 0;
	default:
		break;
	}
	for (size_t k = 0; k < i->pairs.n; k++)
		if (!i->pairs.p[k].name.text.len &&
			(i->pairs.p[k].has_value || i->kind != INSTRUCTION_ARG))
			return err_fail(err, SCOV_E_FORMAT, "a name is empty");
	return 0;
}

int instruction_check(const struct instruction *i, struct arena *a, struct scov_err *err)
{
	size_t n;

	if (i->trigger && i->trigger->kind != INSTRUCTION_ONBUILD) {
		for (size_t k = 0; k < i->flags.n; k++)
			if (check_flag(i, k, err))
				return err->code;
		return 0; /* the trigger is read when it runs */
	}
	n = i->words.n + i->pairs.n;
	if (n < rows[i->kind].least || n > rows[i->kind].most)
		return err_fail(err, SCOV_E_FORMAT, "%s needs %s", instruction_names[i->kind],
			rows[i->kind].least > 1 ? "two arguments"
			: n                     ? "fewer arguments"
						: "an argument");
	for (size_t k = 0; k < i->flags.n && rows[i->kind].flags; k++)
		if (check_flag(i, k, err))
			return err->code;
	return check_kind(i, a, err);
}
