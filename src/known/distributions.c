/* distributions.c - look-ups in the table of releases.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "known/distributions.h"

#include "base/ascii.h"
#include "base/date.h"
#include "base/glob.h"
#include "known/bases.h"

static bool version_matches(struct span pattern, struct span version)
{
	if (glob_match(pattern, version))
		return true;
	/* "9.*" matches a bare "9" too */
	return span_ends(pattern, SPAN(".*")) &&
	       span_eq(span_sub(pattern, 0, pattern.len - 2), version);
}

/* A pre-release has a version that is not released yet: Alpine's edge calls
 * itself 3.24_alpha20260805. */
static bool is_snapshot(struct span version)
{
	return span_has(version, SPAN("_alpha")) || span_has(version, SPAN("_beta"));
}

const struct known_release *known_release_find(
	struct span id, struct span version_id, struct span codename)
{
	if (is_snapshot(version_id))
		return NULL;
	for (size_t i = 0; i < known_releases_n; i++) {
		const struct known_release *r = &known_releases[i];

		if (!span_eq(r->id, id))
			continue;
		if (version_id.len && (r->version.len ? version_matches(r->version, version_id)
						      : !r->codename.len))
			return r;
		if (!version_id.len &&
			(r->codename.len ? span_eq(r->codename, codename)
					 : !r->version.len || span_eq(r->version, SPAN("*"))))
			return r;
	}
	return NULL;
}

/* By the numbers between dots; what is not a number ends them. */
static int compare_versions(struct span a, struct span b)
{
	struct span x, y;

	for (;;) {
		uint64_t m = 0, n = 0;

		if (!span_split(&a, '.', &x) || !span_split(&b, '.', &y))
			return 0;
		if (!span_number(x, 10, UINT32_MAX, &m) || !span_number(y, 10, UINT32_MAX, &n))
			return 0;
		if (m != n)
			return m < n ? -1 : 1;
	}
}

const struct known_release *known_release_after(struct span id, struct span version_id)
{
	const struct known_release *oldest = NULL;

	for (size_t i = 0; i < known_releases_n; i++) {
		const struct known_release *r = &known_releases[i];

		if (span_eq(r->id, id) && ascii_is_digit(span_at(r->version, 0)) &&
			(!oldest || compare_versions(r->version, oldest->version) < 0))
			oldest = r;
	}
	return oldest && compare_versions(version_id, oldest->version) < 0 ? oldest : NULL;
}

static bool is_supported(const struct known_replacement *r, int64_t now)
{
	const struct known_release *release =
		known_release_find(r->id, r->version, (struct span){ 0 });
	int64_t until;

	if (!release || (r->until.len && !date_parse_day(r->until, &until)))
		return false;
	if (!r->until.len || until > release->end)
		until = release->end;
	return now < (until + 1) * DAY_SECONDS;
}

/* 12 is the release of 12 and of 12.4. */
static bool is_of_release(const struct known_replacement *r, struct span version)
{
	return span_starts(version, r->version) &&
	       (version.len == r->version.len || span_at(version, r->version.len) == '.');
}

const struct known_replacement *known_replacement_find(
	struct span family, struct span version_id, int64_t now)
{
	const struct known_replacement *first = NULL;

	for (size_t i = 0; i < known_replacements_n; i++) {
		const struct known_replacement *r = &known_replacements[i];

		if (!span_eq(r->family, family) || !is_supported(r, now))
			continue;
		if (is_of_release(r, version_id))
			return r;
		first = first ? first : r;
	}
	return first;
}
