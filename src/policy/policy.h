/* policy.h - what the user decides: profile, windows, trusted sources, waivers, gates. Text in,
 * struct out.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "scoville/scoville.h"

enum profile { PROFILE_CHPS, PROFILE_STRICT };

/* One line of an ignore file: ID [fp=... path=... purl=... layer=...] until=DATE reason="..." */
struct waiver {
	struct span id;
	struct span fingerprint, path, purl; /* empty: not given */
	int32_t layer;                       /* -1: not given */
	int64_t until;                       /* day since 1970, the last day it holds */
	struct span reason;
	uint32_t line;
	/* Of another tool's file: it may have no id, and more that must be true of the package. */
	bool is_foreign;
	struct span package, version; /* empty: any */
	uint8_t type;                 /* enum package_type; 0: any */
	uint8_t fix_state;            /* enum fix_state + 1; 0: any */
};

enum gate_kind {
	GATE_GRADE,
	GATE_LEVEL,
	GATE_CRITERION,
	GATE_SECRETS,
	GATE_REQUIREMENTS,
	GATE_VULNS,
};

/* One --fail-on expression. vector -1 is overall. */
struct gate {
	uint8_t kind;      /* enum gate_kind */
	int8_t vector;     /* enum vector, or -1 */
	uint8_t threshold; /* GRADE: enum grade that must be reached; LEVEL: 1..5; SECRETS: enum
			      secret_level that none may reach; VULNS: enum rating, the same */
	struct span text, criterion;
};

struct vex;

struct policy {
	struct arena arena;
	enum profile profile;
	int64_t now;           /* seconds since 1970; set once by api/ */
	uint32_t max_age_days; /* 30 */
	bool accept_privilege_drop, base_image, third_party, require_complete;
	bool unrated_fails;       /* a vulnerability without a rating counts at every level */
	const struct vex *vex;    /* documents of the user; NULL: none */
	bool only_fixed;          /* the gate on vulnerabilities counts those with a fix alone */
	uint32_t skip;            /* analyzer bits */
	VEC(struct span) trusted; /* glob patterns over normalised references */
	bool trusted_replaces;    /* the file said "only": built-in list is off */
	VEC(struct waiver) waivers;
	VEC(struct gate) gates;
	VEC(struct span) notes; /* of the files that were read: what of them was not taken */
	struct span
		fingerprint_key; /* --fp-key, else the key line of the ignore file; empty: none */
	bool telecom;            /* --requirements 3gpp-nf */
	struct span dockerfile, dockerfile_name; /* its text; empty: none was given */
	const char *const *build_args;           /* NULL-ended; NULL: none */
};

void policy_init(struct policy *p);
void policy_release(struct policy *p);
must_check int policy_profile(struct policy *p, struct span name, struct scov_err *err);
must_check int policy_gate(
	struct policy *p, struct span text, struct scov_err *err); /* copies text */
/* The key of fingerprints: base64 of 16 to 64 bytes. A second one is an error. */
must_check int policy_key(struct policy *p, struct span base64, struct scov_err *err);
must_check int policy_requirements(struct policy *p, struct span name, struct scov_err *err);
must_check int policy_trust(struct policy *p, struct span glob, struct scov_err *err);
/* A file of globs, one per line, '#' comments; a line "only" drops the built-in list. */
must_check int policy_trust_file(
	struct policy *p, struct span text, const char *name, struct scov_err *err);
/* An ignore file, which may contain the key of the fingerprints. An entry that lacks a reason or a
 * date, is unknown or has expired (at p->now) is SCOV_E_USAGE; the error names file and line.
 * check says whether an entry can match anything. */
must_check int policy_ignore_file(struct policy *p, struct span text, const char *name,
	int (*check)(const struct waiver *w, struct scov_err *err), struct scov_err *err);
/* "CVE-2024-1", "GHSA-...": the ids of criteria, misconfigurations, secrets are of other shapes. */
bool policy_is_advisory(struct span id);
/* Entries of Trivy (.trivyignore, .trivyignore.yaml) or Grype (.grype.yaml), by the file's name.
 * What they ignore counts all the same. Errors: SCOV_E_USAGE, SCOV_E_FORMAT, SCOV_E_LIMIT. */
must_check int policy_ignore_from(
	struct policy *p, struct span text, const char *name, struct scov_err *err);
/* Call when all files are read: entries with a fingerprint need a key. name: of the ignore file.
 * Errors: SCOV_E_USAGE. */
must_check int policy_keyed(const struct policy *p, const char *name, struct scov_err *err);
