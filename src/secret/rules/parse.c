/* parse.c - the parser of rule files (doc/formats/secret-rules.md), and the built-in rules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "secret/rules/rule.h"

#include <pcre2.h>
#include <pthread.h>

#include "base/err.h"
#include "base/table.h"
#include "secret/proof/known_key.h"
#include "secret/proof/validate.h"
#include "syntax/sections.h"

enum {
	FILE_MAX = 4 << 20,
	ADVICE_MAX = 1024,
	EXPRESSION_MAX = 4096,
	LITERAL_MIN = 3,
	LITERAL_MAX = 255,
	PREFIX_MAX = 12
};

struct parser {
	const char *file;
	uint32_t line;
	struct secret_rules *rules;
	struct secret_rule defaults, rule;
	bool in_rule, in_defaults, in_lexicon, compile;
	struct lexicon_section section;
	struct lexicon *lexicon; /* that the file's words go to; NULL: it has none so far */
	struct scov_err *err;
};

static int bad(struct parser *p, const char *why)
{
	return err_fail(p->err, SCOV_E_USAGE, "%s:%u: rule '%.*s': %s", p->file, p->line,
		SPAN_ARG(p->rule.id), why);
}

static int push(struct parser *p, struct span *list, uint8_t *n, uint8_t max, struct span value)
{
	if (*n == max)
		return bad(p, "a list with too many lines");
	list[(*n)++] = value;
	return 0;
}

static bool truth(struct span v, bool *out)
{
	*out = span_eq(v, SPAN("yes"));
	return *out || span_eq(v, SPAN("no"));
}

static bool class_of(struct span word, uint8_t *out)
{
	static const char *const names[] = { "none", "token", "password", "hex", "base64", "key",
		"marked" };

	ROWS(names, CLASSES);
	for (uint8_t i = 0; i < CLASSES; i++)
		if (span_eq(word, span_str(names[i]))) {
			*out = i;
			return true;
		}
	return false;
}

static bool number(struct span v, uint64_t max, uint32_t *out)
{
	uint64_t n;

	if (!span_number(v, 10, max, &n))
		return false;
	*out = (uint32_t)n;
	return true;
}

static int set_levels(struct parser *p, struct span v)
{
	uint8_t *to[] = { &p->rule.level_proven, &p->rule.level_match, &p->rule.level_invalid };

	for (int i = 0; i < 3; i++) {
		struct span word = { 0 };

		if (!span_split(&v, ' ', &word) || !secret_level_of(word, to[i]))
			return bad(p, "level needs three of none, low, medium, high: proven, "
				      "match, invalid");
	}
	return v.len ? bad(p, "level needs three words") : 0;
}

static int set_window(struct parser *p, struct span v)
{
	struct span before = { 0 }, after = { 0 };

	if (!span_split(&v, ' ', &before) || !span_split(&v, ' ', &after) || v.len ||
		!number(before, RULE_WINDOW_MAX, &p->rule.before) ||
		!number(after, RULE_WINDOW_MAX, &p->rule.after))
		return bad(p, "window needs two numbers of bytes, at most 65536: before and after "
			      "the literal");
	return 0;
}

static int add_validator(struct parser *p, struct span v)
{
	struct secret_rule *r = &p->rule;
	size_t colon = span_find(v, ':');

	if (r->validators_n == RULE_VALIDATORS_MAX)
		return bad(p, "too many validators");
	if (!validator_find(span_sub(v, 0, colon)))
		return bad(p, "no such validator");
	r->validators[r->validators_n++] =
		(struct rule_validator){ span_sub(v, 0, colon), span_from(v, colon + 1) };
	return 0;
}

static int add_literal(struct parser *p, struct span v)
{
	if (v.len < LITERAL_MIN || v.len > LITERAL_MAX)
		return bad(p, "a literal must have 3 to 255 bytes");
	return push(p, p->rule.literals, &p->rule.literals_n, RULE_LITERALS_MAX, v);
}

