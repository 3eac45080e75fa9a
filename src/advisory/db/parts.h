/* parts.h - what the files of the builder share.
 *
 * Texts are numbers: while it is filled in the order of their arrival, and from parts_rank on in
 * the order of their bytes, so that rows are sorted by comparing numbers and the files do not
 * depend on the order of the input.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/db/build.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/hashtable.h"

struct build_source {
	uint32_t name, address, licence;
	int64_t day;
	int64_t copied; /* of the copy that was read; 0: not said */
	uint8_t classes;
};

struct build_range {
	uint32_t introduced, fixed, last_affected; /* 0: none */
};

struct build_extra {
	uint32_t cvss, module, arch, advisory, symbols;
};

struct build_row {
	uint32_t ecosystem, package, id, extra;
	uint32_t ranges, ranges_n, versions, versions_n;
	uint16_t source;
	uint8_t family, state, rating, flags;
};

struct build_record {
	uint32_t id, cvss, title;
	int32_t published;
	uint16_t source, epss, epss_percentile;
	uint8_t rating, rating_class, flags;
};

struct build_edge {
	uint32_t from, to;
};

struct build_member {
	uint32_t closure, id; /* closure: the smallest id of it */
};

struct advisory_build {
	struct arena arena;
	struct hash_key key;
	VEC(struct span) texts; /* 0 is the empty one, as after ranking */
	struct table text_table;
	VEC(struct build_source) sources;
	VEC(struct build_extra) extras;
	struct table extra_table;
	VEC(struct build_range) ranges;
	VEC(uint32_t) versions;
	VEC(struct build_row) rows;
	VEC(struct build_record) records;
	VEC(struct build_edge) edges;
	VEC(struct build_member) members; /* of closures of more than one id, sorted */
	struct advisory_sum sum;
};

uint32_t parts_extra(struct advisory_build *b, const struct build_extra *e);
/* The texts in the order of their bytes, and every number of a text changed to that. */
must_check int parts_rank(struct advisory_build *b, struct scov_err *err);
/* Closes the aliases: members, and one row a CVE for an id that has several. After the ranking. */
must_check int parts_aliases(struct advisory_build *b, struct scov_err *err);
/* Sources, extras, rows and records in the order in which they are written. */
must_check int parts_sort(struct advisory_build *b, struct scov_err *err);
/* One family's file; empty when there is nothing for it. Rows are sorted. */
must_check int parts_file(struct advisory_build *b, enum advisory_family family,
	const struct advisory_build_options *options, struct buf *out, struct scov_err *err);
