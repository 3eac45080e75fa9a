/* go_build.h - what a Go program says about its build: its modules, the toolchain, settings.
 *
 * Source: Go's debug/buildinfo (buildinfo.go) and runtime/debug (mod.go). Since Go 1.18 the two
 * texts follow the magic; Go 1.12 to 1.17 have addresses of strings there, and the text of the
 * modules is between two marks of 16 bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "format/elf.h"

enum {
	GO_TEXT_MAX = 1 << 20,   /* bytes of the text of the modules: a large program has 100 KB */
	GO_MODULES_MAX = 10000,  /* modules of one program */
	GO_CANDIDATES_MAX = 512, /* texts that may be the version of an old toolchain */
	GO_VIEW_BEFORE = 16,     /* bytes before and after a position that go_look wants in its */
	GO_VIEW_AFTER = 400,     /* view, where the file has them */
};

struct go_module {
	struct span path, version; /* of the replacement, where there is one */
	bool is_main;
};

struct go_build {
	struct span version; /* "go1.22.3", without what a vendor appends; empty: not a release */
	struct span path;    /* of the package that is the program */
	VEC(struct go_module) modules;
	int64_t time; /* of the commit, seconds since 1970; 0: not said */
	bool is_cut;  /* more than GO_MODULES_MAX, or lines that are not as they should be */
};

/* The lines between the marks, without these. Views point into text but for versions that are put
 * together, in the arena. False when it is full. */
bool go_build_parse(struct span version, struct span text, struct arena *a, struct go_build *out);

/* A file that passes in pieces. */
struct go_take {
	uint64_t at; /* in the file */
	size_t want, got;
	uint8_t *p; /* NULL: nothing is taken */
};
struct go_candidate {
	uint64_t at;
	uint8_t text[32];
};
struct go_reader {
	const struct elf *elf;
	struct arena *arena;
	bool is_found, is_by_address, is_too_long;
	uint8_t word; /* bytes of an address */
	bool is_big;
	struct span version;
	struct go_take text, version_header, text_header;
	struct go_candidate *candidates;
	size_t candidates_n;
};

/* elf and a outlive it. */
void go_start(struct go_reader *g, const struct elf *elf, struct arena *a);
/* bytes are those of the file from `at` on; positions from..to, all in one PT_LOAD with these
 * flags, have not been seen before. */
void go_look(struct go_reader *g, struct span bytes, uint64_t at, size_t from, size_t to,
	uint32_t flags);
/* Every piece of the file in order, after the positions in it were looked at. */
void go_feed(struct go_reader *g, struct span piece, uint64_t at);
/* False: no build information. *out: as go_build_parse; failure of the arena shows there. */
bool go_end(struct go_reader *g, struct go_build *out);
