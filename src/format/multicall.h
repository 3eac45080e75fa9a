/* multicall.h - recognises busybox and toybox by content, whatever the file's name, and shells by
 * their version strings.
 *
 * Busybox keeps its applet names as one sorted run of NUL-ended strings. Source: busybox
 * scripts/gen_build_files and libbb/appletlib.c (seen in 1.35 to 1.37), toybox lib/help.c (0.8).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum multicall_kind {
	MULTICALL_NONE,
	MULTICALL_BUSYBOX,
	MULTICALL_TOYBOX,
	MULTICALL_SHELL /* an ordinary shell, not a multi-call program */
};

enum {
	MULTICALL_RUN_MIN = 4,     /* sorted names that count as an applet table */
	MULTICALL_NAMES_MAX = 256, /* bytes of the joined names */
};

struct multicall {
	uint8_t kind;     /* enum multicall_kind */
	struct span mark; /* MULTICALL_SHELL: the version string that was found (bash, mksh, pdksh,
			     ksh93) */
	bool has_shell;   /* sh, ash or hush is an applet */
	bool has_table;   /* the table was found; else has_shell is based on single strings */
	uint32_t applets; /* names in the longest table */
	char names[MULTICALL_NAMES_MAX]; /* the applets that verdicts name, joined with ' ' */
};

/* Whole content of an ELF file, and how much of it is loaded (struct elf): a table after that is
 * nobody's applets. False: not one of the kinds. */
bool multicall_parse(struct span elf, uint64_t loaded, struct multicall *out);
