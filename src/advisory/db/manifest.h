/* manifest.h - manifest.json of a database: what the folder holds and from whom.
 *
 * The files are named after their contents, so the rename of the manifest is what makes a new
 * database visible.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/advisory.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/digest.h"

enum { MANIFEST_FORMAT = 1, MANIFEST_MAX = 1 << 20 };
#define MANIFEST_NAME "manifest.json"
#define MANIFEST_FILE_END ".adv" /* FAMILY-HEX.adv, HEX: the first 16 digits of its SHA-256 */

struct manifest_file {
	enum advisory_family family;
	struct span name;
	struct digest sha256;
	uint64_t size;
};

struct advisory_manifest {
	int64_t built; /* days since 1970 */
	bool is_builtin;
	uint64_t sequence; /* of its publisher, always growing; 0: not published */
	int64_t expires;   /* the last day on which an update takes it; 0 with sequence 0 */
	const struct advisory_source *sources;
	size_t sources_n;
	const struct manifest_file *files; /* at most one a family */
	size_t files_n;
};

/* Everything of *out is in the arena. A file's name is one that manifest_file_name makes. Unknown
 * members are passed over. Errors: SCOV_E_FORMAT, SCOV_E_UNSUPPORTED (a newer format). */
must_check int manifest_parse(
	struct span in, struct arena *a, struct advisory_manifest *out, struct scov_err *err);
void manifest_write(struct buf *out, const struct advisory_manifest *m);
/* A file into the folder, whole or not at all. */
must_check int manifest_put(
	const char *dir, const char *name, struct span bytes, struct scov_err *err);
/* Removes the files of older databases, and nothing else. */
void manifest_clean(const char *dir, const struct advisory_manifest *m);
/* The name of a file with this digest. */
char *manifest_file_name(enum advisory_family family, const struct digest *sha256, struct arena *a);
/* "fixed", "unfixed", "negative", "rating", "partial", by the bit's number. */
extern const char *const feed_class_names[];
enum { FEED_CLASSES = 5 };
