/* version.h - the order of versions, one scheme for each kind of package.
 *
 * Within a scheme the valid versions are totally ordered: what is sorted with version_cmp can be
 * searched with it. Equal ones may differ in bytes (1.0 and 1.0.0). Pure and without allocation;
 * a comparison takes time linear in the lengths.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>

#include "base/span.h"

/* 0: none. */
enum version_scheme {
	VERSION_DEB = 1,
	VERSION_RPM,
	VERSION_APK,
	VERSION_SEMVER, /* npm, cargo */
	VERSION_GO,     /* modules and releases of Go itself, "go1.24rc1" */
	VERSION_PEP440,
	VERSION_MAVEN,
	VERSION_GEM,
	VERSION_PACKAGIST,
	VERSION_NUGET,
	VERSION_BITNAMI, /* "1.2.3-4" is a revision of 1.2.3, not before it */
	VERSION_SCHEMES,
};

/* A longer text is not a version of any scheme. Our own bound: versions of real data have less than
 * 100 bytes. */
enum { VERSION_MAX = 1024 };

/* *out_order: less than 0, 0 or more than 0 as a is before, equal to or after b. False: one of them
 * is not a version of the scheme, and *out_order is untouched. */
bool version_cmp(enum version_scheme scheme, struct span a, struct span b, int *out_order);
bool version_valid(enum version_scheme scheme, struct span v);
/* deb rpm apk semver go pep440 maven gem packagist nuget bitnami; another name: 0. */
enum version_scheme version_scheme_named(struct span name);

/* True when the rpm version states its epoch. version_cmp takes a missing one as 0, which is right
 * for a binary package only: a name of a source package never states it, whatever it is. */
bool version_rpm_has_epoch(struct span v);
