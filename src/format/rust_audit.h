/* rust_audit.h - the list of crates that cargo-auditable puts into a program: section .dep-v0,
 * JSON compressed with zlib.
 *
 * The section is loaded by nothing, so it lies between what is loaded and the table of sections,
 * which a stream shows last: every zlib stream there is tried that begins as such a list does.
 * Source: github.com/rust-secure-code/cargo-auditable, PARSING.md and cargo-auditable.schema.json.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/span.h"

enum {
	RUST_TEXT_MAX = 4 << 20, /* bytes of the JSON: 500 crates have 60 KB */
	RUST_PACKED_MAX = 1 << 20,
	RUST_TRIES_MAX = 1 << 16, /* zlib headers that are looked into */
	RUST_VIEW_AFTER = 400,    /* bytes after a position that rust_look wants in its view */
};

struct rust_crate {
	struct span name, version;
	bool is_main;     /* the program itself */
	bool is_registry; /* of crates.io; else of a folder, a repository, another registry */
};

struct rust_audit {
	VEC(struct rust_crate) crates;
};

/* Crates that are compiled in: those of build scripts are left out. Views into the arena. False:
 * not such a list, or the arena is full. */
bool rust_audit_parse(struct span json, struct arena *a, struct rust_audit *out);

/* A file that passes in pieces. */
struct rust_reader {
	struct arena *arena;
	uint32_t tries;
	bool is_found, is_bad;
	uint64_t next;   /* in the file: what is kept next */
	uint8_t *packed; /* RUST_PACKED_MAX bytes */
	size_t len;
};

/* bytes are those of the file from `at` on; from..to are of no PT_LOAD and were not seen before. */
void rust_look(struct rust_reader *r, struct span bytes, uint64_t at, size_t from, size_t to);
/* Every piece of the file in order, after the positions in it were looked at. */
void rust_feed(struct rust_reader *r, struct span piece, uint64_t at);
/* The JSON; empty: none was seen, or (is_bad) it could not be unpacked. */
struct span rust_end(struct rust_reader *r);
