/* vex_read.c - the three formats of VEX documents.
 *
 * Sources: OpenVEX specification 0.2.0; CSAF 2.0, section 3.2 and profile 5; CycloneDX 1.6,
 * "vulnerabilities". The work grows with the document and with the statements that it makes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/match/vex.h"

#include "base/ascii.h"
#include "base/date.h"
#include "syntax/json.h"

enum { TREE_DEPTH = 32, PRODUCTS_MAX = 200000 };

struct reading {
	struct vex *x;
	struct arena *a;      /* of what stays */
	struct arena scratch; /* of the document */
	struct span document;
	struct span twice; /* of struct csaf */
	struct watch watch;
	struct scov_err *err;
};

/* False: the call has ended, or there is no room for more statements. */
static bool goes_on(struct reading *r)
{
	return watch_on(&r->watch) && r->x->all.n < VEX_STATEMENTS_MAX;
}

/* ---- a statement ----------------------------------------------------------------------------- */

/* The words of the formats. */
static bool status_of(struct span word, uint8_t *out)
{
	static const struct {
		const char *word;
		uint8_t status;
	} words[] = {
		{ "not_affected", VEX_NOT_AFFECTED }, /* OpenVEX, CycloneDX */
		{ "false_positive", VEX_NOT_AFFECTED },
		{ "known_not_affected", VEX_NOT_AFFECTED }, /* CSAF */
		{ "fixed", VEX_FIXED },
		{ "first_fixed", VEX_FIXED },
		{ "resolved", VEX_FIXED },
		{ "resolved_with_pedigree", VEX_FIXED },
		{ "affected", VEX_AFFECTED },
		{ "exploitable", VEX_AFFECTED },
		{ "known_affected", VEX_AFFECTED },
		{ "first_affected", VEX_AFFECTED },
		{ "last_affected", VEX_AFFECTED },
		{ "under_investigation", VEX_INVESTIGATING },
		{ "in_triage", VEX_INVESTIGATING },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_eq(word, span_str(words[i].word))) {
			*out = words[i].status;
			return true;
		}
	return false;
}

/* The ids of a flaw, in lower case. */
typedef VEC(struct span) id_list;

static void add_name(struct reading *r, id_list *list, struct span id)
{
	uint8_t *p = id.len ? arena_alloc(r->a, id.len) : NULL;

	for (size_t i = 0; p && i < id.len; i++)
		p[i] = ascii_lower(span_at(id, i));
	if (p)
		vec_add(list, &r->scratch, &((struct span){ p, id.len }));
}

static void put_one(struct reading *r, const struct vex_statement *s, struct span id)
{
	uint64_t hash = hash_span(r->x->key, id);
	struct vex_statement *new;
	struct table_slot *slot;

	if (!table_room(&r->x->by_id, r->a))
		return;
	slot = table_next(&r->x->by_id, hash, NULL);
	while (slot->row && !span_eq(r->x->all.p[slot->row - 1].id, id))
		slot = table_next(&r->x->by_id, hash, slot);
	new = vec_push(&r->x->all, r->a);
	if (!new)
		return;
	*new = *s;
	new->id = id;
	new->document = r->document;
	new->next = slot->row;
	if (slot->row)
		slot->row = (uint32_t)r->x->all.n;
	else
		table_put(&r->x->by_id, slot, hash, r->x->all.n - 1);
}

/* For each id. s: all but it. One of a day to come takes nothing out; what leaves a finding counts
 * as one without a time. */
static void put(struct reading *r, const id_list *ids, struct vex_statement s)
{
	if (s.at > r->x->now) {
		r->x->to_come += ids->n;
		if (s.status == VEX_NOT_AFFECTED || s.status == VEX_FIXED)
			return;
		s.at = 0;
	}
	for (size_t i = 0; i < ids->n && goes_on(r); i++)
		put_one(r, &s, ids->p[i]);
}

/* The URL lives as long as the statements. */
static bool take_purl(struct reading *r, struct span text, struct purl *out)
{
	struct purl u = { 0 };

	if (!purl_parse(arena_dup(r->a, text), r->a, &u))
		return false;
	*out = u;
	return true;
}

/* Of the first of the keys that is there; 0: what is there is no time. */
static int64_t time_of(const struct json *dict, const char *const *keys, int64_t otherwise)
{
	const struct json *v = NULL;
	int64_t at;

	for (; *keys && !v; keys++)
		v = json_get(dict, *keys);
	if (!v)
		return otherwise;
	return date_parse_rfc3339(json_text(v), &at, NULL) && at > 0 ? at : 0;
}

