/* Judges over facts made by hand: what a listing of an image cannot say. The rest is in
 * tests/cases/criteria.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/criterion.h"

#include "tests/unit/unit.h"

#include "base/date.h"
#include "grade/grade.h"

#define COUNT(t) (sizeof(t) / sizeof(*(t)))
enum { NOW = 1795305600 /* 2026-11-22 */, ALL_INPUTS = 2047 };

struct world {
	struct image_facts image;
	struct policy policy;
	struct dossier dossier;
	struct part config, layer;
	const struct part *parts[1];
	struct image_layer layers[1];
	struct arena arena;
};

static struct world *world_new(void)
{
	static struct world w;

	w = (struct world){ 0 };
	policy_init(&w.policy);
	w.policy.now = NOW;
	w.parts[0] = &w.layer;
	w.image.inputs = ALL_INPUTS;
	w.image.config = &w.config;
	w.image.layers = w.layers;
	w.image.parts = w.parts;
	w.image.layers_n = 1;
	w.dossier = (struct dossier){ .image = &w.image, .policy = &w.policy };
	return &w;
}

static struct criterion_report run(struct world *w, const char *id)
{
	struct criterion_report out;

	assert_int_equal(
		grade_criterion(criterion_find(span_str(id)), &w->dossier, &w->arena, &out), 0);
	return out;
}

static void world_free(struct world *w)
{
	arena_release(&w->arena);
	policy_release(&w->policy);
}

static void package_counts_of_an_unknown_base(void **state)
{
	(void)state;
	static const struct {
		size_t packages;
		bool has_database, removed;
		enum verdict want;
	} cases[] = {
		{ 1, true, false, MET },
		{ 60, true, false, MET },
		{ 61, true, false, NOT_ASSESSED },
		{ 120, true, false, NOT_ASSESSED },
		{ 121, true, false, NOT_MET },
		{ 0, false, false, NOT_ASSESSED },
		{ 0, false, true, NOT_ASSESSED },
		{ 10, true, true, NOT_ASSESSED },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world *w = world_new();

		w->image.system_packages = cases[i].packages;
		w->image.packages.n = 1000; /* a language's do not count; never read */
		w->image.has_package_database = cases[i].has_database;
		w->image.database_removed = cases[i].removed;
		if (run(w, "min.base").verdict != cases[i].want)
			fail_msg("row %zu", i);
		world_free(w);
	}
}

static void boundaries_of_age(void **state)
{
	(void)state;
	enum { DAY = DAY_SECONDS };
	static const struct {
		const char *name;
		int64_t claim, content;
		enum verdict want;
	} cases[] = {
		{ "exactly the window", NOW - 30 * DAY, 0, MET },
		{ "a second more", NOW - 30 * DAY - 1, 0, NOT_MET },
		{ "now", NOW, 0, MET },
		{ "a second in the future", NOW + 1, 0, NOT_ASSESSED },
		{ "content decides when it is newer", NOW - 90 * DAY, NOW - DAY, MET },
		{ "content 180 days older", NOW - DAY, NOW - 181 * DAY, MET },
		{ "a second older than that", NOW - DAY, NOW - 181 * DAY - 1, NOT_ASSESSED },
		{ "year one", -62135596800, 0, NOT_ASSESSED },
		{ "1980-01-02", 315619200, 0, NOT_ASSESSED },
		{ "1980-01-03", 315705600, 0, NOT_MET },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world *w = world_new();
		struct dated dates[2] = {
			{ .kind = DATE_CREATED,
				.is_claim = true,
				.seconds = cases[i].claim,
				.what = SPAN("created") },
			{ .kind = DATE_FILE,
				.seconds = cases[i].content,
				.what = SPAN("newest file") },
		};

		w->image.dates.p = dates;
		w->image.dates.n = cases[i].content ? 2 : 1;

		struct criterion_report r = run(w, "prov.fresh");
		bool flips = false;

		check(cases[i].name, r.verdict == cases[i].want);
		for (size_t k = 0; k < r.evidence.n; k++)
			flips = flips || span_eq(r.evidence.p[k].what, SPAN("turns not met"));
		check(cases[i].name, flips == (r.verdict == MET));
		world_free(w);
	}
}

static void the_day_on_which_it_flips(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct dated d = {
		.kind = DATE_CREATED, .is_claim = true, .seconds = NOW, .what = SPAN("created")
	};

	w->image.dates.p = &d;
	w->image.dates.n = 1;

	struct criterion_report r = run(w, "prov.fresh");
	int64_t day = r.evidence.p[r.evidence.n - 1].number;

	w->policy.now = day * DAY_SECONDS - DAY_SECONDS; /* the start of the day before */
	assert_int_equal(run(w, "prov.fresh").verdict, MET);
	w->policy.now = day * DAY_SECONDS;
	assert_int_equal(run(w, "prov.fresh").verdict, NOT_MET);
	world_free(w);
}

