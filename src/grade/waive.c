/* waive.c - which secrets the ignore file takes out.
 *
 * An entry names a fingerprint; a path or a layer beside it narrows it further. The marks are set
 * once, before the criteria, so that all of a report speaks of the same ones.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "grade/parts.h"
#include "known/bases.h"
#include "secret/judge.h"

static bool fits(const struct waiver *w, const struct secret_finding *s)
{
	if (!span_eq(w->id, SPAN("conf.secrets")) || !w->fingerprint.len || w->purl.len)
		return false;
	if (!span_eq(w->fingerprint, s->fingerprint))
		return false;
	if (w->layer >= 0 && w->layer != s->layer)
		return false;
	return !w->path.len || (s->at.kind == PLACE_FILE && known_glob(w->path, s->at.path));
}

bool secret_is_refused(const struct policy *p, const struct secret_finding *s)
{
	if (!p->telecom || !secret_never_waived(s))
		return false;
	for (size_t i = 0; i < p->waivers.n; i++)
		if (fits(&p->waivers.p[i], s))
			return true;
	return false;
}

/* Entries by fingerprint: both lists may be long. */
struct by_fingerprint {
	const struct policy *policy;
	struct hash_key key;
	uint32_t *slots; /* index of a waiver + 1; 0: free */
	size_t n;        /* a power of two */
};

static bool table_make(struct by_fingerprint *t, struct arena *a)
{
	for (t->n = 16; t->n < t->policy->waivers.n * 2;)
		t->n *= 2;
	t->slots = arena_array(a, t->n, sizeof(*t->slots));
	for (size_t i = 0; t->slots && i < t->policy->waivers.n; i++) {
		size_t k = hash_span(t->key, t->policy->waivers.p[i].fingerprint) & (t->n - 1);

		if (!t->policy->waivers.p[i].fingerprint.len)
			continue;
		while (t->slots[k])
			k = (k + 1) & (t->n - 1);
		t->slots[k] = (uint32_t)i + 1;
	}
	return t->slots != NULL;
}

int grade_waive(const struct dossier *d, struct arena *a, size_t *hits)
{
	struct by_fingerprint t = { .policy = d->policy, .key = hash_random_key() };

	if (!d->image->secrets.n)
		return 0;
	if (!table_make(&t, a))
		return SCOV_E_MEMORY;
	for (size_t i = 0; i < d->image->secrets.n; i++) {
		struct secret_finding *s = &d->image->secrets.p[i];
		size_t k = hash_span(t.key, s->fingerprint) & (t.n - 1);

		s->waived = false;
		if (!s->fingerprint.len || (d->policy->telecom && secret_never_waived(s)))
			continue;
		for (; t.slots[k] && !s->waived; k = (k + 1) & (t.n - 1)) {
			s->waived = fits(&d->policy->waivers.p[t.slots[k] - 1], s);
			hits[t.slots[k] - 1] += s->waived;
		}
	}
	return 0;
}
