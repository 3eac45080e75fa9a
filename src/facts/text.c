/* text.c - the one door by which text of an image enters facts.
 *
 * A copy is made and masked in place, so a mask never changes a length. Four
 * kinds of secrets are known: tokens by prefix, values under secret names,
 * passwords of URLs, and private keys in PEM. Masking one may uncover another
 * (a '*' joins what a '/' had parted), so the kinds are tried until nothing changes:
 * that makes the mask of a mask the mask.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/text.h"

#include <string.h>

enum {
	ROUNDS_MAX = 16,
	PEM_LABEL_MAX = 64,
	NAME_MAX_BYTES = 256,
};

/* clang-format off */
/* Alphabets of tokens, as bits of a byte's class. */
enum {
	DIGIT = 1, LOWER = 2, UPPER = 4, DASH = 8 /* '-' and '_' */, DOT = 16, PLUS = 32 /* "+/=" */,
	BLANK = 64, QUOTE = 128,
	ALNUM = DIGIT | LOWER | UPPER, WORD = ALNUM | DASH, BASE64 = ALNUM | PLUS,
};

static const uint8_t classes[256] = {
	['0'] = DIGIT, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT,
	['5'] = DIGIT, ['6'] = DIGIT, ['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT,
#define BOTH(a, b) [a] = LOWER, [b] = UPPER
	BOTH('a', 'A'), BOTH('b', 'B'), BOTH('c', 'C'), BOTH('d', 'D'), BOTH('e', 'E'), BOTH('f', 'F'),
	BOTH('g', 'G'), BOTH('h', 'H'), BOTH('i', 'I'), BOTH('j', 'J'), BOTH('k', 'K'), BOTH('l', 'L'),
	BOTH('m', 'M'), BOTH('n', 'N'), BOTH('o', 'O'), BOTH('p', 'P'), BOTH('q', 'Q'), BOTH('r', 'R'),
	BOTH('s', 'S'), BOTH('t', 'T'), BOTH('u', 'U'), BOTH('v', 'V'), BOTH('w', 'W'), BOTH('x', 'X'),
	BOTH('y', 'Y'), BOTH('z', 'Z'),
#undef BOTH
	['-'] = DASH, ['_'] = DASH, ['.'] = DOT, ['+'] = PLUS, ['/'] = PLUS, ['='] = PLUS,
	[' '] = BLANK, ['\t'] = BLANK, ['\r'] = BLANK, ['\n'] = BLANK, ['\0'] = BLANK,
	['"'] = QUOTE, ['\''] = QUOTE, ['`'] = QUOTE,
};

/* What a token looks like: a prefix, then at least `least` bytes of an alphabet. edge: the byte
 * before must not be of the alphabet, for prefixes that ordinary words hold too. */
static const struct token {
	struct span prefix;
	uint16_t least;
	uint8_t alphabet;
	bool edge;
} tokens[] = {
	/* docs.github.com, "About authentication to GitHub": five kinds and fine-grained ones */
	{ SPAN_INIT("ghp_"), 30, ALNUM, false },
	{ SPAN_INIT("gho_"), 30, ALNUM, false },
	{ SPAN_INIT("ghu_"), 30, ALNUM, false },
	{ SPAN_INIT("ghs_"), 30, ALNUM, false },
	{ SPAN_INIT("ghr_"), 30, ALNUM, false },
	{ SPAN_INIT("github_pat_"), 22, WORD, false },
	/* docs.gitlab.com, "Token overview", prefixes; 20 or more behind them */
	{ SPAN_INIT("glpat-"), 20, WORD | DOT, false },
	{ SPAN_INIT("gldt-"), 20, WORD, false },
	{ SPAN_INIT("glrt-"), 20, WORD, false },
	{ SPAN_INIT("glptt-"), 20, WORD, false },
	{ SPAN_INIT("glcbt-"), 20, WORD, false },
	{ SPAN_INIT("glagent-"), 20, WORD, false },
	{ SPAN_INIT("glsoat-"), 20, WORD, false },
	{ SPAN_INIT("glsa_"), 32, WORD, true },
	/* api.slack.com, "Token types" */
	{ SPAN_INIT("xoxb-"), 10, WORD, false },
	{ SPAN_INIT("xoxp-"), 10, WORD, false },
	{ SPAN_INIT("xoxa-"), 10, WORD, false },
	{ SPAN_INIT("xoxr-"), 10, WORD, false },
	{ SPAN_INIT("xoxs-"), 10, WORD, false },
	{ SPAN_INIT("xoxe"), 20, WORD | DOT, true },
	{ SPAN_INIT("xapp-"), 20, WORD, true },
	/* docs.aws.amazon.com, IAM, "Unique identifiers": the id of a long and of a short key */
	{ SPAN_INIT("AKIA"), 16, UPPER | DIGIT, true },
	{ SPAN_INIT("ASIA"), 16, UPPER | DIGIT, true },
	{ SPAN_INIT("ABIA"), 16, UPPER | DIGIT, true },
	{ SPAN_INIT("ACCA"), 16, UPPER | DIGIT, true },
	/* cloud.google.com, API keys: 39 bytes in all; OAuth client secrets; access tokens */
	{ SPAN_INIT("AIza"), 35, WORD, true },
	{ SPAN_INIT("GOCSPX-"), 20, WORD, true },
	{ SPAN_INIT("ya29."), 20, WORD | DOT, true },
	/* docs.stripe.com, "API keys": secret and restricted keys, live and test; webhook secrets */
	{ SPAN_INIT("sk_live_"), 16, ALNUM, true },
	{ SPAN_INIT("rk_live_"), 16, ALNUM, true },
	{ SPAN_INIT("sk_test_"), 16, ALNUM, true },
	{ SPAN_INIT("rk_test_"), 16, ALNUM, true },
	{ SPAN_INIT("whsec_"), 24, BASE64, true },
	/* package registries: npm, PyPI (a macaroon), RubyGems, Docker Hub, Hugging Face */
	{ SPAN_INIT("npm_"), 36, ALNUM, true },
	{ SPAN_INIT("pypi-"), 50, WORD, true },
	{ SPAN_INIT("rubygems_"), 48, ALNUM, true },
	{ SPAN_INIT("dckr_pat_"), 20, WORD, false },
	{ SPAN_INIT("dckr_oat_"), 20, WORD, false },
	{ SPAN_INIT("hf_"), 30, ALNUM, true },
	/* sendgrid.com: "SG." 22 "." 43 */
	{ SPAN_INIT("SG."), 60, WORD | DOT, true },
	/* platform keys of model services */
	{ SPAN_INIT("sk-proj-"), 40, WORD, true },
	{ SPAN_INIT("sk-ant-"), 40, WORD, true },
	/* docs.digitalocean.com, tokens; developer.hashicorp.com, Vault, service, batch */
	{ SPAN_INIT("dop_v1_"), 64, ALNUM, true },
	{ SPAN_INIT("doo_v1_"), 64, ALNUM, true },
	{ SPAN_INIT("dor_v1_"), 64, ALNUM, true },
	{ SPAN_INIT("hvs."), 24, WORD, true },
	{ SPAN_INIT("hvb."), 60, WORD, true },
	/* RFC 7519: a JSON web token's header begins with {" in base64url; header.claims.signature */
	{ SPAN_INIT("eyJ"), 60, WORD | DOT, true },
	/* RFC 6750, 2.1, and RFC 7617, 2: what stands behind the scheme in a header */
	{ SPAN_INIT("Bearer "), 16, WORD | DOT | PLUS, true },
	{ SPAN_INIT("Basic "), 16, BASE64, true },
	/* age-encryption.org: an identity */
	{ SPAN_INIT("AGE-SECRET-KEY-1"), 50, ALNUM, false },
};

/* Pairs of bytes that begin a prefix of the table: a bit a first byte, so that text without any
 * costs two loads a byte. A prefix whose pair is missing is never found: the test tries them. */
enum {
	FIRST_g = 1, FIRST_x = 2, FIRST_A = 4, FIRST_G = 8, FIRST_y = 16, FIRST_s = 32, FIRST_r = 64,
	FIRST_w = 128, FIRST_n = 256, FIRST_p = 512, FIRST_d = 1024, FIRST_h = 2048, FIRST_S = 4096,
	FIRST_e = 8192, FIRST_B = 16384,
	FIRST_dash = 32768u, /* the line of a PEM marker */
};
static const uint16_t firsts[256] = {
	['g'] = FIRST_g, ['x'] = FIRST_x, ['A'] = FIRST_A, ['G'] = FIRST_G, ['y'] = FIRST_y,
	['s'] = FIRST_s,
	['r'] = FIRST_r, ['w'] = FIRST_w, ['n'] = FIRST_n, ['p'] = FIRST_p, ['d'] = FIRST_d,
	['h'] = FIRST_h,
	['S'] = FIRST_S, ['e'] = FIRST_e, ['B'] = FIRST_B, ['-'] = FIRST_dash,
};
static const uint16_t seconds[256] = {
	['h'] = FIRST_g | FIRST_w, ['i'] = FIRST_g, ['l'] = FIRST_g, ['o'] = FIRST_x | FIRST_d,
	['a'] = FIRST_x | FIRST_y | FIRST_B,
	['K'] = FIRST_A, ['S'] = FIRST_A, ['B'] = FIRST_A, ['C'] = FIRST_A, ['I'] = FIRST_A,
	['G'] = FIRST_A | FIRST_S,
	['O'] = FIRST_G, ['k'] = FIRST_s | FIRST_r, ['u'] = FIRST_r, ['p'] = FIRST_n,
	['y'] = FIRST_p | FIRST_e,
	['c'] = FIRST_d, ['f'] = FIRST_h, ['v'] = FIRST_h, ['e'] = FIRST_B,
	['-'] = FIRST_dash,
};

/* clang-format on */

/* Text that is being masked: our own copy, not input. */
struct text {
	uint8_t *p;
	size_t len;
	bool changed;
};

static struct span view(const struct text *t, size_t from)
{
	return span_from(span_of(t->p, t->len), from);
}

static void mask(struct text *t, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		t->changed |= t->p[i] != '*';
		t->p[i] = '*';
	}
}

