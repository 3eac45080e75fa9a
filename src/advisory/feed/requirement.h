/* requirement.h - inside feed/: requirements such as ">= 1.2, < 2" and what they leave over.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/advisory.h"

enum requirement_style {
	REQUIREMENT_GEM,      /* ~> 1.2.3; a version alone is that one */
	REQUIREMENT_CARGO,    /* ^1.2.3, ~1.2.3; a version alone is ^ */
	REQUIREMENT_COMPOSER, /* only comparisons; a version alone is that one */
};

/* A place between versions: before `version`, or just after it. */
struct requirement_edge {
	struct span version;
	bool is_after;
};

struct requirement {
	struct requirement_edge low, high; /* empty version: no bound */
	bool is_empty;                     /* no version is in it */
};

/* All of the comparisons of the text, separated by commas, hold. False: one that we cannot read. */
bool requirement_read(
	enum requirement_style style, struct span text, struct arena *a, struct requirement *out);
/* Further comparisons that must hold too. */
bool requirement_narrow(
	enum requirement_style style, struct span text, struct arena *a, struct requirement *r);
/* As a range. False: it begins just after a version, and the next one has no name. */
bool requirement_range(enum requirement_style style, const struct requirement *r, struct arena *a,
	struct advisory_range *out);
/* The ranges of versions that are in none of n requirements, which are sorted. False as above. */
bool requirement_rest(enum requirement_style style, struct requirement *all, size_t n,
	struct arena *a, struct advisory_range **out, size_t *out_n);
