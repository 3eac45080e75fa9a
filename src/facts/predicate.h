/* predicate.h - what attestations say: provenance, an SBOM beside our own inventory, a security
 * profile.
 *
 * Texts are as the attestation has them: what prints them masks them before.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "crypto/digest.h"

struct package_fact;

/* Something that a build read. */
struct provenance_input {
	struct span uri;
	struct span image;          /* "docker.io/library/alpine:3.20": it is an image; empty */
	struct span algorithm, hex; /* of one of its digests, sha256 before others; empty: none */
};
struct provenance_argument {
	struct span name, value;
};

struct provenance {
	struct span version;             /* of SLSA's predicate: "v0.1", "v0.2", "v1" */
	bool has_builder;                /* the member is there; BuildKit leaves it empty */
	struct span builder, build_type; /* URIs */
	struct provenance_input source;  /* what was built: a repository at a commit */
	VEC(struct provenance_input) inputs;
	int64_t finished; /* seconds; 0: not said */
	/* Claims of whoever made it. */
	bool is_reproducible, is_hermetic, has_all_inputs;
	/* Of BuildKit's mode=max. */
	struct span recipe, recipe_name; /* the Dockerfile; its name; empty: none */
	VEC(struct provenance_argument) arguments;
};

/* How an SBOM agrees with the packages that are in the image. */
struct sbom_truth {
	struct span format;         /* "SPDX 2.3"; empty: not read */
	struct digest digest;       /* of the image that the document names itself */
	size_t ours, theirs, found; /* different packages; found: in both */
	size_t versions;            /* of theirs: with a version */
	/* The first of ours that it does not name, and of what it names and the image does not
	 * have. */
	VEC(const struct package_fact *) missing, extra;
	struct span why; /* it could not be read: one clause */
};
enum { SBOM_TRUTH_SHOWN = 200 /* of missing and of extra */ };

enum profile_kind { PROFILE_UNKNOWN, PROFILE_SECCOMP, PROFILE_APPARMOR, PROFILE_SELINUX };
extern const char *const profile_kind_names[]; /* "unknown", "seccomp", "AppArmor", "SELinux" */

struct profile_facts {
	uint8_t kind;      /* enum profile_kind */
	bool restricts;    /* more than nothing */
	bool allows_first; /* seccomp: all that is not listed is allowed */
	struct span why;   /* why it does not restrict, or is not a profile */
};
