/* oval.c - OVAL definitions of rpm distributions: Oracle, SUSE, Azure Linux and Mariner, Red Hat.
 *
 * A definition is a tree of criteria; a criterion refers to a test, a test to an object (the name
 * of a package) and a state (its version). All three come after the definitions, so what a
 * definition needs is kept until the file has ended. Comments of criteria that are next to it, or
 * above it in the tree, name the product, the architecture and the module; where none names a
 * product, the release in the package's version does. Source: OVAL 5.11, oval-definitions-schema,
 * and the publishers' files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/feed/distribution.h"

#include "base/hash.h"
#include "base/hashtable.h"

static const struct {
	const char *ecosystem; /* the beginning of OSV's string */
	struct advisory_source source;
} publishers[] = {
	{ "Oracle Linux:",
		{ SPAN_INIT("oracle-oval"), SPAN_INIT("https://linux.oracle.com/security/oval"),
			SPAN_INIT("not stated"), 0, FEED_FIXED | FEED_RATING } },
	{ "SUSE:", { SPAN_INIT("suse-oval"),
			   SPAN_INIT("https://ftp.suse.com/pub/projects/security/oval"),
			   SPAN_INIT("CC-BY-4.0"), 0,
			   FEED_FIXED | FEED_UNFIXED | FEED_NEGATIVE | FEED_RATING } },
	{ "openSUSE:", { SPAN_INIT("suse-oval"),
			       SPAN_INIT("https://ftp.suse.com/pub/projects/security/oval"),
			       SPAN_INIT("CC-BY-4.0"), 0,
			       FEED_FIXED | FEED_UNFIXED | FEED_NEGATIVE | FEED_RATING } },
	{ "Red Hat:",
		{ SPAN_INIT("redhat-oval"),
			SPAN_INIT("https://security.access.redhat.com/data/oval/v2"),
			SPAN_INIT("CC-BY-4.0"), 0, FEED_FIXED | FEED_UNFIXED | FEED_RATING } },
	{ "", { SPAN_INIT("azurelinux-oval"),
		      SPAN_INIT("https://github.com/microsoft/AzureLinuxVulnerabilityData"),
		      SPAN_INIT("MIT"), 0, FEED_FIXED | FEED_UNFIXED | FEED_RATING } },
};

/* What the criteria next to and above one say: of a level of the tree. */
struct around {
	size_t products, products_n; /* OSV's strings, in the definition */
	struct span arch, module;
	bool has_package;
};

struct criterion {
	struct span test;
	size_t products, products_n;
	struct span arch, module;
};

struct definition {
	struct span id;
	uint8_t rating;
	bool is_open; /* no update has been made */
	VEC(struct span) flaws;
	VEC(struct span) products;
	VEC(struct criterion) criteria;
};

/* A test, an object or a state, by its id. */
struct part {
	struct span id;
	struct span object, state;  /* of a test: ids */
	struct span name;           /* of an object */
	struct span evr, how, arch; /* of a state: its version, how it is compared */
	bool is_signature;
	bool is_twice; /* another one has the same id: which is meant is not known */
};

struct oval {
	VEC(struct definition) definitions;
	struct definition *open; /* the last of these, while it is read */
	VEC(struct part) parts;
	struct part *part; /* the same */
	struct table by_id;
	struct hash_key key;
	struct around levels[XML_DEPTH];
	size_t depth;
	struct span operation; /* of the element that is read */
	struct span day;       /* the newest of all, "2024-05-08" */
};

static struct span dup(struct feed *f, struct span s)
{
	return s.len ? arena_dup(&f->file, s) : s;
}

static struct oval *oval_of(struct feed *f)
{
	struct oval *o = f->state;

	if (!o) {
		o = arena_alloc(&f->file, sizeof(*o));
		if (o)
			o->key = hash_random_key();
		f->state = o;
	}
	return o;
}

/* ---- criteria ---- */

/* Criteria beside this one: those of an "or" with nothing but products are about what is beside it.
 */
static void close_level(struct oval *o)
{
	struct around *inner = &o->levels[--o->depth];
	struct around *outer = o->depth ? &o->levels[o->depth - 1] : NULL;

	if (!outer)
		return;
	if (inner->has_package) {
		outer->has_package = true;
		return;
	}
	if (inner->products_n && !outer->products_n) {
		outer->products = inner->products;
		outer->products_n = inner->products_n;
	}
	if (!outer->arch.len)
		outer->arch = inner->arch;
	if (!outer->module.len)
		outer->module = inner->module;
}

