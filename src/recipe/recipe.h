/* recipe.h - what a Dockerfile is built from, fetches and installs, and what of it is not fixed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

enum recipe_kind { RECIPE_IMAGE, RECIPE_DOWNLOAD, RECIPE_PACKAGE, RECIPE_KINDS };
extern const char *const recipe_kind_names[RECIPE_KINDS]; /* "image" ... */
extern const char *const recipe_criteria[RECIPE_KINDS];   /* "prov.pinimg" ... */

/* Of an image: pinned to a digest. Of a download: checked. Of a package: its version is fixed. */
enum recipe_state { RECIPE_OPEN, RECIPE_UNCLEAR, RECIPE_FIXED, RECIPE_STATES };
extern const char *const recipe_state_names[RECIPE_STATES]; /* "open" ... */

enum recipe_role { ROLE_FROM, ROLE_COPY, ROLE_MOUNT, ROLE_SYNTAX };

/* One reference to an image outside of the file, one download, one package of an install. */
struct recipe_finding {
	uint8_t kind, state;
	uint8_t role;            /* of an image: enum recipe_role */
	bool is_key;             /* of a download: a key that signatures are checked with */
	uint32_t line, end_line; /* of the file; end_line: of the instruction */
	uint32_t stage;
	struct span what;    /* the reference with its variables resolved, the URL, the package */
	struct span why;     /* one clause; of what is fixed: how */
	struct span note;    /* a remark; empty: none */
	struct span written; /* of an image: the word as it is in the file, without quotes */
	/* Of a package: */
	struct span program; /* that installs it: "apt-get" */
	struct span type;    /* "deb", "apk", "rpm", "pypi", "npm" ...; empty: not of one type */
	struct span name;    /* without version; empty: not one package */
	struct span sign;    /* between name and version: "=", "==", "@", "-" ... */
	/* Where it is in the file, when it is there as it is; equal: it is not. Of an image this is
	 * the reference, or the default of the ARG that holds it. */
	size_t from, to;
};

struct recipe_stage {
	struct span name;  /* in lower case; empty: none */
	struct span image; /* what it is built from, resolved; empty: another stage */
	uint32_t line;
	uint32_t parent; /* that stage */
};

struct recipe {
	struct span name; /* of the file, for places */
	bool is_history;  /* the lines are those of an image's history, counted from 0 */
	VEC(struct recipe_finding) findings; /* in the order of the lines */
	VEC(struct recipe_stage) stages;
	struct span root; /* the image at the bottom of the last stage; "scratch" is one; empty: not
			     known */
	uint32_t root_line;
	bool is_partial; /* a part of it cannot be read */
	bool is_full;    /* so much was found that some of it is left out */
};

struct recipe_arg {
	struct span name, value;
};

struct recipe_input {
	struct span text;
	struct span name;              /* of the file */
	const struct recipe_arg *args; /* --build-arg; the last of a name counts */
	size_t args_n;
	struct span os, architecture, variant; /* of the target; empty: linux, amd64 */
};

/* Nothing is masked: who shows a finding does it. Errors: those of dockerfile_parse;
 * SCOV_E_FORMAT: no stage. */
must_check int recipe_read(
	const struct recipe_input *in, struct arena *a, struct recipe *out, struct scov_err *err);
/* created_by of the lines of a history, the oldest first; empty ones are passed over.
 * What cannot be read is passed over too, and is_partial is set. */
must_check int recipe_read_history(const struct span *lines, size_t n, struct arena *a,
	struct recipe *out, struct scov_err *err);
/* A digest that pins an image: "sha256:" and 64 digits, or "sha512:" and 128, in lower case. */
bool recipe_is_digest(struct span s);
/* The worst state of the findings of a kind; RECIPE_FIXED when there are none. */
enum recipe_state recipe_worst(const struct recipe *r, enum recipe_kind kind);
