/* place.h - where anything is. Findings, evidence and diagnostics use it; writers know nothing
 * else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdint.h>

#include "base/span.h"

enum place_kind {
	PLACE_NONE,
	PLACE_IMAGE,       /* the image as a whole */
	PLACE_LAYER,       /* layer */
	PLACE_FILE,        /* layer, path, member (inside an archive), line */
	PLACE_CONFIG,      /* path is a JSON pointer: "/config/User" */
	PLACE_HISTORY,     /* line is the index of the history entry, from 0 */
	PLACE_MANIFEST,    /* path is a JSON pointer into the manifest or index */
	PLACE_RECIPE,      /* path, line of a Dockerfile */
	PLACE_ATTESTATION, /* path is the digest of the attestation */
};

enum { NO_LAYER = -1 };

struct place {
	uint8_t kind;            /* enum place_kind */
	int32_t layer;           /* from 0, the lowest; NO_LAYER */
	uint32_t line, end_line; /* from 1; 0: means nothing here */
	struct span path;        /* no leading slash for files */
	struct span member;
};

static inline struct place place_file(int32_t layer, struct span path)
{
	return (struct place){ .kind = PLACE_FILE, .layer = layer, .path = path };
}

static inline struct place place_line(int32_t layer, struct span path, uint32_t line)
{
	return (struct place){ .kind = PLACE_FILE, .layer = layer, .path = path, .line = line };
}

static inline struct place place_config(const char *pointer)
{
	return (struct place){ .kind = PLACE_CONFIG, .layer = NO_LAYER, .path = span_str(pointer) };
}

static inline struct place place_manifest(const char *pointer)
{
	return (struct place){
		.kind = PLACE_MANIFEST, .layer = NO_LAYER, .path = span_str(pointer)
	};
}

static inline struct place place_history(uint32_t index)
{
	return (struct place){ .kind = PLACE_HISTORY, .layer = NO_LAYER, .line = index };
}

static inline struct place place_layer(int32_t layer)
{
	return (struct place){ .kind = PLACE_LAYER, .layer = layer };
}

static inline struct place place_image(void)
{
	return (struct place){ .kind = PLACE_IMAGE, .layer = NO_LAYER };
}
