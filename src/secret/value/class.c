/* class.c - does a value look like a secret at all, or like a word, a name, a placeholder?
 *
 * Shannon entropy says little about 16 to 40 characters. Asked instead: what is written in place of
 * a value or refers to one (lists and forms), is it a run or a repetition, and is it likelier words
 * or characters drawn at random (letters.c).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/value.h"

#include "base/ascii.h"
#include "secret/value/lexicon.h"
#include "secret/value/words.h"
#include "syntax/base64.h"

enum {
	VALUE_MAX = 4096,
	TOKEN_MIN = 12,
	KEY_MIN = 16,
	RANDOM_MIN = 10,
	STRONG_MIN = 8,
	DIGITS_MIN = 6,
	SUFFIX_MAX = 5,
	RUN_MAX = 6, /* characters in alphabetical order that chance does not make */
	RANDOM_DISTINCT = 6,
	LIKELY = -16, /* half bits: by eight bits likelier random than words */
};

/* <password>, @PASSWORD@: one half of a row before it, the other after it. */
static bool is_wrapped(const struct lexicon *l, struct span s)
{
	size_t n;
	const struct span *rows = lexicon_phrases(l, WORDS_WRAPPED, &n);

	for (size_t i = 0; i < n; i++)
		if (s.len >= rows[i].len && span_starts(s, span_sub(rows[i], 0, rows[i].len / 2)) &&
			span_ends(s, span_from(rows[i], rows[i].len / 2)))
			return true;
	return false;
}

/* $NAME; @NAME in capitals, of templates. */
static bool is_variable(struct span s)
{
	if (span_at(s, 0) == '@') {
		for (size_t i = 1; i < s.len; i++)
			if (!ascii_is_upper(span_at(s, i)) && span_at(s, i) != '_')
				return false;
		return s.len > 4;
	}
	if (span_at(s, 0) != '$' || s.len < 2 || ascii_is_digit(span_at(s, 1)))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!ascii_is_letter(span_at(s, i)) && !ascii_is_digit(span_at(s, i)) &&
			span_at(s, i) != '_')
			return false;
	return true;
}

static bool is_default(const struct lexicon *l, struct span s)
{
	uint8_t folded[KEY_MIN];

	while (s.len > 1 && (span_at(s, s.len - 1) == '!' || span_at(s, s.len - 1) == '.' ||
				    span_at(s, s.len - 1) == '#'))
		s.len--;
	if (s.len > sizeof(folded))
		return false;
	for (size_t i = 0; i < s.len; i++)
		folded[i] = lexicon_fold(span_at(s, i));
	return lexicon_in(lexicon_of(l, span_of(folded, s.len)), WORDS_DEFAULT);
}

bool value_placeholder(const struct lexicon *l, struct span s)
{
	return lexicon_in(lexicon_of(l, s), WORDS_PLACEHOLDER) ||
	       lexicon_has(l, WORDS_PLACEHOLDER_PART, s) || lexicon_has(l, WORDS_REFERENCE, s) ||
	       is_wrapped(l, s) || is_variable(s);
}

/* The step that two neighbours make in the alphabet, among the digits or around them. */
static int stride(uint8_t a, uint8_t b)
{
	int n = ascii_lower(b) - ascii_lower(a);

	return n == '0' - '9' || n == 'a' - '9' || n == '0' - 'f' ? 1 : n;
}

/* Most steps from one character to the next, or the next but one, are the same: aaaa, 0123, abcd,
 * 9876, a1b2c3d4; or a part of it is a long run. */
static bool is_run(struct span s)
{
	size_t same = 0, up = 0, down = 0, second = 0, longest = 0, now = 0;

	for (size_t i = 1; i < s.len; i++) {
		int n = stride(span_at(s, i - 1), span_at(s, i));

		same += n == 0;
		up += n == 1;
		down += n == -1;
		now = n == 1 ? now + 1 : 0;
		longest = now > longest ? now : longest;
		second += i > 1 && stride(span_at(s, i - 2), span_at(s, i)) == 1;
	}
	size_t most = (s.len - 1) * 3 / 4;

	return s.len >= 4 &&
	       (same > most || up > most || down > most || (second > most && s.len >= STRONG_MIN) ||
		       (longest >= RUN_MAX));
}

