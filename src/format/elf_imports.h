/* elf_imports.h - what an ELF file takes from others, and whether it makes system calls by itself.
 *
 * 64 bits, little-endian; x86-64 and AArch64 for its instructions. Source: System V ABI, chapter 5,
 * and the GNU hash table of glibc's elf/dl-lookup.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "format/elf.h"

enum { ELF_MACHINE_X86_64 = 62, ELF_MACHINE_AARCH64 = 183 };

/* Of the dynamic section. */
struct elf_imports {
	struct span soname;                          /* a view; empty: none */
	void (*name)(void *ctx, struct span symbol); /* of each symbol that is not defined here */
	void *ctx;
};

/* e: of elf_parse over all of the file. False: not all of it could be read. */
bool elf_imports_read(struct span file, const struct elf *e, struct elf_imports *out);
/* The code has the bytes of an instruction that makes system calls, where they are not plainly a
 * distance inside of another instruction. */
bool elf_has_system_call(struct span file, const struct elf *e);
