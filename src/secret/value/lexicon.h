/* lexicon.h - the words and the rows of data/secrets that decide what is a secret and how sure that
 * is, and those that files of the user add (doc/formats/secret-rules.md).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/hashtable.h"
#include "base/span.h"
#include "secret/value/name.h"
#include "secret/value/setting.h"
#include "secret/value/value.h"

enum {
	LEXICON_TEXT_MAX = 63,    /* bytes of a word */
	LEXICON_WORDS_MAX = 8192, /* of all lists */
	LEXICON_ROWS_MAX = 256,   /* of one table */
	LEXICON_LENGTHS_MAX = 4,  /* of one form of a key */
};

/* The lists of words. lexicon.c has a row for each: its name in the files, and how it is used. */
enum lexicon_list {
	/* names of settings */
	WORDS_NAME_WHICH,
	WORDS_NAME_NOT,
	WORDS_NAME_INDEX,
	WORDS_PASSWORD,
	WORDS_PASSWORD_NOT,
	WORDS_PASSWORD_HEAD,
	WORDS_PASSWORD_TAIL,
	WORDS_SECRET,
	WORDS_TOKEN,
	WORDS_KEY,
	WORDS_KEY_OF,
	WORDS_KEY_NOT,
	WORDS_WEAK,
	WORDS_WEAK_END,
	WORDS_TRIGGER,
	/* what is around names and values */
	WORDS_SETTING_ANNOUNCES,
	WORDS_SETTING_AHEAD,
	WORDS_SETTING_COMMENT,
	WORDS_SETTING_LOOKUP,
	WORDS_SETTING_NAMES,
	WORDS_SETTING_VALUES,
	WORDS_SETTING_STATEMENT,
	WORDS_SETTING_DIRECTIVE,
	/* values */
	WORDS_OPERATOR,
	WORDS_PLACEHOLDER,
	WORDS_PLACEHOLDER_PART,
	WORDS_REFERENCE,
	WORDS_WRAPPED,
	WORDS_DEFAULT,
	WORDS_ELSEWHERE,
	WORDS_ELSEWHERE_PART,
	WORDS_FILE,
	WORDS_SAMPLE_HOST,
	WORDS_SAMPLE_HOST_PART,
	/* files and paths */
	WORDS_CODE,
	WORDS_PROSE,
	WORDS_PROSE_PATH,
	WORDS_DOCUMENTS,
	WORDS_TREE,
	WORDS_TREE_RECORDED,
	WORDS_TREE_PATH,
	WORDS_TEST_FOLDER,
	WORDS_TEST_FILE,
	WORDS_DOCUMENT_FILE,
	WORDS_CREDENTIAL_PATH,
	WORDS_LISTS
};

/* The tables of rows. */
enum lexicon_table {
	TABLE_NAMED,
	TABLE_KEY_FORM,
	TABLE_PAIR,
	TABLE_OPENER,
	TABLE_SERVICE_KEY,
	TABLE_PLACE,
	LEXICON_TABLES
};

/* What a row may ask of a name and its value beyond name, look, form and file. */
enum named_test {
	TEST_ECHO,         /* the value says the name again, or a part of it */
	TEST_RECORD,       /* fields with colons between */
	TEST_BACKSLASH,    /* has a backslash */
	TEST_MEMBER,       /* letters with dots between, as code writes members */
	TEST_COMMENT,      /* in a comment */
	TEST_SAMPLE_HOST,  /* the host of the address is one of documentation */
	TEST_BARE,         /* not in quotes */
	TEST_EQUALS,       /* right after a '=' */
	TEST_LONE,         /* the name has three letters: "key" alone */
	TEST_HEX,          /* hex digits only */
	TEST_KEY_LENGTH,   /* 32, 48 or 64 characters, as keys of ciphers have in hex */
	TEST_KNOWN_PREFIX, /* begins as tokens of a known kind do */
	TEST_VERSION,      /* a version, or a range of versions */
	TEST_OTHER_FORM,   /* not as the keys of the service that the name says (table key-form) */
	NAMED_TESTS
};

/* A judgment of a name and its value. The first row that fits decides. Sets are bits by number. */
struct named_row {
	uint8_t names;       /* enum name_class */
	uint8_t looks;       /* enum value_look */
	uint8_t forms;       /* enum setting_form */
	uint8_t files;       /* enum file_kind */
	uint32_t is, is_not; /* enum named_test */
	uint32_t under;      /* fits values that are shorter; 0: of any length */
	uint8_t level;       /* enum secret_level */
	struct span why;     /* one clause: the report prints it */
};

