/* rate.c - how bad a flaw is, and who says so.
 *
 * The first that is there: the vendor's word on the row, a vector on the row, what the same source
 * says of the id, the CVE's own vector (of who assigned it, then of CISA or NVD), and last any
 * other word. A published number is never taken: scores are computed from vectors.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/cvss.h"
#include "advisory/match/parts.h"

static const char *const class_names[] = { "the CNA", "CISA or NVD", NULL };

/* False: no vector, or none that can be read. */
static bool by_vector(
	struct span vector, const char *whose, struct arena *a, struct vulnerability *v)
{
	struct cvss score;

	if (!vector.len || !cvss_parse(vector, &score))
		return false;
	v->cvss = vector;
	v->cvss_tenths = score.tenths;
	v->rating = score.rating;
	v->rating_source =
		span_str(arena_printf(a, "CVSS %s of %s", cvss_version_name(score.version), whose));
	return true;
}

static const char *name_of(const struct advisory_source *s, struct arena *a)
{
	return s ? arena_cstr(a, s->name) : "the feed";
}

static bool by_word(uint8_t rating, const char *whose, struct vulnerability *v)
{
	if (!rating)
		return false;
	v->rating = rating;
	v->rating_source = span_str(whose);
	return true;
}

/* The highest version of CVSS among those of a class; of one source alone when it is not NULL. */
static bool by_scores(const struct advisory_record *r, uint8_t class,
	const struct advisory_source *source, struct arena *a, struct vulnerability *v)
{
	const struct advisory_score *best = NULL;
	unsigned version = 0;

	for (size_t i = 0; i < r->scores_n; i++) {
		const struct advisory_score *s = &r->scores[i];
		struct cvss score;

		if (source ? s->source != source : s->rating_class != class)
			continue;
		if (source && by_word(s->rating, name_of(s->source, a), v))
			return true;
		if (!s->cvss.len || !cvss_parse(s->cvss, &score) || score.version <= version)
			continue;
		version = score.version;
		best = s;
	}
	if (!best)
		return false;
	const char *whose =
		class_names[best->rating_class < RATED_OTHER ? best->rating_class : RATED_OTHER];

	return by_vector(best->cvss, whose ? whose : name_of(best->source, a), a, v);
}

/* The score that is shown beside a word. */
static void show_vector(const struct flaw *f, struct arena *a, struct vulnerability *v)
{
	struct vulnerability shown = { 0 };

	if (v->cvss.len)
		return;
	if (by_vector(f->hit.cvss, "", a, &shown) ||
		by_scores(&f->record, RATED_CNA, NULL, a, &shown) ||
		by_scores(&f->record, RATED_ADP, NULL, a, &shown) ||
		by_scores(&f->record, RATED_OTHER, NULL, a, &shown)) {
		v->cvss = shown.cvss;
		v->cvss_tenths = shown.cvss_tenths;
	}
}

static void find_rating(const struct flaw *f, struct arena *a, struct vulnerability *v)
{
	const struct advisory_hit *h = &f->hit;
	const struct advisory_record *r = &f->record;

	if (by_word(h->is_unimportant ? RATING_NEGLIGIBLE : h->rating, name_of(h->source, a), v) ||
		by_vector(h->cvss, name_of(h->source, a), a, v) ||
		(h->source && by_scores(r, 0, h->source, a, v)) ||
		by_scores(r, RATED_CNA, NULL, a, v) || by_scores(r, RATED_ADP, NULL, a, v))
		return;
	for (size_t i = 0; i < r->scores_n; i++)
		if (by_word(r->scores[i].rating, name_of(r->scores[i].source, a), v))
			return;
	by_scores(r, RATED_OTHER, NULL, a, v);
}

void rate(const struct flaw *f, struct arena *a, struct vulnerability *v)
{
	find_rating(f, a, v);
	v->is_unimportant = f->hit.is_unimportant;
	show_vector(f, a, v);
}
