/* SPDX-License-Identifier: Apache-2.0 */
#include "facts/trust.h"
#include "grade/grade.h"

#include "recipe/recipe.h"
#include "tests/unit/unit.h"

#define COUNT(t) (sizeof(t) / sizeof(*(t)))
enum { NOW = 1795305600 /* 2026-11-22 */, ALL_MET = (1 << CRITERIA) - 1 };

/* The document's thresholds over its vector sizes: how many points are at least this grade. */
static void every_number_of_points(void **state)
{
	(void)state;
	static const struct {
		unsigned total, aplus, a, b, c;
	} sizes[] = {
		{ 4, 4, 3, 2, 2 },
		{ 9, 9, 7, 5, 4 },
		{ 6, 6, 5, 3, 3 },
		{ 23, 23, 18, 12, 10 },
	};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		for (unsigned points = 0; points <= sizes[i].total; points++) {
			enum grade want = points >= sizes[i].aplus ? GRADE_A_PLUS
					  : points >= sizes[i].a   ? GRADE_A
					  : points >= sizes[i].b   ? GRADE_B
					  : points >= sizes[i].c   ? GRADE_C
								   : GRADE_D;

			if (grade_of(points, sizes[i].total) != want)
				fail_msg("%u of %u: %s", points, sizes[i].total,
					grade_names[grade_of(points, sizes[i].total)]);
		}
	}
	assert_int_equal(grade_of(0, 0), GRADE_D);
}

static void the_table_is_the_documents(void **state)
{
	(void)state;
	static const struct {
		const char *id;
		int vector, level;
	} rows[CRITERIA] = {
		{ "min.base", MINIMALISM, 1 },
		{ "min.tooling", MINIMALISM, 2 },
		{ "min.shell", MINIMALISM, 3 },
		{ "min.pm", MINIMALISM, 3 },
		{ "prov.source", PROVENANCE, 1 },
		{ "prov.downloads", PROVENANCE, 2 },
		{ "prov.signed", PROVENANCE, 2 },
		{ "prov.fresh", PROVENANCE, 2 },
		{ "prov.pinimg", PROVENANCE, 3 },
		{ "prov.pinpkg", PROVENANCE, 3 },
		{ "prov.slsa", PROVENANCE, 4 },
		{ "prov.sbom", PROVENANCE, 4 },
		{ "prov.repro", PROVENANCE, 5 },
		{ "conf.secrets", CONFIGURATION, 1 },
		{ "conf.priv", CONFIGURATION, 2 },
		{ "conf.user", CONFIGURATION, 2 },
		{ "conf.secretfile", CONFIGURATION, 3 },
		{ "conf.annot", CONFIGURATION, 3 },
		{ "conf.secprofile", CONFIGURATION, 5 },
		{ "vuln.critical", VULNERABILITIES, 2 },
		{ "vuln.high", VULNERABILITIES, 3 },
		{ "vuln.medium", VULNERABILITIES, 4 },
		{ "vuln.any", VULNERABILITIES, 5 },
	};

	for (size_t i = 0; i < CRITERIA; i++) {
		const struct criterion *c = criteria[i];

		check(rows[i].id, !strcmp(c->id, rows[i].id) && c->vector == rows[i].vector &&
					  c->level == rows[i].level);
		check(rows[i].id, c->title && c->rule && c->fix && c->judge && c->needs &&
					  c->effort >= 1 && c->effort <= 4);
		check(rows[i].id, criterion_find(span_str(rows[i].id)) == c);
	}
	assert_null(criteria[CRITERIA]);
	assert_null(criterion_find(SPAN("min")));
}

static uint32_t bit(const char *id)
{
	for (size_t i = 0; i < CRITERIA; i++)
		if (!strcmp(criteria[i]->id, id))
			return 1u << i;
	fail_msg("%s", id);
	return 0;
}

