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
};

struct elf {
	bool is_program;         /* ET_EXEC, or ET_DYN with an interpreter or DF_1_PIE */
	bool is_shared;          /* ET_DYN with neither: a library, or a static program */
	bool is_go;              /* a note of the Go linker */
	bool damaged;            /* headers point outside what an ELF file may have */
	struct span interpreter; /* PT_INTERP without its NUL; empty: static, or a library */
	uint64_t loaded;         /* bytes of the file up to the end of its last loaded segment */
	uint16_t machine;        /* e_machine */
	uint8_t bits;            /* 32 or 64 */
};

/* head: the first bytes or all of the file; size: of the whole file. False: not an ELF file. */
bool elf_parse(struct span head, uint64_t size, struct elf *out);
