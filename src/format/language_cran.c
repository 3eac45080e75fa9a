/* language_cran.c - DESCRIPTION of an installed R package. Source: "Writing R Extensions".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

int language_cran(const struct language_record *r, struct scov_err *err)
{
	struct span rest = r->data, key, value;
	struct language_package p = { 0 };

	while (language_header(&rest, &key, &value)) {
		if (span_eq(key, SPAN("Package")))
			p.name = value;
		else if (span_eq(key, SPAN("Version")))
			p.version = value;
		else if (span_eq(key, SPAN("License")))
			p.license = value;
	}
	return language_found(r, &p, err);
}
