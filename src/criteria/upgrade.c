/* upgrade.c - which packages to take newer, and how: by package manager, a row each.
 *
 * A remedy has as value what is upgraded, as subjects NAME=VERSION, the version that has all fixes
 * that are known. A package of a system is named without its version where its manager takes an
 * exact one only: a repository has the newest, which need not be the first with the fix, and its
 * binary packages may have other versions than their sources.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/upgrade.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "criteria/rows.h"
#include "version/version.h"

enum {
	LISTED_MAX = 12, /* packages of a system by name; more: all that are there */
	LINE_MAX = 1 << 16,
};

#define APT_END " && rm -rf /var/lib/apt/lists/*"

/* Of several rows with one value the first counts whose program the image has. */
static const struct {
	const char *value, *program;
	const char *one, *all;            /* before the names; instead of many names */
	const char *open, *equal, *close; /* around a name and its version; no equal: no version */
	const char *end;
} managers[] = {
	{ "deb", "apt-get", "apt-get update && apt-get install --only-upgrade -y",
		"apt-get update && apt-get upgrade -y", " ", NULL, "", APT_END },
	{ "apk", "apk", "apk add --no-cache --upgrade", "apk upgrade --no-cache", " '", ">=", "'",
		"" },
	{ "rpm", "dnf", "dnf upgrade -y", "dnf upgrade -y", " ", NULL, "", " && dnf clean all" },
	{ "rpm", "microdnf", "microdnf upgrade -y", "microdnf upgrade -y", " ", NULL, "",
		" && microdnf clean all" },
	{ "rpm", "yum", "yum update -y", "yum update -y", " ", NULL, "", " && yum clean all" },
	{ "rpm", "zypper", "zypper --non-interactive update", "zypper --non-interactive update",
		" ", NULL, "", " && zypper clean" },
	{ "opkg", "opkg", "opkg update && opkg upgrade", "opkg update && opkg upgrade", " ", NULL,
		"", "" },
};

/* What is not the system's is upgraded where it is built. Without a command: words. */
static const struct {
	const char *value, *command, *words;
	const char *open, *equal, *close;
	const char *others; /* characters of its names beside letters, digits and "._+-"; a first
				@ only begins one */
} builds[] = {
	{ "python", "pip install --upgrade", "in the requirements or the lock file:", " '",
		">=", "'", "" },
	{ "npm", "npm install", "in the folder of package.json:", " '", "@^", "'", "@/" },
	{ "yarn", "yarn upgrade", "in the folder of package.json:", " '", "@^", "'", "@/" },
	{ "pnpm", "pnpm update", "in the folder of package.json:", " '", "@^", "'", "@/" },
	{ "npm-global", "npm install -g", "a newer release of the module that has them:", " ", NULL,
		"@latest", "@/" },
	{ "stdlib", NULL, "build the Go programs with a newer", " ", " ", "", "" },
	{ "go", "go get", "in the sources of the program:", " ", "@v", "", "/~" },
	{ "gem", "bundle update --conservative", "in the folder of the Gemfile:", " ", NULL, "",
		"" },
	{ "cargo", "cargo update", "in the folder of Cargo.lock:", " -p ", NULL, "", "" },
	{ "cargo-several", NULL, "in Cargo.lock, where it is in several versions:", " ", " ", "",
		"" },
	{ "composer", "composer update --with-dependencies", "in the folder of composer.json:", " ",
		NULL, "", "/" },
	{ "maven", NULL, "in pom.xml or build.gradle:", " ", " ", "", ":/" },
	{ "nuget", NULL, "in the project file:", " ", " ", "", "" },
	{ "program", NULL, "take a newer release:", " ", " ", "", ":/@" },
};

/* ---- which ----------------------------------------------------------------------------------- */

