/* system.c - the distribution of an image and the advisories that speak of its packages.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/match/parts.h"

#include "base/ascii.h"

/* How the release is written after the ecosystem's name. */
enum form {
	FORM_NONE,   /* not at all */
	FORM_WHOLE,  /* VERSION_ID */
	FORM_MAJOR,  /* up to its first dot */
	FORM_BRANCH, /* "v3.20" */
	FORM_UBUNTU, /* "22.04:LTS" */
	FORM_NAME,   /* what follows the distribution's name in PRETTY_NAME */
	FORM_EULER,  /* "22.03-LTS-SP1" of "openEuler 22.03 (LTS-SP1)" */
};

/* Source of the strings: OSV schema 1.7.4, "Defined ecosystems", and advisory/advisory.c. */
static const struct system_row {
	const char *id;        /* of os-release */
	const char *ecosystem; /* OSV's name */
	uint8_t form;          /* enum form */
	bool has_unfixed;      /* its publisher also lists what has no fix */
	const char *relative;  /* ID of the distribution whose data are taken instead; NULL: none */
} rows[] = {
	{ "debian", "Debian", FORM_MAJOR, true, NULL },
	{ "ubuntu", "Ubuntu", FORM_UBUNTU, true, NULL },
	{ "alpine", "Alpine", FORM_BRANCH, false, NULL },
	{ "wolfi", "Wolfi", FORM_NONE, false, NULL },
	{ "chainguard", "Chainguard", FORM_NONE, false, "wolfi" },
	{ "minimos", "MinimOS", FORM_NONE, false, NULL },
	{ "rhel", "Red Hat", FORM_MAJOR, true, "almalinux" },
	{ "almalinux", "AlmaLinux", FORM_MAJOR, true, NULL },
	{ "rocky", "Rocky Linux", FORM_MAJOR, true, "almalinux" },
	{ "centos", "CentOS", FORM_MAJOR, true, "almalinux" },
	{ "ol", "Oracle Linux", FORM_MAJOR, true, "almalinux" },
	{ "amzn", "Amazon Linux", FORM_WHOLE, false, NULL },
	{ "fedora", "Fedora", FORM_MAJOR, false, NULL },
	{ "photon", "Photon OS", FORM_WHOLE, true, NULL },
	{ "mariner", "Mariner", FORM_WHOLE, false, NULL },
	{ "azurelinux", "Azure Linux", FORM_WHOLE, false, NULL },
	{ "openeuler", "openEuler", FORM_EULER, false, NULL },
	{ "mageia", "Mageia", FORM_MAJOR, false, NULL },
	{ "sles", "SUSE", FORM_NAME, false, NULL },
	{ "sled", "SUSE", FORM_NAME, false, NULL },
	{ "sle-micro", "SUSE", FORM_NAME, false, NULL },
	{ "opensuse-leap", "openSUSE", FORM_NAME, false, NULL },
	{ "opensuse-tumbleweed", "openSUSE", FORM_NAME, false, NULL },
};

static const struct system_row *row_of(struct span id)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_eq(id, span_str(rows[i].id)))
			return &rows[i];
	return NULL;
}

static struct span major(struct span version)
{
	return span_sub(version, 0, span_find(version, '.'));
}

/* "3.20" of "3.20.1"; empty: no such number. */
static struct span major_minor(struct span version)
{
	size_t dot = span_find(version, '.'), n = dot + 1;

	while (ascii_is_digit(span_at(version, n)))
		n++;
	return dot < version.len && n > dot + 1 ? span_sub(version, 0, n) : (struct span){ 0 };
}

/* ---- Alpine's branch ------------------------------------------------------------------------- */

/* The release's own branch where the repositories have it, else theirs; apk takes a package from
 * any of them, so several leave a doubt. */
static struct span pick_branch(const struct image_facts *image, struct arena *a, struct system *out)
{
	const struct distribution *d = &image->distribution;
	struct span number = major_minor(d->version_id), own = { 0 };

	if (number.len && !span_has(d->version_id, SPAN("_alpha")))
		own = span_str(arena_printf(a, "v%.*s", SPAN_ARG(number)));
	if (d->branches.n > 1)
		out->doubt = span_str(arena_printf(a,
			"etc/apk/repositories has packages of several branches (%.*s, %.*s)",
			SPAN_ARG(d->branches.p[0]), SPAN_ARG(d->branches.p[1])));
	for (size_t i = 0; i < d->branches.n; i++)
		if (span_eq(d->branches.p[i], own))
			return own;
	if (d->branches.n == 1 && own.len)
		out->doubt = span_str(
			arena_printf(a, "the release is %.*s and etc/apk/repositories is of %.*s",
				SPAN_ARG(own), SPAN_ARG(d->branches.p[0])));
	return d->branches.n ? d->branches.p[d->branches.n - 1] : own;
}

/* ---- the strings ----------------------------------------------------------------------------- */

/* Ubuntu's long-term releases are those of April of even years. */
static bool is_lts(struct span version)
{
	uint64_t year;

	return span_number(major(version), 10, 99, &year) && year % 2 == 0 &&
	       span_ends(version, SPAN(".04"));
}

static struct span after_name(struct span pretty)
{
	size_t blank = span_find(pretty, ' ');