/* ---- OpenVEX --------------------------------------------------------------------------------- */

static const char *const openvex_times[] = { "last_updated", "timestamp", NULL };

static struct span openvex_purl(const struct json *product)
{
	struct span id = json_get_text(json_get(product, "identifiers"), "purl");

	if (json_is(product, JSON_TEXT)) /* before 0.2 */
		return json_text(product);
	return id.len ? id : json_get_text(product, "@id");
}

static void openvex_ids(struct reading *r, const struct json *v, id_list *out)
{
	const struct json *aliases = json_get(v, "aliases");
	struct span name = json_get_text(v, "name");

	if (json_is(v, JSON_TEXT))
		name = json_text(v);
	add_name(r, out, name.len ? name : json_get_text(v, "@id"));
	for (size_t i = 0; i < json_count(aliases); i++)
		add_name(r, out, json_text(json_at(aliases, i)));
}

/* The components of a product, or of all products of a statement. */
struct parts {
	VEC(struct purl) list;
	size_t unusable;
};

static void openvex_parts(struct reading *r, const struct json *list, struct parts *out)
{
	struct purl u;

	for (size_t i = 0; i < json_count(list) && goes_on(r); i++)
		if (take_purl(r, openvex_purl(json_at(list, i)), &u))
			vec_add(&out->list, &r->scratch, &u);
		else
			out->unusable++;
	out->unusable += list && !json_is(list, JSON_LIST); /* of something less than the whole */
}

/* product: NULL: there is only its URL. */
static void openvex_product(struct reading *r, const struct json *product, struct span url,
	const id_list *ids, const struct parts *of_all, struct vex_statement *s)
{
	struct parts own = { 0 };
	const struct parts *parts = of_all;

	if (!take_purl(r, url, &s->product)) {
		r->x->unusable++;
		return;
	}
	if (json_get(product, "subcomponents")) {
		openvex_parts(r, json_get(product, "subcomponents"), &own);
		parts = &own;
	}
	r->x->unusable += parts->unusable;
	s->component = (struct purl){ 0 };
	if (!parts->list.n && !parts->unusable)
		put(r, ids, *s);
	for (size_t i = 0; i < parts->list.n && goes_on(r); i++) {
		s->component = parts->list.p[i];
		put(r, ids, *s);
	}
}

static void openvex_statement(struct reading *r, const struct json *one, int64_t at)
{
	const struct json *products = json_get(one, "products");
	struct span why = json_get_text(one, "justification");
	struct vex_statement s = { .at = time_of(one, openvex_times, at) };
	struct parts parts = { 0 };
	id_list ids = { 0 };

	if (!why.len)
		why = json_get_text(one, "impact_statement");
	s.justification = arena_dup(r->a, why);
	/* One that is not known takes nothing out, and nor does an older one. */
	if (!status_of(json_get_text(one, "status"), &s.status))
		s.status = VEX_INVESTIGATING;
	openvex_ids(r, json_get(one, "vulnerability"), &ids);
	openvex_parts(r, json_get(one, "subcomponents"), &parts);
	for (size_t i = 0; ids.n && i < json_count(products) && goes_on(r); i++)
		openvex_product(r, json_at(products, i), openvex_purl(json_at(products, i)), &ids,
			&parts, &s);

	bool has_subject = !json_count(products) && r->x->subject.len &&
			   (!products || json_is(products, JSON_LIST));

	if (ids.n && has_subject)
		openvex_product(r, NULL, r->x->subject, &ids, &parts, &s);
	r->x->unusable += (!json_count(products) && !has_subject) || !ids.n;
}

static void openvex(struct reading *r, const struct json *doc)
{
	const struct json *list = json_get(doc, "statements");
	int64_t at = time_of(doc, openvex_times, 0);

	for (size_t i = 0; i < json_count(list) && goes_on(r); i++)
		openvex_statement(r, json_at(list, i), at);
}

/* ---- CSAF ------------------------------------------------------------------------------------ */

/* A product id: a package URL, or a component of another product. */
struct csaf_product {
	struct span id, of; /* of: id of the product that it is a component of */
	struct span url;
	struct purl purl; /* of url */
	bool has_purl;
	uint32_t turn; /* the vulnerability that why is of */
	struct span why;
};

struct csaf {
	struct reading *r;
	VEC(struct csaf_product) products;
	struct table by_id;
	uint32_t turn;
	struct span twice; /* an id of two different products: neither format allows it */
};

static struct table_slot *csaf_slot(const struct csaf *c, struct span id, uint64_t hash)
{
	struct table_slot *s = table_next(&c->by_id, hash, NULL);

