/* vex_read.c - the three formats of VEX documents.
 *
 * Sources: OpenVEX specification 0.2.0; CSAF 2.0, section 3.2 and profile 5; CycloneDX 1.6,
 * "vulnerabilities".
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
	struct scov_err *err;
};

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

static struct span lower_copy(struct reading *r, struct span s)
{
	uint8_t *p = arena_alloc(r->a, s.len);

	for (size_t i = 0; p && i < s.len; i++)
		p[i] = ascii_lower(span_at(s, i));
	return p ? span_of(p, s.len) : (struct span){ 0 };
}

/* For one id. s: all but it. */
static void put(struct reading *r, const struct vex_statement *s, struct span id)
{
	struct vex_statement *slot;

	if (!id.len || r->x->all.n >= VEX_STATEMENTS_MAX || !table_room(&r->x->by_id, r->a))
		return;
	slot = vec_push(&r->x->all, r->a);
	if (!slot)
		return;
	*slot = *s;
	slot->id = lower_copy(r, id);
	slot->document = r->document;
	slot->justification = arena_dup(r->a, s->justification);
	table_add(&r->x->by_id, hash_span(r->x->key, slot->id), r->x->all.n - 1);
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

static int64_t time_of(const struct json *dict, const char *const *keys, int64_t otherwise)
{
	int64_t at;

	for (; *keys; keys++)
		if (date_parse_rfc3339(json_get_text(dict, *keys), &at, NULL))
			return at;
	return otherwise;
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

static void openvex_ids(struct reading *r, const struct json *v, const struct vex_statement *s)
{
	const struct json *aliases = json_get(v, "aliases");

	if (json_is(v, JSON_TEXT)) {
		put(r, s, json_text(v));
		return;
	}
	struct span name = json_get_text(v, "name");

	put(r, s, name.len ? name : json_get_text(v, "@id"));
	for (size_t i = 0; i < json_count(aliases); i++)
		put(r, s, json_text(json_at(aliases, i)));
}

static void openvex_product(struct reading *r, const struct json *statement,
	const struct json *product, struct vex_statement *s)
{
	const struct json *v = json_get(statement, "vulnerability"),
			  *components = json_get(product, "subcomponents");

	if (!json_count(components))
		components = json_get(statement, "subcomponents");
	s->component = (struct purl){ 0 };
	if (!take_purl(r, openvex_purl(product), &s->product)) {
		r->x->unusable++;
		return;
	}
	if (!json_count(components))
		openvex_ids(r, v, s);
	for (size_t i = 0; i < json_count(components); i++) {
		if (take_purl(r, openvex_purl(json_at(components, i)), &s->component))
			openvex_ids(r, v, s);
		else
			r->x->unusable++;
	}
}

static void openvex(struct reading *r, const struct json *doc)
{
	const struct json *list = json_get(doc, "statements");
	int64_t at = time_of(doc, openvex_times, 0);

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *one = json_at(list, i), *products = json_get(one, "products");
		struct vex_statement s = { .justification = json_get_text(one, "justification"),
			.at = time_of(one, openvex_times, at) };

		if (!s.justification.len)
			s.justification = json_get_text(one, "impact_statement");
		/* One that is not known takes nothing out, and nor does an older one. */
		if (!status_of(json_get_text(one, "status"), &s.status))
			s.status = VEX_INVESTIGATING;
		for (size_t k = 0; k < json_count(products); k++)
			openvex_product(r, one, json_at(products, k), &s);
		r->x->unusable += !json_count(products);
	}
}

/* ---- CSAF ------------------------------------------------------------------------------------ */

/* A product id: a package URL, or a component of another product. */
struct csaf_product {
	struct span id, purl, of; /* of: id of the product that it is a component of */
};

struct csaf {
	struct reading *r;
	VEC(struct csaf_product) products;
	struct table by_id;
};

static void csaf_add(struct csaf *c, struct span id, struct span purl, struct span of)
{
	struct csaf_product *p;

	if (!id.len || c->products.n >= PRODUCTS_MAX || !table_room(&c->by_id, &c->r->scratch))
		return;
	p = vec_push(&c->products, &c->r->scratch);
	if (!p)
		return;
	*p = (struct csaf_product){ id, purl, of };
	table_add(&c->by_id, hash_span(c->r->x->key, id), c->products.n - 1);
}

static const struct csaf_product *csaf_find(const struct csaf *c, struct span id)
{
	uint64_t hash = hash_span(c->r->x->key, id);
	const struct table_slot *s;

	if (!c->products.n)
		return NULL;
	s = table_next(&c->by_id, hash, NULL);
	while (s->row && !span_eq(c->products.p[s->row - 1].id, id))
		s = table_next(&c->by_id, hash, s);
	return s->row ? &c->products.p[s->row - 1] : NULL;
}

static void csaf_name(struct csaf *c, const struct json *full)
{
	csaf_add(c, json_get_text(full, "product_id"),
		json_get_text(json_get(full, "product_identification_helper"), "purl"),
		(struct span){ 0 });
}

static void csaf_branches(struct csaf *c, const struct json *list, unsigned depth)
{
	for (size_t i = 0; i < json_count(list) && depth < TREE_DEPTH; i++) {
		const struct json *one = json_at(list, i);

		csaf_name(c, json_get(one, "product"));
		csaf_branches(c, json_get(one, "branches"), depth + 1);
	}
}

static void csaf_tree(struct csaf *c, const struct json *tree)
{
	const struct json *names = json_get(tree, "full_product_names"),
			  *relations = json_get(tree, "relationships");

	for (size_t i = 0; i < json_count(names); i++)
		csaf_name(c, json_at(names, i));
	csaf_branches(c, json_get(tree, "branches"), 0);
	for (size_t i = 0; i < json_count(relations); i++) {
		const struct json *one = json_at(relations, i);
		const struct csaf_product *part =
			csaf_find(c, json_get_text(one, "product_reference"));

		if (part)
			csaf_add(c, json_get_text(json_get(one, "full_product_name"), "product_id"),
				part->purl, json_get_text(one, "relates_to_product_reference"));
	}
}

static bool lists(const struct json *ids, struct span id)
{
	for (size_t i = 0; i < json_count(ids); i++)
		if (span_eq(json_text(json_at(ids, i)), id))
			return true;
	return false;
}

/* The label of the flag for this product; else what an impact says in words. */
static struct span csaf_why(const struct json *vulnerability, struct span id)
{
	const struct json *flags = json_get(vulnerability, "flags"),
			  *threats = json_get(vulnerability, "threats");

	for (size_t i = 0; i < json_count(flags); i++)
		if (lists(json_get(json_at(flags, i), "product_ids"), id))
			return json_get_text(json_at(flags, i), "label");
	for (size_t i = 0; i < json_count(threats); i++) {
		const struct json *one = json_at(threats, i);

		if (span_eq(json_get_text(one, "category"), SPAN("impact")) &&
			(!json_count(json_get(one, "product_ids")) ||
				lists(json_get(one, "product_ids"), id)))
			return json_get_text(one, "details");
	}
	return (struct span){ 0 };
}

static void csaf_product(
	struct csaf *c, const struct json *v, struct span id, struct vex_statement *s)
{
	const struct csaf_product *p = csaf_find(c, id), *of = p ? csaf_find(c, p->of) : NULL;
	const struct json *ids = json_get(v, "ids");

	s->component = (struct purl){ 0 };
	if (!p || (p->of.len && !of) || !take_purl(c->r, of ? of->purl : p->purl, &s->product) ||
		(of && !take_purl(c->r, p->purl, &s->component))) {
		c->r->x->unusable++;
		return;
	}
	s->justification = csaf_why(v, id);
	put(c->r, s, json_get_text(v, "cve"));
	for (size_t i = 0; i < json_count(ids); i++)
		put(c->r, s, json_get_text(json_at(ids, i), "text"));
}

static void csaf(struct reading *r, const struct json *doc)
{
	static const char *const times[] = { "current_release_date", "initial_release_date", NULL };
	const struct json *list = json_get(doc, "vulnerabilities");
	int64_t at = time_of(json_get(json_get(doc, "document"), "tracking"), times, 0);
	struct csaf c = { .r = r };

	csaf_tree(&c, json_get(doc, "product_tree"));
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *v = json_at(list, i), *groups = json_get(v, "product_status");

		for (size_t g = 0; g < json_count(groups); g++) {
			const struct json *ids = json_at(groups, g);
			struct vex_statement s = { .at = at };

			if (!status_of(json_name(ids), &s.status))
				continue;
			for (size_t k = 0; k < json_count(ids); k++)
				csaf_product(&c, v, json_text(json_at(ids, k)), &s);
		}
	}
}

