/* name.c - does a name say that its value is a secret?
 *
 * A name is its words: camels, separators and digits split it, and its last word that carries a
 * meaning decides. So "db.rootPassword_prod" names a password, "password_file" a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/name.h"

#include "base/ascii.h"
#include "secret/value/lexicon.h"

void name_words(struct span name, struct name_words *out)
{
	size_t end = name.len;

	out->n = 0;
	while (end && out->n < NAME_WORDS_MAX) {
		if (!ascii_is_upper(span_at(name, end - 1)) &&
			!ascii_is_lower(span_at(name, end - 1))) {
			end--;
			continue;
		}
		size_t from = end - 1;
		bool is_small = ascii_is_lower(span_at(name, from));

		while (from && (is_small ? ascii_is_lower(span_at(name, from - 1))
					 : ascii_is_upper(span_at(name, from - 1))))
			from--;
		if (is_small && from && ascii_is_upper(span_at(name, from - 1)))
			from--;
		out->w[out->n++] = span_sub(name, from, end - from);
		end = from;
	}
}

#define HAS(of, list) lexicon_in(of, WORDS_##list)

/* "password", "pass word". */
static bool is_password(uint64_t last, uint64_t before)
{
	return (HAS(last, PASSWORD) && !HAS(last, PASSWORD_NOT)) ||
	       (HAS(last, PASSWORD_TAIL) && HAS(before, PASSWORD_HEAD));
}

enum name_class name_class_by(const struct lexicon *l, struct span name)
{
	struct name_words x;
	uint64_t of[NAME_WORDS_MAX], ahead = 0;
	size_t i = 0;

	name_words(name, &x);
	for (size_t k = 0; k < x.n; k++)
		of[k] = lexicon_of(l, x.w[k]);
	while (i + 1 < x.n && HAS(of[i], NAME_WHICH))
		i++;
	if (i >= x.n)
		return NAME_NONE;
	for (size_t k = i + 1; k < x.n; k++)
		ahead |= of[k];
	if (HAS(ahead, NAME_NOT))
		return NAME_NONE;
	uint64_t last = of[i], before = i + 1 < x.n ? of[i + 1] : 0;

	if (is_password(last, before))
		return NAME_PASSWORD;
	if (HAS(last, SECRET))
		return NAME_SECRET;
	if (HAS(last, TOKEN))
		return NAME_TOKEN;
	bool is_key = span_eq_nocase(x.w[i], SPAN("key"));

	if (HAS(ahead, NAME_INDEX) || HAS(last, KEY_NOT) || (is_key && HAS(before, KEY_NOT)))
		return NAME_NONE;
	if (HAS(last, KEY) || (is_key && HAS(before, KEY_OF)))
		return NAME_KEY;
	return HAS(last, WEAK) || HAS(last, WEAK_END) ? NAME_WEAK : NAME_NONE;
}

enum name_class name_class(struct span name)
{
	return name_class_by(lexicon_builtin(), name);
}

const struct name_rule name_rules[] = {
	[NAME_NONE] = { SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT("") },
	[NAME_WEAK] = { SPAN_INIT("named-value"), SPAN_INIT("generic-secret"),
		SPAN_INIT("Credential, by its name") },
	[NAME_KEY] = { SPAN_INIT("named-key"), SPAN_INIT("generic-key"),
		SPAN_INIT("Key, by its name") },
	[NAME_TOKEN] = { SPAN_INIT("named-token"), SPAN_INIT("generic-token"),
		SPAN_INIT("Token, by its name") },
	[NAME_SECRET] = { SPAN_INIT("named-secret"), SPAN_INIT("generic-secret"),
		SPAN_INIT("Secret, by its name") },
	[NAME_PASSWORD] = { SPAN_INIT("named-password"), SPAN_INIT("password"),
		SPAN_INIT("Password, by its name") },
	[NAME_ADDRESS] = { SPAN_INIT("url-password"), SPAN_INIT("url-password"),
		SPAN_INIT("Password in an address") },
};

bool name_is_secret(struct span name)
{
	struct name_words x;

	/* MYSQL_RANDOM_ROOT_PASSWORD and the like ask for one to be made. */
	name_words(name, &x);
	for (size_t i = 0; i < x.n; i++)
		if (span_eq_nocase(x.w[i], SPAN("random")))
			return false;
	return name_class(name) > NAME_WEAK || span_ends_nocase(name, SPAN("credentials"));
}
