/* language_jdk.c - the file "release" at the root of a Java runtime: KEY="value".
 *
 * A file of that name without JAVA_VERSION is something else's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

#include "syntax/sections.h"

int language_jdk(const struct language_record *r, struct scov_err *err)
{
	struct language_package p = { .name = SPAN("openjdk") };
	struct sections s = { .rest = r->data };
	enum sections_kind kind;

	while ((kind = sections_next(&s)) != SECTIONS_END) {
		struct span value = s.value;

		if (kind != SECTIONS_SETTING)
			continue;
		if (span_at(value, 0) == '"' && value.len > 1)
			value = span_sub(value, 1, value.len - 2);
		if (span_eq(s.name, SPAN("JAVA_VERSION")))
			p.version = value;
		else if (span_eq(s.name, SPAN("IMPLEMENTOR")))
			p.vendor = value;
	}
	return p.version.len ? language_found(r, &p, err) : 0;
}
