/* user_rules.h - the program's side of the rules for secrets: the built-in ones and those of a file
 * of the user.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "scan/cache.h"
#include "secret/rules/rule.h"

enum { SCAN_RULES_MAX = 1 << 20 }; /* bytes of the file; our own bound, see doc/limits.md */

struct scan_rules {
	struct arena arena;
	struct secret_rules all; /* built-in first */
	struct span text;        /* of the user's file */
	struct digest digest;    /* of all of them */
};

/* Every rule of the file is checked now. Errors: SCOV_E_USAGE naming file, line and rule;
 * SCOV_E_NOT_FOUND, SCOV_E_IO, SCOV_E_LIMIT, SCOV_E_MEMORY. */
must_check int scan_rules_load(const char *file, struct scan_rules *out, struct scov_err *err);
/* Of the built-in rules, and of the user's where there are any. */
struct digest scan_rules_digest(const struct scan_rules *r);
/* Sealed memory for helper_start: the rules and their database, which is compiled once and then
 * taken from the cache (NULL: none). Errors: SCOV_E_USAGE, SCOV_E_MEMORY, SCOV_E_IO. */
must_check int scan_rules_payload(
	const struct scan_rules *r, struct cache *cache, int *out_fd, struct scov_err *err);
/* The database alone, in the arena: compiled once, then from the cache (NULL: none). */
must_check int scan_rules_database(const struct scan_rules *r, struct cache *cache, struct arena *a,
	struct span *out, struct scov_err *err);
void scan_rules_release(struct scan_rules *r); /* a zeroed one too */