/* The same few characters again and again: deadbeefdeadbeef. */
static bool is_repeated(struct span s)
{
	for (size_t n = 1; n <= 8 && 2 * n <= s.len; n++)
		if (s.len >= 8 && span_eq(span_from(s, n), span_sub(s, 0, s.len - n)))
			return true;
	return false;
}

static size_t distinct(struct span s)
{
	uint64_t seen[4] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		seen[span_at(s, i) >> 6] |= (uint64_t)1 << (span_at(s, i) & 63);
	for (size_t i = 0; i < 4; i++)
		n += (size_t)__builtin_popcountll(seen[i]);
	return n;
}

/* Common words make three quarters of its letters, and letters half of it. */
static bool is_covered(struct span s)
{
	size_t letters = 0;

	for (size_t i = 0; i < s.len; i++)
		letters += ascii_is_letter(span_at(s, i));
	return s.len <= WORDS_TEXT_MAX && letters * 2 >= s.len && words_cover(s) * 4 >= letters * 3;
}

static bool is_wordy(struct span s)
{
	return is_covered(s) || letters_of_words(s) > (int)s.len;
}

static bool only(struct span s, bool (*is)(uint8_t))
{
	for (size_t i = 0; i < s.len; i++)
		if (!is(span_at(s, i)))
			return false;
	return true;
}

static bool base64_byte(uint8_t c)
{
	return c == '=' || base64_digit(c) >= 0;
}

static const char *token(struct span s)
{
	size_t digits = 0, upper = 0, lower = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		digits += ascii_is_digit(c);
		upper += c >= 'A' && c <= 'Z';
		lower += c >= 'a' && c <= 'z';
		if (c <= ' ' || c >= 0x7f)
			return "a byte that no token has";
	}
	if (s.len < TOKEN_MIN)
		return "too short";
	if (!digits && (!upper || !lower))
		return "letters of one case alone";
	if (distinct(s) < (s.len < 24 ? s.len / 3 : 8))
		return "few different characters";
	return is_wordy(s) ? "words" : NULL;
}

static const char *password(struct span s)
{
	if (s.len < 4)
		return "too short";
	if (span_at(s, 0) == '/' || span_has(s, SPAN("://")) || span_starts(s, SPAN("./")))
		return "a path or an address";
	if (span_has(s, SPAN("(")) && span_has(s, SPAN(")")))
		return "a call";
	return is_wordy(s) && only(s, base64_byte) ? "words" : NULL;
}

static const char *hex(struct span s)
{
	if (s.len < KEY_MIN)
		return "too short";
	if (!only(s, ascii_is_hex))
		return "not hex";
	return distinct(s) < 6 ? "few different characters" : NULL;
}

static const char *base64(struct span s)
{
	if (s.len < KEY_MIN)
		return "too short";
	if (!only(s, base64_byte))
		return "not base64";
	return distinct(s) < 8 ? "few different characters" : is_wordy(s) ? "words" : NULL;
}

bool value_plausible(const struct lexicon *l, uint8_t class, struct span value, const char **why)
{
	const char *reason = NULL;

	if (class == CLASS_NONE)
		return true;
	if (!value.len || value.len > VALUE_MAX)
		reason = value.len ? "too long" : "empty";
	else if (value_placeholder(l, value))
		reason = "a placeholder";
	else if (is_run(value) || is_repeated(value))
		reason = "a run or a repetition";
	else if (class == CLASS_MARKED)
		reason = distinct(value) < (value.len < 24 ? value.len / 4 : 6)
				 ? "few different characters"
				 : NULL;
	else if (class == CLASS_PASSWORD)
		reason = password(value);
	else if (class == CLASS_HEX)
		reason = hex(value);
	else
		reason = class == CLASS_TOKEN ? token(value) : base64(value);
	if (reason && why)
		*why = reason;
	return !reason;
}

static bool all(struct span s, const char *also, bool letters, bool digits)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (!(letters && ascii_is_letter(c)) && !(digits && ascii_is_digit(c)) &&
			span_find(span_str(also), c) == span_str(also).len)
			return false;
	}
	return true;
}

enum { HAS_DIGIT = 1, HAS_UPPER = 2, HAS_LOWER = 4, HAS_OTHER = 8, HAS_BOTH = 6, HAS_ALL = 15 };