static void levels_are_cumulative(void **state)
{
	(void)state;
	struct grade_report g;

	grade_points(ALL_MET, ALL_MET, MINIMALISM, &g);
	assert_true(g.level == 3 && g.level_of == 3 && g.grade == GRADE_A_PLUS && g.met == 4);
	grade_points(ALL_MET, ALL_MET, CONFIGURATION, &g);
	assert_true(g.level == 5 && g.level_of == 5);
	grade_points(ALL_MET & ~bit("min.base"), ALL_MET, MINIMALISM, &g);
	assert_true(g.level == 0 && g.grade == GRADE_A);
	grade_points(ALL_MET & ~bit("conf.secprofile"), ALL_MET, CONFIGURATION, &g);
	assert_true(g.level == 3 && g.grade == GRADE_A); /* it has no criterion at level 4 */
	grade_points(ALL_MET & ~bit("vuln.critical"), ALL_MET, VULNERABILITIES, &g);
	assert_true(g.level == 0 && g.met == 3);
	grade_points(0, 0, VECTORS, &g);
	assert_true(g.level == 0 && g.level_of == 5 && g.grade == GRADE_D &&
		    g.ceiling == GRADE_A_PLUS && g.total == 23);
	grade_points(ALL_MET & ~bit("prov.pinpkg"), ALL_MET, VECTORS, &g);
	assert_true(g.level == 2 && g.grade == GRADE_A && g.ceiling == GRADE_A);
}

static void ceilings_count_what_is_open(void **state)
{
	(void)state;
	struct grade_report g;

	grade_points(bit("vuln.any"), bit("vuln.any") | bit("vuln.high"), VULNERABILITIES, &g);
	assert_true(g.met == 1 && g.assessed == 2 && g.grade == GRADE_D && g.ceiling == GRADE_A);
	for (uint32_t met = 0; met < 16;
		met++) { /* never A+ with anything not assessed, never a ceiling below the grade */
		for (uint32_t known = 0; known < 16; known++) {
			grade_points(met & known, known, MINIMALISM, &g);
			assert_true(g.ceiling >= g.grade);
			assert_true(g.grade != GRADE_A_PLUS || (known == 15 && met == 15));
			assert_true((g.ceiling == GRADE_A_PLUS) == ((met & known) == known));
		}
	}
}

struct world {
	struct image_facts image;
	struct policy policy;
	struct dossier dossier;
	struct trust trust;
	struct part config;
};

static struct world *world_new(void)
{
	static struct world w;

	w = (struct world){ 0 };
	policy_init(&w.policy);
	w.policy.now = NOW;
	w.image.inputs = (1u << INPUTS) - 1;
	w.image.config = &w.config;
	w.dossier = (struct dossier){ .image = &w.image, .policy = &w.policy };
	return &w;
}

/* Everything that can be known from outside is: what it is does not matter to the frame. */
static void bring_outside(struct world *w)
{
	static const struct recipe empty;

	w->trust.is_searched = true;
	w->dossier.trust = &w->trust;
	w->dossier.recipe = &empty;
	w->dossier.matches = (const struct matches *)w;
	w->dossier.rebuild = (const struct rebuild *)w;
}

static void take_away(struct world *w, uint32_t input, struct span why)
{
	if (input == INPUT_REFERRERS)
		w->dossier.trust = NULL;
	if (input == INPUT_RECIPE)
		w->dossier.recipe = NULL;
	if (input == INPUT_ADVISORIES)
		w->dossier.matches = NULL;
	if (input == INPUT_REBUILD)
		w->dossier.rebuild = NULL;
	w->image.inputs &= ~input;
	w->image.inputs_missing[input_number(input)] = why;
	w->dossier.missing[input_number(input)] = why;
}

/* Each bit has its row; what is known from outside says why it is missing without being told. */
static void the_table_of_inputs(void **state)
{
	(void)state;
	struct world *w = world_new();

	for (unsigned i = 0; i < INPUTS; i++) {
		uint32_t bit = 1u << i, outside = bit & INPUTS_OUTSIDE;

		check(input_rows[i].name, input_rows[i].bit == bit && input_rows[i].needs[0]);
		check(input_rows[i].name, !outside == !input_rows[i].absent);
		check(input_rows[i].name, !(dossier_inputs(&w->dossier) & bit) == !!outside);
		if (outside)
			check_span(input_rows[i].name, dossier_missing(&w->dossier, bit),
				span_str(input_rows[i].absent));
	}
	bring_outside(w);
	assert_int_equal(dossier_inputs(&w->dossier), (1u << INPUTS) - 1);
	policy_release(&w->policy);
}

