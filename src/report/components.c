/* components.c - the packages of an image as a bill of materials lists them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/components.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/err.h"
#include "base/search.h"
#include "report/purl.h"

enum { EDGES_MAX = 4 << 20 /* what more packages need is left out */ };

/* A name that packages are needed by, their own or one that they provide. */
struct provided {
	struct span name;
	uint32_t package;
};
typedef VEC(struct provided) provided_list;

/* ---- names ----------------------------------------------------------------------------------- */

static int by_purl(const void *a, const void *b)
{
	const struct provided *x = a, *y = b;
	int d = span_cmp(x->name, y->name);

	return d ? d : (x->package > y->package) - (x->package < y->package);
}

/* Several packages may have one purl: a chiselled package and the one that it is cut from. */
static bool name_all(const struct image_facts *f, struct components *c)
{
	struct provided *sorted = arena_array(&c->arena, f->packages.n, sizeof(*sorted));
	unsigned twin = 1;

	c->purls = arena_array(&c->arena, f->packages.n, sizeof(*c->purls));
	c->refs = arena_array(&c->arena, f->packages.n, sizeof(*c->refs));
	if (!sorted || !c->purls || !c->refs)
		return false;
	for (size_t i = 0; i < f->packages.n; i++) {
		scoped_buf struct buf purl = { 0 };

		purl_of(f->packages.p[i].fact, &f->distribution, &purl);
		c->purls[i] = arena_dup(&c->arena, buf_view(&purl));
		if (!c->purls[i].p)
			return false;
		sorted[i] = (struct provided){ c->purls[i], (uint32_t)i };
	}
	if (f->packages.n)
		qsort(sorted, f->packages.n, sizeof(*sorted), by_purl);
	for (size_t i = 0; i < f->packages.n; i++) {
		uint32_t package = sorted[i].package;

		c->refs[package] = c->purls[package];
		twin = i && span_eq(sorted[i - 1].name, sorted[i].name) ? twin + 1 : 1;
		if (twin == 1)
			continue;
		char *text = arena_printf(&c->arena, "%.*s#%u", SPAN_ARG(c->purls[package]), twin);

		if (!text)
			return false;
		c->refs[package] = span_str(text);
	}
	return true;
}

/* ---- relations ------------------------------------------------------------------------------- */

static bool edge(struct components *c, uint32_t from, uint32_t to, enum relation relation)
{
	if (from == to || c->edges.n >= EDGES_MAX)
		return true;
	return vec_add(
		&c->edges, &c->arena, &(struct component_edge){ from, to, (uint8_t)relation });
}

static bool provide(const struct image_facts *f, struct components *c, provided_list *out)
{
	for (uint32_t i = 0; i < f->system_packages; i++) {
		const struct package_fact *p = f->packages.p[i].fact;
		struct span rest = p->provides, word;

		if (!vec_add(out, &c->arena, &((struct provided){ p->name, i })))
			return false;
		while (span_split(&rest, package_need_end(p->type), &word))
			if (!vec_add(out, &c->arena,
				    &((struct provided){ package_need_name(word), i })))
				return false;
	}
	if (out->n)
		qsort(out->p, out->n, sizeof(*out->p), by_purl);
	return true;
}

/* Of alternatives each one that is there. */
static bool add_needs(const struct image_facts *f, struct components *c, uint32_t i,
	const provided_list *provided)
{
	const struct package_fact *p = f->packages.p[i].fact;
	struct span rest = p->needs, group, word;

	while (span_split(&rest, package_need_end(p->type), &group))
		while (span_split(&group, '|', &word)) {
			struct provided key = { package_need_name(word), 0 };
			size_t k = key.name.len ? vec_first(provided, &key, by_purl) : provided->n;

			for (; k < provided->n && span_eq(provided->p[k].name, key.name); k++)
				if (!edge(c, i, provided->p[k].package, RELATION_NEEDS))
					return false;
		}
	return true;
}