/* ---- CycloneDX ------------------------------------------------------------------------------- */

static void cyclonedx_components(struct csaf *c, const struct json *list, unsigned depth)
{
	for (size_t i = 0; i < json_count(list) && depth < TREE_DEPTH; i++) {
		const struct json *one = json_at(list, i);

		csaf_add(c, json_get_text(one, "bom-ref"), json_get_text(one, "purl"),
			(struct span){ 0 });
		cyclonedx_components(c, json_get(one, "components"), depth + 1);
	}
}

/* "urn:cdx:SERIAL/VERSION#REF" leads to another document: there a REF is most often the URL. */
static struct span cyclonedx_purl(const struct csaf *c, struct span ref)
{
	struct span own =
		span_starts(ref, SPAN("urn:cdx:")) ? span_from(ref, span_find(ref, '#') + 1) : ref;
	const struct csaf_product *p = csaf_find(c, own);

	return p && p->purl.len ? p->purl : own;
}

static void cyclonedx_one(struct csaf *c, const struct json *v, struct span image, int64_t at)
{
	static const char *const times[] = { "lastUpdated", "firstIssued", NULL };
	const struct json *analysis = json_get(v, "analysis"), *affects = json_get(v, "affects");
	struct vex_statement s = { .justification = json_get_text(analysis, "justification"),
		.at = time_of(analysis, times, at) };

	if (!s.justification.len)
		s.justification = json_get_text(analysis, "detail");
	if (!status_of(json_get_text(analysis, "state"), &s.status))
		s.status = VEX_INVESTIGATING;
	for (size_t i = 0; i < json_count(affects); i++) {
		struct span text = cyclonedx_purl(c, json_get_text(json_at(affects, i), "ref"));

		s.component = (struct purl){ 0 };
		if (!take_purl(c->r, text, &s.product)) {
			c->r->x->unusable++;
			continue;
		}
		/* a document about an image is about no other one */
		if (image.len && !span_eq(s.product.type, SPAN("oci"))) {
			s.component = s.product;
			(void)take_purl(c->r, image, &s.product);
		}
		put(c->r, &s, json_get_text(v, "id"));
	}
}

