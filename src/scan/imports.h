/* imports.h - inside a worker: what the programs and libraries of a layer can ask of the kernel.
 * Inside scan/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "scan/analyzer.h"

/* Zeroed at the start; one file after the other. */
struct imports {
	uint8_t *file; /* of an ELF file; NULL: another, or larger than what is kept */
	size_t size;
	bool is_elf;
};

void imports_piece(
	struct imports *i, const struct analysis *out, uint64_t offset, struct span piece);
/* Of the entry that was added last. Errors: SCOV_E_LIMIT. */
int imports_end(struct imports *i, struct analysis *out);
void imports_release(struct imports *i);