/* End of the run of an alphabet. Masked bytes are of none. */
static size_t run_end(const struct text *t, size_t from, uint8_t alphabet)
{
	while (from < t->len && (classes[t->p[from]] & alphabet))
		from++;
	return from;
}

static size_t mask_token_at(struct text *t, size_t at)
{
	for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
		const struct token *k = &tokens[i];

		if (k->prefix.p[0] != t->p[at] || !span_starts(view(t, at), k->prefix))
			continue;
		if (k->edge && at && (classes[t->p[at - 1]] & (k->alphabet & WORD)))
			continue;
		size_t from = at + k->prefix.len, end = run_end(t, from, k->alphabet);

		if (end - from >= k->least) {
			mask(t, from, end);
			return end;
		}
	}
	return at + 1;
}

static void mask_tokens(struct text *t)
{
	for (size_t i = 0; i + 1 < t->len;)
		i = firsts[t->p[i]] & seconds[t->p[i + 1]] & ~FIRST_dash ? mask_token_at(t, i)
									 : i + 1;
}

/* A URL's password: "://", a user without '/', ':' and blanks, ':', up to the last '@' before the
 * host ends. */
static void mask_urls(struct text *t)
{
	for (size_t i = 0; i < t->len;) {
		size_t hit = span_find_span(view(t, i), SPAN("://")), colon = 0, last = 0;

		i += hit + 3;
		size_t j = i;

		for (; j < t->len && t->p[j] != '/' && !(classes[t->p[j]] & (BLANK | QUOTE)); j++) {
			if (t->p[j] == ':' && !colon)
				colon = j;
			if (t->p[j] == '@')
				last = j;
		}
		if (colon && last > colon)
			mask(t, colon + 1, last);
		i = j;
	}
}

