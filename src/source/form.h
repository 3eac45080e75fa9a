/* form.h - which form of image a reference names: the words before and after its colons.
 *
 * Pure: nothing is opened. Names in registries are taken apart by
 * source/reference.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "crypto/digest.h"

enum form_kind {
	FORM_LAYOUT,         /* oci:DIR[:TAG|@DIGEST] */
	FORM_LAYOUT_ARCHIVE, /* oci-archive:FILE[:TAG|@DIGEST] */
	FORM_FOLDER,         /* dir:DIR */
	FORM_DOCKER_ARCHIVE, /* docker-archive:FILE[:TAG] */
	FORM_ROOTFS,         /* rootfs:DIR or rootfs:TAR */
	FORM_ENGINE,         /* docker:NAME */
	FORM_PATH,           /* a bare path: what lies there decides */
	FORM_REGISTRY,       /* any other text */
	FORM_KINDS,
};

enum { FORM_MAX = 8192 }; /* bytes of a reference */

/* Views into the text. */
struct form {
	uint8_t kind; /* enum form_kind */
	struct span
		name; /* path, name in the engine, or name in a registry; "-" is standard input */
	struct span tag;      /* empty without */
	struct digest digest; /* DIGEST_NONE without */
};

/* A path ends at its first colon (as skopeo has it), so that a tag may hold colons and slashes;
 * "@sha256:..." at the end is a digest. Errors: SCOV_E_USAGE, naming what is wrong. */
must_check int form_parse(struct span text, struct form *out, struct scov_err *err);
/* The tag that `image` asks for names `have`: equal, or equal once both are completed by
 * docker.io/library/ and :latest as Docker does. */
bool form_tag_matches(struct span asked, struct span have);
