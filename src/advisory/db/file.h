/* file.h - one family's file of a database: the format and its reader.
 *
 * Little-endian. A head with a sum of each block, then sections, each on a multiple of 64: rows of
 * a fixed size that point to each other by number and to texts by offset. A block is read and its
 * sum compared when something in it is needed first. Every number and offset is checked where it is
 * used: views lie inside the bytes, whatever these are. doc/formats/advisory-database.md has every
 * field.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/db/db.h"

enum { FILE_FORMAT = 2 };
#define FILE_MAGIC "scovadv\n"

enum file_section {
	FILE_STRINGS, /* a LEB128 length and the bytes; offset 0 is the empty text */
	FILE_SOURCES,
	FILE_ECOSYSTEMS, /* by name */
	FILE_PACKAGES,   /* of an ecosystem by name */
	FILE_BOUNDARIES, /* of a package, in the order of the scheme, no two equal */
	FILE_GROUPS,     /* of a package: intervals by their begin, then exact versions */
	FILE_IDS,
	FILE_EXTRAS,
	FILE_RECORDS, /* by id */
	FILE_MEMBERS,
	FILE_SCORES,
	FILE_SECTIONS,
};
extern const uint8_t file_row_size[]; /* of each section */

enum {
	FILE_ALIGN = 64,
	FILE_SUMMED_FROM = 24, /* the sum of the head's bytes from here on */
	FILE_SUMS = 256,       /* here begin the blocks' sums; those of the head's are 0 */
	FILE_BLOCK = 4096,
	FILE_SIZE_MAX = 1 << 30,
};
_Static_assert(48 + FILE_SECTIONS * 16 <= FILE_SUMS, "the sections are in the head");

/* Where the sections begin in a file of this size: the head's end, and a block's begin. */
static inline size_t file_head(size_t size)
{
	size_t blocks = size / FILE_BLOCK + (size % FILE_BLOCK != 0);
	size_t end = FILE_SUMS + 8 * blocks;

	return (end + FILE_BLOCK - 1) / FILE_BLOCK * FILE_BLOCK;
}
enum file_head_flag { FILE_BUILTIN = 1 };

/* An interval is two places in a package's boundaries: place 2i + 1 is boundary i itself, 2i what
 * is between it and the one before. It holds for low <= place < high. */
#define FILE_OPEN UINT32_MAX /* as high: no end */
static inline uint32_t file_at(uint32_t boundary)
{
	return 2 * boundary + 1;
}

enum file_group_flag { GROUP_EXACT = 1, GROUP_UNIMPORTANT = 2 };
enum file_record_flag {
	RECORD_EXPLOITED = 1,
	RECORD_RANSOMWARE = 2,
	RECORD_REJECTED = 4,
	RECORD_EPSS = 8,
};

struct file_blocks;

struct advisory_file {
	struct file_blocks *blocks;
	struct span section[FILE_SECTIONS];
	uint32_t rows[FILE_SECTIONS];
	enum advisory_family family;
	bool is_builtin;
	const struct advisory_source *sources; /* in the arena of the opening */
};

/* Reads the head; checks magic, format, size, its sum and the bounds of the sections. bytes: zeroed
 * room for the whole file, filled block by block from fd; fd -1: all are there. Both must stay.
 * Several threads may ask one file. Errors: SCOV_E_FORMAT, SCOV_E_UNSUPPORTED, SCOV_E_IO, arena. */
must_check int advisory_file_open(int fd, uint8_t *bytes, size_t size, struct arena *a,
	struct advisory_file *out, struct scov_err *err);
/* Reads every block that was not needed yet; then all the bytes are there. */
must_check int advisory_file_read_all(const struct advisory_file *f, struct scov_err *err);
/* Writes all sums into such bytes: at least file_head(size). */
void advisory_file_seal(uint8_t *bytes, size_t size);

/* Row i; false: there is no such row, or it is damaged. */
bool advisory_file_ecosystem(
	const struct advisory_file *f, uint32_t i, struct advisory_extent *out);
/* The name of package i of ecosystem e. */
bool advisory_file_package(
	const struct advisory_file *f, uint32_t e, uint32_t i, struct span *out_name);
/* As advisory_db_find, advisory_db_has_row and advisory_db_record. */
must_check int advisory_file_find(const struct advisory_file *f, struct span ecosystem,
	struct span package, struct span version, struct arena *a, struct advisory_hits *out,
	struct scov_err *err);
must_check int advisory_file_has_row(const struct advisory_file *f, struct span ecosystem,
	struct span package, struct span id, struct arena *a, bool *out, struct scov_err *err);
must_check int advisory_file_record(const struct advisory_file *f, struct span id, struct arena *a,
	struct advisory_record *out, bool *out_is_known, struct scov_err *err);
