/* language.h - the records by which packages of languages are known: a file each format, a row
 * each.
 *
 * A row says which paths are records and how one is read: a span in, packages out, no file, no
 * recursion. A new format is a file language_NAME.c with one function, its row in language_table.c,
 * and rows in tests/unit/format/test_language.c and tests/fuzz/corpus/language/.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "scoville/scoville.h"

/* Views into the record, its path or its arena. */
struct language_package {
	struct span name, version; /* as facts/part.h has them; neither is empty */
	struct span license;
	struct span arch;
	struct span vendor;
	int64_t built;
	bool is_main; /* the project that the record is of, not what it needs */
};

/* One record, whole. */
struct language_record {
	struct span path, data;
	struct arena *arena; /* for what is unpacked; gone after the call */
	/* A result other than 0 ends the reading and is its result. */
	int (*package)(void *ctx, const struct language_package *p);
	void *ctx;
};

/* Packages that were found before the damage count. Errors: SCOV_E_FORMAT; SCOV_E_LIMIT (the
 * arena); what `package` returns. */
typedef int language_read(const struct language_record *r, struct scov_err *err);

enum { LANGUAGE_PATHS_MAX = 3 };

struct language_format {
	const char *type;                      /* the name of a type in facts/package.c */
	const char *paths[LANGUAGE_PATHS_MAX]; /* patterns of base/glob.h; none ends in a star */
	bool (*is_record)(struct span path);   /* of what a pattern matches; NULL: all of it */
	language_read *read;
};

/* The row of a path without leading slash; NULL: it is not a record. */
const struct language_format *language_format_of(struct span path);

language_read language_bitnami, language_composer, language_conda, language_cran, language_gem,
	language_jdk, language_npm, language_nuget, language_opam, language_python, language_egg,
	language_rabbitmq;
bool language_npm_is_record(struct span path);
bool language_python_is_record(struct span path);
/* What apko writes of each package of a system, beside the database of apk or without one. */
language_read language_apk;

/* ---- for the readers ---- */

struct json;

/* The whole record as JSON, an object or a list. */
must_check int language_json(
	const struct language_record *r, const struct json **root, struct scov_err *err);
/* Calls r->package, or says that the name or the version is missing: SCOV_E_FORMAT. */
must_check int language_found(
	const struct language_record *r, const struct language_package *p, struct scov_err *err);
/* The same of one in a list: what is missing is noted, and the reading goes on. */
must_check int language_one(const struct language_record *r, const struct language_package *p,
	int *damage, struct scov_err *err);
/* A member of the record's object: its text (of a list or of an object as language_text has it), or
 * its number. What is of another kind leaves both as they are. */
struct language_member {
	const char *key;
	struct span *text;
	int64_t *number;
};

/* Takes the members that are named, and looks at the others only for their end. */
must_check int language_members(const struct language_record *r,
	const struct language_member *members, size_t n, struct scov_err *err);
/* A license as JSON formats write it: a text, an object with a type, or a list of these. */
struct span language_text(const struct json *v);
/* The next "Key: value" of a header that a blank line ends; folded lines are left out. */
bool language_header(struct span *rest, struct span *key, struct span *value);
