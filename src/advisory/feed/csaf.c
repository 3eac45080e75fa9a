/* csaf.c - advisories and VEX statements in CSAF 2.0 of Red Hat and SUSE.
 *
 * The product tree names products (by CPE, or by name) and packages (by purl, or by name), and
 * relationships: a package as a component of a product, maybe by way of a module. A vulnerability
 * lists such pairs by what is known of them. Source: CSAF 2.0, 3.2.2 and 3.2.3, and both
 * publishers' data. Streams of paid support (rhel_eus and the like) are not of an image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/distribution.h"

#include "base/hash.h"
#include "base/hashtable.h"
#include "format/purl.h"

enum { CHAIN_MAX = 8 }; /* relationships that name relationships */

static const struct advisory_source redhat = { SPAN_INIT("redhat-csaf"),
	SPAN_INIT("https://security.access.redhat.com/data/csaf/v2/vex"), SPAN_INIT("CC-BY-4.0"), 0,
	FEED_FIXED | FEED_UNFIXED | FEED_NEGATIVE | FEED_RATING };
static const struct advisory_source suse = { SPAN_INIT("suse-csaf"),
	SPAN_INIT("https://ftp.suse.com/pub/projects/security/csaf-vex"), SPAN_INIT("CC-BY-4.0"), 0,
	FEED_FIXED | FEED_UNFIXED | FEED_NEGATIVE | FEED_RATING };

struct product {
	struct span id, name, cpe, purl;
	struct span part, whole; /* of a relationship: ids */
	/* What the vulnerability `turn` says of it. */
	uint32_t turn;
	uint8_t state, rating;
	struct span advisory, cvss; /* views of its values */
};

/* Of a file. */
struct document {
	struct span id; /* of an erratum; empty: a VEX document */
	bool is_suse;
	VEC(struct product) products;
	struct table by_id;
	struct hash_key key;
	uint32_t turn;
	VEC(uint32_t) named; /* by this vulnerability */
};

/* ---- the product tree ---- */

static struct document *document_of(struct feed *f)
{
	struct document *d = f->state;

	if (d)
		return d;
	d = arena_alloc(&f->file, sizeof(*d));
	if (d)
		d->key = hash_random_key();
	f->state = d;
	return d;
}

static struct product *find(const struct document *d, struct span id)
{
	uint64_t hash = hash_span(d->key, id);
	struct table_slot *s;

	if (!d->by_id.n)
		return NULL;
	s = table_next(&d->by_id, hash, NULL);
	while (s->row && !span_eq(d->products.p[s->row - 1].id, id))
		s = table_next(&d->by_id, hash, s);
	return s->row ? &d->products.p[s->row - 1] : NULL;
}

static void add(struct feed *f, struct document *d, struct product p)
{
	struct span *texts[] = { &p.id, &p.name, &p.cpe, &p.purl, &p.part, &p.whole };

	if (!p.id.len || find(d, p.id) || !table_room(&d->by_id, &f->file))
		return;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		*texts[i] = arena_dup(&f->file, *texts[i]);
	if (vec_add(&d->products, &f->file, &p))
		table_add(&d->by_id, hash_span(d->key, p.id), d->products.n - 1);
}

static void add_product(struct feed *f, struct document *d, const struct json *v)
{
	const struct json *helper = json_get(v, "product_identification_helper");

	add(f, d,
		(struct product){ .id = json_get_text(v, "product_id"),
			.name = json_get_text(v, "name"),
			.cpe = json_get_text(helper, "cpe"),
			.purl = json_get_text(helper, "purl") });
}

static void add_relationship(struct feed *f, struct document *d, const struct json *v)
{
	const struct json *full = json_get(v, "full_product_name");

	add(f, d,
		(struct product){ .id = json_get_text(full, "product_id"),
			.name = json_get_text(full, "name"),
			.part = json_get_text(v, "product_reference"),
			.whole = json_get_text(v, "relates_to_product_reference") });
}

/* ---- what a pair is ---- */

/* "cpe:/o:redhat:enterprise_linux:9::baseos": "Red Hat:9". Empty: of paid support, or no system. */
static struct span system_of(const struct product *p, struct arena *a)
{
	static const struct span main = SPAN_INIT(":redhat:enterprise_linux:");
	size_t at = span_find_span(p->cpe, main);

