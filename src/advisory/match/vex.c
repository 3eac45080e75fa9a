/* vex.c - which statement is about a finding.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/match/vex.h"

#include "advisory/match/named.h"
#include "base/ascii.h"

enum { ID_MAX = 128 };

/* ---- the image ------------------------------------------------------------------------------- */

struct name {
	struct span repository, base, tag; /* "docker.io/library/debian", "debian", "12" */
};

static struct name name_of(struct span reference)
{
	struct span whole = span_sub(reference, 0, span_find(reference, '@')),
		    base = span_base(whole);
	size_t colon = span_find(base, ':');

	return (struct name){ .repository = span_sub(whole, 0, whole.len - base.len + colon),
		.base = span_sub(base, 0, colon),
		.tag = span_from(base, colon + 1) };
}

static bool is_digest(struct span text, const struct digest *d)
{
	char own[DIGEST_TEXT];

	return d->algorithm && span_eq_nocase(text, span_str(digest_format(d, own)));
}

/* By digest where the statement has one, else by its repository, else by the bare name; a tag must
 * be the same. */
static bool names_image(const struct purl *u, const struct vex_image *image, struct arena *a)
{
	struct name n = name_of(image->reference);
	struct span url = purl_qualifier(u, "repository_url", a), tag = purl_qualifier(u, "tag", a);

	if (u->version.len)
		return is_digest(u->version, &image->facts->manifest_digest) ||
		       is_digest(u->version, &image->facts->index_digest);
	if (tag.len && !span_eq(tag, n.tag))
		return false;
	if (url.len)
		return span_eq(url, n.repository);
	return n.base.len && span_eq_nocase(u->name, n.base);
}

/* ---- packages -------------------------------------------------------------------------------- */

static bool is_image(const struct purl *u)
{
	return span_eq(u->type, SPAN("oci"));
}

/* The product holds the package: its owner, or the program that it is linked into. */
static bool holds(const struct purl *u, const struct image_package *p,
	const struct vex_image *image, struct arena *a)
{
	const struct image_facts *f = image->facts;
	const struct image_package *owner = p->owner ? image_package(f, p->owner) : NULL;

	if (owner && purl_names(u, owner, f, a))
		return true;
	for (size_t i = 0; i < f->packages.n; i++) {
		const struct image_package *other = &f->packages.p[i];

		if (other != p && other->fact->is_main && p->copies == 1 &&
			other->at.layer == p->at.layer && span_eq(other->at.path, p->at.path) &&
			purl_names(u, other, f, a))
			return true;
	}
	return false;
}

static bool is_about(const struct vex_statement *s, const struct image_package *p,
	const struct vex_image *image, struct arena *a)
{
	bool has_component = s->component.name.len > 0;
	const struct purl *package = has_component ? &s->component : &s->product;

	if (is_image(&s->product))
		return names_image(&s->product, image, a) &&
		       (!has_component || purl_names(&s->component, p, image->facts, a));
	return purl_names(package, p, image->facts, a) &&
	       (!has_component || holds(&s->product, p, image, a));
}

/* ---- a finding ------------------------------------------------------------------------------- */

static struct span lower(struct span id, uint8_t out[ID_MAX])
{
	for (size_t i = 0; i < id.len && i < ID_MAX; i++)
		out[i] = ascii_lower(span_at(id, i));
	return span_of(out, id.len < ID_MAX ? id.len : ID_MAX);
}

static bool takes_out(const struct vex_statement *s)
{
	return s->status == VEX_NOT_AFFECTED || s->status == VEX_FIXED;
}

/* Of two of one time that contradict each other the one that leaves the finding counts. */
static bool is_later(const struct vex_statement *one, const struct vex_statement *best)
{
	if (one->at != best->at)
		return one->at > best->at;
	return takes_out(one) == takes_out(best) ? one > best : !takes_out(one);
}

/* Of the statements on a finding the latest, and one without a time. */
struct choice {
	const struct vex_statement *dated, *undated;
};

static void choose(const struct vex *x, struct span id, const struct image_package *p,
	const struct vex_image *image, struct arena *a, struct choice *c)
{
	uint8_t text[ID_MAX];
	struct span key = lower(id, text);
	uint64_t hash = hash_span(x->key, key);
	const struct table_slot *s = table_next(&x->by_id, hash, NULL);

	while (s->row && !span_eq(x->all.p[s->row - 1].id, key))
		s = table_next(&x->by_id, hash, s);
	for (uint32_t at = s->row; at; at = x->all.p[at - 1].next) {
		const struct vex_statement *one = &x->all.p[at - 1];
		const struct vex_statement **best = one->at ? &c->dated : &c->undated;

		if (is_about(one, p, image, a) && (!*best || is_later(one, *best)))
			*best = one;
	}
}

void vex_apply(const struct vex *x, const struct vex_image *image, struct arena *a,
	struct vulnerability *v)
{
	const struct vex_statement *s;
	struct choice c = { 0 };

	if (!x->all.n)
		return;
	choose(x, v->id, v->package, image, a, &c);
	for (size_t i = 0; i < v->aliases_n; i++)
		choose(x, v->aliases[i], v->package, image, a, &c);
	s = c.dated ? c.dated : c.undated;
	if (!s || !takes_out(s) || (c.undated && !takes_out(c.undated)))
		return;
	v->status = MATCH_VEX;
	v->why = span_str(arena_printf(a, "%s%s%.*s (%.*s)",
		s->status == VEX_FIXED ? "fixed" : "not affected", s->justification.len ? ": " : "",
		SPAN_ARG(s->justification), SPAN_ARG(s->document)));
}
