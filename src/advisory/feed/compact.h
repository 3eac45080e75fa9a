/* compact.h - the compact form of what a builder holds: rows and records as lines of text.
 *
 * It carries the built-in advisories from data/advisories/ to the build: facts alone, no prose.
 * doc/formats/advisory-table.md has the lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/db/build.h"
#include "base/buf.h"

#define TABLE_MAGIC "# scoville advisories 1\n"

/* Everything of the builder but titles. Reading it gives a builder that writes the same database. b
 * cannot be added to or written afterwards. */
must_check int advisory_table_write(
	struct advisory_build *b, struct buf *out, struct scov_err *err);
