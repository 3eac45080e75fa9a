/* db.h - a database of advisories: a folder with a manifest and a file for each family.
 *
 * What a look-up needs of a file is read into memory and its sums are checked; every offset is
 * checked at its use. A damaged, truncated or newer file is an error, never an empty answer. Calls
 * from several threads at once are allowed. doc/formats/advisory-database.md has the format.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/advisory.h"
#include "base/err.h"

struct advisory_db;

/* Errors: SCOV_E_NOT_FOUND (no database there), _IO, _FORMAT (damaged), _UNSUPPORTED (made by a
 * newer program). */
must_check int advisory_db_open(const char *dir, struct advisory_db **out, struct scov_err *err);
/* The same database once more: each of its users frees it. */
struct advisory_db *advisory_db_share(struct advisory_db *db);
void advisory_db_free(struct advisory_db *db);

/* It has the file of the family. */
bool advisory_db_has(const struct advisory_db *db, enum advisory_family family);
int64_t advisory_db_built(const struct advisory_db *db); /* days since 1970 */
bool advisory_db_is_builtin(const struct advisory_db *db);
/* All sources of the manifest; the database's. */
const struct advisory_source *advisory_db_sources(const struct advisory_db *db, size_t *out_n);

/* What is there of an ecosystem, by OSV's string. */
struct advisory_extent {
	struct span name;
	enum advisory_family family;
	enum version_scheme scheme;
	/* Of the sources with rows in it. FEED_PARTIAL: there is none but partial ones; else these
	 * add only what they rate and deny. */
	uint8_t classes;
	/* Day of the newest of their records; where fixes and what has none are of several sources,
	 * the older of the two. 0: not known. */
	int64_t newest;
	uint32_t packages, rows; /* rows: of an id and an interval, each once */
};
/* *out_is_there false: the database has nothing on it. */
must_check int advisory_db_ecosystem(struct advisory_db *db, struct span ecosystem,
	struct advisory_extent *out, bool *out_is_there, struct scov_err *err);
/* All of them, by family and name. */
must_check int advisory_db_ecosystems(struct advisory_db *db, struct arena *a,
	struct advisory_extent **out, size_t *out_n, struct scov_err *err);

/* One id that says something about this version: affected, or not affected (state). Spans are the
 * database's. */
struct advisory_hit {
	struct span id;
	struct span advisory; /* the erratum; empty: the id is all there is */
	struct span introduced, fixed, last_affected; /* of the interval that holds the version */
	uint8_t state;                                /* enum fix_state */
	uint8_t rating;                               /* enum rating */
	bool is_unimportant;
	bool is_exact; /* the version is listed as a text; no bounds */
	struct span cvss, module, arch;
	const struct span *symbols; /* in the arena */
	size_t symbols_n;
	const struct advisory_source *source;
};

struct advisory_hits {
	struct advisory_hit *p; /* in the arena */
	size_t n;
	bool has_package;  /* the database has rows on this package */
	bool is_unread;    /* the scheme cannot read its version: only exact texts were compared */
	uint32_t unread_n; /* ranges of the package that could not be evaluated at all */
};
/* Every row that holds for this version: affected ones and negative ones. *out is set also when
 * nothing is known of the package, or of the ecosystem. */
must_check int advisory_db_find(struct advisory_db *db, struct span ecosystem, struct span package,
	struct span version, struct arena *a, struct advisory_hits *out, struct scov_err *err);

/* Some row of the package is of this id, whatever the version. */
must_check int advisory_db_has_row(struct advisory_db *db, struct span ecosystem,
	struct span package, struct span id, struct arena *a, bool *out, struct scov_err *err);

/* What is known of an id. aliases: all other ids of the same flaw (the closure; at most one of them
 * and id is a CVE that was not rejected). cvss, rating, rating_class: of the best score.
 * *out_is_known false: nothing, and *out has the id alone. */
must_check int advisory_db_record(struct advisory_db *db, struct span id, struct arena *a,
	struct advisory_record *out, bool *out_is_known, struct scov_err *err);

/* Reads every file and compares it with the SHA-256 of the manifest. */
must_check int advisory_db_verify(struct advisory_db *db, struct scov_err *err);