static unsigned classes(struct span s)
{
	unsigned seen = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		seen |= ascii_is_digit(c)      ? HAS_DIGIT
			: c >= 'A' && c <= 'Z' ? HAS_UPPER
			: ascii_is_letter(c)   ? HAS_LOWER
					       : HAS_OTHER;
	}
	return seen;
}

/* Letters of both cases and digits, without a word, a blank or a bracket: no code is so. */
static bool is_random(struct span s)
{
	unsigned want = HAS_DIGIT | HAS_BOTH;

	return s.len >= RANDOM_MIN && (classes(s) & want) == want &&
	       distinct(s) >= RANDOM_DISTINCT && letters_of_words(s) < LIKELY &&
	       all(s, "!#%&*+,-./:=?@^_~", true, true);
}

/* x(), or what a sign turns into something else: !Ref, @file. */
static bool is_call(struct span s)
{
	size_t open = span_find_span(s, SPAN("()"));

	if (open < s.len && open && ascii_is_letter(span_at(s, open - 1)))
		return true;
	return (span_at(s, 0) == '!' || span_at(s, 0) == '@') &&
	       all(span_from(s, 1), "._/-", true, false);
}

/* Names of other things: a place, an address, what code is made of, what another tool opens. */
static bool is_elsewhere(const struct lexicon *l, struct span s)
{
	return lexicon_starts(l, WORDS_ELSEWHERE, s) || lexicon_has(l, WORDS_ELSEWHERE_PART, s) ||
	       is_call(s) || (span_has(s, SPAN("::")) && !is_random(s)) ||
	       (span_at(s, 0) == '/' && letters_of_words(s) > 2 * LIKELY);
}

/* name.ext: the name of a file. */
static bool is_file(const struct lexicon *l, struct span s)
{
	size_t dot = span_rfind(s, '.');

	return dot < s.len && span_find(s, ' ') == s.len &&
	       lexicon_in(lexicon_of(l, span_from(s, dot + 1)), WORDS_FILE);
}

/* Not the value, whatever else it is. */
static bool is_nothing(const struct lexicon *l, struct span s)
{
	uint8_t first = span_at(s, 0), last = span_at(s, s.len - 1);

	return s.len < 4 || is_run(s) || is_repeated(s) || is_elsewhere(l, s) || is_file(l, s) ||
	       distinct(s) < 3 || all(s, "0123456789.:/-TZ+ ", false, false) ||
	       (first == last && span_find(SPAN("%@#_*'\"`$"), first) < 9) ||
	       span_find(s, '\t') < s.len || last == ':' || (first == '$' && s.len < STRONG_MIN) ||
	       (first == '-' && ascii_is_letter(last)) || (first == '%' && s.len < STRONG_MIN) ||
	       (span_find(SPAN("=.,:"), first) < 4 && !is_random(span_from(s, 1))) ||
	       value_placeholder(l, s);
}

uint8_t value_look(const struct lexicon *l, struct span s)
{
	bool is_twice =
		s.len % 2 == 0 && span_eq(span_sub(s, 0, s.len / 2), span_from(s, s.len / 2));

	if (s.len && s.len < KEY_MIN && is_default(l, is_twice ? span_from(s, s.len / 2) : s))
		return LOOKS_DEFAULT;
	if (!s.len || s.len > VALUE_MAX || is_nothing(l, s))
		return LOOKS_NOTHING;
	unsigned seen = classes(s);

	if (seen == HAS_DIGIT)
		return s.len >= DIGITS_MIN && s.len < KEY_MIN ? LOOKS_WEAK : LOOKS_NOTHING;
	for (size_t i = 0; i < s.len; i++) {
		if (span_at(s, i) <= ' ' || span_at(s, i) >= 0x7f)
			return LOOKS_TEXT;
	}
	int words = letters_of_words(s);
	bool mixed = (seen & HAS_DIGIT) || (seen & HAS_BOTH) == HAS_BOTH;

	if (is_covered(s))
		return LOOKS_WORDS;
	if (words < LIKELY && s.len >= RANDOM_MIN && distinct(s) >= RANDOM_DISTINCT && mixed &&
		((seen & HAS_DIGIT) || s.len >= KEY_MIN || words < 2 * LIKELY))
		return LOOKS_RANDOM;
	if (words > (int)s.len && seen != HAS_ALL)
		return LOOKS_WORDS;
	return __builtin_popcount(seen) >= 3 && s.len >= STRONG_MIN ? LOOKS_STRONG : LOOKS_WEAK;
}
