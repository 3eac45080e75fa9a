/* report.h - the verdicts of one image with their evidence: all that writers need.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/image.h"
#include "facts/matches.h"
#include "facts/trust.h"

enum vector { MINIMALISM, PROVENANCE, CONFIGURATION, VULNERABILITIES, VECTORS };
enum verdict { NOT_ASSESSED, NOT_MET, MET, VERDICTS }; /* zero-initialised is never a pass */
extern const char *const verdict_names[];              /* "not-assessed", "not-met", "met" */
enum grade { GRADE_D, GRADE_C, GRADE_B, GRADE_A, GRADE_A_PLUS, GRADES };

enum ev_kind {
	EV_FILE,
	EV_PACKAGE,
	EV_SETTING,
	EV_RECIPE,
	EV_ATTESTATION,
	EV_ADVISORY,
	EV_DATE,
	EV_COUNT,
	EV_KINDS,
};
enum ev_role { DECIDES, REMARK, WOULD_SETTLE, EV_ROLES };
enum ev_class { PROVED, OBSERVED, DECLARED, ASSERTED, EV_CLASSES };

struct evidence {
	uint8_t kind, role, class;
	struct place at;
	struct span what; /* masked text: a path, a purl, an advisory id */
	struct span why;  /* one plain clause, written by the criterion */
	int64_t number;   /* unit by kind: bytes, days since 1970, pieces */
	bool has_number;
};
typedef struct { /* a VEC, and how many rows had no room in it */
	struct evidence *p;
	size_t n, cap, dropped;
} evidences;

/* What to do, as data: `harden` does it, the report says it. */
enum remedy_action {
	REMEDY_NONE,
	REMEDY_REMOVE, /* subjects: paths of files and folders, without leading slash; value: one
			  of them that is the same file as all others, by hard links */
	REMEDY_PURGE,  /* packages; value: the command of their package manager */
	REMEDY_CHMOD,  /* paths; value: what chmod takes off, "u-s" */
	REMEDY_UNCAP,  /* paths whose capability attribute goes */
	REMEDY_USER,   /* UID:GID */
	REMEDY_LABEL,  /* KEY=VALUE */
	REMEDY_BASE,   /* the image to build on, then paths to copy onto it; value: ids of the
			  other criteria that are met on it, with ',' between */
	REMEDY_ENTRYPOINT, /* variables NAME_FILE that the entrypoint has to read */
	REMEDY_PROFILE,    /* annotations KEY=REFERENCE that name a security profile */
	REMEDY_TRUST,      /* repositories to trust: no change of the image */
	REMEDY_SECRET,     /* where the secrets are: keep them out of the build, and revoke them */
	REMEDY_RECIPE,     /* a change of the Dockerfile */
	REMEDY_REBUILD,    /* a command that builds the image again */
	REMEDY_UPGRADE,    /* NAME=VERSION that is new enough; value: of which manager, or "base": a
			      command; empty: words only */
	REMEDY_SIGN,
	REMEDY_ATTEST,
	REMEDY_ACCEPT, /* options of the next grade: no change of the image */
	REMEDY_ACTIONS,
};
struct remedy {
	uint8_t action; /* enum remedy_action */
	struct span value;
	VEC(struct span) subjects; /* all that it is for, not only what is shown; empty: general */
	struct span note;          /* words that follow */
};
typedef VEC(struct remedy) remedies;

/* One line of a fix, not broken: a line of a Dockerfile or a command to paste, or words. */
struct fix_line {
	struct span text;
	bool is_command;
};
typedef VEC(struct fix_line) fix_lines;

struct criterion;
struct json;

struct criterion_report {
	const struct criterion *criterion;
	uint8_t verdict;    /* enum verdict */
	uint8_t class;      /* enum ev_class */
	struct span reason; /* one clause that says why */
	remedies remedies;  /* what to do; none when met */
	struct span fix;    /* the same as text: the lines of its fix, with newlines between */
	VEC(struct span) settled_by; /* what it needs to be assessed */
	evidences evidence;
	size_t waived; /* findings in the ignore file */
	uint8_t after; /* enum verdict: when its remedies are done. NOT_MET: they are for a part of
			  it */
};

struct grade_report {
	uint8_t grade, ceiling; /* enum grade */
	uint8_t met, assessed, total;
	uint8_t level,
		level_of;    /* level_of: the highest level at which the vector has a criterion */
	struct span settles; /* what would lift it to the ceiling; empty when equal */
};

/* What to do, once for all criteria that it is for. Steps work in their order on one Dockerfile. */
struct step {
	uint32_t settles; /* criteria, bits by index in criteria[] */
	uint32_t met;     /* of these: met after it */
	uint32_t stays; /* of these: still not met. The others are no longer "not met", but nothing
			   can prove them yet */
	fix_lines lines;
	uint8_t grade_after; /* overall, with this and all steps before it */
	uint8_t vector_grade_after[VECTORS];
};

struct waived {
	struct span id, reason, path;
	int64_t until;
	size_t findings;
};

/* A row of --requirements: one item of a requirement document that an image can decide. */
struct requirement_row {
	struct span id, source, title; /* "TS 33.117 4.2.3.4.2.3"; the document; what it asks */
	uint8_t result;                /* enum verdict */
	struct span reason;
	evidences evidence;
};

struct gate_result {
	struct span text, why;
	bool passed;
};

struct report {
	struct arena arena;
	const struct image_facts *image;
	struct span reference, transport, source; /* source: description for the header */
	struct span profile, rules;               /* rules: digest of rules and tables */
	int64_t now;
	struct grade_report overall, vectors[VECTORS];
	VEC(struct criterion_report) criteria; /* 23, document order */
	VEC(struct step) steps;
	const struct matches *matches; /* NULL: no database */
	const struct trust *trust;     /* what is attached; NULL: not searched, nothing given */
	VEC(struct absent_symbols)
	absent;                    /* of the stored report: seen in programs that are not there */
	const struct json *stored; /* the report that this one was made from; NULL: none */
	VEC(struct waived) waived;
	VEC(struct gate_result) gates;
	struct span requirements_name; /* "3gpp-nf"; empty: not asked for */
	VEC(struct requirement_row) requirements;
	bool fingerprint_key_is_run;   /* fingerprints change with every run */
	bool fingerprint_key_is_cache; /* they are of the cache folder's key; neither: the user's */
	struct span secret_rules;      /* digest of the rules, built-in and the user's */
	VEC(struct diagnostic) diags;  /* the image's, and of the run: sandbox notes */
	bool gates_passed;
	bool has_error; /* an error diagnostic: exit status 4 */
	bool complete;  /* nothing is not assessed */
	size_t layers_from_cache;
	uint64_t bytes_read;
	struct {
		struct span name;
		double seconds;
	} timings[16]; /* --timings; never in JSON */
	size_t timings_n;
};