static enum verdict judge_met(const struct dossier *d, struct verdict_out *out)
{
	(void)d;
	remedy_one(out, REMEDY_USER, "nothing", NULL);
	return say(out, MET, place_config("/config/User"), "all is well");
}

/* Every row, each of its needs taken away in turn: with a judge that always says met. */
static void a_missing_need_is_never_met(void **state)
{
	(void)state;
	size_t tried = 0;

	for (size_t i = 0; i < CRITERIA; i++) {
		struct criterion c = *criteria[i];

		c.judge = judge_met;
		for (uint32_t need = 1; need < 1u << INPUTS; need <<= 1) {
			struct world *w = world_new();
			scoped_arena struct arena a = { 0 };
			struct criterion_report out;

			if (!(c.needs & need))
				continue;
			tried++;
			bring_outside(w);
			take_away(w, need, SPAN("layer 2 is broken"));
			assert_int_equal(grade_criterion(&c, &w->dossier, &a, &out), 0);
			check(c.id, out.verdict == NOT_ASSESSED &&
					    span_has(out.reason, SPAN("layer 2 is broken")));
			check(c.id, out.settled_by.n == 1 && out.settled_by.p[0].len);
			check(c.id, out.evidence.n == 1 && out.evidence.p[0].role == REMARK);
			policy_release(&w->policy);
		}
		struct world *w = world_new();
		scoped_arena struct arena a = { 0 };
		struct criterion_report out;

		bring_outside(w);
		assert_int_equal(grade_criterion(&c, &w->dossier, &a, &out), 0);
		check(c.id,
			out.verdict == MET && !out.fix.len && out.evidence.p[0].role == DECIDES);
	}
	assert_true(tried >= CRITERIA);
}

/* The real judges on nothing at all: no input, no file, no config. */
static void nothing_is_met_without_inputs(void **state)
{
	(void)state;
	for (int form = 0; form < 2; form++) {
		struct world *w = world_new();
		struct report r = { 0 };

		w->image.inputs = 0;
		if (form)
			w->image.config = NULL;
		assert_int_equal(grade_image(&w->dossier, &r, NULL), 0);
		assert_int_equal(r.criteria.n, CRITERIA);
		for (size_t i = 0; i < CRITERIA; i++) {
			check(criteria[i]->id, r.criteria.p[i].verdict == NOT_ASSESSED &&
						       r.criteria.p[i].reason.len);
			check(criteria[i]->id, r.criteria.p[i].settled_by.n > 0);
		}
		assert_true(r.overall.grade == GRADE_D && r.overall.met == 0 &&
			    r.overall.assessed == 0 && !r.complete);
		assert_true(r.overall.settles.len > 0 && r.gates_passed && !r.has_error);
		arena_release(&r.arena);
		policy_release(&w->policy);
	}
}

/* Each criterion that is not met, or that an input may settle, has its steps; the grades count what
 * they reach. */
static void steps_are_for_all(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct report r = { 0 };
	uint32_t settled = 0, met = 0;
	unsigned known = 0;

	w->image.user.is_empty = true;
	assert_int_equal(grade_image(&w->dossier, &r, NULL), 0);
	for (size_t i = 0; i < r.criteria.n; i++)
		met |= (uint32_t)(r.criteria.p[i].verdict == MET) << i;
	for (size_t i = 0; i < r.steps.n; i++) {
		const struct step *s = &r.steps.p[i];
		struct grade_report g;

		assert_true(s->settles && s->lines.n && !(s->met & ~s->settles));
		assert_int_equal(s->settles & met, 0);
		settled |= s->settles;
		met |= s->met;
		grade_points(met, met, VECTORS, &g);
		assert_int_equal(s->grade_after, g.grade);
		known += span_eq(s->lines.p[0].text, SPAN("USER 65532:65532"));
	}
	assert_int_equal(known, 1);
	for (size_t i = 0; i < r.criteria.n; i++) {
		const struct criterion_report *c = &r.criteria.p[i];
		bool wanted =
			c->verdict == NOT_MET ||
			(c->verdict == NOT_ASSESSED && !(c->criterion->needs & INPUTS_OUTSIDE) &&
				(c->criterion->settled_by ||
					!(c->criterion->settled_by_input & INPUTS_OUTSIDE)));

		check(c->criterion->id, wanted == (bool)(settled >> i & 1));
	}
	arena_release(&r.arena);
	policy_release(&w->policy);
}

