/* identity.c - the reference in a signature, beside that of the image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/site/parts.h"

#include "base/ascii.h"

/* A first part with a dot, a port or the name localhost is a host. */
static bool is_host(struct span part)
{
	return span_find(part, '.') < part.len || span_find(part, ':') < part.len ||
	       span_eq(part, SPAN("localhost"));
}

bool named_read(struct span text, struct arena *a, struct named *out)
{
	size_t at = span_find(text, '@');
	struct span name = span_sub(text, 0, at), tag = span_from(text, at);
	struct span last = span_base(name);
	size_t colon = span_find(last, ':');
	struct span host;

	if (colon < last.len) {
		if (!tag.len) /* of both the digest decides */
			tag = span_from(last, colon);
		name = span_sub(name, 0, name.len - (last.len - colon));
	}
	if (!name.len || tag.len == 1)
		return false;
	host = span_sub(name, 0, span_find(name, '/'));
	for (size_t i = 0; i < text.len; i++)
		if (span_at(text, i) <= ' ' || span_at(text, i) >= 0x7f)
			return false;
	if (host.len == name.len || !is_host(host)) {
		bool is_short = span_find(name, '/') == name.len;

		name = span_str(arena_printf(
			a, "docker.io/%s%.*s", is_short ? "library/" : "", SPAN_ARG(name)));
	} else if (span_eq(host, SPAN("docker.io")) &&
		   span_find(span_from(name, host.len + 1), '/') == name.len - host.len - 1) {
		name = span_str(arena_printf(
			a, "docker.io/library/%.*s", SPAN_ARG(span_from(name, host.len + 1))));
	}
	*out = (struct named){ name, tag };
	return name.len > 0;
}

static bool same_name(const struct named *a, const struct named *b)
{
	return span_eq(a->name, b->name);
}

static bool same(const struct named *a, const struct named *b)
{
	return same_name(a, b) && a->tag.len && span_eq(a->tag, b->tag);
}

/* The image by its digest: any reference of the repository; else the same tag. */
static bool digest_or_exact(const struct named *image, const struct named *signer)
{
	return span_starts(image->tag, SPAN("@")) ? same_name(image, signer) : same(image, signer);
}

static bool remapped(const struct requirement *q, struct named *image, struct arena *a)
{
	struct span all =
		span_str(arena_printf(a, "%.*s%.*s", SPAN_ARG(image->name), SPAN_ARG(image->tag)));
	struct span rest = span_from(all, q->wanted.len);

	/* A prefix ends where a part does. */
	if (!span_starts(all, q->wanted) ||
		(rest.len && span_at(rest, 0) != '/' && span_at(rest, 0) != ':' &&
			span_at(rest, 0) != '@'))
		return true;
	return named_read(
		span_str(arena_printf(a, "%.*s%.*s", SPAN_ARG(q->signed_as), SPAN_ARG(rest))), a,
		image);
}

bool identity_fits(const struct requirement *q, const struct site_rules *r, struct span signer,
	struct arena *a)
{
	struct named image = { 0 }, of, wanted;

	if (!named_read(signer, a, &of))
		return false;
	if (q->match == EXACT_REFERENCE)
		return named_read(q->wanted, a, &wanted) && same(&wanted, &of);
	if (q->match == EXACT_REPOSITORY)
		return named_read(q->wanted, a, &wanted) && same_name(&wanted, &of);
	if (!r->is_docker || !named_read(r->reference, a, &image))
		return false;
	switch (q->match) {
	case MATCH_EXACT:
		return same(&image, &of);
	case MATCH_REPOSITORY:
		return same_name(&image, &of);
	case REMAP_IDENTITY:
		return remapped(q, &image, a) && digest_or_exact(&image, &of);
	default:
		return digest_or_exact(&image, &of);
	}
}
