/* lexicon.c - lists of words, found by hash or by their first byte.
 *
 * Hashes run from the last byte to the first, so that one pass over a word asks for all its ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/lexicon.h"

#include <string.h>

#include "base/ascii.h"

/* How a list is used. */
enum use {
	USE_WORD,   /* whole words */
	USE_END,    /* ends of words */
	USE_PHRASE, /* searched for in a text */
	USE_FOLDED, /* whole, after lexicon_fold */
};

/* list, name in the files, use, do capitals count */
#define LISTS(X)                                                                                   \
	X(NAME_WHICH, "name-which", USE_WORD, false)                                               \
	X(NAME_NOT, "name-not", USE_WORD, false)                                                   \
	X(NAME_INDEX, "name-index", USE_WORD, false)                                               \
	X(PASSWORD, "password", USE_END, false)                                                    \
	X(PASSWORD_NOT, "password-not", USE_WORD, false)                                           \
	X(PASSWORD_HEAD, "password-head", USE_END, false)                                          \
	X(PASSWORD_TAIL, "password-tail", USE_END, false)                                          \
	X(SECRET, "secret", USE_END, false)                                                        \
	X(TOKEN, "token", USE_END, false)                                                          \
	X(KEY, "key", USE_WORD, false)                                                             \
	X(KEY_OF, "key-of", USE_WORD, false)                                                       \
	X(KEY_NOT, "key-not", USE_WORD, false)                                                     \
	X(WEAK, "weak", USE_WORD, false)                                                           \
	X(WEAK_END, "weak-end", USE_END, false)                                                    \
	X(TRIGGER, "trigger", USE_PHRASE, false)                                                   \
	X(SETTING_ANNOUNCES, "setting-announces", USE_WORD, true)                                  \
	X(SETTING_AHEAD, "setting-ahead", USE_WORD, true)                                          \
	X(SETTING_COMMENT, "setting-comment", USE_PHRASE, true)                                    \
	X(SETTING_LOOKUP, "setting-lookup", USE_PHRASE, false)                                     \
	X(SETTING_NAMES, "setting-names", USE_END, true)                                           \
	X(SETTING_VALUES, "setting-values", USE_PHRASE, true)                                      \
	X(SETTING_STATEMENT, "setting-statement", USE_PHRASE, false)                               \
	X(SETTING_DIRECTIVE, "setting-directive", USE_WORD, true)                                  \
	X(OPERATOR, "operator", USE_WORD, true)                                                    \
	X(PLACEHOLDER, "placeholder", USE_WORD, false)                                             \
	X(PLACEHOLDER_PART, "placeholder-part", USE_PHRASE, false)                                 \
	X(REFERENCE, "reference", USE_PHRASE, true)                                                \
	X(WRAPPED, "wrapped", USE_PHRASE, true)                                                    \
	X(DEFAULT, "default", USE_FOLDED, false)                                                   \
	X(ELSEWHERE, "elsewhere", USE_PHRASE, true)                                                \
	X(ELSEWHERE_PART, "elsewhere-part", USE_PHRASE, true)                                      \
	X(FILE, "file", USE_WORD, false)                                                           \
	X(SAMPLE_HOST, "sample-host", USE_PHRASE, false)                                           \
	X(SAMPLE_HOST_PART, "sample-host-part", USE_PHRASE, true)                                  \
	X(CODE, "code", USE_WORD, false)                                                           \
	X(PROSE, "prose", USE_WORD, false)                                                         \
	X(PROSE_PATH, "prose-path", USE_PHRASE, true)                                              \
	X(DOCUMENTS, "documents", USE_PHRASE, true)                                                \
	X(TREE, "tree", USE_WORD, false)                                                           \
	X(TREE_RECORDED, "tree-recorded", USE_WORD, false)                                         \
	X(TREE_PATH, "tree-path", USE_PHRASE, true)                                                \
	X(TEST_FOLDER, "test-folder", USE_WORD, false)                                             \
	X(TEST_FILE, "test-file", USE_END, true)                                                   \
	X(DOCUMENT_FILE, "document-file", USE_END, true)                                           \
	X(CREDENTIAL_PATH, "credential-path", USE_PHRASE, true)