	return span_trim(span_from(pretty, blank + 1));
}

/* "22.03-LTS-SP1" */
static struct span euler(struct span pretty, struct arena *a)
{
	struct span name = after_name(pretty);
	size_t open = span_find(name, '(');
	struct span word = span_sub(name, open + 1, span_find(span_from(name, open + 1), ')'));

	return span_str(arena_printf(a, "%.*s%s%.*s", SPAN_ARG(span_trim(span_sub(name, 0, open))),
		word.len ? "-" : "", SPAN_ARG(word)));
}

/* What follows ':'; .p NULL: the image does not say which release it is. */
static struct span release_of(const struct system_row *row, const struct image_facts *image,
	struct arena *a, struct system *out)
{
	const struct distribution *d = &image->distribution;

	switch (row->form) {
	case FORM_NONE:
		return SPAN("");
	case FORM_WHOLE:
		return d->version_id;
	case FORM_MAJOR:
		if (span_eq(d->id, SPAN("debian")) && !d->version_id.len)
			return SPAN("sid");
		return major(d->version_id);
	case FORM_BRANCH:
		return pick_branch(image, a, out);
	case FORM_UBUNTU:
		return is_lts(d->version_id)
			       ? span_str(arena_printf(a, "%.*s:LTS", SPAN_ARG(d->version_id)))
			       : d->version_id;
	case FORM_EULER:
		return euler(d->pretty_name, a);
	default:
		return after_name(d->pretty_name);
	}
}

enum role { ROLE_WHOLE, ROLE_EXTRA, ROLE_UNFIXED };

static void add_feed(struct system *out, struct arena *a, const char *ecosystem,
	const char *between, struct span release, enum role role)
{
	if (out->n == ECOSYSTEMS_MAX)
		return;
	out->feeds[out->n++] = (struct system_feed){
		.ecosystem = span_str(
			arena_printf(a, "%s%s%.*s", ecosystem, between, SPAN_ARG(release))),
		.is_unfixed_only = role == ROLE_UNFIXED,
		.is_extra = role == ROLE_EXTRA,
	};
}

/* The modules of SUSE Linux Enterprise that the packages of an image come from. */
static void add_modules(struct system *out, const struct distribution *d, struct arena *a)
{
	static const char *const modules[] = { "Basesystem", "Server Applications",
		"Development Tools", "Python 3", "Web and Scripting" };
	struct span pretty = d->pretty_name;
	size_t last = span_find_span(pretty, SPAN(" 1"));

	for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++)
		add_feed(out, a, arena_printf(a, "SUSE:Linux Enterprise Module for %s", modules[i]),
			"", span_from(pretty, last), ROLE_WHOLE);
}

static int look(struct advisory_db *db, struct system *out, struct scov_err *err)
{
	for (size_t i = 0; i < out->n; i++) {
		struct advisory_extent extent;
		int code = advisory_db_ecosystem(
			db, out->feeds[i].ecosystem, &extent, &out->feeds[i].is_there, err);

		if (code)
			return code;
		if (out->feeds[i].is_there && !out->feeds[i].is_extra)
			out->classes |= out->feeds[i].is_unfixed_only
						? extent.classes & FEED_UNFIXED
						: extent.classes;
	}
	return 0;
}

static bool has_any(const struct system *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->feeds[i].is_there && !s->feeds[i].is_unfixed_only &&
			!s->feeds[i].is_extra)
			return true;
	return false;
}

/* RHEL's list of what has no fix is true of what is built from its sources. */
static bool is_rebuild(const struct system_row *row)
{
	return row->relative ? span_eq(span_str(row->relative), SPAN("almalinux")) &&
				       !span_eq(span_str(row->id), SPAN("rhel"))
			     : span_eq(span_str(row->id), SPAN("almalinux"));
}

int system_of(const struct image_facts *image, struct advisory_db *db, struct arena *a,
	struct system *out, struct scov_err *err)
{
	const struct system_row *row = row_of(image->distribution.id), *other;
	struct span release;
	int code;

	*out = (struct system){ 0 };
	if (!row)
		return 0;
	release = release_of(row, image, a, out);
	if (!release.len && row->form != FORM_NONE)
		return 0;
	out->is_known = true;
	out->has_unfixed = row->has_unfixed;
	add_feed(out, a, row->ecosystem, row->form == FORM_NONE ? "" : ":", release, ROLE_WHOLE);
	if (row->form == FORM_UBUNTU)
		add_feed(out, a, "Ubuntu", ":Pro:", release, ROLE_EXTRA);
	if (row->form == FORM_NAME && span_eq(span_str(row->ecosystem), SPAN("SUSE")))
		add_modules(out, &image->distribution, a);
	if (is_rebuild(row))
		add_feed(out, a, "Red Hat", ":", release, ROLE_UNFIXED);
	code = look(db, out, err);
	if (code || has_any(out) || !row->relative)
		return code;
	other = row_of(span_str(row->relative));
	add_feed(out, a, other->ecosystem, other->form == FORM_NONE ? "" : ":", release,
		ROLE_WHOLE);
	code = look(db, out, err);
	if (!code && has_any(out))
		out->stand_in = out->feeds[out->n - 1].ecosystem;
	return code;
}