/* "Module ruby:2.7 is enabled" */
static struct span between(struct span text, struct span head, struct span tail)
{
	if (!span_starts(text, head) || !span_ends(text, tail) || text.len <= head.len + tail.len)
		return (struct span){ 0 };
	return span_sub(text, head.len, text.len - head.len - tail.len);
}

static struct span product_of(struct feed *f, struct span comment)
{
	struct span name = between(comment, SPAN(""), SPAN(" is installed"));

	return name.len ? rpm_product(name, &f->file) : name;
}

static void add_criterion(
	struct feed *f, struct oval *o, struct definition *d, struct span comment, struct span test)
{
	struct around *l = &o->levels[o->depth - 1];
	struct span product = product_of(f, comment);
	struct span arch = between(comment, SPAN("Oracle Linux arch is "), SPAN(""));
	struct span module = between(comment, SPAN("Module "), SPAN(" is enabled"));
	struct criterion c = { 0 };

	if (product.len) {
		if (!l->products_n)
			l->products = d->products.n;
		l->products_n++;
		vec_add(&d->products, &f->file, &product);
		return;
	}
	if (arch.len || module.len) {
		l->arch = arch.len ? dup(f, arch) : l->arch;
		l->module = module.len ? dup(f, module) : l->module;
		return;
	}
	if (span_has(comment, SPAN(" is signed with ")))
		return;
	l->has_package = true;
	c.test = dup(f, test);
	for (size_t i = o->depth; i-- > 0;) {
		if (!c.products_n) {
			c.products = o->levels[i].products;
			c.products_n = o->levels[i].products_n;
		}
		c.arch = c.arch.len ? c.arch : o->levels[i].arch;
		c.module = c.module.len ? c.module : o->levels[i].module;
	}
	vec_add(&d->criteria, &f->file, &c);
}

/* ---- elements ---- */

/* Whose the file is shows at its end only. */
static void take_day(struct feed *f, struct oval *o, struct span date)
{
	date = span_sub(date, 0, 10);
	if (span_cmp(o->day, date) < 0)
		o->day = dup(f, date);
}

static void begin_definition(
	struct feed *f, struct oval *o, const struct xml_attribute *list, size_t n)
{
	struct definition *d = vec_push(&o->definitions, &f->file);

	o->open = d;
	o->depth = 0;
	if (!d)
		return;
	*d = (struct definition){ .id = dup(f, xml_value(list, n, "id")) };
}

static void add_flaw(struct feed *f, struct definition *d, struct span id)
{
	size_t at = span_find_span(id, SPAN("CVE-"));

	id = span_from(id, at); /* "Mitre CVE-2024-1" */
	for (size_t i = 0; i < d->flaws.n; i++)
		if (span_eq(d->flaws.p[i], id))
			return;
	if (!feed_is_cve(id))
		return;
	id = dup(f, id);
	vec_add(&d->flaws, &f->file, &id);
}

/* Inside a definition. */
static void begin_inside(struct feed *f, struct oval *o, struct span name,
	const struct xml_attribute *list, size_t n)
{
	struct definition *d = o->open;

	if (span_eq(name, SPAN("criteria")) && o->depth < XML_DEPTH) {
		o->levels[o->depth++] = (struct around){ 0 };
	} else if (span_eq(name, SPAN("criterion")) && o->depth) {
		add_criterion(
			f, o, d, xml_value(list, n, "comment"), xml_value(list, n, "test_ref"));
	} else if (span_eq(name, SPAN("reference"))) {
		struct span source = xml_value(list, n, "source");
		struct span id = xml_value(list, n, "ref_id");

		add_flaw(f, d, id);
		if (span_eq_nocase(source, SPAN("elsa")) || span_eq(source, SPAN("RHSA")) ||
			span_eq(source, SPAN("RHBA")) || span_eq(source, SPAN("RHEA")))
			d->id = dup(f, id);
	} else if (span_eq(name, SPAN("issued")) || span_eq(name, SPAN("updated"))) {
		take_day(f, o, xml_value(list, n, "date"));
	}
}

static struct part *find(const struct oval *o, struct span id)
{
	uint64_t hash = hash_span(o->key, id);
	struct table_slot *s;

