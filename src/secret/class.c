/* class.c - does a value look like a secret at all, or like a word, a name, a placeholder?
 *
 * Shannon entropy says little about 16 to 40 characters. Two questions say more: what is written
 * instead of a value (a list), and how many neighbouring letters are such as English words and
 * identifiers have: of random letters one pair in four is among the commonest pairs below, of words
 * three in four.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/proof.h"

enum { VALUE_MAX = 4096, LETTER_PAIRS_MIN = 6, TOKEN_MIN = 12, KEY_MIN = 16 };

/* The commonest pairs of letters of English words, about a quarter of all that there are. */
static const char pairs[] = "th he in er an re on at en nd ti es or te of ed is it al ar st to nt "
			    "ng se ha as ou io le ve co me de hi ri ro "
			    "ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec "
			    "pr no ct us ac ot il tr ly nc et ut ss so "
			    "rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im "
			    "mi ai sh ir su id os iv ia am fi ci vi pl "
			    "ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke ui fr oo av ag if "
			    "ap gr od bo sp rd do uc bu ei ov by rm ep "
			    "tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp "
			    "ua up lu go ht ru ug ds lt pi rc rr eg au "
			    "ck ew mu br bi pt ak pu ui rg ib tl ny ki rk ys ob mm fu ph og ms ye "
			    "ud mb ip ub oi rl gu dr hr cc tw ft wn nu "
			    "af hu nn eo vo rv nf xp gn sm fl iz ok nl my gl aw ju oa eq sy sl ps "
			    "jo lf nv je nk kn gs dy hy ze ks xt bs ik "
			    "dd pt nm sk rp ek za";

/* What people write where a secret would stand: whole values, lower case. */
static const char *const whole[] = { "null", "nil", "none", "true", "false", "undefined", "string",
	"password", "passwd", "secret", "token", "apikey", "api_key", "key", "value", "yes", "no",
	"on", "off", "empty", "required", "optional", "changeme", "change_me", "changeit", "todo",
	"tbd", "n/a", "username", "user", "bearer", "basic", "text", "hidden" };
static const char *const parts[] = { "example", "placeholder", "redacted", "your_", "your-",
	"yourtoken", "yourpassword", "<your", "insert", "replace", "dummy", "xxxx", "****", "....",
	"changeme", "not-a-real", "notreal", "my_secret", "mysecret" };

static uint8_t low(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool letter(uint8_t c)
{
	return low(c) >= 'a' && low(c) <= 'z';
}

static bool digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool has_nocase(struct span s, const char *needle)
{
	struct span n = span_str(needle);

	for (size_t i = 0; i + n.len <= s.len; i++)
		if (span_eq_nocase(span_sub(s, i, n.len), n))
			return true;
	return false;
}

static bool wrapped(struct span s, struct span head, struct span tail)
{
	return s.len >= head.len + tail.len && span_starts(s, head) && span_ends(s, tail);
}

static bool is_reference(struct span s)
{
	return wrapped(s, SPAN("<"), SPAN(">")) || wrapped(s, SPAN("%"), SPAN("%")) ||
	       wrapped(s, SPAN("@"), SPAN("@")) || span_has(s, SPAN("${")) ||
	       span_has(s, SPAN("{{")) || span_has(s, SPAN("$(")) || span_has(s, SPAN("#{")) ||
	       wrapped(s, SPAN("["), SPAN("]")) || wrapped(s, SPAN("__"), SPAN("__")) ||
	       wrapped(s, SPAN("{"), SPAN("}"));
}

static bool is_variable(struct span s)
{
	if (span_at(s, 0) != '$' || s.len < 2 || digit(span_at(s, 1)))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!letter(span_at(s, i)) && !digit(span_at(s, i)) && span_at(s, i) != '_')
			return false;
	return true;
}

bool value_placeholder(struct span s)
{
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		if (span_eq_nocase(s, span_str(whole[i])))
			return true;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (has_nocase(s, parts[i]))
			return true;
	return is_reference(s) || is_variable(s);
}

/* Most steps from one character to the next are the same: aaaa, 0123, abcd, 9876. */
static bool is_run(struct span s)
{
	size_t same = 0, up = 0, down = 0;

	for (size_t i = 1; i < s.len; i++) {
		int step = low(span_at(s, i)) - low(span_at(s, i - 1));

		same += step == 0;
		up += step == 1 || step == '0' - '9' || step == 'a' - '9' || step == '0' - 'f';
		down += step == -1;
	}
	return s.len >= 4 && (same > (s.len - 1) * 3 / 4 || up > (s.len - 1) * 3 / 4 ||
				     down > (s.len - 1) * 3 / 4);
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

static bool common(uint8_t a, uint8_t b)
{
	for (size_t i = 0; i + 1 < sizeof(pairs); i += 3)
		if (pairs[i] == low(a) && pairs[i + 1] == low(b))
			return true;
	return false;
}

/* Words, and identifiers made of words: more than six in ten of the pairs of letters are common
 * ones. */
static bool is_wordlike(struct span s)
{
	size_t n = 0, hits = 0, digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t a = span_at(s, i), b = span_at(s, i + 1);

		digits += digit(a);
		/* A capital behind a small letter begins a new word. */
		if (!letter(a) || !letter(b) || (a >= 'a' && b <= 'Z'))
			continue;
		n++;
		hits += common(a, b);
	}
	return n >= LETTER_PAIRS_MIN && digits * 5 <= s.len && hits * 10 > n * 6;
}

static bool only(struct span s, bool (*is)(uint8_t))
{
	for (size_t i = 0; i < s.len; i++)
		if (!is(span_at(s, i)))
			return false;
	return true;
}

static bool hex_byte(uint8_t c)
{
	return digit(c) || (low(c) >= 'a' && low(c) <= 'f');
}

static bool base64_byte(uint8_t c)
{
	return digit(c) || letter(c) || c == '+' || c == '/' || c == '-' || c == '_' || c == '=';
}

static const char *token(struct span s)
{
	size_t digits = 0, upper = 0, lower = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		digits += digit(c);
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
	return is_wordlike(s) ? "words" : NULL;
}

static const char *password(struct span s)
{
	if (s.len < 4)
		return "too short";
	if (span_at(s, 0) == '/' || span_has(s, SPAN("://")) || span_starts(s, SPAN("./")))
		return "a path or an address";
	if (span_has(s, SPAN("(")) && span_has(s, SPAN(")")))
		return "a call";
	return is_wordlike(s) && only(s, base64_byte) ? "words" : NULL;
}

static const char *hex(struct span s)
{
	if (s.len < KEY_MIN)
		return "too short";
	if (!only(s, hex_byte))
		return "not hex";
	return distinct(s) < 6 ? "few different characters" : NULL;
}

static const char *base64(struct span s)
{
	if (s.len < KEY_MIN)
		return "too short";
	if (!only(s, base64_byte))
		return "not base64";
	return distinct(s) < 8 ? "few different characters" : is_wordlike(s) ? "words" : NULL;
}

bool value_plausible(uint8_t class, struct span value, const char **why)
{
	const char *reason = NULL;

	if (class == CLASS_NONE)
		return true;
	if (!value.len || value.len > VALUE_MAX)
		reason = value.len ? "too long" : "empty";
	else if (value_placeholder(value))
		reason = "a placeholder";
	else if (is_run(value) || is_repeated(value))
		reason = "a run or a repetition";
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