	if (at < p->cpe.len)
		return rpm_product(span_str(arena_printf(a, "Red Hat Enterprise Linux %.*s",
					   SPAN_ARG(span_from(p->cpe, at + main.len)))),
			a);
	if (span_has(p->cpe, SPAN(":redhat:")))
		return (struct span){ 0 };
	return rpm_product(p->name, a);
}

/* "ruby:2.7" of "ruby:2.7:8080020230427102918:63b34585" */
static struct span stream_of(struct span module)
{
	size_t colon = span_find(module, ':') + 1;

	return span_sub(module, 0, colon + span_find(span_from(module, colon), ':'));
}

static bool read_purl(struct feed *f, const struct product *p, struct rpm_item *out)
{
	struct purl u;
	struct span epoch;

	if (!p->purl.len || !purl_parse(p->purl, &f->arena, &u) || !span_eq(u.type, SPAN("rpm")))
		return false;
	epoch = purl_qualifier(&u, "epoch", &f->arena);
	out->package = u.name;
	out->arch = purl_qualifier(&u, "arch", &f->arena);
	out->module = stream_of(purl_qualifier(&u, "rpmmod", &f->arena));
	if (u.version.len)
		out->bound = span_str(arena_printf(&f->arena, "%.*s:%.*s",
			SPAN_ARG(epoch.len ? epoch : SPAN("0")), SPAN_ARG(u.version)));
	return true;
}

/* "openssl-libs-1:3.0.7-27.el9.x86_64", "libz1-1.2.13-150500.4.3.1.x86_64", or a name alone. */
static bool read_name(struct feed *f, struct span text, struct rpm_item *out)
{
	static const char *const arches[] = { "x86_64", "aarch64", "s390x", "ppc64le", "noarch",
		"src", "nosrc", "i586", "i686", "ppc64", "ia64", "s390", "armv7hl" };
	size_t dot = span_rfind(text, '.'), release, version;
	struct span arch = span_from(text, dot + 1);

	out->package = text;
	for (size_t i = 0; i < sizeof(arches) / sizeof(*arches); i++) {
		if (!span_eq(arch, span_str(arches[i])))
			continue;
		text = span_sub(text, 0, dot);
		release = span_rfind(text, '-');
		version = span_rfind(span_sub(text, 0, release), '-');
		if (release == text.len || version == release)
			return false;
		out->package = span_sub(text, 0, version);
		out->bound = span_from(text, version + 1);
		if (span_find(out->bound, ':') == out->bound.len)
			out->bound =
				span_str(arena_printf(&f->arena, "0:%.*s", SPAN_ARG(out->bound)));
		out->arch = span_eq(arch, SPAN("nosrc")) ? SPAN("src") : arch;
	}
	return out->package.len && span_find(out->package, '/') == out->package.len;
}

/* The module that a relationship's part is: "pkg:rpmmod/redhat/ruby@2.7:8080...:63b34585". */
static struct span module_of(struct feed *f, const struct product *p)
{
	struct purl u;

	if (!p || !p->purl.len || !purl_parse(p->purl, &f->arena, &u) ||
		!span_eq(u.type, SPAN("rpmmod")))
		return (struct span){ 0 };
	return stream_of(span_str(
		arena_printf(&f->arena, "%.*s:%.*s", SPAN_ARG(u.name), SPAN_ARG(u.version))));
}

/* False: not a package of a system. */
static bool item_of(
	struct feed *f, const struct document *d, const struct product *pair, struct rpm_item *out)
{
	const struct product *part = find(d, pair->part), *whole = find(d, pair->whole);
	struct span module = { 0 };

	for (size_t i = 0; whole && whole->whole.len && i < CHAIN_MAX; i++) {
		if (!module.len)
			module = module_of(f, find(d, whole->part));
		whole = find(d, whole->whole);
	}
	if (!part || !whole)
		return false;
	out->ecosystem = system_of(whole, &f->arena);
	if (!out->ecosystem.len)
		return false;
	if (!read_purl(f, part, out) && (part->purl.len || !read_name(f, part->id, out)))
		return false;
	if (!out->module.len)
		out->module = module;
	return true;
}