	if (!o->by_id.n)
		return NULL;
	s = table_next(&o->by_id, hash, NULL);
	while (s->row && !span_eq(o->parts.p[s->row - 1].id, id))
		s = table_next(&o->by_id, hash, s);
	return s->row ? &o->parts.p[s->row - 1] : NULL;
}

static void begin_part(struct feed *f, struct oval *o, const struct xml_attribute *list, size_t n)
{
	struct span id = dup(f, xml_value(list, n, "id"));
	struct part *before = find(o, id);

	o->part = NULL;
	if (before)
		before->is_twice = true;
	if (!id.len || before || !table_room(&o->by_id, &f->file))
		return;
	o->part = vec_add(&o->parts, &f->file, &((struct part){ .id = id }))
			  ? &o->parts.p[o->parts.n - 1]
			  : NULL;
	if (o->part)
		table_add(&o->by_id, hash_span(o->key, id), o->parts.n - 1);
}

static bool is_part(struct span name)
{
	static const char *const kinds[] = { "rpminfo_test", "rpminfo_object", "rpminfo_state" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (span_eq(name, span_str(kinds[i])))
			return true;
	return false;
}

static int begin(void *ctx, struct span name, const struct xml_attribute *list, size_t n,
	struct scov_err *err)
{
	struct feed *f = ctx;
	struct oval *o = oval_of(f);

	if (!o)
		return arena_check(&f->file, err);
	o->operation = (struct span){ 0 };
	if (span_eq(name, SPAN("definition")))
		begin_definition(f, o, list, n);
	else if (o->open)
		begin_inside(f, o, name, list, n);
	else if (is_part(name))
		begin_part(f, o, list, n);
	else if (o->part && span_eq(name, SPAN("object")))
		o->part->object = dup(f, xml_value(list, n, "object_ref"));
	else if (o->part && span_eq(name, SPAN("state")) && !o->part->state.len)
		o->part->state = dup(f, xml_value(list, n, "state_ref"));
	else if (o->part)
		o->operation = dup(f, xml_value(list, n, "operation"));
	return arena_check(&f->file, err);
}

static void end_inside(struct feed *f, struct oval *o, struct span name, struct span text)
{
	struct definition *d = o->open;

	if (span_eq(name, SPAN("criteria")) && o->depth)
		close_level(o);
	else if (span_eq(name, SPAN("definition")))
		o->open = NULL;
	else if (span_eq(name, SPAN("severity")))
		d->rating = (uint8_t)rating_of_word(text);
	else if (span_eq(name, SPAN("cve")))
		add_flaw(f, d, text);
	else if (span_eq(name, SPAN("patchable")))
		d->is_open = span_eq(text, SPAN("false"));
	else if (span_eq(name, SPAN("advisory_date")))
		take_day(f, o, text);
}

static int end(void *ctx, struct span name, struct span text, struct scov_err *err)
{
	struct feed *f = ctx;
	struct oval *o = oval_of(f);

	if (!o)
		return arena_check(&f->file, err);
	if (o->open) {
		end_inside(f, o, name, text);
	} else if (span_eq(name, SPAN("timestamp"))) {
		take_day(f, o, text);
	} else if (is_part(name)) {
		o->part = NULL;
	} else if (o->part && span_eq(name, SPAN("name"))) {
		o->part->name = dup(f, text);
	} else if (o->part && (span_eq(name, SPAN("evr")) || span_eq(name, SPAN("version")))) {
		o->part->evr = dup(f, text);
		o->part->how = o->operation;
	} else if (o->part && span_eq(name, SPAN("arch"))) {
		o->part->arch = dup(f, text);
	} else if (o->part && span_eq(name, SPAN("signature_keyid"))) {
		o->part->is_signature = true;
	}
	return arena_check(&f->file, err);
}

/* ---- the whole file ---- */

/* How a state's version makes a range. False: it makes none. */
static bool read_state(const struct part *state, bool is_open, struct rpm_item *item)
{
	static const struct {
		const char *how;
		uint8_t state;
		bool has_bound, is_last;
	} rows[] = {
		{ "less than", FIX_FIXED, true, false },
		{ "6", FIX_FIXED, true, false }, /* the same, by its number in older files */
		{ "less than or equal", FIX_NOT_FIXED, true, true },
		{ "greater than", FIX_NOT_FIXED, false, false }, /* "0:0-0": any */
		{ "equals", FIX_NOT_AFFECTED, false, false },    /* "0": none */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!span_eq(state->how, span_str(rows[i].how)))
			continue;
		if (!rows[i].has_bound && span_at(state->evr, 0) != '0')
			return false;
		item->state = rows[i].state;
		item->is_last = rows[i].is_last;
		item->bound = rows[i].has_bound ? state->evr : (struct span){ 0 };
		if (is_open && item->state == FIX_FIXED)
			item->state = FIX_NOT_FIXED;
		return true;
	}
	return false;
}

