/* bases.c - normalised references, globs over them, and the tables of bases.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "known/bases.h"
#include "base/glob.h"

enum { REFERENCE_MAX = 512 };

static bool is_reference_text(struct span s)
{
	if (!s.len || s.len > REFERENCE_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (c <= ' ' || c >= 0x7f)
			return false;
	}
	return true;
}

/* The first part of a name is a host when it could not be a Docker Hub user. */
static bool is_host(struct span part)
{
	return span_find(part, '.') < part.len || span_find(part, ':') < part.len ||
	       span_eq(part, SPAN("localhost"));
}

/* "sha256:<hex>" looks like an image "sha256" with a tag, but it is a digest without a name. */
static bool is_bare_digest(struct span name, struct span tag)
{
	return (span_eq(name, SPAN("sha256")) && tag.len == 64) ||
	       (span_eq(name, SPAN("sha512")) && tag.len == 128);
}

bool known_reference(struct arena *a, struct span text, struct known_reference *out)
{
	struct known_reference r = { 0 };

	if (!is_reference_text(text))
		return false;

	size_t at = span_find(text, '@');
	struct span name = span_sub(text, 0, at);

	if (at < text.len)
		r.digest = span_from(text, at + 1);

	size_t slash = span_rfind(name, '/');
	size_t base = slash < name.len ? slash + 1 : 0;
	size_t colon = span_rfind(span_from(name, base), ':');

	if (colon < name.len - base) {
		r.tag = span_from(name, base + colon + 1);
		name = span_sub(name, 0, base + colon);
	} else if (!r.digest.len) {
		r.tag = SPAN("latest");
	}
	if (!name.len || is_bare_digest(name, r.tag))
		return false;

	size_t first = span_find(name, '/');
	bool has_slash = first < name.len;
	const char *head = has_slash && is_host(span_sub(name, 0, first)) ? ""
			   : has_slash                                    ? "docker.io/"
									  : "docker.io/library/";
	struct span rest = name;

	if (span_starts(name, SPAN("index.docker.io/"))) {
		head = "docker.io/";
		rest = span_from(name, SPAN("index.docker.io/").len);
	}
	if (span_starts(rest, SPAN("docker.io/")) &&
		span_find(span_from(rest, 10), '/') == rest.len - 10) {
		head = "docker.io/library/";
		rest = span_from(rest, 10);
	}
	r.repository = span_str(arena_printf(a, "%s%.*s", head, SPAN_ARG(rest)));
	r.text = span_str(
		arena_printf(a, "%.*s%s%.*s%s%.*s", SPAN_ARG(r.repository), r.tag.len ? ":" : "",
			SPAN_ARG(r.tag), r.digest.len ? "@" : "", SPAN_ARG(r.digest)));
	if (!r.repository.len || !r.text.len)
		return false;
	*out = r;
	return true;
}

static const struct known_base scratch = { SPAN_INIT("scratch"), SPAN_INIT("*"), KNOWN_MINIMAL,
	SPAN_INIT("scratch"),
	SPAN_INIT("https://docs.docker.com/build/building/base-images/"
		  "#create-a-minimal-base-image-using-scratch") };

const struct known_base *known_base_find(struct span reference)
{
	scoped_arena struct arena a = { .limit = 8192 };
	struct known_reference r;
	struct span mirror = SPAN("public.ecr.aws/docker/library/");

	if (span_eq(reference, SPAN("scratch")))
		return &scratch;
	if (span_starts(reference, mirror)) /* the same images under another host */
		reference = span_from(reference, mirror.len);
	if (!known_reference(&a, reference, &r))
		return NULL;
	for (size_t i = 0; i < known_bases_n; i++)
		if (glob_match(known_bases[i].repository, r.repository) &&
			glob_match(known_bases[i].tag, r.tag))
			return &known_bases[i];
	return NULL;
}
