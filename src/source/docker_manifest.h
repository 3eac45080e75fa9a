/* docker_manifest.h - manifest.json of `docker save`: the images of an archive and where their
 * parts lie.
 *
 * Source: Docker's "Image spec v1.2", "Combined Image JSON + Filesystem Changeset Format".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "scoville/scoville.h"

struct docker_image {
	struct span config;            /* path in the archive */
	VEC(struct span) tags, layers; /* names; paths, lowest first */
};

typedef VEC(struct docker_image) docker_images;

/* Text is in the arena. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT (document_size, layers, index_entries).
 */
must_check int docker_manifest_parse(struct span text, const struct limits *l, struct arena *a,
	docker_images *out, struct scov_err *err);
/* The image of a tag; without one the only image. Errors: SCOV_E_USAGE (several) and
 * SCOV_E_NOT_FOUND, listing the tags. */
must_check int docker_manifest_pick(const docker_images *list, struct span tag,
	const struct docker_image **out, struct scov_err *err);