/* Chisel's slices and others without a row are a newer release of what has them. */
static const struct {
	uint8_t type;   /* enum package_type */
	uint8_t scheme; /* enum version_scheme */
	const char *value;
} types[] = {
	{ PACKAGE_DEB, VERSION_DEB, "deb" },
	{ PACKAGE_APK, VERSION_APK, "apk" },
	{ PACKAGE_RPM, VERSION_RPM, "rpm" },
	{ PACKAGE_OPKG, VERSION_DEB, "opkg" },
	{ PACKAGE_CHISEL, VERSION_DEB, "program" },
	{ PACKAGE_PYTHON, VERSION_PEP440, "python" },
	{ PACKAGE_NPM, VERSION_SEMVER, "npm" },
	{ PACKAGE_GEM, VERSION_GEM, "gem" },
	{ PACKAGE_GO, VERSION_GO, "go" },
	{ PACKAGE_CARGO, VERSION_SEMVER, "cargo" },
	{ PACKAGE_MAVEN, VERSION_MAVEN, "maven" },
	{ PACKAGE_NUGET, VERSION_NUGET, "nuget" },
	{ PACKAGE_COMPOSER, VERSION_PACKAGIST, "composer" },
};

static size_t type_row(uint8_t type)
{
	size_t i = 0;

	while (i < sizeof(types) / sizeof(*types) && types[i].type != type)
		i++;
	return i;
}

/* The file that a package manager of node keeps beside node_modules. */
static const char *node_manager(const struct image_facts *image, struct span root, struct arena *a)
{
	static const char *const locks[][2] = { { "yarn.lock", "yarn" },
		{ "pnpm-lock.yaml", "pnpm" } };

	for (size_t i = 0; i < sizeof(locks) / sizeof(*locks); i++) {
		const char *path = arena_printf(a, "%.*s%s", SPAN_ARG(root), locks[i][0]);

		if (path && image_file(image, span_str(path)))
			return locks[i][1];
	}
	return "npm";
}

/* The packages are sorted by type and name. */
static bool has_versions(const struct image_facts *image, const struct image_package *p)
{
	const struct image_package *all = image->packages.p, *next = p + 1;

	for (int i = 0; i < 2; i++, next = p - 1)
		if (next >= all && next < all + image->packages.n &&
			next->fact->type == p->fact->type &&
			span_eq(next->fact->name, p->fact->name) &&
			!span_eq(next->fact->version, p->fact->version))
			return true;
	return false;
}

/* What is upgraded, and under which name: a global module brings its own dependencies. */
static const char *value_of(const struct image_facts *image, const struct image_package *p,
	struct arena *a, struct span *name)
{
	static const struct span modules = SPAN_INIT("node_modules/");
	size_t row = type_row(p->fact->type);
	struct span path = p->at.path, top;
	size_t at = span_find_span(path, modules);

	*name = p->fact->name;
	if (row == sizeof(types) / sizeof(*types) || p->fact->is_main)
		return "program";
	if (p->fact->type == PACKAGE_CARGO && has_versions(image, p))
		return "cargo-several";
	if (p->fact->type == PACKAGE_GO && span_eq(*name, SPAN("stdlib")))
		return "stdlib";
	if (p->fact->type != PACKAGE_NPM || at == path.len)
		return types[row].value;
	struct span root = span_sub(path, 0, at);

	if (!span_ends(root, SPAN("/lib/")))
		return node_manager(image, root, a);
	top = span_from(path, at + modules.len);
	at = span_find(top, '/');
	if (span_at(top, 0) == '@')
		at += 1 + span_find(span_from(top, at + 1), '/');
	*name = span_sub(top, 0, at);
	return "npm-global";
}

struct wanted {
	const char *value;
	struct span name, version;
	uint8_t scheme;
	bool is_asked;
};
typedef VEC(struct wanted) wanted_list;

static int by_name(const void *left, const void *right)
{
	const struct wanted *a = left, *b = right;
	int d = strcmp(a->value, b->value);

	return d ? d : span_cmp(a->name, b->name);
}

/* The later version of the two. */
static void merge(struct wanted *to, const struct wanted *from)
{
	int order;

	if (version_cmp((enum version_scheme)to->scheme, to->version, from->version, &order) &&
		order < 0)
		to->version = from->version;
	to->is_asked = to->is_asked || from->is_asked;
}