static const struct {
	struct span name;
	uint8_t use;
	bool is_exact;
} lists[WORDS_LISTS] = {
#define ROW(list, name, use, is_exact) [WORDS_##list] = { SPAN_INIT(name), use, is_exact },
	LISTS(ROW)
#undef ROW
};

#define BIT(list) ((uint64_t)1 << (list))
#define END_BIT(list, name, use, is_exact) | ((use) == USE_END ? BIT(WORDS_##list) : 0)
#define EXACT_BIT(list, name, use, is_exact) | ((is_exact) ? BIT(WORDS_##list) : 0)
static const uint64_t end_lists = 0 LISTS(END_BIT);
static const uint64_t exact_lists = 0 LISTS(EXACT_BIT);

uint8_t lexicon_fold(uint8_t c)
{
	static const char from[] = "013457@$!", to[] = "oieastasi";

	for (size_t i = 0; from[i]; i++)
		if (c == (uint8_t)from[i])
			return (uint8_t)to[i];
	return ascii_lower(c);
}

/* FNV-1a. Words that an attacker chose are looked up here and never added. */
static const uint32_t hash_start = 2166136261u;

static uint32_t hash_next(uint32_t hash, uint8_t c)
{
	return (hash ^ ascii_lower(c)) * 16777619u;
}

static uint32_t hash_of(struct span word)
{
	uint32_t hash = hash_start;

	for (size_t i = word.len; i--;)
		hash = hash_next(hash, span_at(word, i));
	return hash;
}

static uint64_t probe(const struct lexicon *l, uint32_t hash, struct span word)
{
	uint64_t found = 0;

	for (const struct table_slot *s = table_next(&l->by_word, hash, NULL); s->row;
		s = table_next(&l->by_word, hash, s)) {
		const struct lexicon_word *w = &l->words.p[s->row - 1];

		if (span_eq_nocase(w->text, word))
			found |= span_eq(w->text, word) ? w->lists : w->lists & ~exact_lists;
	}
	return found;
}

uint64_t lexicon_of(const struct lexicon *l, struct span word)
{
	uint32_t hash = hash_start;
	uint64_t found = 0;

	for (size_t n = 1; n <= word.len && n <= LEXICON_TEXT_MAX; n++) {
		hash = hash_next(hash, span_at(word, word.len - n));
		if (l->lengths >> n & 1)
			found |= probe(l, hash, span_from(word, word.len - n)) &
				 (n == word.len ? ~(uint64_t)0 : end_lists);
	}
	return found;
}

static bool begins(struct span text, size_t at, struct span phrase, bool is_exact)
{
	struct span s = span_sub(text, at, phrase.len);

	return is_exact ? span_eq(s, phrase) : span_eq_nocase(s, phrase);
}

static bool starts_at(const struct lexicon_phrases *p, struct span text, size_t at, bool is_exact)
{
	uint8_t c = ascii_lower(span_at(text, at));

	for (size_t k = c < sizeof(p->first) / sizeof(*p->first) ? p->first[c] : 0; k;
		k = p->next.p[k - 1])
		if (begins(text, at, p->text.p[k - 1], is_exact))
			return true;
	return false;
}

bool lexicon_starts(const struct lexicon *l, enum lexicon_list list, struct span text)
{
	return text.len && starts_at(&l->phrases[list], text, 0, lists[list].is_exact);
}

bool lexicon_has(const struct lexicon *l, enum lexicon_list list, struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (starts_at(&l->phrases[list], text, i, lists[list].is_exact))
			return true;
	return false;
}

const struct span *lexicon_phrases(const struct lexicon *l, enum lexicon_list list, size_t *n)
{
	*n = l->phrases[list].text.n;
	return l->phrases[list].text.p;
}

