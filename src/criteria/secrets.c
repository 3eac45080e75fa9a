/* secrets.c - "No secrets in image" (configuration and metadata, level 1).
 *
 * The search and the levels come from secret/ and judge/; here they decide. A secret that was found
 * decides, whatever else could not be read: see doc/decisions/a-found-secret-decides.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/hashtable.h"
#include "criteria/rows.h"

enum {
	LISTED_MAX = 20, /* findings with a row of evidence of their own */
	CLAUSE_MAX = 1024,
};

struct tally {
	size_t decisive, high, waived, low, open;
	const struct secret_finding *first;
	bool is_proved;
};

static void put_state(struct buf *b, const struct secret_finding *s)
{
	if (s->state == FILE_PRESENT)
		return;
	buf_printf(b, ", %s", secret_state_name(s->state));
	if (s->gone_in != NO_LAYER)
		buf_printf(b, " in layer %d", s->gone_in);
	buf_printf(b, " but still in layer %d", s->layer);
}

void evidence_secret(struct verdict_out *out, enum ev_role role, const struct secret_finding *s)
{
	scoped_buf struct buf b = { .limit = CLAUSE_MAX };

	buf_span(&b, s->title);
	buf_printf(&b, ", %s", secret_level_name(s->level));
	put_state(&b, s);
	if (s->proof_text.len)
		buf_printf(&b, ": %.*s", SPAN_ARG(s->proof_text));
	if (s->why.len)
		buf_printf(&b, "%s %.*s", s->proof_text.len ? ";" : ":", SPAN_ARG(s->why));
	if (s->waived)
		buf_str(&b, "; in the ignore file");
	if (s->refused)
		buf_str(&b, "; in the ignore file, but this kind cannot be ignored");
	buf_byte(&b, 0);
	evidence_add(out, evidence_kind(s->at), role, s->proof > PROOF_FORMAT ? PROVED : OBSERVED,
		s->at, s->at.path.len ? s->at.path : s->fact->kind, b.failed ? "a secret" : b.p);
}

/* Whether a package ships the file is not known; if one does, a medium finding is a low one. */
static bool may_be_low(const struct image_facts *image, const struct secret_finding *s)
{
	return s->level == SECRET_MEDIUM && s->at.kind == PLACE_FILE && !s->owner.len &&
	       !(image->inputs & INPUT_PACKAGES);
}

static void count(const struct dossier *d, struct verdict_out *out, struct tally *t)
{
	for (size_t i = 0; i < d->image->secrets.n; i++) {
		const struct secret_finding *s = &d->image->secrets.p[i];
		enum ev_role role = REMARK;

		if (s->level < SECRET_MEDIUM) {
			t->low += s->level == SECRET_LOW && !s->waived;
			continue;
		}
		if (s->waived) {
			t->waived++;
		} else if (may_be_low(d->image, s)) {
			t->open++;
		} else {
			role = DECIDES;
			t->first = t->first ? t->first : s;
			t->decisive++;
			t->high += s->level == SECRET_HIGH;
			t->is_proved |= s->proof > PROOF_FORMAT;
		}
		if (t->decisive + t->waived + t->open <= LISTED_MAX)
			evidence_secret(out, role, s);
	}
}

/* Each advice once, with all places that it is for. */
static void advise(const struct dossier *d, struct verdict_out *out)
{
	remedies *list = &out->report->remedies;
	struct hash_key key = hash_random_key();
	struct table by_advice = { 0 };

	for (size_t i = 0; i < d->image->secrets.n && watch_on(d->image->watch); i++) {
		const struct secret_finding *s = &d->image->secrets.p[i];
		struct span where = s->at.path.len ? s->at.path
				    : s->title.len ? s->title
						   : s->fact->kind;
		uint64_t hash = hash_span(key, s->advice);
		struct table_slot *slot;

		if (s->waived || s->level < SECRET_MEDIUM)
			continue;
		if (!table_room(&by_advice, out->arena))
			return;
		slot = table_next(&by_advice, hash, NULL);
		while (slot->row && !span_eq(list->p[slot->row - 1].note, s->advice))
			slot = table_next(&by_advice, hash, slot);
		if (!slot->row) {
			remedy_add(
				out, (struct remedy){ .action = REMEDY_SECRET, .note = s->advice });
			if (arena_failed(out->arena))
				return;
			table_put(&by_advice, slot, hash, list->n - 1);
		}
		if (s->at.kind == PLACE_FILE)
			where = span_str(arena_printf(out->arena, "/%.*s", SPAN_ARG(where)));
		remedy_for(out, &list->p[slot->row - 1], where);
	}
}

static enum verdict say_found(struct verdict_out *out, const struct tally *t)
{
	const struct secret_finding *s = t->first;
	bool in_file = s->at.kind == PLACE_FILE;
	char more[64] = "";

	out->report->class = t->is_proved ? PROVED : OBSERVED;
	if (t->decisive > 1)
		(void)snprintf(more, sizeof(more), " and %zu more", t->decisive - 1);
	return say(out, NOT_MET, place_image(), "%zu high, %zu medium: %.*s in %s%.*s%s", t->high,
		t->decisive - t->high, SPAN_ARG(s->title), in_file ? "/" : "",
		SPAN_ARG(in_file || s->at.path.len ? s->at.path : SPAN("the history")), more);
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	struct tally t = { 0 };

	count(d, out, &t);
	out->report->waived = t.waived;
	if (t.decisive + t.waived + t.open > LISTED_MAX)
		remark_count(out, place_image(), "findings", t.decisive + t.waived + t.open,
			"high or medium in total; not all are listed");
	if (t.low)
		remark_count(out, place_image(), "findings of level low", t.low,
			"they do not affect the verdict; scoville secrets lists them");
	advise(d, out);
	if (t.decisive)
		return say_found(out, &t);
	if (t.open)
		return say(out, NOT_ASSESSED, place_image(),
			"%zu medium, or low if a package ships the file", t.open);
	if (t.waived) {
		out->report->class = ASSERTED;
		return say(out, MET, place_image(),
			"no secret of level high or medium, except %zu in the ignore file",
			t.waived);
	}
	return say(out, MET, place_image(),
		"no secret of level high or medium in any layer, "
		"setting, label or history line");
}

const struct criterion conf_secrets = {
	.id = "conf.secrets",
	.title = "No secrets in image",
	.vector = CONFIGURATION,
	.level = 1,
	.rule = "No layer, deleted files included, and no setting, label or history line holds a "
		"secret of level high or medium. Known keys are high; what a package ships, and "
		"documents and tests of packages, are a level lower. The ignore file lists "
		"exceptions by fingerprint.",
	.remedy = REMEDY_SECRET,
	.fix = "RUN --mount=type=secret,id=token ... and revoke every secret that was ever in a "
	       "layer",
	.effort = 2,
	.needs = INPUT_SECRETS | INPUT_CONFIG | INPUT_FILES,
	.can_ignore = true,
	.not_met_stands = true,
	.settled_by_input = INPUT_PACKAGES,
	.judge = judge,
};
