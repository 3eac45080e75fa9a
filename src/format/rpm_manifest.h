/* rpm_manifest.h - var/lib/rpmmanifest/container-manifest-2 of Azure Linux (CBL-Mariner) distroless
 * images, which have no rpm database: one package per line, ten columns separated by tabs.
 *
 * Columns: NAME, VERSION-RELEASE, INSTALLTIME, BUILDTIME, VENDOR, EPOCH, SIZE, ARCH, EPOCHNUM,
 * SOURCERPM; "(none)" for an unknown value. Source: the query that makes it, in the images'
 * build tools (Azure/dalec).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

struct rpm_line {
	struct span name, version; /* version: with release */
	struct span vendor, arch, source_rpm;
	uint64_t epoch; /* 0: none */
	int64_t built;  /* seconds since 1970; 0 unknown */
};

struct rpm_manifest {
	struct span rest;
	size_t line;
	size_t bad; /* lines that are not a package */
};

struct rpm_manifest rpm_manifest_read(struct span in);
bool rpm_manifest_next(struct rpm_manifest *r, struct rpm_line *out);