/* The bytes of a literal that is not text. */
static int add_bytes(struct parser *p, struct span v)
{
	uint8_t *to = arena_alloc(&p->rules->arena, v.len / 2 + 1);
	uint64_t n;

	if (!to)
		return err_memory(p->err);
	for (size_t i = 0; i < v.len / 2; i++) {
		if (!span_number(span_sub(v, 2 * i, 2), 16, 255, &n))
			return bad(p, "literal-hex must be hex digits");
		to[i] = (uint8_t)n;
	}
	return v.len % 2 ? bad(p, "literal-hex must have two digits a byte")
			 : add_literal(p, span_of(to, v.len / 2));
}

static int add_flag(struct parser *p, struct span v)
{
	static const struct {
		struct span name;
		uint32_t flag;
	} flags[] = { { SPAN_INIT("encrypted"), SECRET_ENCRYPTED },
		{ SPAN_INIT("telecom"), SECRET_TELECOM },
		{ SPAN_INIT("default"), SECRET_DEFAULT } };

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (span_eq(v, flags[i].name)) {
			p->rule.flags |= flags[i].flag;
			return 0;
		}
	return bad(p, "flag must be encrypted, telecom or default");
}

static int set_list(struct parser *p, struct span key, struct span v, bool *known)
{
	struct secret_rule *r = &p->rule;

	if (span_eq(key, SPAN("literal")))
		return add_literal(p, v);
	if (span_eq(key, SPAN("literal-hex")))
		return add_bytes(p, v);
	if (span_eq(key, SPAN("flag")))
		return add_flag(p, v);
	if (span_eq(key, SPAN("valid")))
		return add_validator(p, v);
	if (span_eq(key, SPAN("path")))
		return push(p, r->paths, &r->paths_n, 8, v);
	if (span_eq(key, SPAN("not-path")))
		return push(p, r->not_paths, &r->not_paths_n, 8, v);
	if (span_eq(key, SPAN("good")))
		return push(p, r->good, &r->good_n, 8, v);
	if (span_eq(key, SPAN("bad")))
		return push(p, r->bad, &r->bad_n, 8, v);
	*known = false;
	return 0;
}

static int set_scalar(struct parser *p, struct span key, struct span v, bool *known)
{
	struct secret_rule *r = &p->rule;
	uint32_t n = 0;

	if (span_eq(key, SPAN("level")))
		return set_levels(p, v);
	if (span_eq(key, SPAN("window")))
		return set_window(p, v);
	if (span_eq(key, SPAN("class")))
		return class_of(v, &r->class)
			       ? 0
			       : bad(p, "class must be none, token, password, hex, base64, key or "
					"marked");
	if (span_eq(key, SPAN("nocase")))
		return truth(v, &r->nocase) ? 0 : bad(p, "nocase must be yes or no");
	if (span_eq(key, SPAN("strong")))
		return truth(v, &r->strong) ? 0 : bad(p, "strong is yes or no");
	if (span_eq(key, SPAN("binary")))
		return truth(v, &r->binary) ? 0 : bad(p, "binary must be yes or no");
	if (span_eq(key, SPAN("shown")))
		return truth(v, &r->shown) ? 0 : bad(p, "shown is yes or no");
	if (span_eq(key, SPAN("group"))) {
		if (!number(v, 9, &n))
			return bad(p, "group must be 0 to 9");
		r->group = (uint8_t)n;
		return 0;
	}
	if (span_eq(key, SPAN("prefix"))) {
		if (!number(v, PREFIX_MAX, &n))
			return bad(p, "prefix is a number of bytes up to 12");
		r->prefix = (uint8_t)n;
		return 0;
	}
	*known = false;
	return 0;
}

