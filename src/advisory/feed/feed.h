/* feed.h - readers of advisory feeds: a file, a folder or an archive in, rows and records out.
 *
 * A format is a file of this room and a row of advisory_feeds. The frame (feed.c) walks what the
 * user names and hands each file to the first format that recognises it; a reader sees one record
 * or one text at a time and gives what it says to the builder. What a reader leaves out is counted
 * by reason: nothing is dropped silently.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/db/build.h"
#include "base/buf.h"
#include "base/call.h"
#include "syntax/json_stream.h"
#include "syntax/xml.h"

enum {
	FEED_HEAD = 4096,               /* bytes of a file by which it is recognised */
	FEED_KEYS = 64,                 /* top-level keys that are looked at */
	FEED_TEXT_MAX = 256 << 20,      /* a file that is read whole */
	FEED_YAML_MAX = 16 << 20,       /* a YAML file */
	FEED_RECORD_MEMORY = 256 << 20, /* one record of a JSON feed */
	FEED_FILE_MEMORY = 1 << 30,     /* what a reader remembers of a file */
	FEED_FOLDER_DEPTH = 32,
	FEED_DAY_MIN = 7305, /* 1990-01-01: an earlier date is not believed */
};

/* Why a record, or a part of one, is not in the database. */
enum feed_reason {
	FEED_WITHDRAWN,     /* its author took it back */
	FEED_NOT_SECURITY,  /* an erratum that names no flaw */
	FEED_INFORMATIONAL, /* unmaintained, unsound, a notice */
	FEED_OTHER_SYSTEM,  /* only for other platforms than Linux */
	FEED_NO_ECOSYSTEM,  /* of no package that an inventory has */
	FEED_NO_VERSIONS,   /* which versions are affected is not said, or only as commits */
	FEED_NO_PACKAGE,    /* of a product as a whole, known by its name or CPE */
	FEED_UNREADABLE,    /* a requirement that we cannot read */
	FEED_MALFORMED,     /* not as its format has it */
	FEED_DAMAGED,       /* its text is faulty: a key twice, not UTF-8, too large */
	FEED_NOTHING,       /* says nothing that is asked for */
	FEED_REASONS,
};
extern const char *const feed_reason_names[];

struct feed_counts {
	uint64_t files, records, rows; /* records: all that were seen, also those left out */
	uint64_t left_out[FEED_REASONS];
};

enum { FEED_FORMATS = 32 };

struct feed_sum {
	struct feed_counts formats[FEED_FORMATS]; /* as the rows of advisory_feeds */
	uint64_t other_files;                     /* of no format */
	uint64_t broken_files;  /* in a folder or an archive: not read to the end */
	struct scov_err broken; /* the first of these */
};
/* What was read and what was left out, a line for each format and reason. */
void feed_sum_write(const struct feed_sum *sum, struct buf *out);

/* path may be "FORMAT=PATH", FORMAT a row's name: what is there is of that format.
 * Reads one file, folder or archive (tar, zip, each also compressed with gzip, zstd, xz or bzip2;
 * a compressed file alone too) into b and adds to *sum. call may be NULL. Errors name the path:
 * SCOV_E_NOT_FOUND, SCOV_E_IO, SCOV_E_FORMAT (HTML, cut, empty, nothing that we can read, one in
 * twenty files broken), SCOV_E_LIMIT, SCOV_E_MEMORY, those of call. Then b is not for writing. */
must_check int feed_read(struct advisory_build *b, const char *path, const struct limits *limits,
	const struct call *call, struct feed_sum *sum, struct scov_err *err);

/* The same, but for the records of OSV whose ids are in a sorted list: newer ones are read
 * elsewhere. */
must_check int feed_read_without(struct advisory_build *b, const char *path, const struct span *ids,
	size_t ids_n, const struct limits *limits, const struct call *call, struct feed_sum *sum,
	struct scov_err *err);

/* ---- for the formats ---- */

enum feed_syntax { FEED_TEXT, FEED_JSON, FEED_YAML, FEED_XML };

/* The beginning of a file. */
struct feed_head {
	struct span path, name;      /* in the folder or archive; its last part */
	struct span bytes;           /* at most FEED_HEAD */
	uint8_t syntax;              /* enum feed_syntax, by the name and the first byte */
	struct span keys[FEED_KEYS]; /* of the object in it, or of the first objects of a list */
	size_t keys_n;
};
bool feed_head_has(const struct feed_head *h, const char *key);

struct feed;

struct feed_format {
	const char *name;
	const char *what; /* for doc/formats and `db build --help` */
	bool (*is)(const struct feed_head *h);
	/* JSON: what is taken whole. NULL: a list at the root is entered, all else is taken. */
	enum json_choice (*begins)(const struct json_step *path, size_t steps, enum json_kind kind);
	/* A record: of a JSON file each value that was taken, of a YAML file its document (steps
	 * 0). */
	int (*value)(struct feed *f, const struct json_step *path, size_t steps,
		const struct json *v, struct scov_err *err);
	/* Or: a whole file, whatever its syntax. */
	int (*text)(struct feed *f, struct span text, struct scov_err *err);
	/* Or: the elements of an XML file; ctx is the struct feed. */
	const struct xml_events *xml;
	/* The file has ended well. NULL: nothing is left to do. */
	int (*end)(struct feed *f, struct scov_err *err);
	bool states_days;              /* each source's day is in the file, or not known */
	struct advisory_source source; /* day is that of the newest record */
};

/* A NULL row ends it. */
extern const struct feed_format *const advisory_feeds[];
extern const struct feed_format feed_bodhi, feed_photon, feed_changelog, feed_compact, feed_csaf,
	feed_cve, feed_debian, feed_dsa, feed_epss, feed_kev, feed_osv, feed_oval, feed_php,
	feed_retire, feed_ruby, feed_rustsec, feed_secdb, feed_updateinfo, feed_vulnrichment,
	feed_wolfi;

struct feed {
	const struct feed_format *format;
	struct arena arena; /* of one record */
	struct span path;   /* of the file in the folder or archive */
	struct arena file;  /* of the whole file */
	void *state;        /* a reader's; NULL when a file begins */
	/* private */
	const struct span *without; /* ids, sorted */
	size_t without_n;
	struct advisory_build *build;
	struct feed_counts *counts;
	const struct advisory_source *source; /* NULL: that of the format */
	int64_t copied;                       /* day of the copy of the file */
	bool is_over;                         /* the builder refused: nothing more is read */
};

/* A record begins: it is counted, the arena is empty. */
void feed_begin(struct feed *f);
/* What follows is from s, a row of a table, and not from the format's own source. */
void feed_from(struct feed *f, const struct advisory_source *s);
/* Its record is read elsewhere, in a newer form. */
bool feed_is_without(const struct feed *f, struct span id);
/* The record, or a part of it, is left out. Returns 0. */
int feed_leave_out(struct feed *f, enum feed_reason why);
must_check int feed_row(struct feed *f, const struct advisory_row *row, struct scov_err *err);
must_check int feed_record(struct feed *f, const struct advisory_record *r, struct scov_err *err);
/* RFC 3339 or YYYY-MM-DD, as days since 1970; 0: no date, or not one of the last decades. The
 * newest is the day of the source. */
int64_t feed_day(struct feed *f, struct span date, struct scov_err *err);
/* The vector of the higher CVSS version of the two; what is not a vector is passed over. */
struct span feed_vector(struct span a, struct span b);
bool feed_is_cve(struct span id); /* "CVE-" and digits */
