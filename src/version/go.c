/* go.c - Go: versions of modules, and releases of Go itself.
 *
 * A module's version is a semantic one, pseudo-versions too ("+incompatible" is build metadata). A
 * release is "go1.24rc1", which advisories write as 1.24.0-rc1. What a build appends to it
 * ("go1.22.3 X:boringcrypto", "go1.20.5-fips", "go1.18.3b7") is the same release.
 * Source: go.dev/ref/mod#versions, go.dev/doc/toolchain#version.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "version/schemes.h"

static bool read_release(struct span v, struct semver *out)
{
	struct span rest = v, digits;

	do
		digits = take_digits(&rest);
	while (digits.len && take_byte(&rest, '.'));
	*out = (struct semver){ .release = span_sub(v, 0, v.len - rest.len) };
	if (!digits.len)
		return false;

	struct span pre = rest, word = take_letters(&rest);

	digits = take_digits(&rest);
	if (span_eq(word, SPAN("rc")) || span_eq(word, SPAN("beta")))
		out->pre = span_sub(pre, 0, word.len + digits.len);
	else if (word.len && !span_eq(word, SPAN("b")))
		return false;
	return (word.len > 0) == (digits.len > 0) &&
	       (!rest.len || span_find(SPAN(" -+"), span_at(rest, 0)) < 3);
}

static bool read(struct span v, struct semver *out)
{
	return take_word(&v, SPAN("go")) ? read_release(v, out) : semver_read(v, out);
}

bool version_go(struct span a, struct span b, int *out_order)
{
	struct semver x, y;

	if (!read(a, &x) || !read(b, &y))
		return false;
	*out_order = semver_cmp(&x, &y, span_cmp);
	return true;
}
