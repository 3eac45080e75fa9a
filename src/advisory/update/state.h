/* state.h - what updates remember, in a file of the database's folder.
 *
 * One line an entry: a word, a name, a value. "sequence KEY N": the greatest number that was taken
 * from this key. "wanted FAMILY yes": a user named it; "seen": a scan did. "etag FEED VALUE",
 * "modified FEED VALUE"; of an archive of OSV "whole FEED DAY", "through FEED SECONDS", "list FEED
 * ETAG".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define STATE_NAME "update.state"
enum { STATE_MAX = 256 << 10, STATE_LINES = 1024 };

struct state_line {
	struct span word, name, value;
};

struct update_state {
	VEC(struct state_line) lines;
};

/* Views of text. Errors: SCOV_E_FORMAT, SCOV_E_LIMIT, arena. */
must_check int state_parse(
	struct span text, struct arena *a, struct update_state *out, struct scov_err *err);
void state_write(struct buf *out, const struct update_state *s);
/* Empty: no such entry. */
struct span state_get(const struct update_state *s, const char *word, struct span name);
/* Copied into the arena; in place of an entry of the same word and name. An empty value removes
 * it; one of several lines is passed over. */
void state_set(struct update_state *s, const char *word, struct span name, struct span value,
	struct arena *a);