/* A private key in PEM: everything between its two marker lines, or to the end of the text. */
static void mask_keys(struct text *t)
{
	static const struct span begin = SPAN_INIT("-----BEGIN "), key = SPAN_INIT("PRIVATE KEY"),
				 end = SPAN_INIT("-----END ");

	for (size_t i = 0; i < t->len;) {
		size_t at = i + span_find_span(view(t, i), begin);
		struct span label = span_sub(span_of(t->p, t->len), at + begin.len, PEM_LABEL_MAX);
		size_t dashes = span_find_span(label, SPAN("-----"));

		i = at + begin.len;
		if (at >= t->len || dashes == label.len ||
			!span_has(span_sub(label, 0, dashes), key))
			continue;
		i += dashes + 5;
		size_t stop = i + span_find_span(view(t, i), end);

		mask(t, i, stop);
		i = stop;
	}
}

static bool ends_nocase(struct span s, struct span tail)
{
	return s.len >= tail.len && span_eq_nocase(span_from(s, s.len - tail.len), tail);
}

static bool has_nocase(struct span s, struct span needle)
{
	for (size_t i = 0; i + needle.len <= s.len; i++)
		if (span_eq_nocase(span_sub(s, i, needle.len), needle))
			return true;
	return false;
}

bool fact_secret_name(struct span name)
{
	static const struct span ends[] = {
		SPAN_INIT("PASSWORD"),
		SPAN_INIT("PASSWD"),
		SPAN_INIT("PASSPHRASE"),
		SPAN_INIT("SECRET"),
		SPAN_INIT("TOKEN"),
		SPAN_INIT("API_KEY"),
		SPAN_INIT("ACCESS_KEY"),
		SPAN_INIT("PRIVATE_KEY"),
		SPAN_INIT("CREDENTIALS"),
	};
	static const struct span harmless[] = { SPAN_INIT("ALLOW_"), SPAN_INIT("RANDOM"),
		SPAN_INIT("EMPTY") };
	uint8_t plain[NAME_MAX_BYTES];
	struct span s = span_from(name, name.len > sizeof(plain) ? name.len - sizeof(plain) : 0);

	for (size_t i = 0; i < s.len; i++)
		plain[i] = s.p[i] == '-' || s.p[i] == '.' ? '_' : s.p[i];
	s = span_of(plain, s.len);
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
		if (has_nocase(s, harmless[i]))
			return false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (ends_nocase(s, ends[i]))
			return true;
	return false;
}

