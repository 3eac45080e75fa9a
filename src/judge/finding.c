/* finding.c - what is asked of findings, and of the parts that they come from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/parts.h"

bool secret_never_waived(const struct secret_finding *s)
{
	static const struct span kinds[] = { SPAN_INIT("subscriber-key"),
		SPAN_INIT("subscriber-op"), SPAN_INIT("suci-key") };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (span_eq(s->fact->kind, kinds[i]))
			return true;
	return s->fact->known.len || (s->flags & SECRET_TELECOM) ||
	       ((s->flags & SECRET_CA) && !(s->flags & SECRET_EXAMPLE));
}

size_t judge_sources(const struct judge *j)
{
	return j->image->layers_n + 1 + j->image->documents_n;
}

const struct part *judge_source(const struct judge *j, size_t source)
{
	const struct image_facts *m = j->image;

	if (source < m->layers_n)
		return m->parts[source];
	return source == m->layers_n ? m->config : m->documents[source - m->layers_n - 1].part;
}

const struct secret_rule *rule_of(const struct judge *j, struct span id)
{
	uint64_t hash = hash_span(j->key, id);
	const struct table_slot *s = table_next(&j->rule_of_id, hash, NULL);

	while (s->row && !span_eq(j->rules->p[s->row - 1].id, id))
		s = table_next(&j->rule_of_id, hash, s);
	return s->row ? &j->rules->p[s->row - 1] : NULL;
}

/* Of rules with one id the first is found. */
bool judge_index_rules(struct judge *j)
{
	if (!table_make(&j->rule_of_id, &j->scratch, j->rules->n))
		return false;
	for (size_t i = 0; i < j->rules->n; i++)
		table_add(&j->rule_of_id, hash_span(j->key, j->rules->p[i].id), i);
	return true;
}
