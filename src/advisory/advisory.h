/* advisory.h - what is known against packages: rows, records, sources, and their words.
 *
 * A feed's reader (advisory/feed) makes these, the builder (advisory/db) keeps them, the matcher
 * (advisory/match) reads them back. Spans are views; who takes them says how long they must live.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "version/version.h"

enum rating {
	RATING_UNRATED,
	RATING_NEGLIGIBLE,
	RATING_LOW,
	RATING_MEDIUM,
	RATING_HIGH,
	RATING_CRITICAL,
	RATINGS,
};
extern const char *const rating_names[]; /* "unrated" ... "critical" */
/* The word of any vendor, in any case: "Important", "MODERATE", "unimportant", "untriaged" ... An
 * unknown one, and the empty one, is unrated. */
enum rating rating_of_word(struct span word);

enum fix_state {
	FIX_UNKNOWN,
	FIX_FIXED,
	FIX_EXTENDED,  /* only with paid support: Ubuntu's ESM */
	FIX_NOT_FIXED, /* affected, no fix yet */
	FIX_DEFERRED,  /* Debian's no-dsa, postponed */
	FIX_WONT_FIX,
	FIX_END_OF_LIFE,
	FIX_INVESTIGATING,
	FIX_NOT_AFFECTED,
	FIX_STATES,
};
extern const char *const fix_state_names[]; /* "unknown", "fixed", "extended", "not-fixed" ... */

enum feed_class {
	FEED_FIXED = 1,    /* says which version fixes */
	FEED_UNFIXED = 2,  /* also says what has no fix yet */
	FEED_NEGATIVE = 4, /* says "not affected" */
	FEED_RATING = 8,   /* rates */
	FEED_PARTIAL = 16, /* knows of some flaws only, by its nature: never all that is known */
};

struct advisory_source {
	struct span name; /* short and stable: "debian-tracker", "go-vulndb" */
	struct span address, licence;
	int64_t day; /* of its newest record, days since 1970; 0: it dates none */
	uint8_t classes;
};

/* [introduced, fixed) or [introduced, last_affected]. At most one of the last two; neither: no
 * end. Versions as the feed writes them. */
struct advisory_range {
	struct span introduced; /* empty or "0": from the first */
	struct span fixed, last_affected;
};

/* One (id, ecosystem, package). */
struct advisory_row {
	struct span id;        /* as the source has it: "CVE-2024-1", "GHSA-...", "DSA-1-1" */
	struct span advisory;  /* the erratum that says so, for display; empty: id itself */
	struct span ecosystem; /* OSV's string: "Debian:12", "Alpine:v3.20", "PyPI", "Go" */
	/* Debian, Alpine, Wolfi, Ubuntu: the source package; rpm families: the binary package.
	 * Names of PyPI, NuGet and Packagist may be in any spelling, here and in a look-up. */
	struct span package;
	const struct advisory_range *ranges;
	size_t ranges_n;
	const struct span *versions; /* affected exactly these, too */
	size_t versions_n;
	/* enum fix_state. FIX_UNKNOWN: what the range says (a fixed bound, or none).
	 * FIX_NOT_AFFECTED: a negative row; ranges and versions are what is not affected; without
	 * any: no version is. */
	uint8_t state;
	uint8_t rating;      /* enum rating: the vendor's word on this row */
	bool is_unimportant; /* Debian */
	struct span cvss;    /* a vector on this row */
	struct span module;  /* rpm "module:stream" */
	/* Separated by blanks; empty: any. "src": package is the name of a source rpm, and the row
	 * is about all that is built from it; versions are the source's, without an epoch. */
	struct span arch;
	const struct span *symbols; /* Go: "import/path.Symbol", or "import/path." for all of it */
	size_t symbols_n;
};

/* Who rated, best first. */
enum rating_class {
	RATED_CNA,   /* who assigned the CVE */
	RATED_ADP,   /* CISA, NVD */
	RATED_OTHER, /* an ecosystem's word: GHSA, RustSec, an erratum */
	RATED_CLASSES,
};

struct advisory_score {
	const struct advisory_source
		*source; /* for readers of a database; the builder ignores it */
	uint8_t rating_class;
	uint8_t rating; /* enum rating; a word */
	struct span cvss;
};

/* What is known of an id, whoever's. Each source may add one; they are merged. */
struct advisory_record {
	struct span id;
	/* The same flaw; of a distribution's advisory also its upstream CVEs. Two CVEs are never
	 * made one by this: rows of an id with several become one row a CVE. */
	const struct span *aliases;
	size_t aliases_n;
	struct span cvss;
	uint8_t rating;
	uint8_t rating_class;
	int64_t published; /* days since 1970; 0: not known */
	struct span title;
	bool is_exploited, is_ransomware, is_rejected;
	bool has_epss;
	uint16_t epss, epss_percentile; /* 65535 is 1 */
	/* Filled by a database only: every source's word or vector, best class first. */
	const struct advisory_score *scores;
	size_t scores_n;
};

/* The files of a database: one for each of these. */
enum advisory_family {
	FAMILY_DEBIAN,
	FAMILY_UBUNTU,
	FAMILY_ALPINE,
	FAMILY_WOLFI,
	FAMILY_RHEL, /* Red Hat, AlmaLinux, Rocky, Oracle, CentOS */
	FAMILY_SUSE,
	FAMILY_RPM, /* Amazon, Photon, Mariner, openEuler, Mageia, Fedora */
	FAMILY_GO,
	FAMILY_NPM,
	FAMILY_PYPI,
	FAMILY_MAVEN,
	FAMILY_CARGO,
	FAMILY_GEM,
	FAMILY_COMPOSER,
	FAMILY_NUGET,
	FAMILY_BITNAMI,
	FAMILY_CVE, /* the records */
	FAMILIES,
};
extern const char *const advisory_family_names[]; /* "debian" ... "cve" */

/* What an ecosystem string of OSV means to us. */
struct advisory_ecosystem {
	struct span name; /* before the first ':' */
	uint8_t family;
	uint8_t scheme; /* enum version_scheme */
	uint8_t spelling;
};
/* NULL: not one that we match. */
const struct advisory_ecosystem *advisory_ecosystem(struct span osv_name);
/* The name as the ecosystem compares it: itself, or a copy in the arena. */
struct span advisory_package(const struct advisory_ecosystem *e, struct span name, struct arena *a);
