/* apt_sources.h - where apt fetches packages from: one-line sources.list and deb822 *.sources.
 *
 * Source: sources.list(5).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/span.h"

struct apt_reader {
	struct span rest;
	struct span words; /* what is left of the line's URIs */
	uint32_t line;     /* of the URI that was given last, from 1 */
	bool deb822;       /* *.sources */
	bool in_uris;      /* deb822: a folded line belongs to URIs */
};

struct apt_reader apt_read(struct span in, bool deb822);
/* The next URI of a binary or source entry. Comments are skipped. */
bool apt_next(struct apt_reader *r, struct span *uri);
