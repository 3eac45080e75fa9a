/* Judges over facts made by hand: what a listing of an image cannot say. The rest is in
 * tests/cases/criteria.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/rows.h"

#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/date.h"
#include "facts/difference.h"
#include "facts/predicate.h"
#include "facts/trust.h"
#include "grade/grade.h"

#define COUNT(t) (sizeof(t) / sizeof(*(t)))
enum { NOW = 1795305600 /* 2026-11-22 */, MANY = 300 };

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
	w.image.inputs = (1u << INPUTS) - 1;
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

/* Another visible file; they must come in the order of their paths. */
static struct file *add_file(
	struct world *w, const char *path, const struct entry *e, const struct exec_fact *exec)
{
	struct file *f = vec_push(&w->image.files, &w->arena);

	*f = (struct file){ .path = span_str(path),
		.entry = e,
		.body = e,
		.mode = e->mode,
		.exec = exec,
		.is_in_bin = span_has(span_str(path), SPAN("bin/")) };
	return f;
}

/* Another package of the system; they must come in the order of package_cmp. */
static void add_package(struct world *w, const struct package_fact *fact)
{
	*(struct image_package *)vec_push(&w->image.packages, &w->arena) =
		(struct image_package){ .fact = fact };
	w->image.system_packages++;
}

