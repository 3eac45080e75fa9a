/* matches.h - which advisories match the packages of an image, and what that list cannot say.
 *
 * A finding is one flaw of one package: the names that it has elsewhere are its aliases. What was
 * taken out stays in the list, with its status and the reason.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/advisory.h"
#include "facts/image.h"

enum match_status {
	MATCH_AFFECTED,
	MATCH_SUPPRESSED, /* the distribution's data decide, or the code is not in the image */
	MATCH_VEX,        /* a document of the user says not affected or fixed */
	MATCH_IGNORED,    /* an ignore entry: it counts all the same */
	MATCH_STATUSES,
};

struct vulnerability {
	struct span id;             /* the CVE where there is one, else the advisory's own */
	const struct span *aliases; /* without the id, sorted */
	size_t aliases_n;
	struct span title;
	const struct image_package *package;
	uint8_t rating;      /* enum rating */
	bool is_unimportant; /* its distribution says so: counted by the strict profile only */
	struct span rating_source; /* "Debian", "CVSS 3.1 of the CNA" */
	struct span cvss;          /* the vector, as published; empty */
	uint8_t cvss_tenths;       /* its base score */
	uint8_t fix_state;         /* enum fix_state */
	struct span fixed_in;
	uint8_t status;     /* enum match_status */
	struct span why;    /* of the status, or what weakens the match; empty */
	struct span symbols; /* of MATCH_NO_SYMBOLS: symbols_digest of what was looked for */
	struct span origin; /* name of the feed */
	bool is_exploited, is_ransomware, has_epss;
	uint16_t epss, epss_percentile; /* of 65535 */
};

/* Why a finding in a Go program is suppressed; a stored report is read for it. */
#define MATCH_NO_SYMBOLS "the vulnerable symbols are not in the program"
struct absent_symbols {
	struct span id, package, version, symbols;
};

struct match_gap {
	struct span text;  /* one clause */
	struct span needs; /* what would close it: completes "needs ..." */
};

struct match_source {
	struct span name;
	int64_t day;     /* of its newest record */
	uint8_t classes; /* enum feed_class */
};

struct matches {
	int64_t built_day; /* of the database */
	bool is_builtin;
	VEC(struct match_source) sources;
	VEC(struct vulnerability) list; /* affected and ignored first, worst first */
	size_t statuses[MATCH_STATUSES];
	size_t *waiver_hits; /* by entry of the ignore file */
	/* Why nothing here proves that there is none. The first is the one to mend first. */
	uint32_t families; /* of the packages here: a bit for each enum advisory_family */
	VEC(struct match_gap) gaps;
};

extern const char *const match_status_names[]; /* "affected", "suppressed", "vex", "ignored" */

/* It counts against the image: affected or ignored, and not what the profile leaves out. */
bool vulnerability_counts(const struct vulnerability *v, bool is_strict);
/* Its layer is the base's. */
bool vulnerability_is_base(const struct vulnerability *v, const struct image_facts *image);
