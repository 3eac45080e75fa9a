/* find.h - in the worker: every byte of a part is looked at for secrets, in the one pass.
 *
 * Tier one: Vectorscan over every byte, a database of all literals and the short expressions, made
 * by the build. Tier two: PCRE2 without JIT and with match limits, in a window around each hit.
 * `name = value` is our own code, walking back from a reported end. The finder keeps the window and
 * nothing else of a file; what it cannot keep is counted and becomes a diagnostic. Values never
 * leave: they are wiped after use.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "base/limits.h"
#include "facts/part.h"
#include "secret/rules/rule.h"

struct finder;

enum { FINDER_KEY_MAX = 64 };

struct finder_options {
	const struct secret_rules *rules; /* outlive the finder */
	struct span database; /* of pattern_compile(rules); empty: the build's for the built-in
				 rules, else compiled now */
};

/* Before the worker's filter: loads the database, allocates scratch, compiles expressions. Errors:
 * SCOV_E_MEMORY, SCOV_E_FORMAT. */
must_check int finder_new(
	const struct finder_options *opt, struct finder **out, struct scov_err *err);
/* Facts go to part->secrets and part->publics in the arena. limits outlive the binding; key: 16 to
 * FINDER_KEY_MAX bytes, copied; empty: no fingerprints. */
void finder_bind(struct finder *f, struct part *part, struct arena *arena,
	const struct limits *limits, struct span key);
/* One file of a layer: begin, pieces in order, end. last: no piece comes
 * after this one; false where that is not known. path is raw. Errors: SCOV_E_LIMIT (the arena is
 * full). */
int finder_begin(struct finder *f, uint32_t entry, enum secret_surface surface, struct span path);
int finder_piece(struct finder *f, struct span data, bool last);
int finder_end(struct finder *f);
/* What sees the members of the archive that a file is, and of those in it. Calls nest as the
 * archives do; depth: 0 is the file itself (its name is empty), 1 its members. Names are raw,
 * "a.jar!b", and live until the call returns. */
struct finder_members {
	bool (*begin)(
		void *ctx, struct span name, unsigned depth); /* true: its content is wanted */
	void (*content)(void *ctx, struct span piece);        /* of the innermost, in order */
	void (*end)(void *ctx, unsigned depth);
	void (*lost)(void *ctx); /* something of the archive cannot be read, or exceeds a limit */
};
/* For the next file, until its finder_end. is_blind: nothing is looked at for secrets. */
void finder_watch(struct finder *f, const struct finder_members *on, void *ctx, bool is_blind);
/* Windows, matches and secrets since finder_bind that a bound left out: not zero means that not all
 * was looked at. */
uint64_t finder_dropped(const struct finder *f);
/* A short text that is not file content: a name, a link target, an xattr, an Env value, a history
 * line. */
int finder_text(struct finder *f, uint32_t entry, enum secret_surface surface, struct span where,
	struct span text);
void finder_free(struct finder *f); /* wipes */
/* May the rules find something in it? Cheap: a false answer is final, a true one is not. */
bool finder_suspects(const struct finder *f, struct span text);
/* The name says that the value is a secret, and the value is not a path, truth, reference or
 * placeholder. */
bool finder_is_set(const struct finder *f, struct span name, struct span value);
/* Stars for the values that the rules find in a short text, in place; also between two pieces of a
 * file. Returns how many. */
size_t finder_mask(struct finder *f, uint8_t *text, size_t len);
/* The same for a name: a path, a user, a package. Each part between slashes is masked by itself, so
 * that a folder has the same stars in its own path and in those below it, and no slash is. Of a
 * value that goes on over a slash the later parts are masked too, unless short or `is_known`. */
size_t finder_mask_name(
	struct finder *f, uint8_t *name, size_t len, bool (*is_known)(struct span part));
