/* components.h - what a bill of materials lists: the packages, a name for each, and which needs or
 * holds which. Inside report/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/report.h"

enum relation { RELATION_CONTAINS, RELATION_NEEDS };

/* Indexes of image->packages; IMAGE_ITSELF is the image. */
struct component_edge {
	uint32_t from, to;
	uint8_t relation; /* enum relation */
};
#define IMAGE_ITSELF UINT32_MAX

struct components {
	struct arena arena;
	struct span *purls; /* of each package */
	struct span *refs;  /* unique among them: the purl, with a number where two have the same */
	VEC(struct component_edge) edges; /* sorted by from, relation, to; the image's own last */
	char uuid[37];                    /* of the image's digest: the same for the same image */
	char created[32];                 /* RFC 3339; of the config; empty: unknown */
};

/* Errors: SCOV_E_MEMORY. The arena is released by components_release in any case. */
must_check int components_of(const struct report *r, struct components *out, struct scov_err *err);
void components_release(struct components *c);
#define scoped_components __attribute__((cleanup(components_release)))

/* What neither format has a field for: properties of CycloneDX, lines NAME=VALUE of the comment in
 * SPDX. Texts of a package's fact, by offset; ended by name NULL. */
struct component_text {
	const char *name;
	size_t offset;
};
extern const struct component_text component_texts[];
/* All that a package has, and the distribution; none is empty. */
typedef void (*component_put)(void *ctx, const char *name, struct span value);
void component_properties(
	const struct image_facts *f, const struct image_package *p, component_put put, void *ctx);
void component_system(const struct distribution *d, component_put put, void *ctx);

/* What a licence text is: SPDX 2.3, Annex D, over the ids of its list that packages use. */
enum licence_kind { LICENCE_NONE, LICENCE_ID, LICENCE_EXPRESSION, LICENCE_TEXT };
enum licence_kind licence_kind(struct span text);
