/* dpkg.h - Debian's package database: stanzas of status files, and lists of owned files.
 *
 * The same stanzas are used by opkg (usr/lib/opkg/status) and, one per file and
 * without a Status field, by distroless images (var/lib/dpkg/status.d).
 * Source: deb-control(5), dpkg(1) "Package states".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

enum {
	DPKG_LINE_MAX = 1 << 20, /* bytes of one line; longer is damage */
};

/* Views into the input; a field that is absent is empty. Only the first line of a folded field. */
struct dpkg_package {
	struct span name, version, arch, status, maintainer;
	struct span depends, pre_depends, provides;
	bool essential; /* Essential or Protected */
	struct span source,
		source_version; /* "Source: glibc (2.36-9)"; empty when equal to name and version */
	bool has_status;
	bool installed; /* its files are unpacked; a stanza without Status counts as installed */
};

struct dpkg_reader {
	struct span rest;
	size_t line;     /* of the last line that was read, from 1 */
	size_t bad_line; /* the first line that is not a field; 0: none */
	size_t nameless; /* stanzas that hold fields but no Package or no Version */
};

struct dpkg_reader dpkg_read(struct span in);
/* The next stanza with a Package and a Version. False at the end. */
bool dpkg_next(struct dpkg_reader *r, struct dpkg_package *out);

/* The next path of a .list file (lines like "/usr/bin/x"), without its leading slash; "/." is left
 * out.
 */
bool dpkg_list_next(struct span *rest, struct span *path);
/* The next path of a .md5sums file ("<32 hex>  usr/bin/x"), without a leading slash. Lines of
 * another form are skipped and counted in *bad. */
bool dpkg_md5sums_next(struct span *rest, struct span *path, size_t *bad);