/* Keys of a service that have one form: a value of another length is not one. */
struct key_form_row {
	struct span service;  /* a word of the name */
	struct span nouns[2]; /* and one of these */
	struct span head;     /* of the value; '?' is any byte; empty: any */
	struct {
		uint32_t least, most;
	} lengths[LEXICON_LENGTHS_MAX];
	size_t lengths_n;
};

/* Two halves of one credential, by kind. */
struct pair_row {
	struct span id, secret, what;
};

/* What is encrypted, by the head of the rule's id, and what decrypts it, by rule or kind. */
struct opener_row {
	struct span closed, opener;
};

/* Private keys of services that are made once for each machine: what path and name begin with, what
 * the name ends with, and why that matters. */
struct service_key_row {
	struct span path, name, end, why;
};

/* From weakest to strongest: what a place says of a secret in it. */
enum place_class { PLACE_SHIPPED, PLACE_PUBLISHED, PLACE_TEST, PLACE_DOCUMENT, PLACE_CLASSES };
enum place_what { WHAT_ANY, WHAT_KEY, WHAT_KEY_IN_PROGRAM, WHAT_NAMED, PLACE_WHATS };

struct place_row {
	uint8_t place, what; /* enum place_class, enum place_what */
	bool to_low;         /* else one level down */
	struct span why;     /* "{}": the package, or the part of the path */
};

struct lexicon_word {
	struct span text;
	uint64_t lists; /* bits */
};

/* The phrases of a list that is searched for in a text. */
struct lexicon_phrases {
	VEC(struct span) text;
	VEC(uint16_t) next;  /* index + 1 of the next one that begins alike; 0: none */
	uint16_t first[128]; /* by the first byte, small: index + 1 */
};

struct lexicon {
	struct arena *arena;
	VEC(struct lexicon_word) words;
	struct table by_word;
	uint64_t lengths; /* bit n: there is a word of n bytes */
	struct lexicon_phrases phrases[WORDS_LISTS];
	size_t phrases_n; /* of all lists */
	VEC(struct named_row) named;
	VEC(struct key_form_row) key_forms;
	VEC(struct pair_row) pairs;
	VEC(struct opener_row) openers;
	VEC(struct service_key_row) service_keys;
	VEC(struct place_row) places;
	size_t own[LEXICON_TABLES]; /* rows of the file that is read now: they come first */
};

/* Our own; made at the first call. */
const struct lexicon *lexicon_builtin(void);
/* The text that it is made of: for the digest of the rules. */
struct lexicon_file {
	const char *name;
	struct span text;
};
extern const struct lexicon_file lexicon_files[]; /* the last has no name */

/* A copy that can grow. False: no memory. */
bool lexicon_copy(const struct lexicon *from, struct arena *a, struct lexicon *out);

/* Bits by list: those that hold the whole word, and of the lists of endings those that hold an end
 * of it. */
uint64_t lexicon_of(const struct lexicon *l, struct span word);
static inline bool lexicon_in(uint64_t of, enum lexicon_list list)
{
	return of >> list & 1;
}
/* Lists that are searched for in a text: does it begin with a phrase of the list, or have one? */
bool lexicon_starts(const struct lexicon *l, enum lexicon_list list, struct span text);
bool lexicon_has(const struct lexicon *l, enum lexicon_list list, struct span text);
/* Their phrases, in the order of the files. */
const struct span *lexicon_phrases(const struct lexicon *l, enum lexicon_list list, size_t *n);
/* Digits and signs written for letters, as in "p4ssw0rd". */
uint8_t lexicon_fold(uint8_t c);

/* Room for one more word. False: out of memory. */
bool lexicon_grow(struct lexicon *l);
/* Adds a word to a list. NULL, or a static text of what is wrong. The word must outlive l. */
const char *lexicon_add(struct lexicon *l, enum lexicon_list list, struct span word);
/* The list of a name; -1: none. */
int lexicon_list_of(struct span name);

/* ---- reading ---- */

/* A section of a file. Its texts must outlive the lexicon. */
struct lexicon_section {
	struct lexicon *to;
	int list, table; /* one of both; -1: not that */
	bool has_why, has_source, has_rows;
};

/* The heading is one of ours: "words LIST" or "judge TABLE". */
bool lexicon_heading(struct span heading);
/* Each NULL, or a static text of what is wrong. */
const char *lexicon_begin(struct lexicon_section *s, struct lexicon *to, struct span heading);
const char *lexicon_set(struct lexicon_section *s, struct span key, struct span value);
const char *lexicon_end(const struct lexicon_section *s);
