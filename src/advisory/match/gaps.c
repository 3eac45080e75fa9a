/* gaps.c - why a list without findings is not a proof that there are none.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>

#include "advisory/match/parts.h"
#include "base/date.h"
#include "known/distributions.h"

enum {
	FRESH_DAYS = 7,   /* of a database */
	ACTIVE_DAYS = 60, /* a feed without a newer record is not being updated */
	TEXT_MAX = 1024,
};

/* Why, and what would close it. */
static void gap_add(struct matches *m, struct arena *a, const char *needs, const char *text, ...)
	__attribute__((format(printf, 4, 5)));

static const char update[] = "a current advisory database (scoville db update)";

static void gap_add(struct matches *m, struct arena *a, const char *needs, const char *text, ...)
{
	char line[TEXT_MAX];
	va_list args;

	va_start(args, text);
	(void)vsnprintf(line, sizeof(line), text, args);
	va_end(args);
	vec_add(&m->gaps, a,
		&((struct match_gap){ arena_dup(a, span_str(line)), span_str(needs) }));
}

#define GAP(m, needs, ...) gap_add((m)->out, (m)->a, needs, __VA_ARGS__)
#define PLURAL(n) (n) == 1 ? "" : "s"

static int64_t today(const struct matcher *m)
{
	return date_day(m->opt->policy->now);
}

static struct span system_name(const struct image_facts *image)
{
	const struct distribution *d = &image->distribution;

	if (!d->is_known)
		return SPAN("an unknown distribution");
	return d->pretty_name.len ? d->pretty_name : d->id;
}

static void of_database(struct matcher *m)
{
	int64_t age = today(m) - m->out->built_day;
	char day[DATE_TEXT];

	date_format_day(m->out->built_day, day);
	if (m->out->is_builtin)
		GAP(m, update, "the advisories are the built-in ones of %s", day);
	else if (age < -1)
		GAP(m, update, "the advisory database is of a day to come (%s)", day);
	else if (age > FRESH_DAYS)
		GAP(m, update, "the advisory database is %lld days old (%s)", (long long)age, day);
	/* One id would be as good as another, and nothing but the vendor's own word a rating. */
	if (!advisory_db_has(m->db, FAMILY_CVE))
		GAP(m, update, "the database has no file of ratings and other names of flaws");
}

static void of_feed(struct matcher *m, struct span ecosystem, bool is_unfixed_only)
{
	struct advisory_extent extent;
	bool is_there;
	char day[DATE_TEXT];

	if (advisory_db_ecosystem(m->db, ecosystem, &extent, &is_there, m->err) || !is_there ||
		(is_unfixed_only && !(extent.classes & FEED_UNFIXED)))
		return;
	if (extent.classes & FEED_PARTIAL)
		GAP(m, update, "the advisories on %.*s are a part of what is known",
			SPAN_ARG(ecosystem));
	if (!extent.newest)
		GAP(m, "a feed that states its age",
			"it is not known how old the advisories on %.*s are", SPAN_ARG(ecosystem));
	else if (extent.newest > today(m) + 1)
		GAP(m, update, "the advisories on %.*s are of a day to come (%s)",
			SPAN_ARG(ecosystem), date_format_day(extent.newest, day));
	else if (today(m) - extent.newest > ACTIVE_DAYS && !m->out->is_builtin)
		GAP(m, update, "the advisories on %.*s end on %s", SPAN_ARG(ecosystem),
			date_format_day(extent.newest, day));
}

/* A distribution out of support gets no advisories, whatever is wrong with it. */
static void of_support(struct matcher *m)
{
	const struct distribution *d = &m->image->distribution;
	const struct known_release *r = known_release_find(d->id, d->version_id, d->codename);
	char day[DATE_TEXT];

	if (!r)
		GAP(m, "a release whose support is known",
			"it is not known how long %.*s is supported",
			SPAN_ARG(system_name(m->image)));
	else if (r->end < today(m))
		GAP(m, "a supported release", "%.*s has been out of support since %s",
			SPAN_ARG(system_name(m->image)), date_format_day(r->end, day));
}

static void uses(struct matcher *m, struct span ecosystem)
{
	const struct advisory_ecosystem *e = advisory_ecosystem(ecosystem);

	if (e)
		m->out->families |= 1u << e->family;
}

