/* file.h - inside feed/: one file of a feed, pushed in pieces, to the reader of its format.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/feed/feed.h"

struct feed_files {
	struct advisory_build *build;
	struct feed_sum *sum;
	const struct feed_format *only; /* that the user named; NULL: each is recognised */
	bool is_alone; /* the one file of its feed: what is wrong with it is an error */
	/* private */
	struct feed feed;
	struct arena names; /* of the file: its path, its keys */
	struct buf head, whole;
	struct json_stream *json;
	struct xml *xml;
	uint8_t state;
};

/* Errors: what ends the whole feed. A fault of one file is counted, unless it is alone. */
must_check int feed_file_begin(struct feed_files *f, struct span path, struct scov_err *err);
must_check int feed_file_push(struct feed_files *f, struct span piece, struct scov_err *err);
must_check int feed_file_end(struct feed_files *f, struct scov_err *err);
void feed_files_release(struct feed_files *f);
