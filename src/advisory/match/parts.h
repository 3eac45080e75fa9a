/* parts.h - the pieces that match.c puts together. Inside advisory/match only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/match/match.h"
#include "advisory/match/vex.h"
#include "base/hash.h"
#include "base/hashtable.h"

enum { ECOSYSTEMS_MAX = 8 };

/* One set of data that is asked for the system's packages. */
struct system_feed {
	struct span ecosystem; /* OSV's string */
	bool is_there;         /* the database has it */
	bool is_unfixed_only;  /* of a relative: only what has no fix is taken from it */
	bool is_extra;         /* it adds to another one, and is not enough alone */
};

/* Whose advisories the system's packages are matched with. */
struct system {
	struct system_feed feeds[ECOSYSTEMS_MAX];
	size_t n;
	bool is_known;        /* the distribution is in the table */
	bool has_unfixed;     /* it publishes what has no fix yet, too */
	struct span stand_in; /* name of the relative whose data are taken instead; empty */
	struct span doubt;    /* the branches of its repositories disagree: one clause; empty */
	uint8_t classes;      /* of all feeds that are there */
};

/* Errors: of the database. */
must_check int system_of(const struct image_facts *image, struct advisory_db *db, struct arena *a,
	struct system *out, struct scov_err *err);
/* The package is not the distribution's: who made it; empty: the distribution. */
struct span origin_of(const struct package_fact *p, const struct distribution *d);

/* All that was found of one flaw of one package, before the status. */
struct flaw {
	struct span id;
	struct advisory_record record; /* of its first hit's id */
	struct advisory_hit hit;       /* the one that decides; no id: only negative ones */
	size_t hits;
	bool is_negative;           /* a row says not affected */
	VEC(struct span) symbols;   /* Go: what of it is vulnerable, by all of its rows */
	bool is_whole;              /* a row of Go's own says that all of it is */
	bool has_github;            /* a row of GitHub's hit: then none denies */
	struct span denied;         /* the id of GitHub whose rows leave this version out */
};

struct package_flaws {
	VEC(struct flaw) all;
	struct table by_id;
	bool is_unsure; /* a row of a module does not say of which stream */
};

/* What is asked of the database for a package. */
struct query {
	const struct image_package *package;
	struct span ecosystem, name, version;
	enum version_scheme scheme;
	bool is_unfixed_only;
	bool is_source; /* only rows about sources, which have no epoch */
};

/* A type of package of a language. */
struct language {
	bool is_asked, is_there;
	struct span ecosystem;
	size_t packages; /* whose data are not the distribution's */
};

/* A module in a program, and the filter of its functions; empty: any may be there. */
struct linked {
	const struct package_fact *fact;
	struct span filter;
};

struct matcher {
	const struct image_facts *image;
	struct advisory_db *db;
	const struct match_options *opt;
	struct arena *a;
	struct matches *out;
	struct scov_err *err;
	struct hash_key key;
	struct system system;
	struct vex_image vex_image;
	struct language languages[PACKAGE_TYPES];
	VEC(struct linked) linked; /* all Go modules of all layers, sorted; made at first need */
	bool has_linked;
	/* packages that were not matched, or not for sure */
	size_t foreign, sourceless, unread, groupless, unlisted, unsure;
	struct span foreign_name, foreign_maker, unlisted_name;
};

/* Who rates it, and how: the first of the list in rate.c that is there. */
void rate(const struct flaw *f, struct arena *a, struct vulnerability *v);
/* Who made a system's package that is not the distribution's; empty: it is. One of another package
 * manager (dpkg's on Alpine, opkg's anywhere) is not: the advisories are on others of its name. */
struct span match_maker(const struct matcher *m, const struct package_fact *p);
/* The system's package that owns it is matched, and its data decide. */
bool match_is_owned(const struct matcher *m, const struct image_package *p);
/* No program that it is linked into has one of the flaw's symbols; as a stored report says, of the
 * same symbols (a digest) only. */
bool match_lacks_symbols(struct matcher *m, const struct image_package *p, const struct flaw *f,
	struct span digest);
/* Status and why. */
void match_settle(struct matcher *m, const struct flaw *f, struct vulnerability *v);
void match_gaps(struct matcher *m);
