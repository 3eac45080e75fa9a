/* distribution.h - inside feed/: releases of distributions as feeds call them, and what feeds of
 * rpm distributions say package by package.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/feed/feed.h"

/* "bookworm" or "bookworm-security": "Debian:12", in the arena. Empty: not a release of Debian. */
struct span debian_release(struct span codename, struct arena *a);
/* "Oracle Linux 9", "SUSE Linux Enterprise Server 15 SP5": "Oracle Linux:9", "SUSE:Linux Enterprise
 * Server 15 SP5", in the arena. Empty: not a product that has packages of an image. */
struct span rpm_product(struct span name, struct arena *a);
/* By the mark that a distribution gives to its releases: "3.4.0-1.azl3" is of "Azure Linux:3.0". */
struct span rpm_release(struct span version, struct arena *a);
/* Oracle's builds for Ksplice and of certified FIPS modules have epochs of their own: an ordinary
 * package is not older than one of these. */
bool rpm_is_flavour(struct span version);

/* CVEs, each once. */
struct rpm_flaws {
	struct span *p;
	size_t n, cap;
};
/* Copies an id that is new. */
void rpm_flaws_add(struct rpm_flaws *list, struct span id, struct arena *a);
/* Those that a text names: "CVE-2024-1 CVE-2024-2: ..." */
void rpm_flaws_of(struct rpm_flaws *list, struct span text, struct arena *a);

/* One package for one architecture. */
struct rpm_item {
	struct span ecosystem, package, module, arch; /* arch empty: any */
	struct span from, bound;                      /* introduced; fixed, or last affected */
	struct span advisory, cvss;
	bool is_last; /* bound is the last affected */
	uint8_t state, rating;
};

/* Those of the same package and bound become a row of all their architectures, for each id. The
 * list is sorted. */
must_check int rpm_rows(struct feed *f, struct rpm_item *list, size_t n, const struct span *ids,
	size_t ids_n, struct scov_err *err);