/* "(aarch64|ppc64le|s390x|x86_64)", or one: each is an item. */
static void add_arches(struct feed *f, struct span pattern, struct rpm_item *item,
	void (*add)(void *, struct feed *, const struct rpm_item *), void *list)
{
	struct span rest = pattern, one;

	if (span_at(rest, 0) == '(' && span_ends(rest, SPAN(")")))
		rest = span_sub(rest, 1, rest.len - 2);
	if (!rest.len)
		add(list, f, item);
	while (span_split(&rest, '|', &one)) {
		item->arch = one;
		add(list, f, item);
	}
}

struct items {
	VEC(struct rpm_item) all;
};

static void add_item(void *list, struct feed *f, const struct rpm_item *item)
{
	struct items *items = list;

	vec_add(&items->all, &f->arena, item);
}

/* One criterion about a package: an item for each product and architecture. */
static void resolve(struct feed *f, const struct oval *o, const struct definition *d,
	const struct criterion *c, struct items *items)
{
	const struct part *test = find(o, c->test);
	const struct part *object = test ? find(o, test->object) : NULL;
	const struct part *state = test ? find(o, test->state) : NULL;
	struct rpm_item item = { .module = c->module, .rating = d->rating };

	if (!object || !state || !object->name.len || test->is_twice || object->is_twice ||
		state->is_twice) {
		feed_leave_out(f, FEED_MALFORMED);
		return;
	}
	if (state->is_signature && !state->evr.len)
		return;
	if (rpm_is_flavour(state->evr)) {
		feed_leave_out(f, FEED_NO_ECOSYSTEM);
		return;
	}
	if (!read_state(state, d->is_open, &item)) {
		feed_leave_out(f, FEED_UNREADABLE);
		return;
	}
	item.package = object->name;
	item.advisory = span_starts(d->id, SPAN("oval:")) ? (struct span){ 0 } : d->id;
	for (size_t i = 0; i < c->products_n; i++) {
		item.ecosystem = d->products.p[c->products + i];
		add_arches(f, c->arch.len ? c->arch : state->arch, &item, add_item, items);
	}
	if (c->products_n)
		return;
	item.ecosystem = rpm_release(state->evr, &f->arena);
	if (item.ecosystem.len)
		add_arches(f, c->arch.len ? c->arch : state->arch, &item, add_item, items);
	else
		feed_leave_out(f, FEED_NO_ECOSYSTEM);
}

static int put(
	struct feed *f, const struct oval *o, const struct definition *d, struct scov_err *err)
{
	struct items items = { 0 };
	size_t who = 0;

	feed_begin(f);
	if (!d->flaws.n)
		return feed_leave_out(f, FEED_NOT_SECURITY);
	for (size_t i = 0; i < d->criteria.n; i++)
		resolve(f, o, d, &d->criteria.p[i], &items);
	if (!items.all.n)
		return arena_check(&f->arena, err);
	while (!span_starts(items.all.p[0].ecosystem, span_str(publishers[who].ecosystem)))
		who++;
	feed_from(f, &publishers[who].source);
	feed_day(f, o->day, err);
	return rpm_rows(f, items.all.p, items.all.n, d->flaws.p, d->flaws.n, err);
}

static int put_all(struct feed *f, struct scov_err *err)
{
	const struct oval *o = f->state;
	int code = 0;

	for (size_t i = 0; o && i < o->definitions.n && !code; i++)
		code = put(f, o, &o->definitions.p[i], err);
	return code;
}

static bool is(const struct feed_head *h)
{
	return h->syntax == FEED_XML && span_has(h->bytes, SPAN("oval_definitions"));
}

static const struct xml_events events = { begin, end };

const struct feed_format feed_oval = {
	.name = "oval",
	.what = "OVAL definitions of Oracle, SUSE, Azure Linux, Mariner and Red Hat (XML)",
	.is = is,
	.xml = &events,
	.end = put_all,
	.source = { SPAN_INIT("oval"), SPAN_INIT("the publisher"), SPAN_INIT("not stated"), 0,
		FEED_FIXED | FEED_RATING },
};