static int by_ends(const void *a, const void *b)
{
	const struct component_edge *x = a, *y = b;

	if (x->from != y->from)
		return (x->from > y->from) - (x->from < y->from);
	if (x->relation != y->relation)
		return x->relation - y->relation;
	return (x->to > y->to) - (x->to < y->to);
}

static bool relate(const struct image_facts *f, struct components *c)
{
	provided_list provided = { 0 };
	size_t n = 0;

	if (!provide(f, c, &provided))
		return false;
	for (uint32_t i = 0; i < f->packages.n; i++) {
		const struct image_package *p = &f->packages.p[i],
					   *owner = p->owner ? image_package(f, p->owner) : NULL;
		uint32_t from = owner ? (uint32_t)(owner - f->packages.p) : IMAGE_ITSELF;

		if (!edge(c, from, i, RELATION_CONTAINS) || !add_needs(f, c, i, &provided))
			return false;
	}
	if (c->edges.n)
		qsort(c->edges.p, c->edges.n, sizeof(*c->edges.p), by_ends);
	for (size_t i = 0; i < c->edges.n; i++)
		if (!n || by_ends(&c->edges.p[n - 1], &c->edges.p[i]))
			c->edges.p[n++] = c->edges.p[i];
	c->edges.n = n;
	return true;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* RFC 9562, version 8: bits of our own, here of a SHA-256. */
static void make_uuid(const struct report *r, struct components *c)
{
	const struct digest *d = &r->image->manifest_digest;
	scoped_buf struct buf all = { 0 };
	char text[DIGEST_TEXT];

	if (!d->algorithm)
		d = &r->image->config_digest;
	buf_str(&all, digest_format(d, text));
	for (size_t i = 0; i < r->image->packages.n && !d->algorithm; i++) {
		buf_span(&all, c->refs[i]);
		buf_byte(&all, '\n');
	}
	struct digest h = digest_of(DIGEST_SHA256, buf_view(&all));

	h.bytes[6] = (uint8_t)(0x80 | (h.bytes[6] & 0x0f));
	h.bytes[8] = (uint8_t)(0x80 | (h.bytes[8] & 0x3f));
	digest_hex(&h, text);
	snprintf(c->uuid, sizeof(c->uuid), "%.8s-%.4s-%.4s-%.4s-%.12s", text, text + 8, text + 12,
		text + 16, text + 20);
}

static void find_created(const struct report *r, struct components *c)
{
	char day[DATE_TEXT];

	for (size_t i = 0; i < r->image->dates.n; i++) {
		const struct dated *d = &r->image->dates.p[i];
		int64_t s = d->seconds;

		if (d->kind != DATE_CREATED || s < 0 || s / DAY_SECONDS > INT32_MAX)
			continue;
		date_format_day(s / DAY_SECONDS, day);
		s %= DAY_SECONDS;
		snprintf(c->created, sizeof(c->created), "%.10sT%02d:%02d:%02dZ", day,
			(int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
	}
}

int components_of(const struct report *r, struct components *out, struct scov_err *err)
{
	*out = (struct components){ 0 };
	if (!name_all(r->image, out) || !relate(r->image, out))
		return err_memory(err);
	make_uuid(r, out);
	find_created(r, out);
	return 0;
}

void components_release(struct components *c)
{
	arena_release(&c->arena);
}

/* ---- properties ------------------------------------------------------------------------------ */

const struct component_text component_texts[] = {
	{ "scoville:source", offsetof(struct package_fact, source) },
	{ "scoville:source-version", offsetof(struct package_fact, source_version) },
	{ "scoville:vendor", offsetof(struct package_fact, vendor) },
	{ "scoville:module", offsetof(struct package_fact, module) },
	{ "scoville:member", offsetof(struct package_fact, member) },
	{ NULL, 0 },
};

static void put_text(component_put put, void *ctx, const char *name, struct span value)
{
	if (value.len)
		put(ctx, name, value);
}

void component_properties(
	const struct image_facts *f, const struct image_package *p, component_put put, void *ctx)
{
	char digest[DIGEST_TEXT];

	put(ctx, "scoville:type", span_str(package_row(p->fact->type)->name));
	for (const struct component_text *t = component_texts; t->name; t++) {
		struct span value;

		memcpy(&value, (const char *)p->fact + t->offset, sizeof(value));
		put_text(put, ctx, t->name, value);
	}
	put_text(put, ctx, "scoville:path", p->at.path);
	if (p->layer < f->layers_n)
		put(ctx, "scoville:layer",
			span_str(digest_format(&f->layers[p->layer].diff_id, digest)));
	if (p->owner)
		put_text(put, ctx, "scoville:owner", p->owner->name);
	if (p->fact->is_main)
		put(ctx, "scoville:main", SPAN("true"));
	if (!p->has_executable)
		put(ctx, "scoville:executable", SPAN("false"));
}

void component_system(const struct distribution *d, component_put put, void *ctx)
{
	put_text(put, ctx, "scoville:codename", d->codename);
	for (size_t i = 0; i < d->branches.n; i++)
		put_text(put, ctx, "scoville:branch", d->branches.p[i]);
}

/* ---- licences -------------------------------------------------------------------------------- */

/* Source: the SPDX licence list 3.25, those that packages of distributions and languages name most;
 * one that is missing here is written as a text. */
static const char *const ids[] = { "0BSD", "AFL-2.1", "AFL-3.0", "AGPL-3.0-only",
	"AGPL-3.0-or-later", "Apache-1.1", "Apache-2.0", "Artistic-1.0", "Artistic-1.0-Perl",
	"Artistic-2.0", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause", "BSD-4-Clause", "BSL-1.0",
	"BlueOak-1.0.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC0-1.0",
	"CDDL-1.0", "CDDL-1.1", "CPL-1.0", "ECL-2.0", "EPL-1.0", "EPL-2.0", "EUPL-1.2", "FSFAP",
	"FTL", "GFDL-1.3-only", "GFDL-1.3-or-later", "GPL-1.0-only", "GPL-1.0-or-later",
	"GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "HPND", "ICU",
	"IJG", "ISC", "LGPL-2.0-only", "LGPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later",
	"LGPL-3.0-only", "LGPL-3.0-or-later", "Libpng", "MIT", "MIT-0", "MPL-1.1", "MPL-2.0",
	"MS-PL", "NCSA", "OFL-1.1", "OLDAP-2.8", "OpenSSL", "PHP-3.01", "PSF-2.0", "PostgreSQL",
	"Python-2.0", "Python-2.0.1", "Ruby", "SSH-OpenSSH", "Sleepycat", "TCL", "UPL-1.0",
	"Unicode-3.0", "Unicode-DFS-2016", "Unlicense", "Vim", "W3C", "WTFPL", "X11", "ZPL-2.1",
	"Zlib", "blessing", "bzip2-1.0.6", "curl", "libtiff", "zlib-acknowledgement" };

static bool is_id(struct span word)
{
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (span_eq(word, span_str(ids[i])))
			return true;
	return false;
}

/* ids with AND and OR between, without brackets: what those texts nearly always are. */
enum licence_kind licence_kind(struct span text)
{
	struct span rest = span_trim(text), word;
	size_t n = 0;

	if (!rest.len)
		return LICENCE_NONE;
	while (span_split(&rest, ' ', &word)) {
		bool is_word = span_eq(word, SPAN("AND")) || span_eq(word, SPAN("OR"));

		if (n % 2 ? !is_word : !is_id(word))
			return LICENCE_TEXT;
		n++;
	}
	return n == 1 ? LICENCE_ID : n % 2 ? LICENCE_EXPRESSION : LICENCE_TEXT;
}
