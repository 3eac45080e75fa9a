/* waive.c - which secrets the ignore file lists.
 *
 * An entry has a fingerprint; a path or a layer narrows it further. The marks are set once, before
 * the criteria, so that the whole report agrees on them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/hash.h"
#include "base/hashtable.h"
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
	struct table table;
};

static bool index_waivers(struct by_fingerprint *t, struct arena *a)
{
	if (!table_make(&t->table, a, t->policy->waivers.n))
		return false;
	for (size_t i = 0; i < t->policy->waivers.n; i++) {
		struct span print = t->policy->waivers.p[i].fingerprint;

		if (print.len)
			table_add(&t->table, hash_span(t->key, print), i);
	}
	return true;
}

static void waive(const struct by_fingerprint *t, struct secret_finding *s, size_t *hits)
{
	bool never = t->policy->telecom && secret_never_waived(s);
	uint64_t hash = hash_span(t->key, s->fingerprint);
	const struct table_slot *slot = table_next(&t->table, hash, NULL);

	s->waived = s->refused = false;
	while (slot->row && !fits(&t->policy->waivers.p[slot->row - 1], s))
		slot = table_next(&t->table, hash, slot);
	if (!slot->row || !s->fingerprint.len)
		return;
	s->refused = never;
	s->waived = !never;
	hits[slot->row - 1] += s->waived;
}

int secrets_waive(const struct dossier *d, struct arena *a, size_t *hits)
{
	struct by_fingerprint t = { .policy = d->policy, .key = hash_random_key() };

	if (!d->image->secrets.n)
		return 0;
	if (!index_waivers(&t, a))
		return SCOV_E_MEMORY;
	for (size_t i = 0; i < d->image->secrets.n; i++)
		waive(&t, &d->image->secrets.p[i], hits);
	return 0;
}
