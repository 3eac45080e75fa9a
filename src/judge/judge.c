/* judge.c - the secrets of all parts, made into the findings of an image.
 *
 * A worker saw one part; here file states, packages, certificates and the other parts are known.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "judge/judge.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/table.h"
#include "crypto/hmac.h"
#include "judge/parts.h"

/* ---- the rules' words ---- */

static void add_texts(struct judge *j, struct suspect *s)
{
	static const struct span advice = SPAN_INIT(
		"Take the value out of the image, rotate it, and read it from a mounted file");
	const struct secret_rule *rule = rule_of(j, s->f.fact->rule);
	struct secret_finding *f = &s->f;

	f->title = rule ? rule->title : f->fact->kind;
	f->advice = rule && rule->advice.len ? rule->advice : advice;
	for (size_t i = NAME_WEAK; !rule && i <= NAME_ADDRESS; i++)
		if (span_eq(f->fact->rule, name_rules[i].id))
			f->title = name_rules[i].title;
	if (f->state == FILE_PRESENT)
		return;
	char *text = arena_printf(&j->image->arena,
		"Build without it: layer %d keeps the file, %s later as it is. %.*s", f->layer,
		secret_state_name(f->state), SPAN_ARG(f->advice));

	f->advice = span_str(text);
}

static void add_proof(struct suspect *s)
{
	static const struct span texts[] = {
		[PROOF_NONE] = SPAN_INIT(""),
		[PROOF_FORMAT] = SPAN_INIT("a form that nothing else has"),
		[PROOF_CHECKSUM] = SPAN_INIT("its checksum is right"),
		[PROOF_PARSED] = SPAN_INIT("parses as what it says it is"),
		[PROOF_PAIR] = SPAN_INIT("its other half is beside it and belongs to it"),
		[PROOF_CERTIFICATE] = SPAN_INIT("belongs to a certificate of the image"),
		[PROOF_KNOWN] = SPAN_INIT("on the list of publicly known keys"),
		[PROOF_DECODED] = SPAN_INIT("decodes to a credential"),
		[PROOF_OPENED] = SPAN_INIT("opens with an empty or a default password"),
	};

	ROWS(texts, PROOFS);
	if (s->f.proof < sizeof(texts) / sizeof(*texts))
		s->f.proof_text = texts[s->f.proof];
	/* The validator knows it better, unless it was the join that proved. */
	if (s->f.fact->detail.len && s->f.proof == s->f.fact->proof && s->f.proof != PROOF_KNOWN)
		s->f.proof_text = s->f.fact->detail;
}

/* Without a key of the user nothing that is printed may be compared with another run. */
static void add_fingerprint(struct judge *j, struct suspect *s)
{
	struct span own = s->f.fact->fingerprint;
	uint8_t mac[HMAC_SIZE];
	char text[FINGERPRINT_TEXT];

	s->f.fingerprint = own;
	if (!own.len || !j->opt->run_key.len)
		return;
	s->f.fingerprint = (struct span){ 0 };
	if (!hmac_sha256(j->opt->run_key, &own, 1, mac)) {
		arena_fail(&j->image->arena);
		return;
	}
	hmac_text(mac, text);
	s->f.fingerprint = arena_dup(&j->image->arena, span_of(text, FINGERPRINT_TEXT));
}

/* ---- the list ---- */

static void add_suspect(struct judge *j, const struct part *p, size_t source, uint32_t row)
{
	const struct secret_fact *x = &p->secrets.p[row];

	if (j->all.n >= SECRETS_JUDGED_MAX) {
		j->dropped++;
		return;
	}
	struct suspect *s = vec_push(&j->all, &j->scratch);

	if (!s)
		return;
	*s = (struct suspect){ .source = (uint32_t)source, .order = row };
	s->f = (struct secret_finding){
		.fact = x,
		.level = x->level,
		.proof = x->proof,
		.flags = x->flags,
		.count = 1,
	};
	place_suspect(j, s);
}

static bool collect(struct judge *j)
{
	for (size_t i = 0; i < judge_sources(j); i++) {
		const struct part *p = judge_source(j, i);
		scoped_arena struct arena a = { 0 };
		uint32_t *kept;
		size_t n;

		if (!p || !p->secrets.n)
			continue;
		if (!same_bytes(j, i, &a, &kept, &n))
			return false;
		for (size_t k = 0; k < n; k++)
			add_suspect(j, p, i, kept[k]);
	}
	return true;
}

static int by_level(const void *p, const void *q)
{
	const struct secret_finding *a = p, *b = q;
	int d = (a->level < b->level) - (a->level > b->level);

	d = d ? d : span_cmp(a->at.path, b->at.path);
	d = d ? d : (a->at.line > b->at.line) - (a->at.line < b->at.line);
	d = d ? d : (a->at.kind > b->at.kind) - (a->at.kind < b->at.kind);
	d = d ? d : (a->layer > b->layer) - (a->layer < b->layer);
	d = d ? d : span_cmp(a->at.member, b->at.member);
	d = d ? d : (a->fact->offset > b->fact->offset) - (a->fact->offset < b->fact->offset);
	d = d ? d : span_cmp(a->fact->rule, b->fact->rule);
	return d ? d : span_cmp(a->fact->fingerprint, b->fact->fingerprint);
}

static bool finish(struct judge *j)
{
	struct image_facts *m = j->image;

	m->secrets.p = arena_array(&m->arena, j->all.n, sizeof(*m->secrets.p));
	if (!m->secrets.p)
		return false;
	for (size_t i = 0; i < j->all.n; i++) {
		add_texts(j, &j->all.p[i]);
		add_proof(&j->all.p[i]);
		add_fingerprint(j, &j->all.p[i]);
		m->secrets.p[i] = j->all.p[i].f;
	}
	m->secrets.n = m->secrets.cap = j->all.n;
	qsort(m->secrets.p, m->secrets.n, sizeof(*m->secrets.p), by_level);
	return true;
}

int secrets_judge(struct image_facts *image, const struct judge_options *opt, uint64_t *dropped,
	struct scov_err *err)
{
	const struct secret_rules *rules = opt->rules ? opt->rules : rules_builtin();
	struct judge j = {
		.image = image,
		.opt = opt,
		.rules = rules,
		.words = rules_lexicon(rules),
		.key = hash_random_key(),
	};
	bool good = judge_index_rules(&j) && place_index(&j) && names_find(&j) && collect(&j);

	if (good && j.all.n)
		good = same_values(&j) && level_settle(&j) && finish(&j);
	int code = arena_check(&image->arena, err);

	code = code ? code : arena_check(&j.scratch, err);
	arena_release(&j.scratch);
	*dropped = j.dropped;
	return code || good ? code : err_memory(err);
}
