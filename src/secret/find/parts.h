/* parts.h - the pieces of the finder. Inside secret/ only.
 *
 * A look is one stream of bytes that is looked at: a file, what an archive in it holds, a decoded
 * run. Looks are nested in each other, so the finder has one of each depth.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <hs.h>
#include <pcre2.h>

#include "secret/find/find.h"
#include "secret/find/guard.h"
#include "secret/find/pattern.h"
#include "secret/proof/validate.h"

enum {
	STEP = 64 << 10, /* bytes scanned at once: bounds the windows of a step */
	WINDOW_MERGED_MAX =
		64 << 10, /* hits of one rule share a window up to this, its margins not counted */
	HOLD = 3 * RULE_WINDOW_MAX + WINDOW_MERGED_MAX + STEP,
	WINDOWS_MAX = 8192, /* open and not yet confirmed, of one look */
	ENCODED_BEFORE = 4 << 10,
	ENCODED_AFTER = 16 << 10, /* window of an encoded literal */
	NOUN_BEFORE = 1024,
	NOUN_NEAR = 256, /* of them, what the quick answer wants on both sides */
	NOUN_AFTER = 1024,
	CERTIFICATE_AFTER = 16 << 10,
	NAME_BYTES = 80,
	VALUE_BYTES = 512,  /* of name = value */
	BINARY_HEAD = 1024, /* a NUL in it makes a file binary */
	LOOKS = 10, /* depths: the file, archives in it, a text that is masked meanwhile, decoded
		       twice */
	DECODED_DEPTH = 2,
	MATCHES_WINDOW = 1024, /* confirmed in one window */
	SCRATCH_MAX = 4 << 20,
	ELSEWHERE_MAX = 16, /* secrets of a rule in a file whose path it does not look at */
	WORK_MAX = 2 << 20, /* of a part: rounds that validators may run, some two seconds */
};

/* Stretch of a look in which a rule may match. */
struct window {
	uint64_t from, to; /* of the look's bytes */
	uint64_t hit;      /* the end of the first literal */
	uint32_t slot;     /* rule, or past the rules: what finder_slot says */
	uint8_t len;       /* of the literal */
};

struct look {
	hs_stream_t *streams[PATTERN_SETS];
	bool is_open[PATTERN_SETS];    /* which took bytes */
	uint64_t starts[PATTERN_SETS]; /* and from where in the look */
	uint64_t pos;                  /* bytes before the piece */
	struct span piece;
	uint32_t lines;   /* line feeds before pos */
	uint64_t line_at; /* a place in the piece up to which line feeds are counted */
	uint32_t line_n;
	uint8_t *hold; /* the bytes before pos that windows may need */
	size_t hold_n;
	size_t hold_lent; /* bytes of the piece that are after them for now */
	struct window *windows;
	size_t windows_n;
	uint32_t *open; /* of each slot: index of its last window + 1 */
	uint64_t *done; /* of each slot: matches begin after it */
	bool *seen;     /* of each slot: it is in used */
	uint32_t *used; /* slots with an entry in open or done */
	size_t used_n;
	bool is_binary, is_last;
	bool has_nul; /* a text so far, and now something that no text holds */
	/* what facts say of it */
	struct span member;
	uint8_t encoding; /* enum secret_encoding */
	uint8_t surface;
	unsigned decoded;   /* decoders passed */
	uint32_t line_base; /* line of the first byte where it is not a line by itself; 0: count */
	size_t before;      /* most bytes that a rule wants before a literal */
};

/* What one slot took: for the benchmark, and for tests that compare work, not time. */
struct slot_work {
	uint64_t hits, windows, bytes; /* bytes: of the windows */
	uint64_t ns;
};

/* Of a rule that looks at paths: what it found in a file of another path. */
struct elsewhere {
	uint32_t entry, n;
};

/* How far the text of a Python file was read, to know what is a docstring. */
struct docstring {
	struct span text; /* the file, in one piece; empty: it is not one, or came in several */
	size_t at, line;  /* read up to here; where that line begins */
	unsigned depth;   /* brackets that are open */
	uint8_t quote;    /* of the string that is open; 0: none */
	bool is_triple, is_open; /* is_open: that string is a docstring */
};

