/* setting.h - a name and its value, in the syntaxes of usual files. Inside secret/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

/* How sure the syntax is that these bytes are the value. */
enum setting_form {
	FORM_QUOTED,   /* in quotes, after a separator */
	FORM_LINE,     /* the line holds nothing else */
	FORM_OPTION,   /* --name value */
	FORM_MARKUP,   /* <name>value</name>, name="..." value="..." */
	FORM_DEFAULT,  /* what is taken when nothing is set: get("X", "value"), ${X:-value} */
	FORM_COMPARED, /* name == "value" */
	FORM_INLINE,   /* bare, with other text around it */
	FORM_QUERY,    /* of an address: ?name=value&name=value */
};

struct lexicon;

struct setting {
	struct span text;
	const struct lexicon *words;
	size_t ahead; /* of the word before the name, as in "secret key"; else the name's */
	size_t name, name_end; /* offsets in text */
	size_t value, value_end;
	enum setting_form form;
	bool is_bare; /* no quotes around it */
};

enum { SETTING_VALUE_MAX = 512, SETTING_NAME_MAX = 80 };

/* Finds the name that ends at or a little before `end`. False: there is no name. */
bool setting_name(struct setting *x, size_t end);
/* The value of the name. False: what follows is not a value. */
bool setting_value(struct setting *x);
/* The line begins as a comment does, or the name is in one of markup. */
bool setting_is_comment(const struct setting *x);
/* The quick answer for most nouns: no value can follow the name. Needs a few bytes on both sides.
 */
bool setting_may_follow(const struct lexicon *l, struct span text, size_t end);
/* "://" ends at `end`. */
bool address_ends(struct span text, size_t end);
/* The password in the address whose "://" ends at `end`. */
bool address_password(struct span text, size_t end, struct setting *x);