/* A value that says where or whether, not what: a truth, a path of a usual folder, a reference to
 * be filled in. */
static bool is_plain_value(struct span v)
{
	static const struct span truths[] = {
		SPAN_INIT("true"),
		SPAN_INIT("false"),
		SPAN_INIT("yes"),
		SPAN_INIT("no"),
		SPAN_INIT("on"),
		SPAN_INIT("off"),
		SPAN_INIT("0"),
		SPAN_INIT("1"),
		SPAN_INIT("null"),
		SPAN_INIT("none"),
	};
	static const struct span heads[] = {
		SPAN_INIT("/run/"),
		SPAN_INIT("/var/"),
		SPAN_INIT("/etc/"),
		SPAN_INIT("/usr/"),
		SPAN_INIT("/opt/"),
		SPAN_INIT("/home/"),
		SPAN_INIT("/root/"),
		SPAN_INIT("/tmp/"),
		SPAN_INIT("/mnt/"),
		SPAN_INIT("/srv/"),
		SPAN_INIT("/app/"),
		SPAN_INIT("/data/"),
		SPAN_INIT("/proc/"),
		SPAN_INIT("/dev/"),
		SPAN_INIT("/bin/"),
		SPAN_INIT("/secrets/"),
		SPAN_INIT("/config/"),
		SPAN_INIT("${"),
		SPAN_INIT("$("),
	};

	for (size_t i = 0; i < sizeof(truths) / sizeof(*truths); i++)
		if (span_eq_nocase(v, truths[i]))
			return true;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (span_starts(v, heads[i]))
			return true;
	return false;
}

/* In docker's "|2 A=b c TOKEN=d e /bin/sh -c ..." a value holds blanks: it ends where the next name
 * or the shell begins. */
static bool argument_ends(struct span rest)
{
	size_t i = 1;

	if (span_at(rest, 1) == '/')
		return true;
	while (i < rest.len && (classes[rest.p[i]] & WORD))
		i++;
	return i > 1 && span_at(rest, i) == '=';
}

