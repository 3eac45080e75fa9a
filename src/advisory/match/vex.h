/* vex.h - documents of the user that say what does not affect a product: OpenVEX 0.2, CSAF 2.0 and
 * CycloneDX, as JSON.
 *
 * Only a stated "not affected" or "fixed" takes a finding out. Of several statements on it the
 * latest decides; one that leaves it and has no time, or one that cannot be read, may be later than
 * all. A statement of a day to come takes nothing out.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/call.h"
#include "base/hash.h"
#include "base/hashtable.h"
#include "facts/matches.h"
#include "format/purl.h"

/* Our own bounds, see doc/limits.md. */
enum { VEX_SIZE_MAX = 32 << 20, VEX_STATEMENTS_MAX = 500000 };

enum vex_status { VEX_AFFECTED, VEX_NOT_AFFECTED, VEX_FIXED, VEX_INVESTIGATING };

/* One id, one product, at most one component of it. */
struct vex_statement {
	struct span id;                      /* lower case */
	struct purl product;                 /* an image, or a package */
	struct purl component;               /* no name: the product itself */
	uint8_t status;                      /* enum vex_status */
	struct span justification, document; /* its words; the name of its file */
	int64_t at;                          /* seconds since 1970; 0: not stated */
	uint32_t next;                       /* another one on this id, + 1; 0: none */
};

struct vex {
	VEC(struct vex_statement) all;
	struct table by_id;
	struct hash_key key; /* hash_random_key() */
	int64_t now;         /* seconds since 1970 */
	/* Package URL of the image that an attestation is about: the product of an OpenVEX
	 * statement without any. Empty: none. */
	struct span subject;
	/* Statements whose product is not named by a package URL, and those of a day to come. */
	size_t unusable, to_come;
};

/* Adds the statements of one document; all is copied. name: of its file. Errors: SCOV_E_USAGE (none
 * of the three formats), SCOV_E_FORMAT, SCOV_E_LIMIT, those of call, which may be NULL. */
must_check int vex_read(struct vex *x, struct span text, const char *name, const struct call *call,
	struct arena *a, struct scov_err *err);

/* The image as documents name it. */
struct vex_image {
	const struct image_facts *facts;
	struct span reference; /* normalised, with its host; empty where it has no name */
};
/* Sets status and why of a finding that a document takes out. */
void vex_apply(const struct vex *x, const struct vex_image *image, struct arena *a,
	struct vulnerability *v);
