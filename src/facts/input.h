/* input.h - what a verdict may need to know, and where it comes from.
 *
 * One row an input. Criteria name the bits, the frame (grade/) turns a missing one into "not
 * assessed", and the report says what would bring it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Bits: which inputs are there and whole. A criterion's needs are a subset. */
enum input {
	INPUT_CONFIG = 1,
	INPUT_FILES = 2,       /* every layer read and verified */
	INPUT_PACKAGES = 4,    /* every package database read */
	INPUT_ANNOTATIONS = 8, /* the form can carry them */
	INPUT_REFERRERS = 16,  /* signatures and attestations were searched */
	INPUT_RECIPE = 32,     /* a Dockerfile */
	INPUT_ADVISORIES = 64,
	INPUT_SECRETS = 128, /* the secret scan ran */
	INPUT_LINUX = 256,   /* not a Windows image */
	INPUT_XATTRS = 512, /* extended attributes were read (a rootfs folder read without privilege
			       has not all) */
	INPUT_OWNERS = 1024,
	INPUT_REBUILD = 2048,   /* the image was built again */
	INPUT_INVENTORY = 4096, /* every record of a package read, of languages too */
};
enum {
	INPUTS = 13,
	/* Known from outside the image: the dossier has them, the join does not. */
	INPUTS_OUTSIDE = INPUT_REFERRERS | INPUT_RECIPE | INPUT_ADVISORIES | INPUT_REBUILD,
};

struct input_row {
	uint32_t bit;
	const char *name;
	const char *needs;  /* what would bring it: completes "needs ..." */
	const char *absent; /* why it is missing, when nobody knows more; NULL: it was not whole */
};
extern const struct input_row input_rows[INPUTS]; /* by bit number */

static inline unsigned input_number(uint32_t bit)
{
	return (unsigned)__builtin_ctz(bit);
}
