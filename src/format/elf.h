/* elf.h - what the start of an ELF file says about the program.
 *
 * Source: System V ABI, chapters 4 and 5; Linux elf(5).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum {
	ELF_SEGMENTS_MAX = 128, /* program headers that are read */
	ELF_DYNAMIC_MAX = 512,  /* entries of the dynamic section that are read */
	ELF_LOADS_MAX = 32,     /* PT_LOAD that are kept */
};

enum { ELF_EXECUTE = 1, ELF_WRITE = 2, ELF_READ = 4 }; /* p_flags */

/* What is loaded from the file. */
struct elf_load {
	uint64_t offset, size; /* in the file; offset + size does not overflow */
	uint64_t address;
	uint32_t flags; /* ELF_READ ... */
};

struct elf {
	bool is_program;         /* ET_EXEC, or ET_DYN with an interpreter or DF_1_PIE */
	bool is_shared;          /* ET_DYN with neither: a library, or a static program */
	bool is_go;              /* a note of the Go linker */
	bool damaged;            /* headers point outside what an ELF file may have */
	struct span interpreter; /* PT_INTERP without its NUL; empty: static, or a library */
	uint64_t memory_end;     /* the first address after its last segment in memory */
	uint64_t loaded;         /* bytes of the file up to the end of its last loaded segment */
	uint16_t machine;        /* e_machine */
	uint8_t bits;            /* 32 or 64 */
	bool is_big;             /* byte order */
	struct span dynamic;     /* PT_DYNAMIC, a view; empty: none, or not in the bytes given */
	bool has_dynamic;
	struct elf_load load[ELF_LOADS_MAX]; /* by offset; none: an object file, or damaged */
	size_t loads_n;
};

/* head: the first bytes or all of the file; size: of the whole file. False: not an ELF file. */
bool elf_parse(struct span head, uint64_t size, struct elf *out);
/* Where the byte of an address is in the file; false: in no PT_LOAD. */
bool elf_offset(const struct elf *e, uint64_t address, uint64_t *out);
