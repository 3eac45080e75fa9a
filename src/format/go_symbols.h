/* go_symbols.h - the names of the functions that a Go program holds, from its table for stack
 * traces, which no option of the linker leaves out.
 *
 * Go 1.16 and later have the names as one run of NUL-ended strings, those that were inlined
 * included. In older tables they are scattered: nothing is read there. Source: Go's
 * debug/gosym/pclntab.go; cmd/link/internal/ld/pcln.go.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "format/elf.h"

enum {
	GO_FUNCTIONS_MAX = 4 << 20,
	GO_NAME_MAX = 1024, /* longer names, without parameters of types, are left out */
};

/* "import/path.Type.Method" or "import/path.Function": without the marks of pointers, of type
 * parameters and of escapes, so as advisories write it. Views point into out, of GO_NAME_MAX bytes.
 * False: made by the compiler, or too long. */
bool go_symbol_parse(struct span raw, uint8_t *out, struct span *name, size_t *package_len);

/* A file that passes in pieces, as in go_build.h. */
struct go_symbols {
	const struct elf *elf;
	bool is_found, is_bad; /* bad: more than one table, or names that are not names */
	bool has_runtime;      /* names of Go's own packages are there: they were not changed */
	uint64_t next, end;    /* of the names, in the file */
	uint32_t functions;
	size_t held, depth; /* of a name whose end comes later: bytes; open brackets */
	uint8_t hold[GO_NAME_MAX];
	bool (*name)(void *ctx, struct span raw); /* for each; false: stop */
	void *ctx;
};

/* is_head of a table was seen: `functions` is known, and names come from then on. */
void go_symbols_look(struct go_symbols *g, struct span bytes, uint64_t at, size_t from, size_t to);
void go_symbols_feed(struct go_symbols *g, struct span piece, uint64_t at);
/* True: every name has been handed over. */
bool go_symbols_end(const struct go_symbols *g);