/* ---- a vulnerability ---- */

static const struct {
	const char *list;
	uint8_t state; /* enum fix_state */
} statuses[] = {
	{ "fixed", FIX_FIXED },
	{ "recommended", FIX_FIXED },
	{ "first_fixed", FIX_FIXED },
	{ "known_affected", FIX_NOT_FIXED },
	{ "first_affected", FIX_NOT_FIXED },
	{ "last_affected", FIX_NOT_FIXED },
	{ "under_investigation", FIX_INVESTIGATING },
	{ "known_not_affected", FIX_NOT_AFFECTED },
};

static void name_products(struct feed *f, struct document *d, const struct json *status)
{
	for (size_t s = 0; s < sizeof(statuses) / sizeof(*statuses); s++) {
		const struct json *list = json_get(status, statuses[s].list);

		for (size_t i = 0; i < json_count(list); i++) {
			struct product *p = find(d, json_text(json_at(list, i)));
			uint32_t row;

			if (!p) {
				feed_leave_out(f, FEED_MALFORMED);
				continue;
			}
			if (p->turn == d->turn)
				continue;
			p->turn = d->turn;
			p->state = statuses[s].state;
			p->rating = 0;
			p->advisory = p->cvss = (struct span){ 0 };
			row = (uint32_t)(p - d->products.p);
			vec_add(&d->named, &f->file, &row);
		}
	}
}

static void remedy(struct product *p, const struct json *remediation)
{
	struct span kind = json_get_text(remediation, "category");
	struct span details = json_get_text(remediation, "details");

	if (p->state == FIX_FIXED && span_eq(kind, SPAN("vendor_fix")) && !p->advisory.len)
		p->advisory = span_base(json_get_text(remediation, "url"));
	if (p->state != FIX_NOT_FIXED)
		return;
	if (span_eq(kind, SPAN("no_fix_planned")))
		p->state =
			span_has(details, SPAN("support scope")) ? FIX_END_OF_LIFE : FIX_WONT_FIX;
	else if (span_eq(kind, SPAN("none_available")) && span_has(details, SPAN("eferred")))
		p->state = FIX_DEFERRED;
}

static void impact(struct product *p, const struct json *threat)
{
	enum rating word = rating_of_word(json_get_text(threat, "details"));

	if (span_eq(json_get_text(threat, "category"), SPAN("impact")) && word)
		p->rating = (uint8_t)word;
}

static void score(struct product *p, const struct json *s)
{
	static const char *const versions[] = { "cvss_v2", "cvss_v3", "cvss_v4" };

	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++)
		p->cvss = feed_vector(
			p->cvss, json_get_text(json_get(s, versions[i]), "vectorString"));
}

/* For each entry of the list the products that it names; without names: all of this turn. */
static void for_products(struct document *d, const struct json *list, const char *names,
	void (*act)(struct product *, const struct json *))
{
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *entry = json_at(list, i), *ids = json_get(entry, names);

		for (size_t k = 0; k < json_count(ids); k++) {
			struct product *p = find(d, json_text(json_at(ids, k)));

			if (p && p->turn == d->turn)
				act(p, entry);
		}
		for (size_t k = 0; !json_count(ids) && k < d->named.n; k++)
			act(&d->products.p[d->named.p[k]], entry);
	}
}

static int put_rows(struct feed *f, struct document *d, struct span id, struct scov_err *err)
{
	VEC(struct rpm_item) items = { 0 };

	for (size_t i = 0; i < d->named.n; i++) {
		const struct product *p = &d->products.p[d->named.p[i]];
		struct rpm_item item = { .state = p->state,
			.rating = p->rating,
			.cvss = p->cvss,
			.advisory = p->advisory.len ? p->advisory : d->id };

		if (!item_of(f, d, p, &item)) {
			feed_leave_out(f, p->part.len ? FEED_NO_ECOSYSTEM : FEED_NO_PACKAGE);
			continue;
		}
		if (item.state == FIX_FIXED && !item.bound.len) {
			feed_leave_out(f, FEED_NO_VERSIONS);
			continue;
		}
		if (item.state != FIX_FIXED) {
			item.bound = item.advisory = (struct span){ 0 };
			item.arch = item.arch.len ? item.arch : SPAN("src");
		}
		vec_add(&items, &f->arena, &item);
	}
	return rpm_rows(f, items.p, items.n, &id, 1, err);
}

