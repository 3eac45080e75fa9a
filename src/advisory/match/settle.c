/* settle.c - what a finding counts for: affected, or taken out, and why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/match/named.h"
#include "advisory/match/parts.h"
#include "advisory/match/vex.h"
#include "base/glob.h"
#include "facts/symbols.h"

static void set(struct vulnerability *v, enum match_status status, const char *why)
{
	v->status = (uint8_t)status;
	v->why = span_str(why);
}

/* ---- what the image says -------------------------------------------------------------------- */

struct span match_maker(const struct matcher *m, const struct package_fact *p)
{
	static const uint8_t schemes[ECOSYSTEMS] = { [ECOSYSTEM_DEB] = VERSION_DEB,
		[ECOSYSTEM_APK] = VERSION_APK,
		[ECOSYSTEM_RPM] = VERSION_RPM };
	const struct package_row *row = package_row(p->type);
	const struct advisory_ecosystem *e =
		m->system.n ? advisory_ecosystem(m->system.feeds[0].ecosystem) : NULL;

	if (p->type == PACKAGE_OPKG || (e && schemes[row->ecosystem] != e->scheme))
		return span_str(row->name);
	return origin_of(p, &m->image->distribution);
}

/* Distributions fix without changing the version, so only their data can say that it is affected;
 * that there are none is a gap. Of a package that is not theirs nobody else says it. */
bool match_is_owned(const struct matcher *m, const struct image_package *p)
{
	return p->owner && !match_maker(m, p->owner).len;
}

/* The kernel's headers are built from its source, and its advisories are about what runs. */
static bool is_kernel_headers(const struct image_package *p)
{
	static const char *const sources[] = { "linux", "linux-libc-dev", "linux-headers",
		"kernel-headers", "kernel" };
	struct span name = p->fact->source.len ? p->fact->source : p->fact->name;

	if (p->has_executable || !package_is_system(p->fact->type))
		return false;
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		if (span_eq(name, span_str(sources[i])))
			return true;
	return span_eq(p->fact->name, SPAN("kernel-headers"));
}

static void by_image(struct matcher *m, const struct flaw *f, struct vulnerability *v)
{
	const struct image_package *p = v->package;
	struct span looked_for = { 0 };

	if (f->symbols.n && !f->is_whole)
		looked_for = symbols_digest(f->symbols.p, f->symbols.n, m->a);
	if (f->record.is_rejected)
		set(v, MATCH_SUPPRESSED, "the CVE was rejected");
	else if (match_is_owned(m, p))
		set(v, MATCH_SUPPRESSED,
			arena_printf(m->a, "owned by %.*s: the distribution's data decide",
				SPAN_ARG(p->owner->name)));
	else if (is_kernel_headers(p))
		set(v, MATCH_SUPPRESSED, "headers only: the kernel is not in the image");
	else if (f->denied.len)
		set(v, MATCH_SUPPRESSED,
			arena_printf(m->a, "by the range of %.*s this version is not affected",
				SPAN_ARG(f->denied)));
	else if (looked_for.len && match_lacks_symbols(m, p, f, looked_for)) {
		set(v, MATCH_SUPPRESSED, MATCH_NO_SYMBOLS);
		v->symbols = looked_for;
	} else if (!p->has_executable)
		v->why = SPAN("the package has no executable content");
	else if (m->system.stand_in.len && package_is_system(p->fact->type))
		v->why = span_str(
			arena_printf(m->a, "by the data of %.*s", SPAN_ARG(m->system.stand_in)));
}

/* ---- what the user says --------------------------------------------------------------------- */

static bool is_called(const struct vulnerability *v, struct span id)
{
	for (size_t i = 0; i < v->aliases_n; i++)
		if (span_eq_nocase(v->aliases[i], id))
			return true;
	return span_eq_nocase(v->id, id);
}

static bool is_named(struct matcher *m, struct span purl, const struct image_package *p)
{
	struct purl u;

	return purl_parse(purl, m->a, &u) && purl_names(&u, p, m->image, m->a);
}

static bool fits(struct matcher *m, const struct waiver *w, const struct vulnerability *v)
{
	const struct image_package *p = v->package;

	if (w->type && w->type != p->fact->type)
		return false;
	if (w->fix_state && w->fix_state != v->fix_state + 1)
		return false;
	if ((w->package.len && !span_eq(w->package, p->fact->name)) ||
		(w->version.len && !span_eq(w->version, p->fact->version)))
		return false;
	return (w->is_foreign && !w->id.len ? true : is_called(v, w->id)) &&
	       (w->layer < 0 || (uint32_t)w->layer == p->layer) &&
	       (!w->path.len || glob_match(w->path, p->at.path)) &&
	       (!w->purl.len || is_named(m, w->purl, p));
}

static void by_waiver(struct matcher *m, struct vulnerability *v)
{
	const struct policy *policy = m->opt->policy;

	for (size_t i = 0; i < policy->waivers.n; i++) {
		if (!fits(m, &policy->waivers.p[i], v))
			continue;
		v->status = MATCH_IGNORED;
		v->why = policy->waivers.p[i].reason;
		if (m->out->waiver_hits)
			m->out->waiver_hits[i]++;
		return;
	}
}

void match_settle(struct matcher *m, const struct flaw *f, struct vulnerability *v)
{
	by_image(m, f, v);
	if (v->status == MATCH_AFFECTED && m->opt->vex)
		vex_apply(m->opt->vex, &m->vex_image, m->a, v);
	if (v->status == MATCH_AFFECTED)
		by_waiver(m, v);
}
