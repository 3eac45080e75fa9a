/* pin.h - where a file names images and packages, and the edits that write digests and versions
 * there.
 *
 * Dockerfiles, compose files, manifests of Kubernetes, values of Helm and workflows of GitHub. An
 * edit adds or replaces a few bytes within a line; nothing is written anew.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "recipe/recipe.h"

struct image_facts;

/* Our own bounds, see doc/limits.md. */
enum {
	PIN_FILE_MAX = 4 << 20,
	PIN_SPOTS_MAX = 20000, /* of a file */
};

enum pin_form {
	PIN_NAME,    /* "@sha256:..." after a name, or after a tag of its own */
	PIN_DIGEST,  /* "sha256:..." alone, the value of a key */
	PIN_HEX,     /* the same without "sha256:" */
	PIN_COMMIT,  /* of an action: the reference becomes a commit */
	PIN_VERSION, /* of a package: its version after its name */
};

/* One place that names an image, an action or a package. */
struct pin_spot {
	uint8_t form; /* enum pin_form */
	uint32_t line;
	struct span image;  /* as it is asked for, without digest: "alpine:3.20", "ghcr.io/a/b" */
	bool has_tag;       /* or a reference, of an action */
	struct span digest; /* that it has, "sha256:..." or a commit; empty: it is not pinned */
	size_t from, to;    /* what a digest of `form` replaces in the file; equal: it goes there */
	bool needs_blank;   /* before it */
	size_t comment_at;  /* PIN_COMMIT: where " # v4" may go; 0: nowhere */
	struct span version; /* PIN_VERSION: what goes there, "=8.14.1-2" */
	/* Why it is left as it is, one clause; NULL: it can be edited, or is pinned. */
	const char *left;
};
typedef VEC(struct pin_spot) pin_spots;

/* Known by its name. */
bool pin_is_dockerfile(const char *path);
/* Others than Dockerfiles have to be YAML; path is for that alone. Text is in the arena or the
 * file. Errors: SCOV_E_FORMAT, with the line; SCOV_E_LIMIT. */
must_check int pin_find(
	struct span file, const char *path, struct arena *a, pin_spots *out, struct scov_err *err);

/* The version of a package that an install leaves open. */
struct pin_version {
	struct span name, text; /* "curl", "=8.14.1-2": the version that the image has */
	struct span word;       /* both: "curl=8.14.1-2"; empty: not one version */
	const char *why;        /* there is none, one clause */
};
struct pin_version pin_version(const struct image_facts *image, const struct recipe *r,
	const struct recipe_finding *f, struct arena *a);

/* What a Dockerfile was built to. */
struct pin_build {
	const struct image_facts *image;
	const struct recipe *history; /* of the image: an install that it does not show is left */
	struct recipe_input input;    /* the file, and the values of its arguments */
};
/* The packages that it leaves open. What an edit makes of them is read again as a recipe: what is
 * not pinned then, or changes anything else, is left. Errors: those of recipe_read; SCOV_E_LIMIT.
 */
must_check int pin_find_packages(
	const struct pin_build *b, struct arena *a, pin_spots *out, struct scov_err *err);

/* Bytes from..to become `text`. */
struct pin_edit {
	size_t from, to;
	uint32_t line;
	struct span text;
};
typedef VEC(struct pin_edit) pin_edits;

/* digest: "sha256:...", or a commit; of a package its version decides. */
void pin_write(const struct pin_spot *s, struct span digest, struct arena *a, pin_edits *out);
/* In the order of the file from now on. Those that meet an earlier one go: false, there were such.
 */
bool pin_sort(pin_edits *edits);
/* The file with the edits in it. */
void pin_apply(struct span file, const pin_edits *edits, struct buf *out);
/* The same as a unified diff; nothing without edits. masked: the file with other bytes where it
 * holds secrets, of the same length. Context stops before a line that holds one; an edit in such a
 * line is left out, and the result is how many were. */
size_t pin_diff(struct span file, struct span masked, const char *path, const pin_edits *edits,
	struct arena *a, struct buf *out);

/* A name taken apart. False: not one of an image, for what can be seen in it. */
struct pin_name {
	struct span name, tag, digest;
};
bool pin_name_parse(struct span text, struct pin_name *out);