int lexicon_list_of(struct span name)
{
	for (int i = 0; i < WORDS_LISTS; i++)
		if (span_eq(name, lists[i].name))
			return i;
	return -1;
}

/* ---- adding ---- */

bool lexicon_grow(struct lexicon *l)
{
	return table_room(&l->by_word, l->arena);
}

static struct lexicon_word *word_slot(struct lexicon *l, struct span word)
{
	uint32_t hash = hash_of(word);

	struct table_slot *s = table_next(&l->by_word, hash, NULL);

	while (s->row && !span_eq(l->words.p[s->row - 1].text, word))
		s = table_next(&l->by_word, hash, s);
	if (s->row)
		return &l->words.p[s->row - 1];
	struct lexicon_word *w = vec_push(&l->words, l->arena);

	if (w) {
		*w = (struct lexicon_word){ .text = word };
		table_put(&l->by_word, s, hash, l->words.n - 1);
		l->lengths |= BIT(word.len);
	}
	return w;
}

static bool add_phrase(struct lexicon *l, enum lexicon_list list, struct span text)
{
	struct lexicon_phrases *p = &l->phrases[list];
	uint16_t *at = &p->first[ascii_lower(span_at(text, 0))];
	struct span *to = vec_push(&p->text, l->arena);
	uint16_t *next = vec_push(&p->next, l->arena);

	if (!to || !next)
		return false;
	*to = text;
	while (*at)
		at = &p->next.p[*at - 1];
	*at = (uint16_t)p->text.n;
	l->phrases_n++;
	return true;
}

static struct span folded(struct arena *a, struct span word)
{
	uint8_t *to = arena_alloc(a, word.len);

	for (size_t i = 0; to && i < word.len; i++)
		to[i] = lexicon_fold(span_at(word, i));
	return span_of(to, word.len);
}

const char *lexicon_add(struct lexicon *l, enum lexicon_list list, struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (span_at(word, i) >= 0x7f)
			return "a word that is not ASCII";
	if (!word.len || word.len > LEXICON_TEXT_MAX)
		return "a word has 1 to 63 bytes";
	if (l->words.n + l->phrases_n >= LEXICON_WORDS_MAX)
		return "more than 8192 words";
	if (lists[list].use == USE_PHRASE)
		return add_phrase(l, list, word) ? NULL : "out of memory";
	if (lists[list].use == USE_FOLDED)
		word = folded(l->arena, word);
	struct lexicon_word *w = word.p && lexicon_grow(l) ? word_slot(l, word) : NULL;

	if (!w)
		return "out of memory";
	w->lists |= BIT(list);
	return NULL;
}

static bool copy_words(const struct lexicon *from, struct lexicon *to)
{
	for (size_t i = 0; i < from->words.n; i++) {
		struct lexicon_word *w =
			lexicon_grow(to) ? word_slot(to, from->words.p[i].text) : NULL;

		if (!w)
			return false;
		w->lists = from->words.p[i].lists;
	}
	for (int k = 0; k < WORDS_LISTS; k++)
		for (size_t i = 0; i < from->phrases[k].text.n; i++)
			if (!add_phrase(to, (enum lexicon_list)k, from->phrases[k].text.p[i]))
				return false;
	return true;
}

/* Rows are copied when the first one is added: cap 0. */
#define SHARE(to, from, table)                                                                     \
	((to)->table.p = (from)->table.p, (to)->table.n = (to)->table.cap = (from)->table.n)

bool lexicon_copy(const struct lexicon *from, struct arena *a, struct lexicon *out)
{
	*out = (struct lexicon){ .arena = a };
	SHARE(out, from, named);
	SHARE(out, from, key_forms);
	SHARE(out, from, pairs);
	SHARE(out, from, openers);
	SHARE(out, from, service_keys);
	SHARE(out, from, places);
	return lexicon_grow(out) && copy_words(from, out);
}
