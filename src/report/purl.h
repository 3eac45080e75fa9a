/* purl.h - package URLs.
 *
 * Source: package-url/purl-spec, PURL-SPECIFICATION and type definitions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "facts/image.h"

/* "pkg:deb/debian/curl@7.88.1-10?arch=amd64&distro=debian-12"; the namespace is the distribution's
 * ID, left out where it is unknown, and of a language's package what its name begins with. */
void purl_of(const struct package_fact *p, const struct distribution *d, struct buf *out);
