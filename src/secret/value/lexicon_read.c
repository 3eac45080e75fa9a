/* lexicon_read.c - sections "[words LIST]" and "[judge TABLE]" of rule files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/lexicon.h"

#include <string.h>

enum { FIELDS_MAX = 7, TEXT_MAX = 255, LEVELS = 4, VALUE_LENGTH_MAX = 4096 };

static const struct span level_names[] = { SPAN_INIT("none"), SPAN_INIT("low"), SPAN_INIT("medium"),
	SPAN_INIT("high") };
static const struct span name_names[] = { [NAME_NONE] = SPAN_INIT("none"),
	[NAME_WEAK] = SPAN_INIT("weak"),
	[NAME_KEY] = SPAN_INIT("key"),
	[NAME_TOKEN] = SPAN_INIT("token"),
	[NAME_SECRET] = SPAN_INIT("secret"),
	[NAME_PASSWORD] = SPAN_INIT("password"),
	[NAME_ADDRESS] = SPAN_INIT("address") };
static const struct span look_names[] = { [LOOKS_NOTHING] = SPAN_INIT("nothing"),
	[LOOKS_TEXT] = SPAN_INIT("text"),
	[LOOKS_WORDS] = SPAN_INIT("words"),
	[LOOKS_DEFAULT] = SPAN_INIT("default"),
	[LOOKS_WEAK] = SPAN_INIT("weak"),
	[LOOKS_STRONG] = SPAN_INIT("strong"),
	[LOOKS_RANDOM] = SPAN_INIT("random") };
static const struct span form_names[] = { [FORM_QUOTED] = SPAN_INIT("quoted"),
	[FORM_LINE] = SPAN_INIT("line"),
	[FORM_OPTION] = SPAN_INIT("option"),
	[FORM_MARKUP] = SPAN_INIT("markup"),
	[FORM_DEFAULT] = SPAN_INIT("fallback"),
	[FORM_COMPARED] = SPAN_INIT("compared"),
	[FORM_INLINE] = SPAN_INIT("inline"),
	[FORM_QUERY] = SPAN_INIT("query") };
static const struct span file_names[FILE_KINDS] = { [FILE_SETTINGS] = SPAN_INIT("settings"),
	[FILE_CODE] = SPAN_INIT("code"),
	[FILE_PROSE] = SPAN_INIT("prose"),
	[FILE_ENVIRONMENT] = SPAN_INIT("environment") };
static const struct span test_names[NAMED_TESTS] = { [TEST_ECHO] = SPAN_INIT("echo"),
	[TEST_RECORD] = SPAN_INIT("record"),
	[TEST_BACKSLASH] = SPAN_INIT("backslash"),
	[TEST_MEMBER] = SPAN_INIT("member"),
	[TEST_COMMENT] = SPAN_INIT("comment"),
	[TEST_SAMPLE_HOST] = SPAN_INIT("sample-host"),
	[TEST_BARE] = SPAN_INIT("bare"),
	[TEST_EQUALS] = SPAN_INIT("equals"),
	[TEST_LONE] = SPAN_INIT("lone"),
	[TEST_HEX] = SPAN_INIT("hex"),
	[TEST_VERSION] = SPAN_INIT("version"),
	[TEST_KEY_LENGTH] = SPAN_INIT("key-length"),
	[TEST_KNOWN_PREFIX] = SPAN_INIT("known-prefix"),
	[TEST_OTHER_FORM] = SPAN_INIT("other-form") };
static const struct span place_names[PLACE_CLASSES] = { [PLACE_SHIPPED] = SPAN_INIT("shipped"),
	[PLACE_PUBLISHED] = SPAN_INIT("published"),
	[PLACE_TEST] = SPAN_INIT("test"),
	[PLACE_DOCUMENT] = SPAN_INIT("document") };
static const struct span what_names[PLACE_WHATS] = { [WHAT_ANY] = SPAN_INIT("*"),
	[WHAT_KEY] = SPAN_INIT("private-key"),
	[WHAT_KEY_IN_PROGRAM] = SPAN_INIT("private-key-in-program"),
	[WHAT_NAMED] = SPAN_INIT("named") };
#define ROWS(t) (sizeof(t) / sizeof(*(t)))

static bool word_of(struct span word, const struct span *names, size_t n, uint8_t *out)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(word, names[i])) {
			*out = (uint8_t)i;
			return true;
		}
	return false;
}

/* The next word between blanks. */
static bool next_word(struct span *rest, struct span *word)
{
	*rest = span_trim(*rest);
	return rest->len && span_split(rest, ' ', word);
}

/* "*", or names: the bits of their numbers. */
static bool set_of(struct span text, const struct span *names, size_t n, uint8_t *out)
{
	struct span word;
	uint8_t number;

	*out = 0;
	if (span_eq(text, SPAN("*"))) {
		*out = UINT8_MAX;
		return true;
	}
	while (next_word(&text, &word)) {
		if (!word_of(word, names, n, &number))
			return false;
		*out |= (uint8_t)(1u << number);
	}
	return *out != 0;
}