static int set(struct parser *p, struct span key, struct span v)
{
	struct secret_rule *r = &p->rule;
	const struct {
		struct span name;
		struct span *to;
		size_t max;
	} texts[] = {
		{ SPAN("kind"), &r->kind, 64 },
		{ SPAN("title"), &r->title, ADVICE_MAX },
		{ SPAN("advice"), &r->advice, ADVICE_MAX },
		{ SPAN("source"), &r->source, ADVICE_MAX },
		{ SPAN("expression"), &r->expression, EXPRESSION_MAX },
		{ SPAN("near"), &r->near, 255 },
	};
	bool known = true;

	if (!v.len)
		return bad(p, "a key without a value");
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (span_eq(key, texts[i].name)) {
			if (v.len > texts[i].max)
				return bad(p, "a value that is too long");
			*texts[i].to = v;
			return 0;
		}
	int rc = set_list(p, key, v, &known);
	if (rc || known)
		return rc;
	known = true;
	rc = set_scalar(p, key, v, &known);
	if (rc || known)
		return rc;
	return err_fail(p->err, SCOV_E_USAGE, "%s:%u: rule '%.*s': no such key: '%.*s'", p->file,
		p->line, SPAN_ARG(r->id), SPAN_ARG(span_sub(key, 0, 64)));
}

/* The expression compiles and has the group that is the value. */
static int compiles(struct parser *p)
{
	const struct secret_rule *r = &p->rule;
	int number_ = 0;
	size_t at = 0;
	uint32_t groups = 0;
	uint8_t text[128] = { 0 };
	pcre2_code *code = pcre2_compile(r->expression.p, r->expression.len,
		r->nocase ? PCRE2_CASELESS : 0, &number_, &at, NULL);

	if (!code) {
		pcre2_get_error_message(number_, text, sizeof(text));
		return err_fail(p->err, SCOV_E_USAGE,
			"%s:%u: rule '%.*s': expression, byte %zu: %s", p->file, r->line,
			SPAN_ARG(r->id), at, (const char *)text);
	}
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
	pcre2_code_free(code);
	return r->group > groups ? bad(p, "the expression has no such group") : 0;
}

static int wrong(struct parser *p, const char *why)
{
	return why ? err_fail(p->err, SCOV_E_USAGE, "%s:%u: %s", p->file, p->line, why) : 0;
}

static int finish(struct parser *p)
{
	struct secret_rule *r = &p->rule;
	struct secret_rules *all = p->rules;

	if (p->in_lexicon)
		return wrong(p, lexicon_end(&p->section));
	if (p->in_defaults)
		p->defaults = *r;
	if (!p->in_rule)
		return 0;
	if (!r->kind.len || !r->title.len || !r->advice.len || !r->source.len)
		return bad(p, "needs kind, title, advice and source");
	if (!r->literals_n || !r->expression.len)
		return bad(p, "needs a literal and an expression");
	if (!r->good_n)
		return bad(p, "needs a good example");
	int rc = p->compile ? compiles(p) : 0;
	if (rc)
		return rc;
	if (all->n == RULES_MAX)
		return bad(p, "more than 4096 rules");
	VEC(struct secret_rule) v = { all->p, all->n, all->cap };

	if (!vec_add(&v, &all->arena, r))
		return err_memory(p->err);
	all->p = v.p;
	all->n = v.n;
	all->cap = v.cap;
	return 0;
}

static bool id_fits(struct span id)
{
	bool fits = id.len && id.len <= 64;

	for (size_t i = 0; i < id.len && fits; i++) {
		uint8_t c = span_at(id, i);

		fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
	}
	return fits;
}

/* Words and rows of a file go into a copy: those that other finders use stay as they are. */
static int lexicon_section(struct parser *p, struct span heading)
{
	if (!p->lexicon) {
		p->lexicon = arena_alloc(&p->rules->arena, sizeof(*p->lexicon));
		if (!p->lexicon ||
			!lexicon_copy(rules_lexicon(p->rules), &p->rules->arena, p->lexicon))
			return err_fail(p->err, SCOV_E_MEMORY, "out of memory");
	}
	p->in_lexicon = true;
	return wrong(p, lexicon_begin(&p->section, p->lexicon, heading));
}

