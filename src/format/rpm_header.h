/* rpm_header.h - one package of an rpm database: a header blob.
 *
 * A blob is a count of index entries and a size of data, both big-endian, then the entries {tag,
 * type, offset, count}, then the data. Source: rpm lib/header.c, include/rpm/rpmtag.h (4.18).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

enum {
	RPM_HEADER_ENTRIES_MAX = 65536, /* index entries of one header */
	RPM_HEADER_DATA_MAX = 64 << 20, /* bytes of data of one header */
	RPM_HEADER_FILES_MAX = 1 << 20, /* files of one package */
};

/* Views into the blob; an absent tag is empty. */
struct rpm_header {
	struct span name, version, release, arch, source_rpm, vendor, license, modularity;
	uint32_t epoch;
	bool has_epoch;
	int64_t built;      /* seconds since 1970; 0 when absent */
	uint32_t files;     /* files with complete names; 0 when the three tags are inconsistent */
	bool files_damaged; /* the tags are there but inconsistent */
	struct span basenames, dirnames, dirindexes; /* raw, for rpm_file_next */
	uint32_t dirs;
};

/* Errors: SCOV_E_FORMAT (not a header, or an index entry that points outside), SCOV_E_LIMIT. */
must_check int rpm_header_parse(struct span blob, struct rpm_header *out, struct scov_err *err);

/* A walk over the files: dir as rpm has it ("/usr/bin/"), base without a slash. Start from
 * rpm_files(). */
struct rpm_files {
	struct cur bases, indexes, walk; /* walk: over the directory names */
	struct span dirs, dir;
	uint32_t left, last_index, at; /* at: directory names that walk has passed */
	uint64_t budget; /* steps left; hostile indexes that jump back and forth end the walk */
	bool has_dir;
};
struct rpm_files rpm_files(const struct rpm_header *h);
bool rpm_file_next(struct rpm_files *it, struct span *dir, struct span *base);

/* "bash-5.1.8-1.cm2.src.rpm": name, and version with release. False: another form. */
bool rpm_source_split(struct span source_rpm, struct span *name, struct span *version);