/* Words of tests, "!" before those that must not hold, and "under:N". */
static bool tests_of(struct span text, struct named_row *row)
{
	static const struct span under = SPAN_INIT("under:");
	struct span word;

	while (next_word(&text, &word)) {
		bool is_not = span_at(word, 0) == '!';
		uint8_t number;
		uint64_t n;

		if (span_starts(word, under)) {
			if (!span_number(span_from(word, under.len), 10, VALUE_LENGTH_MAX, &n))
				return false;
			row->under = (uint32_t)n;
		} else if (word_of(span_from(word, is_not), test_names, NAMED_TESTS, &number)) {
			*(is_not ? &row->is_not : &row->is) |= 1u << number;
		} else {
			return false;
		}
	}
	return true;
}

/* A row goes after those of the same file and before all others. */
static void *insert(
	struct lexicon *l, enum lexicon_table table, void **p, size_t *n, size_t *cap, size_t size)
{
	size_t at = l->own[table];

	if (*n >= LEXICON_ROWS_MAX || !vec_push_raw(p, n, cap, size, l->arena))
		return NULL;
	uint8_t *row = (uint8_t *)*p + at * size;

	memmove(row + size, row, (*n - 1 - at) * size);
	l->own[table]++;
	return row;
}
#define INSERT(l, table, v)                                                                        \
	((__typeof__((v)->p))insert(                                                               \
		(l), (table), (void **)&(v)->p, &(v)->n, &(v)->cap, sizeof(*(v)->p)))

static const char full[] = "more than 256 rows in a table, or out of memory";

static const char *add_named(struct lexicon *l, const struct span f[FIELDS_MAX])
{
	struct named_row row = { .why = f[6] };

	if (!set_of(f[0], name_names, ROWS(name_names), &row.names))
		return "names are weak, key, token, secret, password, address or *";
	if (!set_of(f[1], look_names, ROWS(look_names), &row.looks))
		return "looks are nothing, text, words, default, weak, strong, random or *";
	if (!set_of(f[2], form_names, ROWS(form_names), &row.forms))
		return "forms are quoted, line, option, markup, fallback, compared, inline, query "
		       "or *";
	if (!set_of(f[3], file_names, FILE_KINDS, &row.files))
		return "files are settings, code, prose, environment or *";
	if (!tests_of(f[4], &row))
		return "no such test";
	if (!word_of(f[5], level_names, LEVELS, &row.level))
		return "level must be none, low, medium or high";
	struct named_row *to = INSERT(l, TABLE_NAMED, &l->named);

	if (!to)
		return full;
	*to = row;
	return NULL;
}

/* "40 100-": lengths and ranges. */
static bool lengths_of(struct span text, struct key_form_row *row)
{
	struct span word, least;
	uint64_t n, most;

	while (next_word(&text, &word)) {
		struct span rest = word;

		if (row->lengths_n == LEXICON_LENGTHS_MAX || !span_split(&rest, '-', &least) ||
			!span_number(least, 10, VALUE_LENGTH_MAX, &n))
			return false;
		most = least.len == word.len ? n : VALUE_LENGTH_MAX;
		if (rest.len && !span_number(rest, 10, VALUE_LENGTH_MAX, &most))
			return false;
		row->lengths[row->lengths_n].least = (uint32_t)n;
		row->lengths[row->lengths_n++].most = (uint32_t)most;
	}
	return row->lengths_n > 0;
}

static const char *add_key_form(struct lexicon *l, const struct span f[FIELDS_MAX])
{
	struct key_form_row row = { .service = f[0], .head = f[2] };
	struct span nouns = f[1];

	for (size_t i = 0; i < ROWS(row.nouns); i++)
		next_word(&nouns, &row.nouns[i]);
	if (!row.service.len || !row.nouns[0].len || nouns.len)
		return "needs a service and one or two nouns";
	if (!lengths_of(f[3], &row))
		return "needs one to four lengths: 40, 40-60 or 100-";
	struct key_form_row *to = INSERT(l, TABLE_KEY_FORM, &l->key_forms);

	if (!to)
		return full;
	*to = row;
	return NULL;
}

static const char *add_pair(struct lexicon *l, const struct span f[FIELDS_MAX])
{
	struct pair_row *to = INSERT(l, TABLE_PAIR, &l->pairs);

	if (!to)
		return full;
	*to = (struct pair_row){ f[0], f[1], f[2] };
	return f[0].len && f[1].len && f[2].len ? NULL : "needs two kinds and what they are";
}

static const char *add_opener(struct lexicon *l, const struct span f[FIELDS_MAX])
{
	struct opener_row *to = INSERT(l, TABLE_OPENER, &l->openers);

	if (!to)
		return full;
	*to = (struct opener_row){ f[0], f[1] };
	return f[0].len && f[1].len ? NULL : "needs a head of ids and a rule or kind";
}

static const char *add_service_key(struct lexicon *l, const struct span f[FIELDS_MAX])
{
	struct service_key_row *to = INSERT(l, TABLE_SERVICE_KEY, &l->service_keys);

	if (!to)
		return full;
	*to = (struct service_key_row){ f[0], f[1], f[2], f[3] };
	return f[0].len && f[3].len ? NULL : "needs the head of a path and a reason";
}

