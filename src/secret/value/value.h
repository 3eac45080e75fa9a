/* value.h - what a value looks like: a placeholder, words, a password, random characters.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

struct lexicon;

/* What kind of file it is, by its name: where words are there for their own sake, and where names
 * stand for values. */
enum file_kind { FILE_SETTINGS, FILE_CODE, FILE_PROSE, FILE_ENVIRONMENT, FILE_KINDS };

/* What a rule asks of a value when no validator proves it. */
enum value_class {
	CLASS_NONE,
	CLASS_TOKEN,
	CLASS_PASSWORD,
	CLASS_HEX,
	CLASS_BASE64,
	CLASS_KEY,
	CLASS_MARKED, /* its prefix says what it is: no placeholder, no run; words may be in it */
	CLASSES,
};

/* The value's class test: false for words, identifiers, placeholders; see
 * doc/formats/secret-rules.md, "class". *why is static. */
bool value_plausible(const struct lexicon *l, uint8_t class, struct span value, const char **why);
/* Written instead of a value: "<password>", "${X}", "changeme" ... */
bool value_placeholder(const struct lexicon *l, struct span s);
/* Where a value of `name = value` would begin, at `at`, is something else: code (a call, a member,
 * any bare text in a file of code), a reference, a command in backticks, or bare text in the next
 * line. */
bool value_is_expression(const struct lexicon *l, struct span text, size_t at, enum file_kind kind);
/* A version, or ranges of versions as package files have them. */
bool value_is_version(struct span s);
/* What a value looks like, from nothing of a secret to nothing but one. */
enum value_look {
	LOOKS_NOTHING, /* a placeholder, a reference, a run */
	LOOKS_TEXT,    /* has blanks, or bytes that are not ASCII */
	LOOKS_WORDS,   /* likelier words than random */
	LOOKS_DEFAULT, /* a password that products ship */
	LOOKS_WEAK,    /* no words, but of one class of characters, or short */
	LOOKS_STRONG,  /* a password of mixed characters */
	LOOKS_RANDOM,  /* a token */
};
uint8_t value_look(const struct lexicon *l, struct span s);
/* Half bits by which the text is likelier words than characters drawn at random. */
int letters_of_words(struct span s);