struct finder {
	const struct secret_rules *rules;
	const struct lexicon *words; /* of the rules */
	struct slot_work *work_of;   /* of each slot; NULL: not wanted */
	struct limits limits;
	hs_database_t *db[PATTERN_SETS];
	hs_scratch_t *scratch;
	/* What becomes of a window: confirm_window. A pointer, since what is decoded there is a
	 * look again. */
	void (*confirm)(struct finder *f, struct look *l, const struct window *w, struct span text);
	struct elsewhere *elsewhere;    /* of each rule */
	struct elsewhere *is_elsewhere; /* of the rule that is tried; NULL: it fits the path */
	pcre2_code **codes, **adjacent; /* adjacent: without edges, for binaries */
	struct guard *guards;           /* of all literals of the rules, in order */
	uint32_t *first_guard;          /* of each rule */
	pcre2_match_data *match;
	pcre2_match_context *context;
	uint8_t key[FINDER_KEY_MAX];
	size_t key_len;
	struct look looks[LOOKS];
	size_t depth; /* looks in use */
	size_t before;
	/* what is looked at */
	struct part *part;
	struct arena *arena;
	struct arena temporary;
	uint32_t entry;
	uint8_t surface; /* of the file */
	struct span path;
	struct nested *nested;
	const struct finder_members *members; /* of this file; NULL: nobody watches */
	void *members_ctx;
	bool is_blind; /* only its members are asked for */
	struct docstring docstring;
	uint64_t work;    /* rounds left */
	uint64_t dropped; /* windows, matches and secrets past a bound */
	uint64_t reported;
	/* masking: ranges instead of facts */
	uint8_t *mask;
	size_t mask_len, masked;
	size_t run, run_end; /* of the text: what was decoded, when a value is found in it */
	hs_stream_t *sieve;  /* tier one alone */
};

/* Slots past the rules. */
size_t slot_of(const struct finder *f, enum pattern_kind kind);
size_t slots(const struct finder *f);

/* No more facts fit. Masking goes on: it takes no memory of them. */
static inline bool finder_is_full(const struct finder *f)
{
	return !f->mask && arena_failed(f->arena);
}

/* A look inside the present one. NULL: too deep (counted). */
struct look *look_begin(struct finder *f, const struct look *outer);
/* last: nothing comes after it but look_end. */
void look_push(struct finder *f, struct look *l, struct span data, bool last);
void look_end(struct finder *f, struct look *l);
bool look_make(struct finder *f, struct look *l);
void look_drop(struct look *l);
uint32_t look_line(struct look *l, uint64_t at); /* from 1 */

/* A window's bytes are there: what its slot asks. */
void confirm_window(struct finder *f, struct look *l, const struct window *w, struct span text);
/* The value is proved and reported; wants_proof: only when the proof is good. */
void confirm_value(struct finder *f, struct look *l, const struct window *w, struct span text,
	struct span value, bool wants_proof);
/* Binaries: values that touch bytes of another kind. */
void confirm_adjacent(struct finder *f, struct look *l, const struct window *w, struct span text);
void confirm_noun(struct finder *f, struct look *l, uint64_t from, uint64_t hit, size_t len,
	struct span text);
/* The byte is in a docstring of Python, or in the documentation of an Ansible module. Asked in any
 * order; of one before the last answer: no. */
bool docstring_holds(struct finder *f, const struct look *l, uint64_t at);
enum file_kind kind_of_look(const struct finder *f, const struct look *l);
void confirm_encoded(struct finder *f, struct look *l, const struct window *w,
	enum pattern_kind kind, struct span text);
/* A window without a match that holds escapes: once more without them. */
void confirm_escaped(struct finder *f, struct look *l, const struct window *w, struct span text);

/* A literal of tier one is in the text: without one the rules find nothing in it. */
bool sieve_holds(hs_stream_t *sieve, hs_scratch_t *scratch, struct span text);

struct found {
	struct span rule, kind, value, known, detail;
	uint64_t at; /* of the value in the look */
	uint8_t level, proof, prefix;
	uint32_t flags, judgment;
	int64_t expires;
	const uint8_t *public_hash; /* 32 bytes, or NULL */
};
/* In the arena of the facts; .p NULL: it is full. */
struct span hex_of(struct arena *a, const uint8_t hash[32]);
struct span masked_text(struct finder *f, struct span name); /* a member's name, masked */
void report(struct finder *f, struct look *l, const struct found *s);
