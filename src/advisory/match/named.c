/* named.c - which package a package URL names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/match/named.h"

#include "base/ascii.h"

/* The next byte of a name of PyPI as it is compared: '-' for a run of '-', '_' and '.'. */
static uint8_t python_next(struct span *s)
{
	uint8_t c = span_at(*s, 0);

	*s = span_from(*s, 1);
	if (c != '-' && c != '_' && c != '.')
		return ascii_lower(c);
	while (s->len && (span_at(*s, 0) == '-' || span_at(*s, 0) == '_' || span_at(*s, 0) == '.'))
		*s = span_from(*s, 1);
	return '-';
}

static bool is_same_python(struct span a, struct span b)
{
	while (a.len && b.len)
		if (python_next(&a) != python_next(&b))
			return false;
	return !a.len && !b.len;
}

/* "space/name" is the whole name: of maven with a colon. */
static bool is_joined(struct span whole, struct span space, struct span name, char between)
{
	if (!space.len)
		return span_eq_nocase(whole, name);
	return whole.len == space.len + 1 + name.len &&
	       span_eq_nocase(span_sub(whole, 0, space.len), space) &&
	       span_at(whole, space.len) == between &&
	       span_eq_nocase(span_from(whole, space.len + 1), name);
}

static bool is_name(
	const struct purl *u, const struct package_fact *p, const struct image_facts *image)
{
	if (package_is_system(p->type))
		return span_eq(u->name, p->name) &&
		       (!u->space.len || !image->distribution.id.len ||
			       span_eq_nocase(u->space, image->distribution.id));
	if (p->type == PACKAGE_PYTHON)
		return !u->space.len && is_same_python(u->name, p->name);
	return is_joined(p->name, u->space, u->name, p->type == PACKAGE_MAVEN ? ':' : '/');
}

/* rpm states the epoch before the version, a purl beside it; Go's "v" is often left out. */
static bool is_version(const struct purl *u, const struct package_fact *p)
{
	struct span v = p->version;
	size_t colon = span_find(v, ':');

	if (!u->version.len || span_eq(u->version, v))
		return true;
	if (p->type == PACKAGE_RPM && colon < v.len)
		return span_eq(u->version, span_from(v, colon + 1));
	return p->type == PACKAGE_GO && span_at(v, 0) == 'v' &&
	       span_eq(u->version, span_from(v, 1));
}

bool purl_names(const struct purl *u, const struct image_package *p,
	const struct image_facts *image, struct arena *a)
{
	const struct distribution *d = &image->distribution;
	struct span arch, distro;

	if (!span_eq(u->type, span_str(package_row(p->fact->type)->purl)) ||
		!is_name(u, p->fact, image) || !is_version(u, p->fact))
		return false;
	arch = purl_qualifier(u, "arch", a);
	if (arch.len && p->fact->arch.len && !span_eq(arch, p->fact->arch))
		return false;
	distro = purl_qualifier(u, "distro", a);
	return !distro.len || !d->version_id.len || !package_is_system(p->fact->type) ||
	       span_ends(distro, d->version_id) || span_eq(distro, d->codename);
}
