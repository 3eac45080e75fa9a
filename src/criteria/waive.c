/* waive.c - which secrets the ignore file takes out.
 *
 * An entry names a fingerprint; a path or a layer beside it narrows it further. The marks are set
 * once, before the criteria, so that all of a report speaks of the same ones.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/hash.h"
#include "base/glob.h"
#include "criteria/requirement.h"
#include "known/bases.h"
#include "judge/judge.h"

static bool fits(const struct waiver *w, const struct secret_finding *s)
{
	if (!span_eq(w->id, SPAN("conf.secrets")) || !w->fingerprint.len || w->purl.len)
		return false;
	if (!span_eq(w->fingerprint, s->fingerprint))
		return false;
	if (w->layer >= 0 && w->layer != s->layer)
		return false;
	return !w->path.len || (s->at.kind == PLACE_FILE && glob_match(w->path, s->at.path));
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

static void waive(const struct by_fingerprint *t, struct secret_finding *s, size_t *hits)
{
	bool never = t->policy->telecom && secret_never_waived(s);
	size_t k = hash_span(t->key, s->fingerprint) & (t->n - 1);

	s->waived = s->refused = false;
	for (; s->fingerprint.len && t->slots[k]; k = (k + 1) & (t->n - 1)) {
		if (!fits(&t->policy->waivers.p[t->slots[k] - 1], s))
			continue;
		s->refused = never;
		s->waived = !never;
		hits[t->slots[k] - 1] += s->waived;
		return;
	}
}

int secrets_waive(const struct dossier *d, struct arena *a, size_t *hits)
{
	struct by_fingerprint t = { .policy = d->policy, .key = hash_random_key() };

	if (!d->image->secrets.n)
		return 0;
	if (!table_make(&t, a))
		return SCOV_E_MEMORY;
	for (size_t i = 0; i < d->image->secrets.n; i++)
		waive(&t, &d->image->secrets.p[i], hits);
	return 0;
}
