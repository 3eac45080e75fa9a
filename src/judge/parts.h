/* parts.h - the pieces of the judge. Inside judge/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/hash.h"
#include "base/hashtable.h"
#include "judge/judge.h"
#include "secret/value/lexicon.h"

/* A secret on its way to a finding. */
struct suspect {
	struct secret_finding f;
	const struct file *file; /* that has the entry or its body; NULL: of no layer, or of no file
				    that is known */
	uint32_t source;         /* layer; layers_n: the config; then the documents */
	uint32_t order;          /* row in its part */
	const struct package_fact *shipper; /* as which package's file it was lowered */
	bool was_lowered; /* by its path or its package: where it is says little */
};
typedef VEC(struct suspect) suspects;

/* Of each entry of a layer: index + 1 into files and into buried. NULL: the layer has no secret. */
struct where {
	uint32_t *visible, *buried;
	/* names.c; NULL as above: the name by which a secret fits its rule, by row; and of each
	 * entry the row of its first secret that waits for one + 1, and another name that only a
	 * credential has */
	struct span *fits, *other;
	uint32_t *waits;
	uint32_t *last; /* burials of the content: of all its names the one that went last */
};

struct judge {
	struct image_facts *image;
	const struct judge_options *opt;
	const struct lexicon *words;
	struct arena scratch; /* gone when the judge ends */
	struct hash_key key;
	suspects all;
	struct where *where; /* by layer */
	const struct secret_rules *rules;
	struct table rule_of_id;
	uint64_t dropped;
};

size_t judge_sources(const struct judge *j);
const struct part *judge_source(const struct judge *j, size_t source);
/* NULL: found by a name, or of other rules. */
bool judge_index_rules(struct judge *j); /* false: out of memory */
const struct secret_rule *rule_of(const struct judge *j, struct span id);

/* place.c: where it is, and whether it is still there. */
bool place_index(struct judge *j);
void place_suspect(struct judge *j, struct suspect *s);

/* names.c: what other names of a file say. False without memory. */
bool names_find(struct judge *j);
/* Not a fact that would only count under another name than the file has. */
bool names_count(const struct judge *j, size_t source, uint32_t row);

/* same.c: what is one finding, and what belongs together. */
/* Indexes of the part's secrets that stay, in the order of the part. False without memory. */
bool same_bytes(struct judge *j, size_t source, struct arena *a, uint32_t **kept, size_t *n);
bool same_values(struct judge *j); /* repeats in one file become one finding */
void pairs_find(struct judge *j);  /* id and secret of one account are in one place */
void duplicates_find(struct judge *j);

/* level.c */
bool level_settle(struct judge *j);

/* step.c: a step up or down, with its reason. */
void level_rise(struct judge *j, struct suspect *s, uint8_t to, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void level_fall(struct judge *j, struct suspect *s, uint8_t to, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* path.c: the part of a path that says it is documentation or a test of a package; empty: none.
 * is_owned: a package of the system has the file. tree: of a secret_fact. *is_test: a test or an
 * example. */
struct span path_class(const struct lexicon *l, struct span path, struct span member, bool is_owned,
	uint32_t tree, bool *is_test);
/* A file that programs read credentials from, not one of a package's documentation or tests. */
bool path_is_credential(const struct lexicon *l, struct span path);
/* Of a package of a language: by its record (tree), or below a folder that its package manager
 * fills and keeps no record of. */
bool path_is_published(const struct lexicon *l, struct span path, uint32_t tree);