static size_t merge_all(wanted_list *l)
{
	size_t n = 0;

	if (l->n)
		qsort(l->p, l->n, sizeof(*l->p), by_name);
	for (size_t i = 0; i < l->n; i++)
		if (n && !by_name(&l->p[n - 1], &l->p[i]))
			merge(&l->p[n - 1], &l->p[i]);
		else
			l->p[n++] = l->p[i];
	return n;
}

void upgrade_advise(const struct dossier *d, struct verdict_out *out,
	bool (*asked)(const void *ctx, const struct vulnerability *v), const void *ctx)
{
	wanted_list all = { 0 };
	bool is_strict = d->policy->profile == PROFILE_STRICT;

	for (size_t i = 0; i < d->matches->list.n; i++) {
		const struct vulnerability *v = &d->matches->list.p[i];
		size_t row = type_row(v->package->fact->type);
		struct wanted w = { .version = v->fixed_in };

		if (!vulnerability_counts(v, is_strict) || v->fix_state != FIX_FIXED ||
			vulnerability_is_base(v, d->image))
			continue;
		w.value = value_of(d->image, v->package, out->arena, &w.name);
		w.scheme = row < sizeof(types) / sizeof(*types) ? types[row].scheme : 0;
		w.is_asked = asked(ctx, v);
		vec_add(&all, out->arena, &w);
	}
	size_t n = merge_all(&all);
	struct remedy r = { .action = REMEDY_UPGRADE };

	for (size_t i = 0; i < n; i++) {
		const struct wanted *w = &all.p[i];

		if (w->is_asked)
			remedy_for(out, &r,
				span_str(arena_printf(out->arena, "%.*s=%.*s", SPAN_ARG(w->name),
					SPAN_ARG(w->version))));
		if (i + 1 < n && !strcmp(w->value, all.p[i + 1].value))
			continue;
		r.value = span_str(w->value);
		if (r.subjects.n)
			remedy_add(out, r);
		r = (struct remedy){ .action = REMEDY_UPGRADE };
	}
}

/* ---- how ------------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

typedef VEC(struct span) span_list;

/* The subjects of all remedies with this value, each once. */
static void gather(
	const remedies *const *lists, size_t n, const char *value, struct arena *a, span_list *out)
{
	size_t kept = 0;

	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < lists[k]->n; i++) {
			const struct remedy *r = &lists[k]->p[i];

			if (r->action != REMEDY_UPGRADE || !span_eq(r->value, span_str(value)))
				continue;
			for (size_t s = 0; s < r->subjects.n; s++)
				vec_add(out, a, &r->subjects.p[s]);
		}
	if (out->n)
		qsort(out->p, out->n, sizeof(*out->p), by_text);
	for (size_t i = 0; i < out->n; i++)
		if (!kept || !span_eq(out->p[kept - 1], out->p[i]))
			out->p[kept++] = out->p[i];
	out->n = kept;
}

/* All bytes are letters, digits or of one of the lists. */
static bool is_made_of(struct span s, const char *some, const char *others)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (!ascii_is_alnum(c) && (!c || (!strchr(some, c) && !strchr(others, c))))
			return false;
	}
	return s.len;
}

/* A shell reads it as one word, and the package manager as the name of one package: not as an
 * option, as a group (@), as what is to be removed (apt-get, a dash at the end), as another name
 * for something else (npm, NAME@npm:OTHER). */
static bool is_name(struct span s, const char *others)
{
	bool has_scope = others[0] == '@';

	if (has_scope && span_at(s, 0) == '@')
		s = span_from(s, 1);
	return (ascii_is_alnum(span_at(s, 0)) || span_at(s, 0) == '_') &&
	       span_at(s, s.len - 1) != '-' && is_made_of(s, "._+-", others + has_scope);
}