	while (s->row && !span_eq(c->products.p[s->row - 1].id, id))
		s = table_next(&c->by_id, hash, s);
	return s;
}

static struct csaf_product *csaf_find(const struct csaf *c, struct span id)
{
	const struct table_slot *s =
		c->products.n ? csaf_slot(c, id, hash_span(c->r->x->key, id)) : NULL;

	return s && s->row ? &c->products.p[s->row - 1] : NULL;
}

static void csaf_add(struct csaf *c, struct csaf_product new)
{
	uint64_t hash = hash_span(c->r->x->key, new.id);
	const struct csaf_product *old;
	struct table_slot *s;

	if (!new.id.len || c->products.n >= PRODUCTS_MAX || !goes_on(c->r) ||
		!table_room(&c->by_id, &c->r->scratch))
		return;
	s = csaf_slot(c, new.id, hash);
	old = s->row ? &c->products.p[s->row - 1] : NULL;
	if (old) {
		if ((old->url.len && new.url.len && !span_eq(old->url, new.url)) ||
			!span_eq(old->of, new.of))
			c->twice = new.id;
		return;
	}
	new.has_purl = new.has_purl || (new.url.len && take_purl(c->r, new.url, &new.purl));
	vec_add(&c->products, &c->r->scratch, &new);
	table_put(&c->by_id, s, hash, c->products.n - 1);
}

static void csaf_name(struct csaf *c, struct span id, struct span url)
{
	csaf_add(c, (struct csaf_product){ .id = id, .url = url });
}

static void csaf_full_name(struct csaf *c, const struct json *full)
{
	csaf_name(c, json_get_text(full, "product_id"),
		json_get_text(json_get(full, "product_identification_helper"), "purl"));
}

static void csaf_branches(struct csaf *c, const struct json *list, unsigned depth)
{
	for (size_t i = 0; i < json_count(list) && depth < TREE_DEPTH && goes_on(c->r); i++) {
		const struct json *one = json_at(list, i);

		csaf_full_name(c, json_get(one, "product"));
		csaf_branches(c, json_get(one, "branches"), depth + 1);
	}
}

static void csaf_relation(struct csaf *c, const struct json *one)
{
	const struct csaf_product *part = csaf_find(c, json_get_text(one, "product_reference"));
	struct csaf_product new;

	/* a part of a part of a product is more than a statement here can name */
	if (!part || part->of.len)
		return;
	new = *part;
	new.id = json_get_text(json_get(one, "full_product_name"), "product_id");
	new.of = json_get_text(one, "relates_to_product_reference");
	csaf_add(c, new);
}

static void csaf_tree(struct csaf *c, const struct json *tree)
{
	const struct json *names = json_get(tree, "full_product_names"),
			  *relations = json_get(tree, "relationships");

	for (size_t i = 0; i < json_count(names) && goes_on(c->r); i++)
		csaf_full_name(c, json_at(names, i));
	csaf_branches(c, json_get(tree, "branches"), 0);
	for (size_t i = 0; i < json_count(relations) && goes_on(c->r); i++)
		csaf_relation(c, json_at(relations, i));
}

/* These products have no earlier reason. */
static void csaf_because(struct csaf *c, const struct json *ids, struct span why)
{
	struct span kept = arena_dup(c->r->a, why);

	for (size_t i = 0; i < json_count(ids) && goes_on(c->r); i++) {
		struct csaf_product *p = csaf_find(c, json_text(json_at(ids, i)));

		if (!p || p->turn == c->turn)
			continue;
		p->turn = c->turn;
		p->why = kept;
	}
}

/* The label of the flag for each product; else what an impact says in words. Returns what one says
 * of all. */
static struct span csaf_reasons(struct csaf *c, const struct json *v)
{
	const struct json *flags = json_get(v, "flags"), *threats = json_get(v, "threats");

	c->turn++;
	for (size_t i = 0; i < json_count(flags) && goes_on(c->r); i++)
		csaf_because(c, json_get(json_at(flags, i), "product_ids"),
			json_get_text(json_at(flags, i), "label"));
	for (size_t i = 0; i < json_count(threats) && goes_on(c->r); i++) {
		const struct json *one = json_at(threats, i), *ids = json_get(one, "product_ids");

		if (!span_eq(json_get_text(one, "category"), SPAN("impact")))
			continue;
		if (!json_count(ids))
			return arena_dup(c->r->a, json_get_text(one, "details"));
		csaf_because(c, ids, json_get_text(one, "details"));
	}
	return (struct span){ 0 };
}