static void inherited_labels_do_not_count(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct config_fact labels[] = {
		{ CONFIG_LABEL, SPAN("org.opencontainers.image.vendor"), SPAN("Example Ltd"),
			true },
		{ CONFIG_LABEL, SPAN("org.opencontainers.image.created"),
			SPAN("2026-11-20T08:00:00Z"), true },
		{ CONFIG_LABEL, SPAN("org.opencontainers.image.source"),
			SPAN("https://git.example.com/app"), true },
	};
	struct history_fact line = {
		.created_by =
			SPAN("LABEL org.opencontainers.image.source=https://git.example.com/app")
	};
	struct part base = { 0 };

	w->config.configs.p = labels;
	w->config.configs.n = COUNT(labels);
	assert_int_equal(run(w, "conf.annot").verdict, MET);

	base.configs.p = labels; /* --base has the vendor too */
	base.configs.n = 1;
	w->image.base_config = &base;
	assert_true(span_has(
		run(w, "conf.annot").reason, SPAN("vendor (only inherited from the base)")));
	w->image.base_config = NULL;

	w->config.history.p = &line; /* the source was set by a line of the base */
	w->config.history.n = 1;
	w->layers[0] = (struct image_layer){ .is_base = true, .history_index = 0 };
	assert_int_equal(run(w, "conf.annot").verdict, NOT_MET);

	w->image.inputs &= ~INPUT_ANNOTATIONS; /* a form that drops annotations: nobody knows */
	assert_int_equal(run(w, "conf.annot").verdict, NOT_ASSESSED);
	world_free(w);
}

static void capabilities(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint64_t permitted, inheritable;
		bool malformed, entrypoint;
		enum verdict want;
	} cases[] = {
		{ "empty sets", 0, 0, false, false, MET },
		{ "bind on the entrypoint", 1 << 10, 0, false, true, MET },
		{ "bind elsewhere", 1 << 10, 0, false, false, NOT_MET },
		{ "inheritable only", 0, 1 << 13, false, false, NOT_MET },
		{ "bind and more on the entrypoint", 1 << 10 | 1 << 13, 0, false, true, NOT_MET },
		{ "malformed on the entrypoint", 0, 0, true, true, NOT_MET },
		{ "an unknown bit", (uint64_t)1 << 63, 0, false, false, NOT_MET },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world *w = world_new();
		struct entry e = { .path = SPAN("app"), .mode = 0755, .type = ENTRY_FILE };
		struct capability_fact cap = { 0, cases[i].malformed, true, cases[i].permitted,
			cases[i].inheritable };
		struct file f = {
			.path = SPAN("app"), .entry = &e, .body = &e, .capability = &cap
		};
		struct command c = { .program = &f, .at = place_config("/config/Entrypoint") };

		w->image.files.p = &f;
		w->image.files.n = 1;
		w->image.commands.p = &c;
		w->image.commands.n = cases[i].entrypoint;
		check(cases[i].name, run(w, "conf.priv").verdict == cases[i].want);
		c.at = place_config(
			"/config/Healthcheck/Test"); /* a healthcheck is no entrypoint */
		if (cases[i].permitted == 1 << 10)
			check(cases[i].name, run(w, "conf.priv").verdict == NOT_MET);
		world_free(w);
	}
}

static void third_parties(void **state)
{
	(void)state;
	static const struct {
		const char *name, *reference;
		bool third_party;
		enum verdict want;
	} cases[] = {
		{ "official", "docker.io/library/nginx:1", false, MET },
		{ "one's own, perhaps", "registry.example.com/app:1", false, NOT_ASSESSED },
		{ "not one's own", "registry.example.com/app:1", true, NOT_MET },
		{ "official, by a third party", "docker.io/library/nginx:1", true, MET },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world *w = world_new();

		w->dossier.reference = span_str(cases[i].reference);
		w->dossier.is_registry = true;
		w->policy.third_party = cases[i].third_party;
		check(cases[i].name, run(w, "prov.source").verdict == cases[i].want);
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(package_counts_of_an_unknown_base),
		cmocka_unit_test(boundaries_of_age),
		cmocka_unit_test(the_day_on_which_it_flips),
		cmocka_unit_test(inherited_labels_do_not_count),
		cmocka_unit_test(capabilities),
		cmocka_unit_test(third_parties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
