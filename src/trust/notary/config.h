/* config.h - inside trust/notary/: a trust policy with its trust stores.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "crypto/x509.h"
#include "trust/notary/notary.h"

enum store_type { STORE_CA, STORE_AUTHORITY, STORE_TSA, STORE_TYPES };
extern const struct span store_type_names[]; /* as folders and policies have them */

struct store {
	uint8_t type; /* enum store_type */
	struct span name;
	struct certificates list;
};

enum check_type {
	CHECK_INTEGRITY,
	CHECK_AUTHENTICITY,
	CHECK_TIME,
	CHECK_EXPIRY,
	CHECK_REVOCATION,
	CHECKS
};
enum check_action { ACTION_ENFORCE, ACTION_LOG, ACTION_SKIP };

struct identity { /* all of these are in the subject; n == 0: any subject */
	struct name_attributes subject;
};

struct statement {
	struct span name;
	struct {
		struct span *p;
		size_t n, cap;
	} scopes; /* REGISTRY/REPOSITORY, or "*" alone */
	uint8_t actions[CHECKS];
	bool is_skipped;         /* level skip: nothing is checked */
	bool stamp_after_expiry; /* a time stamp is needed only once a certificate has expired */
	struct {
		size_t *p;
		size_t n, cap;
	} stores; /* indexes */
	struct {
		struct identity *p;
		size_t n, cap;
	} identities;
};

struct notary_config {
	struct arena arena;
	struct {
		struct statement *p;
		size_t n, cap;
	} statements;
	struct {
		struct store *p;
		size_t n, cap;
	} stores;
};

/* The statement for a repository; NULL: none. */
const struct statement *config_statement(const struct notary_config *c, struct span reference);
/* The subject of the leaf is one of those that the statement trusts. */
bool statement_trusts(const struct statement *s, const struct certificate *leaf, struct arena *a);