static int put(struct feed *f, struct document *d, const struct json *v, struct scov_err *err)
{
	struct advisory_record record = { .id = json_get_text(v, "cve"),
		.rating_class = RATED_OTHER,
		.title = span_sub(json_get_text(v, "title"), 0, 200) };

	feed_begin(f);
	if (!feed_is_cve(record.id))
		return feed_leave_out(f, FEED_NOT_SECURITY);
	d->turn++;
	d->named.n = 0;
	name_products(f, d, json_get(v, "product_status"));
	for_products(d, json_get(v, "remediations"), "product_ids", remedy);
	for_products(d, json_get(v, "threats"), "product_ids", impact);
	for_products(d, json_get(v, "scores"), "products", score);
	feed_from(f, d->is_suse ? &suse : &redhat);
	record.published = feed_day(f, json_get_text(v, "release_date"), err);
	if (!d->named.n)
		return feed_leave_out(f, FEED_NO_VERSIONS);
	int code = put_rows(f, d, record.id, err);

	return code ? code : feed_record(f, &record, err);
}

/* ---- the document ---- */

static enum json_choice begins(const struct json_step *path, size_t steps, enum json_kind kind)
{
	struct span last = steps ? path[steps - 1].name : (struct span){ 0 };

	if (!steps)
		return kind == JSON_DICT ? JSON_ENTER : JSON_PASS;
	if (span_eq(path[0].name, SPAN("document")))
		return JSON_TAKE;
	if (span_eq(path[0].name, SPAN("vulnerabilities")))
		return steps == 1 ? JSON_ENTER : JSON_TAKE;
	if (!span_eq(path[0].name, SPAN("product_tree")))
		return JSON_PASS;
	if (span_eq(last, SPAN("product")))
		return JSON_TAKE;
	if (steps == 3 && (span_eq(path[1].name, SPAN("relationships")) ||
				  span_eq(path[1].name, SPAN("full_product_names"))))
		return JSON_TAKE;
	return JSON_ENTER;
}

static void read_document(
	struct feed *f, struct document *d, const struct json *v, struct scov_err *err)
{
	const struct json *tracking = json_get(v, "tracking");
	struct span publisher = json_get_text(json_get(v, "publisher"), "name");

	d->is_suse = span_has(publisher, SPAN("SUSE"));
	if (span_eq(json_get_text(v, "category"), SPAN("csaf_security_advisory")))
		d->id = arena_dup(&f->file, json_get_text(tracking, "id"));
	feed_from(f, d->is_suse ? &suse : &redhat);
	feed_day(f, json_get_text(tracking, "current_release_date"), err);
}

static int value(struct feed *f, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	struct document *d = document_of(f);
	struct span top = steps ? path[0].name : (struct span){ 0 };

	if (!d || !json_is(v, JSON_DICT))
		return arena_check(&f->file, err);
	if (steps == 1 && span_eq(top, SPAN("document")))
		read_document(f, d, v, err);
	else if (span_eq(top, SPAN("vulnerabilities")))
		return put(f, d, v, err);
	else if (steps == 3 && span_eq(path[1].name, SPAN("relationships")))
		add_relationship(f, d, v);
	else
		add_product(f, d, v);
	return arena_check(&f->file, err);
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_JSON && feed_head_has(h, "document") &&
	       span_has(h->bytes, SPAN("\"csaf_version\""));
}

const struct feed_format feed_csaf = {
	.name = "csaf",
	.what = "CSAF advisories and VEX statements of Red Hat and SUSE (JSON)",
	.is = is,
	.begins = begins,
	.value = value,
	.source = { SPAN_INIT("csaf"), SPAN_INIT("the publisher"), SPAN_INIT("not stated"), 0,
		FEED_FIXED | FEED_UNFIXED | FEED_NEGATIVE | FEED_RATING },
};