static void of_data(struct matcher *m)
{
	struct span name = system_name(m->image);
	bool any = false;

	for (size_t i = 0; i < m->system.n; i++) {
		uses(m, m->system.feeds[i].ecosystem);
		any = any || (m->system.feeds[i].is_there && !m->system.feeds[i].is_extra &&
				     !m->system.feeds[i].is_unfixed_only);
		of_feed(m, m->system.feeds[i].ecosystem, m->system.feeds[i].is_unfixed_only);
	}
	if (!any)
		GAP(m, update, "the database has no advisories on %.*s", SPAN_ARG(name));
	else if (m->system.stand_in.len)
		GAP(m, update, "the advisories are those of %.*s, not of %.*s",
			SPAN_ARG(m->system.stand_in), SPAN_ARG(name));
	else if (m->system.has_unfixed && !(m->system.classes & FEED_UNFIXED))
		GAP(m, update, "the advisories on %.*s list fixes only, not what has no fix yet",
			SPAN_ARG(name));
	if (m->system.doubt.len)
		GAP(m, "repositories of one branch", "%.*s", SPAN_ARG(m->system.doubt));
}

static void of_system(struct matcher *m)
{
	const struct image_facts *image = m->image;

	if (!image->system_packages) {
		if (image->database_removed)
			GAP(m, "the package database", "the package database was removed");
		else if (image->distribution.is_known)
			GAP(m, "a package database", "%.*s without a package database",
				SPAN_ARG(system_name(image)));
		return;
	}
	of_support(m);
	if (!m->system.is_known)
		GAP(m, "a distribution with advisories", "no advisories are known for %.*s",
			SPAN_ARG(system_name(image)));
	else
		of_data(m);
}

static void of_languages(struct matcher *m)
{
	for (unsigned type = 0; type < PACKAGE_TYPES; type++) {
		const struct language *l = &m->languages[type];

		if (l->packages)
			uses(m, l->ecosystem);
		if (l->packages && !l->is_there)
			GAP(m, update, "the database has no advisories on %s packages (%zu here)",
				package_row(type)->name, l->packages);
		else if (l->packages)
			of_feed(m, l->ecosystem, false);
	}
}

static void of_packages(struct matcher *m)
{
	static const char records[] = "package records that can be matched";

	if (m->foreign)
		GAP(m, "advisories of their makers",
			"%zu package%s not the distribution's: %.*s of %.*s%s", m->foreign,
			m->foreign == 1 ? " is" : "s are", SPAN_ARG(m->foreign_name),
			SPAN_ARG(m->foreign_maker), m->foreign > 1 ? ", ..." : "");
	if (m->sourceless)
		GAP(m, records, "%zu chiselled package%s: the manifest does not name the source",
			m->sourceless, PLURAL(m->sourceless));
	if (m->unread)
		GAP(m, records,
			"%zu package%s could not be matched: no version that can be compared",
			m->unread, PLURAL(m->unread));
	if (m->groupless)
		GAP(m, records, "%zu jar%s without a group: not matched", m->groupless,
			PLURAL(m->groupless));
	if (m->unlisted)
		GAP(m, "advisories on them",
			"no advisories on %zu program%s without a package: %.*s%s", m->unlisted,
			PLURAL(m->unlisted), SPAN_ARG(m->unlisted_name),
			m->unlisted > 1 ? ", ..." : "");
	if (m->unsure)
		GAP(m, "advisories with streams",
			"%zu package%s of modules: the advisories do not say of which stream",
			m->unsure, PLURAL(m->unsure));
}

static void of_inventory(struct matcher *m)
{
	static const uint32_t needs[] = { INPUT_FILES, INPUT_PACKAGES, INPUT_INVENTORY };
	const struct image_facts *image = m->image;

	if (m->opt->is_sbom)
		GAP(m, "the image", "an SBOM lists what its maker found: no image was read");
	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++)
		if (!(image->inputs & needs[i]) &&
			(!m->opt->is_sbom || needs[i] == INPUT_INVENTORY)) {
			struct span why = image->inputs_missing[input_number(needs[i])];

			why = why.len ? why : SPAN("not all packages could be read");
			GAP(m, input_rows[input_number(needs[i])].needs, "%.*s", SPAN_ARG(why));
			break;
		}
	if (!image->packages.n)
		GAP(m, "packages", "no package was found");
}

void match_gaps(struct matcher *m)
{
	of_database(m);
	of_inventory(m);
	of_system(m);
	of_languages(m);
	of_packages(m);
}
