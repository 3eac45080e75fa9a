/* compare.c - an SBOM beside the packages that we found ourselves.
 *
 * A package is its type, name and version. Names are folded as their type has it; epochs, and the
 * letters that Go writes before a version, are left out, because tools differ in them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "base/ascii.h"
#include "trust/predicate/predicate.h"

struct key {
	struct span type, name, version;
	const struct package_fact *fact;
};
struct keys {
	struct key *p;
	size_t n;
};

/* What no package manager and no lock file records: tools name it as they like. */
static bool is_left_out(unsigned type)
{
	return type == PACKAGE_BINARY || type == PACKAGE_JDK;
}

static struct span folded(struct arena *a, unsigned type, struct span name)
{
	bool is_python = type == PACKAGE_PYTHON;
	uint8_t *p = arena_alloc(a, name.len);
	size_t n = 0;

	if (!package_row(type)->folds && !is_python && type != PACKAGE_GO)
		return name;
	for (size_t i = 0; p && i < name.len; i++) {
		uint8_t c = ascii_lower(span_at(name, i));
		bool is_dash = is_python && (c == '_' || c == '.' || c == '-');

		if (is_dash && n && p[n - 1] == '-')
			continue;
		p[n++] = is_dash ? '-' : c;
	}
	return span_of(p, p ? n : 0);
}

static struct span bare(unsigned type, struct span version)
{
	static const struct span no_version[] = { SPAN_INIT("(devel)"), SPAN_INIT("UNKNOWN") };
	size_t colon = span_find(version, ':');
	uint64_t epoch;

	for (size_t i = 0; i < sizeof(no_version) / sizeof(*no_version); i++)
		if (span_eq(version, no_version[i]))
			return (struct span){ 0 };
	if (type == PACKAGE_GO && span_starts(version, SPAN("go")))
		return span_from(version, 2);
	if (type == PACKAGE_GO && span_starts(version, SPAN("v")))
		return span_from(version, 1);
	if (colon < version.len && span_number(span_sub(version, 0, colon), 10, UINT32_MAX, &epoch))
		return span_from(version, colon + 1);
	return version;
}

static int by_name(const struct key *a, const struct key *b)
{
	int d = span_cmp(a->type, b->type);

	d = d ? d : span_cmp(a->name, b->name);
	return d ? d : span_cmp(a->version, b->version);
}

static int cmp(const void *a, const void *b)
{
	return by_name(a, b);
}

/* Sorted, each once. */
static struct keys keys_of(const struct image_facts *f, struct arena *a)
{
	struct keys k = { .p = arena_array(a, f->packages.n, sizeof(*k.p)) };
	size_t n = 0;

	for (size_t i = 0; k.p && i < f->packages.n; i++) {
		const struct package_fact *p = f->packages.p[i].fact;

		if (is_left_out(p->type))
			continue;
		k.p[k.n++] = (struct key){ span_str(package_row(p->type)->purl),
			folded(a, p->type, p->name), bare(p->type, p->version), p };
	}
	if (k.n)
		qsort(k.p, k.n, sizeof(*k.p), cmp);
	for (size_t i = 0; i < k.n; i++)
		if (!n || by_name(&k.p[n - 1], &k.p[i]))
			k.p[n++] = k.p[i];
	k.n = n;
	return k;
}

int sbom_compare(const struct image_facts *ours, const struct image_facts *theirs, struct arena *a,
	struct sbom_truth *out, struct scov_err *err)
{
	const struct keys x = keys_of(ours, a), y = keys_of(theirs, a);
	size_t i = 0, k = 0;

	out->ours = x.n;
	out->theirs = y.n;
	for (size_t n = 0; n < y.n; n++)
		out->versions += y.p[n].version.len != 0;
	while (i < x.n || k < y.n) {
		int d = i == x.n ? 1 : k == y.n ? -1 : by_name(&x.p[i], &y.p[k]);

		if (!d)
			out->found++;
		if (d < 0 && out->missing.n < SBOM_TRUTH_SHOWN)
			vec_add(&out->missing, a, &x.p[i].fact);
		if (d > 0 && out->extra.n < SBOM_TRUTH_SHOWN)
			vec_add(&out->extra, a, &y.p[k].fact);
		i += d <= 0;
		k += d >= 0;
	}
	return arena_check(a, err);
}
