/* name.h - what the name of a setting says of its value. The one notion of a secret's name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum { NAME_WORDS_MAX = 16 };

/* From nothing to most. */
enum name_class {
	NAME_NONE,
	NAME_WEAK,
	NAME_KEY,
	NAME_TOKEN,
	NAME_SECRET,
	NAME_PASSWORD,
	NAME_ADDRESS /* not by its name: the password in an address */
};

/* The last words of a name, the last one first; views into it. */
struct name_words {
	struct span w[NAME_WORDS_MAX];
	size_t n;
};

struct lexicon;

void name_words(struct span name, struct name_words *out);
/* By the words of l; by our own. */
enum name_class name_class_by(const struct lexicon *l, struct span name);
enum name_class name_class(struct span name);
/* The name alone says that its value is a secret, which an image should take from a file: more than
 * weak, or credentials. */
bool name_is_secret(struct span name);

/* What a finding by its name is called. */
struct name_rule {
	struct span id, kind, title;
};
extern const struct name_rule name_rules[NAME_ADDRESS + 1];