/* Nothing in the image brings a layer that cannot be read. */
static void no_step_for_an_input_that_is_missing(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct report r = { 0 };

	w->image.inputs &= ~(uint32_t)INPUT_FILES;
	assert_int_equal(grade_image(&w->dossier, &r, NULL), 0);
	for (size_t i = 0; i < CRITERIA; i++)
		for (size_t k = 0; k < r.steps.n; k++)
			check(criteria[i]->id, !(r.steps.p[k].settles >> i & 1) ||
						       !(criteria[i]->needs & INPUT_FILES));
	arena_release(&r.arena);
	policy_release(&w->policy);
}

static void gate_messages(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool passed;
		const char *why;
	} cases[] = {
		{ "conf.user", false, "conf.user is not met" },
		{ "vuln.high", false, "vuln.high is not assessed" },
		{ "prov.signed", false, "signatures and attestations were not searched for" },
		{ "prov.repro", false, "only a rebuild can prove it" },
		{ "min.shell", true, "min.shell is met" },
		{ "vulnerabilities.grade<B", false, "not assessed" },
		{ "grade<A+", false, "overall is" },
		{ "grade<A", false, "overall is" },
		{ "vulns>=high", false, "not assessed: no advisory database was found" },
		{ "configuration.grade<A", false,
			"configuration is D, not A; not met: conf.user, conf.annot; not assessed: "
			"conf.secretfile, conf.secprofile" },
		{ "provenance.grade<A+", false, "provenance is D, not A+; not assessed" },
		{ "minimalism.level<2", false, "level 0, not 2; not assessed: min.base" },
		{ "provenance.level<5", false, "level 0, not 5; not assessed" },
		{ "level<1", false, "level 0" },
		{ "conf.nonesuch", false, "no criterion" },
	};
	struct world *w = world_new();
	struct report r = { 0 };

	w->image.user.is_empty = true;
	for (size_t i = 0; i < COUNT(cases); i++)
		check(cases[i].text, policy_gate(&w->policy, span_str(cases[i].text), NULL) == 0);
	assert_int_equal(grade_image(&w->dossier, &r, NULL), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (r.gates.p[i].passed != cases[i].passed ||
			!span_has(r.gates.p[i].why, span_str(cases[i].why)))
			fail_msg("%s: %d '%.*s'", cases[i].text, r.gates.p[i].passed,
				SPAN_ARG(r.gates.p[i].why));
	}
	assert_false(r.gates_passed);
	arena_release(&r.arena);
	policy_release(&w->policy);
}

static void a_vector_that_is_whole_passes_any_level(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct report r = { 0 };

	w->image.base = (struct base){ .kind = BASE_MINIMAL,
		.source = BASE_MARKERS,
		.name = SPAN("scratch"),
		.how = SPAN("empty") };
	assert_int_equal(policy_gate(&w->policy, SPAN("minimalism.level<5"), NULL), 0);
	assert_int_equal(grade_image(&w->dossier, &r, NULL), 0);
	assert_true(r.gates_passed && r.vectors[MINIMALISM].level == 3 &&
		    r.vectors[MINIMALISM].grade == GRADE_A_PLUS);
	arena_release(&r.arena);
	policy_release(&w->policy);
}

