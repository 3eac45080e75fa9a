/* go.c - Go: versions of modules, and releases of Go itself.
 *
 * A module's version is a semantic one, pseudo-versions too ("+incompatible" is build metadata). A
 * release is "go1.24rc1", which advisories write as 1.24.0-rc.1. What a build appends to it
 * ("go1.22.3 X:boringcrypto", "go1.20.5-fips", "go1.18.3b7") is the same release.
 * Source: go.dev/ref/mod#versions, go.dev/doc/toolchain#version.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "version/schemes.h"

struct go {
	struct semver v;
	char pre[VERSION_MAX + 2]; /* of a release: "rc.1" */
};

static bool read_release(struct span v, struct go *out)
{
	struct span rest = v, digits;

	do
		digits = take_digits(&rest);
	while (digits.len && take_byte(&rest, '.'));
	out->v = (struct semver){ .release = span_sub(v, 0, v.len - rest.len) };
	if (!digits.len)
		return false;

	struct span word = take_letters(&rest);

	digits = take_digits(&rest);
	if (span_eq(word, SPAN("rc")) || span_eq(word, SPAN("beta"))) {
		int len = snprintf(
			out->pre, sizeof(out->pre), "%.*s.%.*s", SPAN_ARG(word), SPAN_ARG(digits));

		out->v.pre = span_of(out->pre, (size_t)len);
	} else if (word.len && !span_eq(word, SPAN("b")))
		return false;
	return (word.len > 0) == (digits.len > 0) &&
	       (!rest.len || span_find(SPAN(" -+"), span_at(rest, 0)) < 3);
}

static bool read(struct span v, struct go *out)
{
	return take_word(&v, SPAN("go")) ? read_release(v, out) : semver_read(v, &out->v);
}

bool version_go(struct span a, struct span b, int *out_order)
{
	struct go x, y;

	if (!read(a, &x) || !read(b, &y))
		return false;
	*out_order = semver_cmp(&x.v, &y.v, span_cmp);
	return true;
}
