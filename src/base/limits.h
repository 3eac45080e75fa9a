/* limits.h - every bound on what is read from outside, by name.
 *
 * Two kinds. Run-time limits, in the table below, can be changed by the user
 * (--limit NAME=VALUE) and are part of the scan id. Fixed bounds belong to a format and are next to
 * its parser, as an enum with a comment. doc/limits.md lists both; a test compares the table with
 * that page.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "scoville/scoville.h"

/* field, default, smallest, largest, unit, what it bounds */
#define LIMITS(X)                                                                                  \
	X(document_size, 4 << 20, 4096, 64 << 20, "bytes", "an index, a manifest or a config")     \
	X(attestation_size, 64 << 20, 4096, (uint64_t)4 << 30, "bytes",                            \
		"one attached attestation")                                                        \
	X(attachments, 1000, 1, 65536, "things",                                                   \
		"signatures and attestations of one image that are read")                          \
	X(attachments_size, 256 << 20, 4096, (uint64_t)16 << 30, "bytes", "all of them together")  \
	X(index_depth, 4, 1, 16, "levels", "an index in an index")                                 \
	X(index_entries, 1024, 1, 65536, "entries", "descriptors in one index")                    \
	X(layers, 512, 1, 4096, "layers", "layers of one image")                                   \
	X(layer_size, (uint64_t)64 << 30, 1 << 20, (uint64_t)1 << 44, "bytes",                     \
		"one layer, uncompressed")                                                         \
	X(layer_ratio, 1100, 2, 100000, "times",                                                   \
		"uncompressed size over compressed size, counted after the first 64 MiB")          \
	X(layer_entries, 2000000, 1, 20000000, "entries", "tar entries of one layer")              \
	X(image_entries, 4000000, 1, 100000000, "entries",                                         \
		"tar entries of all layers of an image")                                           \
	X(image_facts, 512 << 20, 1 << 20, (uint64_t)64 << 30, "bytes",                            \
		"the facts of all parts of an image in memory")                                    \
	X(path_length, 4096, 256, 65536, "bytes", "a path or a link target")                       \
	X(path_depth, 255, 16, 4096, "names", "names in one path")                                 \
	X(pax_size, 1 << 20, 4096, 16 << 20, "bytes", "a PAX header or a GNU long name")           \
	X(xattr_size, 64 << 10, 256, 1 << 20, "bytes", "one extended attribute")                   \
	X(sparse_pieces, 65536, 16, 1 << 20, "pieces", "the map of one sparse file")               \
	X(kept_file, 16 << 20, 4096, 256 << 20, "bytes", "a file that an analyzer reads whole")    \
	X(packages, 200000, 16, 2000000, "packages", "packages of one layer")                      \
	X(records, 4000000, 1024, 40000000, "records", "facts of one kind of one layer")           \
	X(secrets, 20000, 16, 1000000, "secrets", "possible secrets of one part that are kept")    \
	X(nested_depth, 3, 0, 3, "levels",                                                         \
		"an archive in an archive in a file of a layer; a compressed one counts once")     \
	X(nested_size, (uint64_t)4 << 30, 4096, (uint64_t)1 << 40, "bytes",                        \
		"contents of archives in files of a layer")                                        \
	X(nested_ratio, 1100, 2, 100000, "times",                                                  \
		"uncompressed size over compressed size of such an archive, counted after 64 MiB") \
	X(answer_size, 64 << 20, 1 << 20, 512 << 20, "bytes", "the facts of one part")             \
	X(worker_memory, 192 << 20, 64 << 20, (uint64_t)4 << 30, "bytes",                          \
		"data segment of one worker")                                                      \
	X(worker_seconds, 1800, 5, 86400, "seconds", "processor time of one worker")               \
	X(worker_stall, 30, 1, 3600, "seconds", "wait for a worker that reads nothing")            \
	X(zstd_window, 32 << 20, 1 << 20, 128 << 20, "bytes", "window of a zstd frame")            \
	X(spool_size, (uint64_t)16 << 30, 1 << 20, (uint64_t)1 << 44, "bytes",                     \
		"an archive read from standard input, or compressed as a whole")                   \
	X(archive_entries, 100000, 16, 10000000, "entries", "entries of an image archive")         \
	X(answer_stall, 50, 1, 3600, "seconds",                                                    \
		"all waits of one image for a registry that sends nothing or too little")          \
	X(redirects, 10, 0, 50, "redirects", "redirects of one request")                           \
	X(retries, 5, 0, 20, "tries", "retries of a request after a temporary failure")            \
	X(advisory_build, 1 << 30, 1 << 20, (uint64_t)64 << 30, "bytes",                           \
		"the advisories in memory while a database is built")                              \
	X(feed_size, (uint64_t)16 << 30, 1 << 20, (uint64_t)1 << 44, "bytes",                      \
		"one advisory feed, uncompressed")                                                 \
	X(cache_size, (uint64_t)1 << 30, 1 << 20, (uint64_t)1 << 44, "bytes", "the cache folder")

struct limits {
#define X(field, dflt, min, max, unit, what) uint64_t field;
	LIMITS(X)
#undef X
};

struct limit_row {
	const char *name; /* "-" for "_" is taken too */
	uint64_t dflt, min, max;
	const char *unit, *what;
	size_t offset; /* in struct limits */
};

extern const struct limit_row limit_rows[];
extern const size_t limit_rows_n;

struct limits limits_default(void);
/* "NAME=VALUE", VALUE a number with an optional K, M or G (1024). Errors: SCOV_E_USAGE. */
must_check int limits_set(struct limits *l, struct span assignment, struct scov_err *err);
