/* purl.h - package URLs, read.
 *
 * Source: package-url/purl-spec, PURL-SPECIFICATION, "How to parse a purl string in its
 * components".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"

enum { PURL_MAX = 4096 }; /* bytes of one. Our own bound */

struct purl {
	struct span type;                 /* lower case */
	struct span space, name, version; /* decoded; space: the namespace, parts joined with '/' */
	struct span qualifiers;           /* as written: "arch=amd64&distro=debian-12" */
};

/* False: not a purl. Its spans are in the arena or in `text`. */
bool purl_parse(struct span text, struct arena *a, struct purl *out);
/* The decoded value of a qualifier, in the arena; empty: it has none. key: lower case. */
struct span purl_qualifier(const struct purl *p, const char *key, struct arena *a);
