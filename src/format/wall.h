/* wall.h - chisel's manifest.wall, after decompression: JSON lines, sorted.
 *
 * The first line names the format ("jsonwall"); then come content (slice, path), package, path and
 * slice rows. Source: https://documentation.ubuntu.com/chisel, "Manifest"; schema 1.0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

enum {
	WALL_LINE_MAX = 64 << 10, /* bytes of one line */
};

enum wall_kind { WALL_OTHER, WALL_PACKAGE, WALL_CONTENT };

/* Text is in the arena. */
struct wall_row {
	uint8_t kind;                    /* enum wall_kind */
	struct span name, version, arch; /* WALL_PACKAGE */
	struct span package, path; /* WALL_CONTENT: the package of the slice; no leading slash; a
				      folder ends in '/' */
};

/* Reads the first line. *count is the number of lines that it states, including itself; 0 when it
 * states none. Errors: SCOV_E_FORMAT. */
must_check int wall_open(
	struct span *rest, struct arena *scratch, uint64_t *count, struct scov_err *err);
/* Reads one line; scratch is reset first. 1: *out is set, 0: the end. Errors: SCOV_E_FORMAT,
 * SCOV_E_LIMIT. */
must_check int wall_next(
	struct span *rest, struct arena *scratch, struct wall_row *out, struct scov_err *err);