static void the_arena_may_be_small(void **state)
{
	(void)state;
	size_t failed = 0;

	for (size_t limit = 64; limit < 60000; limit += 509) {
		struct world *w = world_new();
		struct report r = { .arena = { .limit = limit } };
		int e = grade_image(&w->dossier, &r, NULL);

		assert_true(e == 0 || e == SCOV_E_MEMORY || e == SCOV_E_LIMIT);
		failed += e != 0;
		for (size_t i = 0; i < r.criteria.n; i++)
			check(criteria[i]->id,
				r.criteria.p[i].verdict != MET || r.criteria.p[i].reason.len);
		arena_release(&r.arena);
		policy_release(&w->policy);
	}
	assert_true(failed > 3);
}

static int id_exists(const struct waiver *w, struct scov_err *err)
{
	(void)err;
	return criterion_find(w->id) ? 0 : SCOV_E_USAGE;
}

static void diagnostics_and_waivers_are_listed(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct report r = { 0 };
	struct diagnostic *d = vec_push(&w->image.diags, &w->image.arena);

	*d = (struct diagnostic){ .severity = DIAG_ERROR, .text = SPAN("layer 1 is broken") };
	assert_int_equal(policy_ignore_file(&w->policy, SPAN("conf.priv until=2027-01-01 reason=x"),
				 "f", id_exists, NULL),
		0);
	assert_int_equal(grade_image(&w->dossier, &r, NULL), 0);
	assert_true(
		r.has_error && r.diags.n == 1 && r.waived.n == 1 && r.waived.p[0].findings == 0);
	arena_release(&r.arena);
	arena_release(&w->image.arena);
	policy_release(&w->policy);
}

/* A judge that would go on for ever: with a time limit and with an interrupt it ends. */
static enum verdict judge_for_ever(const struct dossier *d, struct verdict_out *out)
{
	const struct file *f = NULL;

	do
		f = file_next(d->image, f ? NULL : f);
	while (f);
	return say(out, MET, place_image(), "no file is bad");
}

static void a_judge_ends_with_its_call(void **state)
{
	(void)state;
	static struct file files[2];
	int stop = 0;
	struct call late, cancelled;

	call_start(&late, 20, NULL);
	call_start(&cancelled, 0, &stop);
	call_cancel(&stop);
	for (int i = 0; i < 2; i++) {
		struct world *w = world_new();
		struct watch watch = { .call = i ? &cancelled : &late };
		scoped_arena struct arena a = { 0 };
		struct criterion c = *criterion_find(SPAN("min.pm"));
		struct criterion_report out;
		struct report r = { 0 };
		struct scov_err err = { 0 };

		c.judge = judge_for_ever;
		w->image.files.p = files;
		w->image.files.n = 2;
		w->image.watch = &watch;
		bring_outside(w);
		assert_int_not_equal(grade_criterion(&c, &w->dossier, &a, &out), 0);
		assert_int_equal(out.verdict, NOT_ASSESSED);
		assert_null(image_find(&w->image, SPAN("etc/passwd"), true));
		assert_int_equal(
			grade_image(&w->dossier, &r, &err), i ? SCOV_E_CANCELLED : SCOV_E_TIMEOUT);
		assert_string_equal(
			err.text, i ? "cancelled" : "timed out after 0.020 s (--timeout)");
		arena_release(&r.arena);
		policy_release(&w->policy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_of_points),
		cmocka_unit_test(the_table_is_the_documents),
		cmocka_unit_test(levels_are_cumulative),
		cmocka_unit_test(ceilings_count_what_is_open),
		cmocka_unit_test(the_table_of_inputs),
		cmocka_unit_test(a_missing_need_is_never_met),
		cmocka_unit_test(nothing_is_met_without_inputs),
		cmocka_unit_test(steps_are_for_all),
		cmocka_unit_test(no_step_for_an_input_that_is_missing),
		cmocka_unit_test(gate_messages),
		cmocka_unit_test(a_vector_that_is_whole_passes_any_level),
		cmocka_unit_test(the_arena_may_be_small),
		cmocka_unit_test(diagnostics_and_waivers_are_listed),
		cmocka_unit_test(a_judge_ends_with_its_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
