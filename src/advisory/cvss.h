/* cvss.h - base scores of CVSS 2, 3.0, 3.1 and 4.0, computed from vectors.
 *
 * Threat, temporal, environmental and supplemental metrics are skipped: they say how a flaw matters
 * to somebody, or how it did on some day. Scores are exact, without floating point.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/* A later version is more. 0: none. */
enum cvss_version { CVSS_2 = 1, CVSS_30, CVSS_31, CVSS_40, CVSS_VERSIONS };

struct cvss {
	uint8_t version; /* enum cvss_version */
	uint8_t tenths;  /* the base score: 98 is 9.8 */
	uint8_t rating;  /* enum rating; 0.0 is negligible. Version 2 has nothing above high */
	uint32_t packed; /* the base metrics, for cvss_print; 24 bits of them are used */
};

/* Longest vector: all metrics of version 4.0 have 172 bytes. Our own bound. */
enum { CVSS_MAX = 512 };

/* False, and *out untouched: not a vector, or one without each base metric once. Version 2 has no
 * "CVSS:2.0/" in front and may have parentheses around it. */
bool cvss_parse(struct span vector, struct cvss *out);
/* The base metrics as a vector, in the order of the standard. */
void cvss_print(const struct cvss *c, struct buf *out);
const char *cvss_version_name(uint8_t version); /* "2", "3.0", "3.1", "4.0" */