/* The names, each with its version; returns how many a command cannot show. */
static size_t put_names(struct buf *b, const span_list *l, const char *open, const char *equal,
	const char *close, const char *others)
{
	size_t hidden = 0;

	for (size_t i = 0; i < l->n; i++) {
		size_t at = span_find(l->p[i], '=');
		struct span name = span_sub(l->p[i], 0, at), version = span_from(l->p[i], at + 1);
		size_t v = span_at(version, 0) == 'v';

		if (!is_name(name, others) || !is_made_of(version, "._+-", ":~")) {
			hidden++;
			continue;
		}
		buf_printf(b, "%s%.*s", open, SPAN_ARG(name));
		if (equal)
			buf_printf(b, "%s%.*s", equal, SPAN_ARG(span_from(version, v)));
		buf_str(b, close);
	}
	return hidden;
}

/* The row of the manager that the image has; of an image whose files are not known the first. */
static size_t manager_of(const struct image_facts *image, const char *value, bool can_run)
{
	size_t i = 0;

	while (i < sizeof(managers) / sizeof(*managers) &&
		(strcmp(managers[i].value, value) != 0 ||
			(image->files.n &&
				!(can_run && program_named(image, managers[i].program)))))
		i++;
	return i;
}

static void put_hidden(struct upgrade_lines *u, size_t hidden)
{
	if (hidden)
		u->put(u->ctx, false,
			span_str(arena_printf(u->a,
				"and %zu more by hand, whose names a command cannot show",
				hidden)));
}

static void put_system(struct upgrade_lines *u, const char *value, const span_list *l)
{
	size_t row = manager_of(u->image, value, u->can_run);
	scoped_buf struct buf b = { .limit = LINE_MAX };

	if (row == sizeof(managers) / sizeof(*managers)) {
		buf_str(&b, "the image has no package manager for a RUN; take newer packages where "
			    "they are copied in:");
		size_t hidden = put_names(&b, l, " ", " ", ",", "");

		if (hidden < l->n)
			u->put(u->ctx, false,
				arena_dup(u->a, span_sub(buf_view(&b), 0, b.len - 1)));
		put_hidden(u, hidden);
		return;
	}
	bool is_all = l->n > LISTED_MAX;
	size_t before = u->run->len;

	buf_printf(u->run, "%s%s", u->run->len ? " && " : "",
		is_all ? managers[row].all : managers[row].one);
	size_t hidden = is_all ? 0
			       : put_names(u->run, l, managers[row].open, managers[row].equal,
					 managers[row].close, "");

	buf_str(u->run, managers[row].end);
	if (hidden == l->n) /* without a name it would take all, or nothing */
		u->run->len = before;
	put_hidden(u, hidden);
}

static void put_build(struct upgrade_lines *u, size_t row, const span_list *l)
{
	scoped_buf struct buf b = { .limit = LINE_MAX };
	size_t hidden;

	buf_str(&b, builds[row].command ? builds[row].command : builds[row].words);
	hidden = put_names(
		&b, l, builds[row].open, builds[row].equal, builds[row].close, builds[row].others);
	if (hidden < l->n && builds[row].command)
		u->put(u->ctx, false, span_str(builds[row].words));
	if (hidden < l->n)
		u->put(u->ctx, builds[row].command != NULL, arena_dup(u->a, buf_view(&b)));
	put_hidden(u, hidden);
}

void upgrade_write(struct upgrade_lines *u, const remedies *const *lists, size_t n)
{
	const char *last = "";

	for (size_t i = 0; i < sizeof(managers) / sizeof(*managers); i++) {
		span_list l = { 0 };

		if (strcmp(managers[i].value, last) != 0)
			gather(lists, n, managers[i].value, u->a, &l);
		last = managers[i].value;
		if (l.n)
			put_system(u, last, &l);
	}
	u->put_run(u->ctx);
	for (size_t i = 0; i < sizeof(builds) / sizeof(*builds); i++) {
		span_list l = { 0 };

		gather(lists, n, builds[i].value, u->a, &l);
		if (l.n)
			put_build(u, i, &l);
	}
}