static void cyclonedx(struct reading *r, const struct json *doc)
{
	static const char *const times[] = { "timestamp", NULL };
	const struct json *meta = json_get(doc, "metadata"), *subject = json_get(meta, "component"),
			  *list = json_get(doc, "vulnerabilities");
	struct span image = json_get_text(subject, "purl");
	int64_t at = time_of(meta, times, 0);
	struct csaf c = { .r = r };

	if (!span_starts(image, SPAN("pkg:oci/")))
		image.len = 0;
	csaf_add(&c, json_get_text(subject, "bom-ref"), json_get_text(subject, "purl"),
		(struct span){ 0 });
	cyclonedx_components(&c, json_get(doc, "components"), 0);
	for (size_t i = 0; i < json_count(list); i++)
		cyclonedx_one(&c, json_at(list, i), image, at);
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
	if (r->x->all.n >= VEX_STATEMENTS_MAX)
		return err_fail(r->err, SCOV_E_LIMIT, "%s: too many VEX statements (limit %d)",
			name, VEX_STATEMENTS_MAX);
	if (arena_check(&r->scratch, r->err) || arena_check(r->a, r->err))
		return err_wrap(r->err, "%s", name);
	return 0;
}

int vex_read(
	struct vex *x, struct span text, const char *name, struct arena *a, struct scov_err *err)
{
	struct scov_err mine;
	struct reading r = { .x = x,
		.a = a,
		.document = arena_dup(a, span_base(span_str(name))),
		.err = err ? err : &mine };
	const struct json *doc;
	int code = json_parse(text, VEX_SIZE_MAX, &r.scratch, &doc, r.err);

	code = code ? err_wrap(r.err, "%s", name) : read_any(&r, doc, name);
	arena_release(&r.scratch);
	return code;
}
