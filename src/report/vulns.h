/* vulns.h - words and counts of vulnerabilities, as all writers have them. Inside report/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "facts/report.h"

/* "fixed and unfixed", "fixed only", "ratings", "none". */
const char *vulns_class_text(uint8_t classes);

/* How many findings that count a package or a layer has. */
struct vulns_group {
	const struct image_package *package; /* its first; NULL: of a layer */
	uint32_t layer;
	size_t n, worst; /* worst: of the highest rating that it has */
	uint8_t rating;
};
typedef VEC(struct vulns_group) vulns_groups;

struct vulns_summary {
	size_t n, ratings[6];    /* that count, by enum rating */
	size_t base, base_fixed; /* of them in layers of the base; and with a fix */
	size_t unimportant;
	vulns_groups packages; /* the most first; packages of one source are one */
	vulns_groups layers;   /* in order */
};
void vulns_sum(const struct report *r, bool only_fixed, struct arena *a, struct vulns_summary *out);
/* It is listed and counts. */
bool vulns_counts(const struct report *r, bool only_fixed, size_t i);