static const char *add_place(struct lexicon *l, const struct span f[FIELDS_MAX])
{
	struct place_row row = { .to_low = span_eq(f[2], SPAN("low")), .why = f[3] };

	if (!word_of(f[0], place_names, PLACE_CLASSES, &row.place))
		return "a place is shipped, published, test or document";
	if (!word_of(f[1], what_names, PLACE_WHATS, &row.what))
		return "what is in it is private-key, private-key-in-program, named or *";
	if (!row.to_low && !span_eq(f[2], SPAN("down")))
		return "it falls to low, or one level down";
	struct place_row *to = INSERT(l, TABLE_PLACE, &l->places);

	if (!to)
		return full;
	*to = row;
	return NULL;
}

static const struct {
	struct span name;
	size_t fields;
	const char *(*add)(struct lexicon *l, const struct span f[FIELDS_MAX]);
} tables[LEXICON_TABLES] = {
	[TABLE_NAMED] = { SPAN_INIT("named"), 7, add_named },
	[TABLE_KEY_FORM] = { SPAN_INIT("key-form"), 4, add_key_form },
	[TABLE_PAIR] = { SPAN_INIT("pair"), 3, add_pair },
	[TABLE_OPENER] = { SPAN_INIT("opener"), 2, add_opener },
	[TABLE_SERVICE_KEY] = { SPAN_INIT("service-key"), 4, add_service_key },
	[TABLE_PLACE] = { SPAN_INIT("place"), 4, add_place },
};

static const char *add_row(struct lexicon_section *s, struct span value)
{
	struct span f[FIELDS_MAX] = { 0 }, field = { 0 };
	size_t n = 0;

	while (n < tables[s->table].fields && span_split(&value, '|', &field))
		f[n++] = span_trim(field);
	if (n < tables[s->table].fields || value.len)
		return "a row with another number of fields";
	if (f[n - 1].len > TEXT_MAX)
		return "a field that is too long";
	s->has_rows = true;
	return tables[s->table].add(s->to, f);
}

/* "..." with \n, \" and \\ in it, or up to the next blank. */
static const char *take_word(struct lexicon *l, struct span *rest, struct span *out)
{
	size_t n = 0, i = 1;

	if (span_at(*rest, 0) != '"') {
		span_split(rest, ' ', out);
		return NULL;
	}
	uint8_t *to = arena_alloc(l->arena, rest->len);

	if (!to)
		return "out of memory";
	for (; i < rest->len && span_at(*rest, i) != '"'; i++) {
		uint8_t c = span_at(*rest, i);

		if (c == '\\') {
			c = span_at(*rest, ++i);
			c = c == 'n' ? '\n' : c;
		}
		to[n++] = c;
	}
	if (i >= rest->len)
		return "a quote that is not closed";
	*out = span_of(to, n);
	*rest = span_from(*rest, i + 1);
	return NULL;
}

static const char *add_words(struct lexicon_section *s, struct span value)
{
	const char *wrong = NULL;

	for (value = span_trim(value); value.len && !wrong; value = span_trim(value)) {
		struct span word = { 0 };

		wrong = take_word(s->to, &value, &word);
		if (!wrong)
			wrong = lexicon_add(s->to, (enum lexicon_list)s->list, word);
		s->has_rows = true;
	}
	return wrong;
}

bool lexicon_heading(struct span heading)
{
	return span_starts(heading, SPAN("words ")) || span_starts(heading, SPAN("judge "));
}

const char *lexicon_begin(struct lexicon_section *s, struct lexicon *to, struct span heading)
{
	struct span name = span_trim(span_from(heading, 6));

	*s = (struct lexicon_section){ .to = to, .list = -1, .table = -1 };
	if (span_starts(heading, SPAN("words "))) {
		s->list = lexicon_list_of(name);
		return s->list < 0 ? "no such list of words" : NULL;
	}
	s->has_why = true; /* each row has its own */
	for (int i = 0; i < LEXICON_TABLES; i++)
		if (span_eq(name, tables[i].name))
			s->table = i;
	return s->table < 0 ? "no such table of judgments" : NULL;
}

const char *lexicon_set(struct lexicon_section *s, struct span key, struct span value)
{
	if (!value.len)
		return "a key without a value";
	if (span_eq(key, SPAN("source"))) {
		s->has_source = true;
		return NULL;
	}
	if (s->list >= 0 && span_eq(key, SPAN("why"))) {
		s->has_why = true;
		return NULL;
	}
	if (s->list >= 0 && span_eq(key, SPAN("word")))
		return add_words(s, value);
	if (s->table >= 0 && span_eq(key, SPAN("row")))
		return add_row(s, value);
	return s->list >= 0 ? "keys are why, source and word" : "keys are source and row";
}

const char *lexicon_end(const struct lexicon_section *s)
{
	if (!s->has_source || !s->has_why)
		return s->list >= 0 ? "needs why and source" : "needs a source";
	return s->has_rows ? NULL : "nothing in it";
}
