/* analyzer.h - what looks at the files of a layer while they pass.
 *
 * Adding one: a file in scan/analyzers/, a row in scan/analyzers/table.c, a page part in doc, tests
 * and a fuzz target for the parser it calls.
 *
 * An analyzer says by path, mode and size whether it wants a file, and how: not at all, its first
 * bytes, or whole. Content that is wanted whole is kept in the worker up to limits.kept_file; what
 * is larger yields a diagnostic that hides the facts of the analyzer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/limits.h"
#include "facts/part.h"
#include "known/files.h"

struct finder; /* secret/find/find.h */
struct finder_members;
struct detail; /* scan/detail.h */

enum want {
	WANT_NOTHING,
	WANT_HEAD /* the first ANALYZER_HEAD bytes */,
	WANT_WHOLE,
	WANT_STREAM,
	WANT_MEMBERS /* of the archive that the file is: one analyzer a file */
};

enum { ANALYZER_HEAD = 4096 };

/* Several may want one file. Files over limits.kept_file that are wanted whole, and sparse files
 * over it that are wanted as a stream, are not handed over: a diagnostic says so. */
enum { ANALYZERS_MAX = 32, ANALYZER_STATE = 64 << 10 /* most that stream_size may be */ };

/* A path by its hash, and files with secrets: scan/listed.h. */
struct listed_row {
	uint64_t path_hash, content;
	uint32_t tree;
	bool is_folder;
};
struct listed_file {
	uint32_t entry;
	uint64_t content;
};
struct listed {
	VEC(struct listed_row) rows;
	VEC(struct listed_file) files;
};

/* What an analyzer writes to. Record arrays are pushed with vec_push(&out->part->x, out->arena). */
struct analysis {
	struct part *part;
	struct arena *arena;   /* of the part; when it failed the part ends */
	struct arena *scratch; /* reset after every file */
	const struct limits *limits;
	struct finder *finder;
	bool is_searched; /* what it finds is recorded; it masks in any case */
	struct span key;  /* of fingerprints and marks */
	uint8_t kind; /* enum known_file_kind of the file that passes, by its path or its bytes */
	struct listed listed;
	struct detail *detail; /* NULL: details and values are not asked for */
};

/* What an analyzer that wants members gets as ctx of its events. state: as of a stream. */
struct members_of {
	struct analysis *out;
	uint32_t entry;
	struct span path; /* raw */
	void *state;
};

struct analyzer {
	const char *name; /* for --skip */
	uint32_t bit;     /* for scan_options.skip */
	uint8_t hides;    /* enum diag_hides when it cannot read what it wants */
	bool by_kind;     /* it is asked again about a file whose bytes show its kind */
	/* path is the raw, unmasked cleaned path; kind: enum known_file_kind. */
	enum want (*want)(const struct entry *e, struct span path, uint8_t kind);
	/* entry: the ordinal in part->entries. Regular files only; hard links refer to earlier
	 * content. The holes of a sparse file are zeros. data: the head or the whole content; for
	 * WANT_HEAD the real size is e->size. A damaged file is a diagnostic (diag_add), never a
	 * failure. Returns 0, or SCOV_E_LIMIT when the arena is full. */
	int (*file)(struct analysis *out, uint32_t entry, struct span path, struct span data);
	/* A symlink as written, or a hard link; NULL: it does not care. */
	void (*link)(struct analysis *out, uint32_t entry, struct span path, struct span target);
	/* WANT_STREAM: state of `stream_size` bytes (zeroed), then pieces in order, then piece with
	 * last = true. */
	size_t stream_size;
	int (*piece)(struct analysis *out, uint32_t entry, struct span path, void *state,
		struct span data, bool last);
	/* WANT_MEMBERS: ctx is a struct members_of. The archives in the archive too, as the search
	 * for secrets unpacks them: one inflate for both. */
	const struct finder_members *members;
};

extern const struct analyzer *const analyzers[]; /* NULL-ended, fixed order */
enum { SKIP_SECRETS = 256 }; /* the bit of the row `secrets`, which the walk asks for */

/* Text is masked; at most one row for the same text and entry. Past a number of rows one row says
 * that there are more. */
void diag_add(struct analysis *out, enum severity s, uint32_t entry, uint8_t hides, const char *fmt,
	...) __attribute__((format(printf, 5, 6)));

/* Parse an image config (JSON) into part facts. In scan/analyzers/config.c. */
int analyze_config(struct analysis *out, struct span json);
