/* record.h - what the analyzers share: putting masked text and rows into part facts, and asking
 * what a path is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "scan/analyzer.h"
#include "scoville/scoville.h"

enum {
	RECORD_TEXT_MAX = 4096
}; /* bytes of one text in a fact of these analyzers; longer text is cut */

/* A masked copy of at most RECORD_TEXT_MAX bytes. False when the arena is full. */
bool record_text(struct analysis *out, struct span raw, struct span *copy);
/* The same for a name that other parts may have too: fact_name. */
bool record_name(struct analysis *out, struct span raw, struct span *copy);

/* All spans of *raw are raw text. Errors: SCOV_E_LIMIT (the arena; over limits.packages, with a
 * diagnostic). */
int record_package(struct analysis *out, const struct package_fact *raw);
/* *index is the owner's, for record_owned. Errors: SCOV_E_LIMIT. */
int record_owner(
	struct analysis *out, uint32_t entry, uint8_t type, struct span package, uint32_t *index);
/* path: as the database has it, no leading slash. tmp is reset. Over limits.records rows:
 * SCOV_E_LIMIT. */
int record_owned(struct analysis *out, uint32_t owner, struct span path, struct arena *tmp);
int record_marker(struct analysis *out, uint32_t entry, enum marker_kind kind, struct span text,
	uint32_t line);
int record_release(struct analysis *out, uint32_t entry, struct span key, struct span value);

bool path_is_one_of(struct span path, const struct span *list, size_t n);
#define PATH_IS_ONE_OF(path, list) path_is_one_of((path), (list), sizeof(list) / sizeof(*(list)))
static inline bool is_file(const struct entry *e)
{
	return e->type == ENTRY_FILE;
}

extern const struct analyzer analyzer_apk, analyzer_dpkg, analyzer_exec, analyzer_java,
	analyzer_language, analyzer_listed, analyzer_programs, analyzer_release, analyzer_rpm,
	analyzer_script, analyzer_secrets, analyzer_system, analyzer_wall;

/* Bits of scan_options.skip. */
enum {
	BIT_DPKG = 1,
	BIT_APK = 2,
	BIT_RPM = 4,
	BIT_WALL = 8,
	BIT_RELEASE = 16,
	BIT_SYSTEM = 32,
	BIT_EXEC = 64,
	BIT_SCRIPT = 128,
	BIT_SECRETS = SKIP_SECRETS,
	BIT_LISTED = 512,
	BIT_JAVA = 1024,
	BIT_LANGUAGE = 2048,
	BIT_PROGRAMS = 4096,
};