static size_t value_end(const struct text *t, size_t from, bool has_blanks)
{
	uint8_t quote = from < t->len ? t->p[from] : 0;
	size_t i = from;

	if (classes[quote] & QUOTE) {
		for (i++; i < t->len && t->p[i] != quote; i++)
			if (t->p[i] == '\\')
				i++;
		return i < t->len ? i : t->len;
	}
	while (i < t->len && (has_blanks || !(classes[t->p[i]] & BLANK))) {
		if ((classes[t->p[i]] & BLANK) && argument_ends(view(t, i)))
			break;
		i++;
	}
	return i;
}

static void mask_value(struct text *t, size_t from, size_t to)
{
	if (from < to && (classes[t->p[from]] & QUOTE))
		from++;
	if (!is_plain_value(span_sub(span_of(t->p, t->len), from, to - from)))
		mask(t, from, to);
}

/* Where the build arguments of a history line end: behind the blanks and names of "|N ", at its
 * shell; 0 without. */
static size_t arguments_end(const struct text *t)
{
	struct span s = span_of(t->p, t->len);
	size_t bar = span_starts(s, SPAN("RUN |")) ? 4 : 0;

	if (span_at(s, bar) != '|' || !(classes[span_at(s, bar + 1)] & DIGIT))
		return 0;
	return span_find_span(s, SPAN(" /"));
}

/* NAME=value, and "ENV NAME value" as an old builder's history has it. */
static void mask_settings(struct text *t)
{
	size_t arguments = arguments_end(t);

	for (size_t i = 0; i < t->len; i++) {
		i += span_find(view(t, i), '=');
		size_t start = i;

		while (start && (classes[t->p[start - 1]] & (WORD | DOT)))
			start--;
		if (i + 1 >= t->len ||
			!fact_secret_name(span_sub(span_of(t->p, t->len), start, i - start)))
			continue;
		size_t end = value_end(t, i + 1, i < arguments);

		mask_value(t, i + 1, end);
		i = end - 1;
	}
	for (size_t i = 0; i < t->len;) {
		i += span_find_span(view(t, i), SPAN("ENV ")) + 4;
		size_t name = i, end = run_end(t, i, WORD | DOT);

		if (end < t->len && t->p[end] == ' ' &&
			fact_secret_name(span_sub(span_of(t->p, t->len), name, end - name)))
			mask_value(t, end + 1, value_end(t, end + 1, false));
	}
}

/* Bits of the first bytes whose pairs occur. */
static unsigned pairs_of(struct span s)
{
	unsigned pairs = 0;

	for (size_t i = 0; i + 1 < s.len; i++)
		pairs |= (unsigned)firsts[s.p[i]] & seconds[s.p[i + 1]];
	return pairs;
}

/* Nearly all paths have nothing that could begin a secret, and go no further than the first
 * question. */
static void mask_all(struct text *t)
{
	struct span s = span_of(t->p, t->len);
	unsigned pairs = pairs_of(s);
	bool has_equals = span_find(s, '=') < s.len || span_find(s, ' ') < s.len,
	     has_url = span_find(s, ':') < s.len;

	for (int round = 0; round < ROUNDS_MAX && (pairs || has_equals || has_url); round++) {
		t->changed = false;
		if (pairs & FIRST_dash)
			mask_keys(t);
		if (has_url)
			mask_urls(t);
		if (has_equals)
			mask_settings(t);
		if (pairs & ~FIRST_dash)
			mask_tokens(t);
		if (!t->changed)
			break;
	}
}

struct span fact_text(struct arena *a, struct span raw)
{
	uint8_t *p = arena_alloc(a, raw.len);

	if (!p)
		return (struct span){ 0 };
	if (raw.len)
		memcpy(p, raw.p, raw.len);
	struct text t = { p, raw.len, false };

	mask_all(&t);
	return span_of(p, raw.len);
}

struct span fact_value(struct arena *a, struct span name, struct span raw)
{
	if (!fact_secret_name(name) || is_plain_value(raw))
		return fact_text(a, raw);
	uint8_t *p = arena_alloc(a, raw.len);

	if (p && raw.len)
		memset(p, '*', raw.len);
	return p ? span_of(p, raw.len) : (struct span){ 0 };
}