static int section(struct parser *p, struct span heading)
{
	int rc = finish(p);

	if (rc)
		return rc;
	p->in_rule = p->in_defaults = p->in_lexicon = false;
	if (lexicon_heading(heading))
		return lexicon_section(p, heading);
	if (span_eq(heading, SPAN("defaults"))) {
		p->in_defaults = true;
		p->rule = (struct secret_rule){
			.id = SPAN("defaults"), .group = 1, .before = 64, .after = 512
		};
		return 0;
	}
	p->rule = p->defaults;
	p->rule.id = span_trim(span_from(heading, SPAN("rule ").len));
	p->rule.line = p->line;
	if (!span_starts(heading, SPAN("rule ")) || !id_fits(p->rule.id))
		return bad(p, "a section is [defaults], [words LIST], [judge TABLE] or [rule ID], "
			      "ID of a-z, 0-9, '-' and '.'");
	for (size_t i = 0; i < p->rules->n; i++)
		if (span_eq(p->rules->p[i].id, p->rule.id))
			return bad(p, "this id is taken");
	p->in_rule = true;
	return 0;
}

static int setting(struct parser *p, struct span key, struct span value)
{
	if (p->in_lexicon)
		return wrong(p, lexicon_set(&p->section, key, value));
	if (!p->in_rule && !p->in_defaults)
		return bad(p, "a line before the first section");
	return set(p, key, value);
}

static int parse(struct parser *p, struct span text)
{
	struct sections in = { .rest = text };
	int rc = 0;

	while (!rc) {
		enum sections_kind kind = sections_next(&in);

		p->line = in.line;
		if (kind == SECTIONS_END)
			return finish(p);
		if (kind == SECTIONS_BROKEN)
			return bad(p, "a line must be [SECTION] or KEY = VALUE");
		rc = kind == SECTIONS_HEADING ? section(p, in.name) : setting(p, in.name, in.value);
	}
	return rc;
}

static int parse_with(struct span text, const char *file, bool compile, struct secret_rules *rules,
	struct scov_err *err)
{
	size_t before = rules->n;
	struct parser p = { .file = file,
		.rules = rules,
		.compile = compile,
		.err = err,
		.defaults = { .group = 1,
			.before = 64,
			.after = 512,
			.level_proven = SECRET_HIGH,
			.level_match = SECRET_MEDIUM,
			.level_invalid = SECRET_LOW } };

	if (text.len > FILE_MAX)
		return err_fail(
			err, SCOV_E_USAGE, "%s: more than %d bytes of rules", file, FILE_MAX);
	struct span kept = arena_dup(&rules->arena, text);
	if (!kept.p)
		return err_memory(err);
	int rc = parse(&p, kept);
	if (rc)
		rules->n = before;
	else if (p.lexicon)
		rules->lexicon = p.lexicon;
	return rc;
}

const struct lexicon *rules_lexicon(const struct secret_rules *rules)
{
	return rules->lexicon ? rules->lexicon : lexicon_builtin();
}

int rules_parse(
	struct span text, const char *file, struct secret_rules *rules, struct scov_err *err)
{
	return parse_with(text, file, true, rules, err);
}

/* Of the build: the files of data/secrets/, NULL-ended. */
struct rules_file {
	const char *name;
	struct span text;
};
extern const struct rules_file rules_files[];

static struct secret_rules builtin;

static void parse_builtin(void)
{
	for (const struct rules_file *f = rules_files; f->name; f++)
		if (parse_with(f->text, f->name, false, &builtin, NULL))
			__builtin_trap(); /* the tests parse the same bytes */
}

const struct secret_rules *rules_builtin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, parse_builtin);
	return &builtin;
}

struct digest rules_builtin_digest(void)
{
	struct digester *h = digester_new(DIGEST_SHA256);

	for (const struct rules_file *f = rules_files; h && f->name; f++)
		digester_add(h, f->text.p, f->text.len);
	for (const struct lexicon_file *f = lexicon_files; h && f->name; f++)
		digester_add(h, f->text.p, f->text.len);
	for (size_t i = 0; h && i < known_keys_n; i++) {
		digester_add(h, known_keys[i].hash.p, known_keys[i].hash.len);
		digester_add(h, known_keys[i].use.p, known_keys[i].use.len);
		digester_add(h, known_keys[i].name.p, known_keys[i].name.len);
	}
	struct digest d = h ? digester_end(h) : (struct digest){ 0 };

	digester_free(h);
	return d;
}

void rules_release(struct secret_rules *rules)
{
	if (!rules)
		return;
	arena_release(&rules->arena);
	*rules = (struct secret_rules){ 0 };
}
