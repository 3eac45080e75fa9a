/* letters.c - is a text words, or random characters?
 *
 * Two models of the text are compared, one step from a character to the next at a time. Random text
 * draws each character from its alphabet alike. Words and identifiers go on in the same word most
 * of the time, by the pairs of letters that words have, and now and then begin a new word (a
 * capital, a separator) or a number. The sum is the logarithm of how much likelier words are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/value/value.h"

#include "base/ascii.h"

/* Pairs of letters of English manual pages and of the names in C headers and Python sources,
 * counted once for each word. A row is the first letter, a column the second; 'm' is as frequent as
 * chance, each letter after it twice the square root more. */
static const char pairs[] = "dmonfilcmbiqnpcmdpoqkjhgjc" /* a */
			    "pjmkpjjfpkhqkjokbnologfbkd" /* b */
			    "pglhpgcpmannjgrienkpmgdeia" /* c */
			    "oijmsjhirgcliioialnimigeia" /* d */
			    "mhopkljdhafmlphliqqnfjhmia" /* e */
			    "ngjkppfdrabohjqidnmlnegaka" /* f */
			    "nfjhsgknpadmkomibpnknffcgk" /* g */
			    "rdchsgeepahjkjqhanknladaja" /* h */
			    "mknmmlmadafnmsolclooelcial" /* i */
			    "piiirihbnbhbkhrlkblirbbbhb" /* j */
			    "ngiktikgqccmjljhghqlmekcgf" /* k */
			    "pgilrijfqbfpehpichmmlidaoc" /* l */
			    "qmhjrhebpahimgoqadmjmiabfa" /* m */
			    "ogooolqgnbijgjnhafpqkkdahc" /* n */
			    "jknmhkkejcjnorlnaqnmolmfdb" /* o */
			    "pgjjqhgknajohhpndqmomfgaja" /* p */
			    "agakgigajaakajggaimjvaaaaa" /* q */
			    "pgklsikdpailmlojamonkjgala" /* r */
			    "mdmhqhgnpajkiimnciorogieka" /* s */
			    "ogkhrienraalihniapnlldffmc" /* t */
			    "mnmjmlkanaeonqjnapppeaagac" /* u */
			    "qghgtjhaqaegignjahjieajdea" /* v */
			    "qhllpjioqaikhoojapmgjeifda" /* w */
			    "nfoipleipahihikracmrfceojc" /* x */
			    "jkkgnjidoaannplsfjpojekgkg" /* y */
			    "pikiujifpaakjhnjagiejegagk" /* z */;

enum { LETTERS = 26 };

/* Steps of words, in half bits (twice the logarithm to base 2 of their share). */
enum {
	STEP_LETTER = -10,   /* and the pair's own weight */
	STEP_CAPITAL = -17,  /* a new word, in the manner of camels */
	STEP_NUMBER = -16,   /* a digit after a letter */
	STEP_DIGIT = -9,     /* after a digit */
	STEP_UNNUMBER = -13, /* a letter after a digit */
};

/* Of a step from a to b, when it is one of words. is_inside: a is after another capital, so
 * that a small letter begins a word one letter ago. */
static int step(uint8_t a, uint8_t b, bool is_inside)
{
	if (ascii_is_digit(b))
		return ascii_is_digit(a) ? STEP_DIGIT : STEP_NUMBER;
	if (ascii_is_digit(a))
		return STEP_UNNUMBER;
	if ((a >= 'a' && b <= 'Z') || (a <= 'Z' && b >= 'a' && is_inside))
		return STEP_CAPITAL;
	return STEP_LETTER +
	       (pairs[(ascii_lower(a) - 'a') * LETTERS + (ascii_lower(b) - 'a')] - 'm');
}

/* Half bits of a character drawn from the smallest alphabet that the piece fits. */
static int drawn(struct span s)
{
	bool lower = false, upper = false, number = false, past_f = false;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		lower |= c >= 'a' && c <= 'z';
		upper |= c >= 'A' && c <= 'Z';
		number |= ascii_is_digit(c);
		past_f |= ascii_lower(c) > 'f';
	}
	if (lower && upper)
		return number ? -12 : -11;
	if (!lower && !upper)
		return -7;
	return number ? (past_f ? -10 : -8) : -9;
}

static int of_piece(struct span s)
{
	int each = drawn(s), sum = 0;

	for (size_t i = 1; i < s.len; i++)
		sum += step(span_at(s, i - 1), span_at(s, i),
			       i > 1 && span_at(s, i - 2) >= 'A' && span_at(s, i - 2) <= 'Z') -
		       each;
	return sum;
}

int letters_of_words(struct span s)
{
	int sum = 0;

	for (size_t i = 0, from = 0; i <= s.len; i++) {
		uint8_t c = span_at(s, i);

		if (ascii_is_letter(c) || ascii_is_digit(c))
			continue;
		sum += of_piece(span_sub(s, from, i - from));
		from = i + 1;
	}
	return sum;
}