static void csaf_product(struct csaf *c, const id_list *flaws, struct span id, struct span of_all,
	struct vex_statement *s)
{
	const struct csaf_product *p = csaf_find(c, id);
	const struct csaf_product *of = p && p->of.len ? csaf_find(c, p->of) : NULL;

	if (!p || !p->has_purl || (p->of.len && (!of || !of->has_purl))) {
		c->r->x->unusable++;
		return;
	}
	s->product = of ? of->purl : p->purl;
	s->component = of ? p->purl : (struct purl){ 0 };
	s->justification = p->turn == c->turn ? p->why : of_all;
	put(c->r, flaws, *s);
}

static void csaf_flaw(struct csaf *c, const struct json *v, int64_t at)
{
	const struct json *groups = json_get(v, "product_status"), *ids = json_get(v, "ids");
	struct span of_all = csaf_reasons(c, v);
	id_list flaws = { 0 };

	add_name(c->r, &flaws, json_get_text(v, "cve"));
	for (size_t i = 0; i < json_count(ids); i++)
		add_name(c->r, &flaws, json_get_text(json_at(ids, i), "text"));
	for (size_t g = 0; g < json_count(groups); g++) {
		const struct json *list = json_at(groups, g);
		struct vex_statement s = { .at = at };

		if (!status_of(json_name(list), &s.status))
			continue;
		for (size_t k = 0; k < json_count(list) && goes_on(c->r); k++)
			csaf_product(c, &flaws, json_text(json_at(list, k)), of_all, &s);
	}
}

static void csaf(struct reading *r, const struct json *doc)
{
	static const char *const times[] = { "current_release_date", "initial_release_date", NULL };
	const struct json *list = json_get(doc, "vulnerabilities");
	int64_t at = time_of(json_get(json_get(doc, "document"), "tracking"), times, 0);
	struct csaf c = { .r = r };

	csaf_tree(&c, json_get(doc, "product_tree"));
	for (size_t i = 0; i < json_count(list) && goes_on(r); i++)
		csaf_flaw(&c, json_at(list, i), at);
	r->twice = c.twice;
}

/* ---- CycloneDX ------------------------------------------------------------------------------- */

/* Of the document, and of what it is about. */
struct cyclonedx {
	struct csaf refs;
	struct span serial; /* "urn:cdx:SERIAL/VERSION#": before a reference to what is in it */
	struct purl image;  /* no name: not about an image */
	int64_t at;
};

static void cyclonedx_components(struct csaf *c, const struct json *list, unsigned depth)
{
	for (size_t i = 0; i < json_count(list) && depth < TREE_DEPTH && goes_on(c->r); i++) {
		const struct json *one = json_at(list, i);

		csaf_name(c, json_get_text(one, "bom-ref"), json_get_text(one, "purl"));
		cyclonedx_components(c, json_get(one, "components"), depth + 1);
	}
}

/* "urn:cdx:SERIAL/VERSION#REF", a BOM-Link: of another document only a REF that is a package URL
 * says what it is, and a REF of this one says nothing about it. */
static bool cyclonedx_purl(const struct cyclonedx *c, struct span ref, struct purl *out)
{
	bool is_link = span_starts(ref, SPAN("urn:cdx:"));
	struct span head = span_sub(ref, 0, is_link ? span_find(ref, '#') + 1 : 0);
	const struct csaf_product *p = NULL;

	ref = span_from(ref, head.len);
	if (!is_link || span_eq_nocase(head, c->serial))
		p = csaf_find(&c->refs, ref);
	if (!p || !p->has_purl)
		return take_purl(c->refs.r, ref, out);
	*out = p->purl;
	return true;
}

static struct span cyclonedx_serial(struct reading *r, const struct json *doc)
{
	static const struct span urn = SPAN_INIT("urn:uuid:");
	struct span serial = json_get_text(doc, "serialNumber");
	uint64_t version = 1;

	json_uint(json_get(doc, "version"), INT64_MAX, &version);
	return span_str(arena_printf(&r->scratch, "urn:cdx:%.*s/%llu#",
		SPAN_ARG(span_from(serial, span_starts(serial, urn) ? urn.len : 0)),
		(unsigned long long)version));
}

/* It holds for some versions only, and which they are is not compared. */
static bool cyclonedx_differs(const struct json *affected)
{
	const struct json *versions = json_get(affected, "versions");

	for (size_t i = 0; i < json_count(versions); i++)
		if (!span_eq(json_get_text(json_at(versions, i), "status"), SPAN("unaffected")))
			return true;
	return false;
}

