/* apk.h - the installed database of Alpine, Wolfi and Chainguard: one-letter fields, a blank line
 * after each package.
 *
 * Source: apk-tools 2, apk_db_read_layer; https://wiki.alpinelinux.org/wiki/Apk_spec.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

/* Views into the input; an absent field is empty. */
struct apk_package {
	struct span name, version, arch; /* P: V: A: */
	struct span origin, license;     /* o: L: */
	struct span depends, provides;   /* D: p: */
	int64_t built;                   /* t:, seconds since 1970; 0 when absent or not a number */
	struct span stanza;              /* all its lines, for apk_file_next */
};

struct apk_reader {
	struct span rest;
	size_t line;     /* lines read so far */
	size_t bad_line; /* the first line that is not "K:value"; 0: none */
	size_t nameless; /* stanzas without P: or V: */
};

struct apk_reader apk_read(struct span in);
bool apk_next(struct apk_reader *r, struct apk_package *out);

/* A walk over the files of one package: { .rest = package.stanza }. dir is "" for the root, no
 * slash at the end. */
struct apk_files {
	struct span rest, dir;
};
bool apk_file_next(struct apk_files *it, struct span *dir, struct span *name);