/* What a RUN needs. */
static void add_shell(struct world *w)
{
	static const struct entry e = { .mode = 0755, .type = ENTRY_FILE };
	static const struct exec_fact elf = { .kind = EXEC_ELF };
	static const char *const paths[] = { "bin/chmod", "bin/cp", "bin/find", "bin/mv", "bin/rm",
		"bin/sh" };

	for (size_t i = 0; i < COUNT(paths); i++)
		add_file(w, paths[i], &e, &elf);
	w->image.user.is_empty = true;
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

	static const struct package_fact module = { .type = PACKAGE_OPKG };

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world *w = world_new();

		w->image.system_packages = cases[i].packages;
		for (size_t k = 0; k < 1000; k++) /* a language's do not count */
			*(struct image_package *)vec_push(&w->image.packages, &w->arena) =
				(struct image_package){ .fact = &module };
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
		struct file f = { .path = SPAN("app"),
			.entry = &e,
			.body = &e,
			.mode = e.mode,
			.capability = &cap };
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

/* MANY files of one kind, which all need the remedy though the evidence shows fewer. */
static void fill(struct world *w, const struct entry *e, const struct capability_fact *cap,
	const struct exec_fact *exec, const char *path)
{
	for (unsigned i = 0; i < MANY; i++) {
		struct file *f = vec_push(&w->image.files, &w->arena);

		*f = (struct file){ .path = span_str(arena_printf(&w->arena, path, i)),
			.entry = e,
			.body = e,
			.mode = e->mode,
			.capability = cap,
			.exec = exec };
	}
}

/* The number of a remark that counts; 0: there is none. */
static int64_t counted(const struct criterion_report *r, const char *what)
{
	for (size_t i = 0; i < r->evidence.n; i++)
		if (r->evidence.p[i].kind == EV_COUNT &&
			span_eq(r->evidence.p[i].what, span_str(what)))
			return r->evidence.p[i].number;
	return 0;
}

/* What is not listed is counted, remarks too. */
static void what_is_not_listed_is_counted(void **state)
{
	(void)state;
	static const struct entry setgid = { .mode = 02755, .type = ENTRY_FILE },
				  plain = { .mode = 0755, .type = ENTRY_FILE };
	static const struct exec_fact script = { .kind = EXEC_SCRIPT, .flags = EXEC_SHELL_MARKS };
	static const struct capability_fact cap = { .permitted = 1 << 13 };
	struct world *w = world_new();
	struct criterion_report r;

	fill(w, &setgid, NULL, NULL, "bin/a%u");
	fill(w, &plain, &cap, &script, "bin/b%u");
	r = run(w, "conf.priv");
	assert_int_equal(counted(&r, "findings"), MANY);
	assert_int_equal(counted(&r, "setgid files"), MANY);
	r = run(w, "min.shell");
	assert_int_equal(counted(&r, "findings"), MANY);
	world_free(w);
}

static void evidence_without_room_is_counted(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct criterion_report r = { 0 };
	struct verdict_out out = { .arena = &w->arena, .report = &r };

	for (size_t i = 0; i < 5000; i++)
		evidence_add(&out, EV_SETTING, DECIDES, OBSERVED, place_image(), SPAN("x"), "");
	assert_int_equal(r.evidence.n, 4000);
	assert_int_equal(r.evidence.n + r.evidence.dropped, 5000);
	world_free(w);
}

static void remedies_are_for_all(void **state)
{
	(void)state;
	static const struct entry setuid = { .mode = 04755, .type = ENTRY_FILE },
				  plain = { .mode = 0755, .type = ENTRY_FILE };
	static const struct capability_fact cap = { .permitted = 1 << 13 };
	struct world *w = world_new();
	struct criterion_report r;

	fill(w, &setuid, NULL, NULL, "bin/a%03u");
	fill(w, &plain, &cap, NULL, "bin/b%03u");
	r = run(w, "conf.priv");
	assert_int_equal(r.verdict, NOT_MET);
	assert_true(r.evidence.n < MANY && r.remedies.n == 2);
	assert_int_equal(r.remedies.p[0].action, REMEDY_CHMOD);
	assert_int_equal(r.remedies.p[1].action, REMEDY_UNCAP);
	check_span("mode", r.remedies.p[0].value, SPAN("u-s"));
	for (size_t k = 0; k < 2; k++) {
		assert_int_equal(r.remedies.p[k].subjects.n, MANY);
		for (size_t i = 0; i < MANY; i++)
			check_span("all, in order", r.remedies.p[k].subjects.p[i],
				w->image.files.p[k * MANY + i].path);
	}
	/* without a shell there is no RUN: COPY sets a mode, and takes no capability away */
	w->image.user.is_empty = true;
	assert_true(span_has(r.fix, SPAN("\nCOPY --from=build --chmod=0755 /bin/a299 /bin/a299")));
	assert_true(span_has(r.fix, SPAN("by hand, because the image has no shell for a RUN: "
					 "/bin/b000, ")));
	assert_false(span_has(r.fix, SPAN("RUN ch")) || span_has(r.fix, SPAN("more")));
	w->policy.profile = PROFILE_STRICT;
	check_span("strict", run(w, "conf.priv").remedies.p[0].value, SPAN("ug-s"));
	w->image.files.n = 0;
	r = run(w, "conf.priv");
	assert_true(r.verdict == MET && !r.remedies.n && !r.fix.len);
	world_free(w);
}

/* The evidence shows one of the many names of a busybox; all of them have to go. */
static void a_remedy_knows_all_names(void **state)
{
	(void)state;
	static const struct entry e = { .mode = 0755, .type = ENTRY_FILE };
	static const struct exec_fact exec = { .kind = EXEC_ELF,
		.flags = EXEC_MULTI_CALL | EXEC_HAS_SHELL };
	struct world *w = world_new();
	struct criterion_report r;

	fill(w, &e, NULL, &exec, "bin/applet%u");
	add_shell(w);
	r = run(w, "min.shell");
	assert_true(r.verdict == NOT_MET && r.remedies.n == 2);
	assert_int_equal(counted(&r, "hard links"), MANY - 1);
	assert_int_equal(r.remedies.p[1].action, REMEDY_REMOVE);
	assert_int_equal(r.remedies.p[1].subjects.n, MANY);
	check_span("found by one of them", r.fix,
		SPAN("RUN rm -rf /bin/sh && find / -xdev -samefile /bin/applet0 -exec rm -f {} +"));
	world_free(w);
}

/* A module is started without its script: all of it goes, and what records it. */
static void a_module_goes_whole(void **state)
{
	(void)state;
	static const struct {
		const char *path, *unit;
	} cases[] = {
		{ "usr/bin/pip", "usr/bin/pip" },
		{ "v/lib/python3/site-packages/pip/__main__.py",
			"v/lib/python3/site-packages/pip" },
		{ "usr/lib/python3/dist-packages/pip/_internal/cli.py",
			"usr/lib/python3/dist-packages/pip" },
		{ "usr/lib/python3/dist-packages/pip.pyc",
			"usr/lib/python3/dist-packages/pip.pyc" },
		{ "node_modules/npm/package.json", "node_modules/npm" },
		{ "a/node_modules/b/node_modules/@c/d/bin/x",
			"a/node_modules/b/node_modules/@c/d" },
		{ "a/node_modules/.bin/tsc", "a/node_modules/.bin/tsc" },
		{ "a/my_node_modules/b/c", "a/my_node_modules/b/c" },
		{ "a/node_modules/b", "a/node_modules/b" },
		{ "a/node_modules/@b", "a/node_modules/@b" },
		{ "a/node_modules/", "a/node_modules/" },
		{ "", "" },
	};
	static const struct entry e = { .mode = 0644, .type = ENTRY_FILE };
	struct world *w = world_new();

	for (size_t i = 0; i < COUNT(cases); i++)
		check_span(cases[i].path, removal_unit(span_str(cases[i].path)),
			span_str(cases[i].unit));
	add_shell(w);
	add_file(w, "v/site-packages/pip-1.dist-info/METADATA", &e, NULL);
	add_file(w, "v/site-packages/pip-1.dist-info/RECORD", &e, NULL);
	add_file(w, "v/site-packages/pip-tools/x", &e, NULL);
	add_file(w, "v/site-packages/pip/__main__.py", &e, NULL);
	check_span("with its records", run(w, "min.pm").fix,
		SPAN("RUN rm -rf /v/site-packages/pip /v/site-packages/pip-1.dist-info"));
	world_free(w);
}

/* The package manager removes a tool's package with all that needs it, unless something of use
 * needs it or is in it. */
static void packages_go_whole(void **state)
{
	(void)state;
	static const struct entry e = { .mode = 0755, .type = ENTRY_FILE };
	static const struct exec_fact elf = { .kind = EXEC_ELF };
	static const struct {
		const char *name, *needs, *provides, *fix;
		bool is_essential, is_deb;
	} cases[] = {
		/* what the package "other", which owns usr/bin/other, needs; "meta" owns nothing */
		{ "nothing needs it", "", "", "RUN apt-get purge -y gdb && rm -rf /var/", false,
			true },
		{ "a program needs it", "libc6, gdb (>= 1)", "", "RUN rm -rf /usr/bin/gdb", false,
			true },
		{ "by a name that it provides", "debugger:any | x", "debugger (= 1)",
			"RUN rm -rf /usr/bin/gdb", false, true },
		{ "another can serve too", "gdb | lldb, nonesuch", "",
			"RUN apt-get purge -y gdb && rm -rf /var/", false, true },
		{ "needs that are masked", "****", "", "RUN rm -rf /usr/bin/gdb", false, true },
		{ "essential", "", "", "RUN rm -rf /usr/bin/gdb", true, true },
		{ "apk", "so:libx.so.1 !gdb", "", "RUN apk del gdb", false, false },
		{ "apk: a program needs it", "gdb>1", "", "RUN rm -rf /usr/bin/gdb", false, false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world *w = world_new();
		uint8_t type = cases[i].is_deb ? PACKAGE_DEB : PACKAGE_APK;
		struct package_fact facts[] = {
			{ .name = SPAN("gdb"),
				.provides = span_str(cases[i].provides),
				.is_essential = cases[i].is_essential },
			{ .name = SPAN("lldb") },
			{ .name = SPAN("manager") },
			{ .name = SPAN("other"), .needs = span_str(cases[i].needs) },
		};

		for (size_t k = 0; k < COUNT(facts); k++) {
			facts[k].type = type;
			add_package(w, &facts[k]);
		}
		add_shell(w);
		add_file(w, cases[i].is_deb ? "usr/bin/apt-get" : "usr/bin/apk", &e, &elf)->owner =
			&facts[2];
		add_file(w, "usr/bin/dpkg", &e, &elf);
		add_file(w, "usr/bin/gdb", &e, &elf)->owner = &facts[0];
		add_file(w, "usr/bin/other", &e, &elf)->owner = &facts[3];

		struct span fix = run(w, "min.tooling").fix;

		if (!span_starts(fix, span_str(cases[i].fix)))
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(fix));
		world_free(w);
	}
}

/* What depends on what goes, goes too; where that is of use, all of the chain stays. */
static void packages_go_in_chains(void **state)
{
	(void)state;
	static const struct entry e = { .mode = 0755, .type = ENTRY_FILE };
	static const struct exec_fact elf = { .kind = EXEC_ELF };

	for (unsigned of_use = 0; of_use < 2; of_use++) {
		struct world *w = world_new();
		struct package_fact facts[] = {
			{ .type = PACKAGE_DEB, .name = SPAN("a-meta"), .needs = SPAN("b-meta") },
			{ .type = PACKAGE_DEB, .name = SPAN("apt") },
			{ .type = PACKAGE_DEB, .name = SPAN("b-meta"), .needs = SPAN("make, gdb") },
			{ .type = PACKAGE_DEB, .name = SPAN("gdb") },
			{ .type = PACKAGE_DEB, .name = SPAN("make") },
			{ .type = PACKAGE_DEB, .name = SPAN("strace") },
		};

		for (size_t k = 0; k < COUNT(facts); k++)
			add_package(w, &facts[k]);
		add_shell(w);
		if (of_use)
			add_file(w, "lib/a.so.1", &e, NULL)->owner = &facts[0];
		add_file(w, "usr/bin/apt-get", &e, &elf)->owner = &facts[1];
		add_file(w, "usr/bin/dpkg", &e, &elf);
		add_file(w, "usr/bin/gdb", &e, &elf)->owner = &facts[3];
		add_file(w, "usr/bin/make", &e, &elf)->owner = &facts[4];
		add_file(w, "usr/bin/strace", &e, &elf)->owner = &facts[5];
		assert_true(span_starts(run(w, "min.tooling").fix,
			of_use ? SPAN("RUN apt-get purge -y strace && rm -rf /usr/bin/gdb "
				      "/usr/bin/make ")
			       : SPAN("RUN apt-get purge -y a-meta b-meta gdb make strace && rm "
				      "-rf "
				      "/var/cache/ldconfig/aux-cache ")));
		world_free(w);
	}
}

/* A chain in the worst order is given up, not followed for minutes. */
static void a_long_chain_is_given_up(void **state)
{
	(void)state;
	enum { LONG = 4000 };
	static const struct entry e = { .mode = 0755, .type = ENTRY_FILE };
	static const struct exec_fact elf = { .kind = EXEC_ELF };
	static struct package_fact facts[LONG + 2];
	struct world *w = world_new();

	for (size_t k = 0; k < LONG + 2; k++) {
		facts[k] = (struct package_fact){ .type = PACKAGE_DEB,
			.name = span_str(arena_printf(&w->arena, "p%04zu", k)),
			.needs = span_str(k + 1 < LONG ? arena_printf(&w->arena, "p%04zu", k + 1)
					  : k < LONG   ? "zgdb"
						       : "") };
		add_package(w, &facts[k]);
	}
	facts[LONG].name = SPAN("zapt");
	facts[LONG + 1].name = SPAN("zgdb");
	add_shell(w);
	add_file(w, "usr/bin/apt-get", &e, &elf)->owner = &facts[LONG];
	add_file(w, "usr/bin/dpkg", &e, &elf);
	add_file(w, "usr/bin/gdb", &e, &elf)->owner = &facts[LONG + 1];
	assert_true(span_starts(run(w, "min.tooling").fix, SPAN("RUN rm -rf /usr/bin/gdb\n")));
	world_free(w);
}

/* What the image starts decides what may go. */
static void a_shell_that_is_needed_stays(void **state)
{
	(void)state;
	static const struct entry e = { .mode = 0755, .type = ENTRY_FILE };
	static const struct exec_fact script = { .kind = EXEC_SCRIPT,
		.interpreter = SPAN_INIT("/usr/bin/env sh") };
	static const struct {
		const char *name, *program;
		bool is_shell_form;
		const char *fix;
	} cases[] = {
		{ "a script", "entry", false,
			"the image starts /entry, a script for /usr/bin/env sh" },
		{ "the shell form", NULL, true, "the image starts 'run' through a shell" },
		{ "a program", "bin/cp", false, "RUN rm -rf /bin/sh" },
		{ "a shell", "bin/sh", false, "RUN rm -rf /bin/sh\nthe image starts a shell: " },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world *w = world_new();

		add_shell(w);
		add_file(w, "entry", &e, &script);
		*(struct command *)vec_push(&w->image.commands, &w->arena) = (struct command){
			.text = SPAN("run"),
			.is_shell_form = cases[i].is_shell_form,
			.program = cases[i].program
					   ? image_file(&w->image, span_str(cases[i].program))
					   : NULL,
		};
		struct span fix = run(w, "min.shell").fix;

		check(cases[i].name, span_starts(fix, span_str(cases[i].fix)));
		check(cases[i].name, span_has(fix, SPAN("RUN")) == span_starts(fix, SPAN("RUN")));
		world_free(w);
	}
}

/* Where no judge says more, the general advice is a remedy without subjects. */
static void every_row_has_a_remedy(void **state)
{
	(void)state;
	for (size_t i = 0; i < CRITERIA; i++) {
		struct world *w = world_new();
		struct criterion_report r;

		w->image.inputs = 0;
		r = run(w, criteria[i]->id);
		check(criteria[i]->id, criteria[i]->remedy && criteria[i]->remedy < REMEDY_ACTIONS);
		check(criteria[i]->id,
			r.verdict != MET && r.remedies.n && r.fix.len && r.remedies.p[0].action);
		world_free(w);
	}
}

static void remedies_as_lines(void **state)
{
	(void)state;
	static const struct {
		const char *name, *lines, *user;
		struct {
			uint8_t action;
			const char *value, *subjects, *note;
		} list[5];
	} cases[] = {
		{ "none", "", "", { { 0 } } },
		{ "in byte order, a folder once", "RUN rm -rf /a /b", "",
			{ { REMEDY_REMOVE, "", "b|a/c|a", "" } } },
		{ "a path that is not plain", "RUN rm -rf '/$(x)' '/b c' '/it'\\''s'", "",
			{ { REMEDY_REMOVE, "", "b c|it's|$(x)", "" } } },
		{ "bytes that are not printed",
			"RUN rm -rf \"$(printf '/a\\012b%%c\\134\\303\\274'\\''')\"", "",
			{ { REMEDY_REMOVE, "", "a\nb%c\\\303\274'", "" } } },
		{ "a name that may be masked",
			"RUN rm -rf /a\nby hand, because its name cannot be shown in a command: "
			"/ghp_****",
			"", { { REMEDY_REMOVE, "", "a|ghp_****", "" } } },
		{ "all are named", "RUN rm -rf /1 /10 /11 /12 /13 /2 /3 /4 /5 /6 /7 /8 /9", "",
			{ { REMEDY_REMOVE, "", "1|2|3|4|5|6|7|8|9|10|11|12|13", "" } } },
		{ "as root, then as before", "USER 0\nRUN rm -rf /a\nUSER app", "app",
			{ { REMEDY_REMOVE, "", "a", "" } } },
		{ "modes in one RUN",
			"RUN chmod u-s /a /c && cp -p /b /b.nocap && mv -f /b.nocap /b\n"
			"do without",
			"",
			{ { REMEDY_CHMOD, "u-s", "a|c", "" }, { REMEDY_UNCAP, "", "b", "" },
				{ REMEDY_RECIPE, "", "", "do without" } } },
		{ "a base and what goes onto it", "FROM a\nCOPY --from=build /b /b\nand more", "",
			{ { REMEDY_BASE, "", "a|b", "and more" } } },
		{ "labels", "LABEL a=b c=\"d \\\"e\\\" \\$f\"", "",
			{ { REMEDY_LABEL, "", "a=b|c=d \"e\" $f", "" } } },
		{ "trust", "or trust it, with --trusted a/b", "",
			{ { REMEDY_TRUST, "", "a/b", "" } } },
		{ "secrets: three places of each", "/a, /b, /c and 1 more: revoke\n/e: burn", "",
			{ { REMEDY_SECRET, "", "/a|/b|/c|/d", "revoke" },
				{ REMEDY_SECRET, "", "/e", "burn" } } },
		{ "a line is said once", "USER 1", "",
			{ { REMEDY_USER, "", "1", "" }, { REMEDY_USER, "", "1", "" } } },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world *w = world_new();
		struct criterion_report report = { 0 };
		struct verdict_out out = { .arena = &w->arena, .report = &report };
		const remedies *list = &report.remedies;
		fix_lines lines = { 0 };
		scoped_buf struct buf b = { 0 };

		add_shell(w);
		w->image.user = (struct user){ .text = span_str(cases[i].user),
			.is_empty = !*cases[i].user };
		for (size_t k = 0; cases[i].list[k].action; k++) {
			struct remedy r = { .action = cases[i].list[k].action,
				.value = span_str(cases[i].list[k].value),
				.note = span_str(cases[i].list[k].note) };
			struct span rest = span_str(cases[i].list[k].subjects), subject;

			while (span_split(&rest, '|', &subject))
				if (subject.len)
					remedy_for(&out, &r, subject);
			remedy_add(&out, r);
		}
		fix_lines_of(&w->image, &list, 1, REMEDY_STEPS, &w->arena, &lines);
		for (size_t k = 0; k < lines.n; k++)
			buf_printf(&b, "%s%.*s", k ? "\n" : "", SPAN_ARG(lines.p[k].text));
		check_span(cases[i].name, buf_view(&b), span_str(cases[i].lines));
		world_free(w);
	}
}

/* A base of the family, of the image's release or else the newest, supported on that day. */
static void bases_to_build_on(void **state)
{
	(void)state;
	enum { DAYS_2026 = 20454, DAYS_2029 = 21550 };
	static const struct entry e = { .mode = 0755, .type = ENTRY_FILE };
	static const struct exec_fact alone = { .kind = EXEC_ELF, .flags = EXEC_STATIC };
	static const struct {
		const char *id, *like, *version;
		uint8_t type;
		bool is_static;
		int64_t day;
		const char *fix;
	} cases[] = {
		{ "debian", "", "12", PACKAGE_DEB, false, DAYS_2026, "debian:bookworm-slim" },
		{ "debian", "", "12", PACKAGE_DEB, false, DAYS_2029, "debian:trixie-slim" },
		{ "debian", "", "10", PACKAGE_DEB, false, DAYS_2026, "debian:trixie-slim" },
		{ "ubuntu", "debian", "24.04", PACKAGE_DEB, false, DAYS_2026,
			"debian:trixie-slim" },
		{ "", "", "", PACKAGE_DEB, false, DAYS_2026, "debian:trixie-slim" },
		{ "fedora", "", "43", PACKAGE_RPM, false, DAYS_2026, "ubi10/ubi-minimal" },
		{ "fedora", "", "43", PACKAGE_RPM, true, DAYS_2026, "ubi10/ubi-minimal" },
		{ "rocky", "rhel centos fedora", "9.4", PACKAGE_RPM, false, DAYS_2026,
			"ubi9/ubi-minimal" },
		{ "centos", "rhel fedora", "7", PACKAGE_RPM, false, DAYS_2026,
			"ubi10/ubi-minimal" },
		{ "sles", "suse", "15.3", PACKAGE_RPM, false, DAYS_2026, "bci/bci-minimal:15.7" },
		{ "mariner", "", "2.0", PACKAGE_RPM, false, DAYS_2026,
			"azurelinux/distroless/base:3.0" },
		{ "debian", "", "12", PACKAGE_DEB, true, DAYS_2026,
			"gcr.io/distroless/static-debian13:latest\nCOPY --from=build /zz/app "
			"/zz/app\n" },
		{ "alpine", "", "3.10.9", PACKAGE_APK, false, 40000, "build on a minimal base" },
		{ "plan9", "", "4", 0, false, DAYS_2026, "build on a minimal base" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world *w = world_new();
		struct package_fact fact = { .type = cases[i].type };

		w->policy.now = cases[i].day * DAY_SECONDS;
		w->image.base.kind = BASE_FULL;
		w->image.distribution = (struct distribution){ .id = span_str(cases[i].id),
			.id_like = span_str(cases[i].like),
			.version_id = span_str(cases[i].version) };
		add_package(w, &fact);
		add_file(w, "zz/app", &e, &alone);
		*(struct command *)vec_push(&w->image.commands, &w->arena) = (struct command){
			.program = cases[i].is_static ? image_file(&w->image, SPAN("zz/app")) : NULL
		};

		struct span fix = run(w, "min.base").fix;

		if (!span_has(fix, span_str(cases[i].fix)))
			fail_msg("row %zu: %.*s", i, SPAN_ARG(fix));
		world_free(w);
	}
}

/* No memory for a subject is an error: a remedy with a hole would pass for a whole one. */
static void a_remedy_without_memory(void **state)
{
	(void)state;
	static const struct entry setuid = { .mode = 04755, .type = ENTRY_FILE };
	struct world *w = world_new();
	size_t failed = 0, whole = 0;

	fill(w, &setuid, NULL, NULL, "bin/a%u");
	for (size_t limit = 1 << 10; limit < 256 << 10; limit += 1 << 10) {
		scoped_arena struct arena a = { .limit = limit };
		struct criterion_report r;

		if (grade_criterion(criterion_find(SPAN("conf.priv")), &w->dossier, &a, &r)) {
			failed++;
			assert_int_equal(r.verdict, NOT_ASSESSED);
			continue;
		}
		whole++;
		assert_int_equal(r.verdict, NOT_MET);
		assert_int_equal(r.remedies.p[0].subjects.n, MANY);
	}
	assert_true(failed && whole);
	world_free(w);
}

/* A second build alone decides; without one, a claim that is signed and not contradicted. */
static void a_second_build_or_a_signed_claim(void **state)
{
	static const struct {
		const char *name;
		int built; /* enum difference_verdict; -1: not built again */
		uint8_t level;
		bool is_bad, says_so, has_trace;
		uint8_t verdict, class;
	} rows[] = {
		{ "nothing", -1, TRUST_NONE, false, false, false, NOT_ASSESSED, OBSERVED },
		{ "the same", DIFF_SAME, TRUST_NONE, false, false, false, MET, PROVED },
		{ "a trace does not matter then", DIFF_SAME, TRUST_NONE, false, false, true, MET,
			PROVED },
		{ "other times", DIFF_TIMES, TRUST_ROOTED, false, true, false, NOT_MET, PROVED },
		{ "compressed differently", DIFF_COMPRESSED, TRUST_NONE, false, false, false,
			NOT_MET, PROVED },
		{ "not read", DIFF_UNREADABLE, TRUST_ROOTED, false, true, false, NOT_ASSESSED,
			PROVED },
		{ "signed, says so", -1, TRUST_ROOTED, false, true, false, MET, DECLARED },
		{ "signed, does not say so", -1, TRUST_ROOTED, false, false, false, NOT_ASSESSED,
			OBSERVED },
		{ "not signed", -1, TRUST_CLAIMED, false, true, false, NOT_ASSESSED, OBSERVED },
		{ "a signature that is wrong", -1, TRUST_ROOTED, true, true, false, NOT_ASSESSED,
			OBSERVED },
		{ "a trace speaks against it", -1, TRUST_ROOTED, false, true, true, NOT_MET,
			OBSERVED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *w = world_new();
		struct difference_report difference = { .verdict = (uint8_t)rows[i].built,
			.summary = SPAN("summary") };
		struct rebuild rebuild = { &difference };
		struct provenance provenance = { .is_reproducible = rows[i].says_so };
		struct trust_evidence e = { .kind = ATTACHED_PROVENANCE,
			.level = rows[i].level,
			.is_bad = rows[i].is_bad,
			.provenance = &provenance };
		struct trust trust = { .is_searched = true };
		struct config_fact created = { .key = CONFIG_CREATED,
			.value = SPAN("2026-10-20T00:00:00.123Z"),
			.has_value = true };

		trust.list.p = &e;
		trust.list.n = 1;
		w->dossier.trust = &trust;
		w->dossier.rebuild = rows[i].built < 0 ? NULL : &rebuild;
		if (rows[i].has_trace) {
			w->config.configs.p = &created;
			w->config.configs.n = 1;
		}
		struct criterion_report c = run(w, "prov.repro");

		check(rows[i].name, c.verdict == rows[i].verdict);
		check(rows[i].name, c.class == rows[i].class || c.verdict == NOT_ASSESSED);
		world_free(w);
	}
}

/* Without somebody who is expected any signer up to a root proves, but not for --profile strict;
 * with somebody, only that one. */
static void what_a_signature_proves(void **state)
{
	enum { ANY_CLASS = 9 };
	static const struct {
		const char *id;
		uint8_t kind, class; /* of the criterion, when it is proved */
	} judged[] = {
		{ "prov.signed", ATTACHED_SIGNATURE, PROVED },
		{ "prov.slsa", ATTACHED_PROVENANCE, PROVED },
		{ "prov.sbom", ATTACHED_SBOM, PROVED },
		{ "prov.fresh", ATTACHED_PROVENANCE, ANY_CLASS },
		{ "prov.source", ATTACHED_PROVENANCE, PROVED },
		{ "prov.repro", ATTACHED_PROVENANCE, DECLARED },
		{ "conf.secprofile", ATTACHED_PROFILE, PROVED },
	};
	static const struct {
		const char *name;
		bool is_strict, has_policy;
		uint8_t level;
		bool proves;
	} rows[] = {
		{ "anybody", false, false, TRUST_ROOTED, true },
		{ "anybody, no root", false, false, TRUST_INTACT, false },
		{ "anybody, strict", true, false, TRUST_ROOTED, false },
		{ "another than expected", false, true, TRUST_ROOTED, false },
		{ "another than expected, strict", true, true, TRUST_ROOTED, false },
		{ "expected", false, true, TRUST_EXPECTED, true },
		{ "expected, strict", true, true, TRUST_EXPECTED, true },
		{ "in a log too, strict", true, true, TRUST_TRANSPARENT, true },
	};
	const struct provenance_input nginx = { .image = SPAN("docker.io/library/nginx:1") };

	(void)state;
	for (size_t i = 0; i < COUNT(judged) * COUNT(rows); i++) {
		size_t k = i % COUNT(rows), c = i / COUNT(rows);
		struct world *w = world_new();
		struct provenance provenance = { .version = SPAN("v1"),
			.has_builder = true,
			.builder = SPAN("b"),
			.finished = NOW - DAY_SECONDS,
			.is_reproducible = true };
		const struct sbom_truth sbom = { .format = SPAN("SPDX 2.3"),
			.ours = 1,
			.theirs = 1,
			.found = 1,
			.versions = 1 };
		const struct profile_facts profile = { .kind = PROFILE_SECCOMP, .restricts = true };
		struct trust_evidence e = { .kind = judged[c].kind,
			.level = rows[k].level,
			.signer = SPAN("somebody"),
			.provenance = &provenance,
			.sbom = &sbom,
			.profile = &profile };
		struct trust trust = { .is_searched = true, .has_policy = rows[k].has_policy };

		vec_add(&provenance.inputs, &w->arena, &nginx);
		trust.list.p = &e;
		trust.list.n = 1;
		w->policy.profile = rows[k].is_strict ? PROFILE_STRICT : PROFILE_CHPS;
		w->dossier.trust = &trust;

		struct criterion_report r = run(w, judged[c].id);
		bool proved = r.verdict == MET &&
			      (judged[c].class == ANY_CLASS || r.class == judged[c].class);

		if (proved != rows[k].proves || (rows[k].is_strict && !proved && r.verdict == MET))
			fail_msg("%s: %s: verdict %d, class %d", judged[c].id, rows[k].name,
				r.verdict, r.class);
		world_free(w);
	}
}

/* Nothing is "not met" while it may be somewhere else, or while it cannot be decided. */
static void a_signature_that_does_not_count(void **state)
{
	static const struct {
		const char *name;
		bool is_searched, has_policy;
		struct trust_evidence e;
		enum verdict want;
	} rows[] = {
		{ "not of the expected key", true, true, { .level = TRUST_CLAIMED }, NOT_MET },
		{ "another signer", true, true, { .level = TRUST_ROOTED, .is_wrong_signer = true },
			NOT_MET },
		{ "another signer, and more may be elsewhere", false, true,
			{ .level = TRUST_ROOTED, .is_wrong_signer = true }, NOT_ASSESSED },
		{ "it failed", true, false, { .is_bad = true }, NOT_MET },
		{ "it failed, and more may be elsewhere", false, false, { .is_bad = true },
			NOT_ASSESSED },
		{ "a check could not be made", true, true,
			{ .level = TRUST_INTACT, .is_undecided = true }, NOT_ASSESSED },
		{ "no key for it", true, false, { .level = TRUST_CLAIMED }, NOT_ASSESSED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *w = world_new();
		struct trust_evidence e = rows[i].e;
		struct trust trust = { .is_searched = rows[i].is_searched,
			.has_policy = rows[i].has_policy };

		trust.list.p = &e;
		trust.list.n = 1;
		w->dossier.trust = &trust;
		check(rows[i].name, run(w, "prov.signed").verdict == rows[i].want);
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
		cmocka_unit_test(what_is_not_listed_is_counted),
		cmocka_unit_test(evidence_without_room_is_counted),
		cmocka_unit_test(remedies_are_for_all),
		cmocka_unit_test(a_remedy_knows_all_names),
		cmocka_unit_test(every_row_has_a_remedy),
		cmocka_unit_test(a_module_goes_whole),
		cmocka_unit_test(packages_go_whole),
		cmocka_unit_test(packages_go_in_chains),
		cmocka_unit_test(a_long_chain_is_given_up),
		cmocka_unit_test(a_shell_that_is_needed_stays),
		cmocka_unit_test(remedies_as_lines),
		cmocka_unit_test(bases_to_build_on),
		cmocka_unit_test(a_remedy_without_memory),
		cmocka_unit_test(a_second_build_or_a_signed_claim),
		cmocka_unit_test(what_a_signature_proves),
		cmocka_unit_test(a_signature_that_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