static void cyclonedx_one(struct cyclonedx *c, const struct json *v)
{
	static const char *const times[] = { "lastUpdated", "firstIssued", NULL };
	const struct json *analysis = json_get(v, "analysis"), *affects = json_get(v, "affects");
	struct reading *r = c->refs.r;
	struct span why = json_get_text(analysis, "justification");
	struct vex_statement s = { .at = time_of(analysis, times, c->at) };
	id_list ids = { 0 };

	s.justification = arena_dup(r->a, why.len ? why : json_get_text(analysis, "detail"));
	if (!status_of(json_get_text(analysis, "state"), &s.status))
		s.status = VEX_INVESTIGATING;
	add_name(r, &ids, json_get_text(v, "id"));
	uint8_t status = s.status;

	for (size_t i = 0; i < json_count(affects) && goes_on(r); i++) {
		s.component = (struct purl){ 0 };
		if (!cyclonedx_purl(c, json_get_text(json_at(affects, i), "ref"), &s.product)) {
			r->x->unusable++;
			continue;
		}
		/* a document about an image is about no other one */
		if (c->image.name.len && !span_eq(s.product.type, SPAN("oci"))) {
			s.component = s.product;
			s.product = c->image;
		}
		s.status = cyclonedx_differs(json_at(affects, i)) ? VEX_INVESTIGATING : status;
		put(r, &ids, s);
	}
}

static bool cyclonedx_is_image(struct span url)
{
	size_t colon = span_find(url, ':') + 1, slash = span_find(url, '/');
	struct span type = colon < slash ? span_sub(url, colon, slash - colon) : (struct span){ 0 };

	return span_eq_nocase(type, SPAN("oci")) || span_eq_nocase(type, SPAN("docker"));
}

static void cyclonedx(struct reading *r, const struct json *doc)
{
	static const char *const times[] = { "timestamp", NULL };
	const struct json *meta = json_get(doc, "metadata"), *subject = json_get(meta, "component"),
			  *list = json_get(doc, "vulnerabilities");
	struct span about = json_get_text(subject, "purl");
	struct cyclonedx c = { .refs = { .r = r },
		.serial = cyclonedx_serial(r, doc),
		.at = time_of(meta, times, 0) };

	if (cyclonedx_is_image(about) && !take_purl(r, about, &c.image)) {
		r->x->unusable += json_count(list);
		return;
	}
	csaf_name(&c.refs, json_get_text(subject, "bom-ref"), about);
	cyclonedx_components(&c.refs, json_get(doc, "components"), 0);
	for (size_t i = 0; i < json_count(list) && goes_on(r); i++)
		cyclonedx_one(&c, json_at(list, i));
	r->twice = c.refs.twice;
}

/* ---- any ------------------------------------------------------------------------------------- */

static int read_any(struct reading *r, const struct json *doc, const char *name)
{
	if (span_starts(json_get_text(doc, "@context"), SPAN("https://openvex.dev/ns")))
		openvex(r, doc);
	else if (span_eq(json_get_text(doc, "bomFormat"), SPAN("CycloneDX")))
		cyclonedx(r, doc);
	else if (json_get_text(json_get(doc, "document"), "csaf_version").len)
		csaf(r, doc);
	else
		return err_fail(r->err, SCOV_E_USAGE,
			"%s: must be a VEX document: OpenVEX, CSAF or CycloneDX, as JSON", name);
	if (r->twice.len)
		return err_fail(r->err, SCOV_E_FORMAT, "%s: two products have the id '%.*s'", name,
			SPAN_ARG(r->twice));
	if (r->x->all.n >= VEX_STATEMENTS_MAX)
		return err_fail(r->err, SCOV_E_LIMIT, "%s: too many VEX statements (limit %d)",
			name, VEX_STATEMENTS_MAX);
	if (watch_check(&r->watch, r->err) || arena_check(&r->scratch, r->err) ||
		arena_check(r->a, r->err))
		return err_wrap(r->err, "%s", name);
	return 0;
}

int vex_read(struct vex *x, struct span text, const char *name, const struct call *call,
	struct arena *a, struct scov_err *err)
{
	struct scov_err mine;
	struct reading r = { .x = x,
		.a = a,
		.document = arena_dup(a, span_base(span_str(name))),
		.watch = { .call = call },
		.err = err ? err : &mine };
	const struct json *doc;
	int code = json_parse(text, VEX_SIZE_MAX, &r.scratch, &doc, r.err);

	code = code ? err_wrap(r.err, "%s", name) : read_any(&r, doc, name);
	arena_release(&r.scratch);
	return code;
}
