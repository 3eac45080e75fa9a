/* level.c - from the level of the bytes alone to the level that the verdict uses.
 *
 * Steps up come first, then steps down, then what belongs together with what was left, then what
 * nothing takes down: every step writes its reason.
 * A step down ends at low, and at none only for what was found by a name alone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "judge/parts.h"

static uint8_t one_down(const struct suspect *s)
{
	return s->f.level > SECRET_NONE ? (uint8_t)(s->f.level - 1) : SECRET_NONE;
}

/* ---- certificates ---- */

struct certificate {
	const struct public_fact *fact;
	uint32_t source;
};

struct certificates {
	VEC(struct certificate) list;
	struct table by_hash; /* of the public key's hash */
};

static struct table_slot *certificate_slot(
	const struct judge *j, const struct certificates *c, struct span hash)
{
	uint64_t h = hash_span(j->key, hash);
	struct table_slot *s = table_next(&c->by_hash, h, NULL);

	while (s->row && !span_eq(c->list.p[s->row - 1].fact->public_hash, hash))
		s = table_next(&c->by_hash, h, s);
	return s;
}

/* Of several with one key, one of an authority is shown. */
static void certificate_add(
	struct judge *j, struct certificates *c, const struct public_fact *x, uint32_t source)
{
	struct table_slot *slot = certificate_slot(j, c, x->public_hash);

	if (!slot->row) {
		table_put(&c->by_hash, slot, hash_span(j->key, x->public_hash), c->list.n);
		c->list.p[c->list.n++] = (struct certificate){ x, source };
	} else if (x->is_ca && !c->list.p[slot->row - 1].fact->is_ca) {
		c->list.p[slot->row - 1] = (struct certificate){ x, source };
	}
}

static bool certificates_collect(struct judge *j, struct certificates *c)
{
	size_t n = 0;

	for (size_t i = 0; i < judge_sources(j); i++)
		n += judge_source(j, i) ? judge_source(j, i)->publics.n : 0;
	c->list.p = arena_array(&j->scratch, n, sizeof(*c->list.p));
	if (!c->list.p || !table_make(&c->by_hash, &j->scratch, n))
		return false;
	for (size_t i = 0; i < judge_sources(j); i++) {
		const struct part *p = judge_source(j, i);

		for (size_t k = 0; p && k < p->publics.n; k++)
			if (p->publics.p[k].public_hash.len)
				certificate_add(j, c, &p->publics.p[k], (uint32_t)i);
	}
	return true;
}

static struct span certificate_path(const struct judge *j, const struct certificate *c)
{
	const struct part *p = judge_source(j, c->source);

	return c->source < j->image->layers_n && c->fact->entry != NO_ENTRY
		       ? p->entries.p[c->fact->entry].path
		       : (struct span){ 0 };
}

static void match_certificate(struct judge *j, const struct certificates *all, struct suspect *s)
{
	struct span hash = s->f.fact->public_hash;
	uint32_t row = hash.len ? certificate_slot(j, all, hash)->row : 0;

	if (!row)
		return;
	const struct certificate *c = &all->list.p[row - 1];
	struct span path = certificate_path(j, c);

	if (c->fact->is_ca)
		s->f.flags |= SECRET_CA;
	if (s->f.flags & (SECRET_ENCRYPTED | SECRET_EXAMPLE)) /* test keys have test certificates */
		return;
	s->f.proof = s->f.proof == PROOF_KNOWN ? PROOF_KNOWN : PROOF_CERTIFICATE;
	level_rise(j, s, SECRET_HIGH, "belongs to the certificate in %s%.*s",
		path.len ? "/" : "the settings", SPAN_ARG(path));
}

/* ---- what opens a closed container ---- */

static bool is_content(const struct suspect *s)
{
	return s->f.at.kind == PLACE_FILE;
}

static bool is_open(const struct suspect *s)
{
	return !(s->f.flags & SECRET_ENCRYPTED) && s->f.level >= SECRET_MEDIUM && !s->was_lowered;
}

/* Of each row of the table: the first that decrypts. */
static const struct suspect **find_openers(struct judge *j)
{
	size_t n = j->words->openers.n;
	const struct suspect **found = arena_array(&j->scratch, n + 1, sizeof(struct suspect *));

	for (size_t i = 0; found && i < j->all.n; i++) {
		const struct suspect *s = &j->all.p[i];

		for (size_t k = 0; is_open(s) && k < n; k++)
			if (!found[k] &&
				(span_eq(s->f.fact->rule, j->words->openers.p[k].opener) ||
					span_eq(s->f.fact->kind, j->words->openers.p[k].opener)))
				found[k] = s;
	}
	return found;
}

/* Files of one folder: a key there is there for them. */
static bool is_beside(const struct place *a, const struct place *b)
{
	return a->kind == PLACE_FILE && b->kind == PLACE_FILE &&
	       span_eq(span_dir(a->path), span_dir(b->path));
}

static void match_opener(struct judge *j, const struct suspect *const *found, struct suspect *s)
{
	if (!(s->f.flags & SECRET_ENCRYPTED) || s->was_lowered)
		return;
	for (size_t k = 0; k < j->words->openers.n; k++)
		if (found[k] && span_starts(s->f.fact->rule, j->words->openers.p[k].closed)) {
			bool beside = is_beside(&found[k]->f.at, &s->f.at);

			level_rise(j, s, beside ? SECRET_HIGH : SECRET_MEDIUM,
				"closed, and %s holds a key of its kind, which may open it",
				beside ? "its folder" : "the image");
			return;
		}
}

/* ---- where it is ---- */

static bool is_private_key(const struct suspect *s)
{
	return span_eq(s->f.fact->kind, SPAN("private-key"));
}

/* Keys that a service presents, and that are made once for each machine. Empty: not one. */
static struct span service_key(const struct judge *j, const struct suspect *s)
{
	struct span path = s->f.at.path, name = span_base(path);

	for (size_t i = 0; is_content(s) && is_private_key(s) && i < j->words->service_keys.n;
		i++) {
		const struct service_key_row *row = &j->words->service_keys.p[i];

		if (span_starts(path, row->path) && span_starts(name, row->name) &&
			span_ends(name, row->end))
			return row->why;
	}
	return (struct span){ 0 };
}

/* The owner of the file; of what Python compiled, which no database lists, that of its source:
 * X/__pycache__/NAME.cpython-311.pyc of X/NAME.py. */
static const struct package_fact *owner_of(struct judge *j, const struct suspect *s)
{
	struct span path = s->f.at.path, folder = span_dir(path), name = span_base(path);

	if (!s->file || s->file->owner || !span_ends(name, SPAN(".pyc")) ||
		!span_eq(span_base(folder), SPAN("__pycache__")))
		return s->file ? s->file->owner : NULL;
	const char *source = arena_printf(&j->scratch, "%.*s/%.*s.py", SPAN_ARG(span_dir(folder)),
		SPAN_ARG(span_sub(name, 0, span_find(name, '.'))));
	const struct file *f = source ? image_file(j->image, span_str(source)) : NULL;

	return f ? f->owner : NULL;
}

/* As the package shipped it: what another layer wrote is the image's own, be it before the
 * installation (which keeps a setting that it finds) or after it. The package's database is not a
 * proof of content, so below etc/, where images edit what packages bring, nothing counts as
 * shipped. */
static const struct package_fact *shipper(struct judge *j, const struct suspect *s)
{
	const struct package_fact *owner = owner_of(j, s);
	const struct image_package *p;

	if (!owner || !package_is_system(owner->type) || span_starts(s->f.at.path, SPAN("etc/")))
		return NULL;
	p = image_package(j->image, owner);
	return p && s->file->body_layer == p->layer ? owner : NULL;
}

static bool is_named(const struct secret_rule *rule)
{
	return rule && rule_is_named(rule);
}

static bool is_what(const struct judge *j, const struct suspect *s, uint8_t what)
{
	switch (what) {
	case WHAT_KEY:
		return is_private_key(s);
	case WHAT_KEY_IN_PROGRAM:
		return is_private_key(s) && (s->f.flags & SECRET_IN_BINARY);
	case WHAT_NAMED:
		return (s->f.flags & SECRET_GENERIC) || is_named(rule_of(j, s->f.fact->rule));
	default:
		return true;
	}
}

/* The first row of the place that fits. name: what "{}" of its reason is. */
static void fall_for(struct judge *j, struct suspect *s, uint8_t place, struct span name)
{
	for (size_t i = 0; i < j->words->places.n; i++) {
		const struct place_row *row = &j->words->places.p[i];
		size_t at = span_find_span(row->why, SPAN("{}"));

		if (row->place != place || !is_what(j, s, row->what))
			continue;
		if (at == row->why.len)
			name.len = 0;
		level_fall(j, s, row->to_low ? SECRET_LOW : one_down(s), "%.*s%.*s%.*s",
			SPAN_ARG(span_sub(row->why, 0, at)), SPAN_ARG(name),
			SPAN_ARG(span_from(row->why, at + 2)));
		return;
	}
}

/* Its record speaks of the path that the layer has, not of another name that a link gave it. */
static uint32_t tree_of(const struct judge *j, const struct suspect *s)
{
	const struct secret_fact *x = s->f.fact;

	return x->tree && s->source < j->image->layers_n && x->entry != NO_ENTRY &&
			       span_eq(s->f.at.path,
				       j->image->parts[s->source]->entries.p[x->entry].path)
		       ? x->tree
		       : 0;
}

static void say(struct judge *j, struct suspect *s, struct span why)
{
	level_rise(j, s, s->f.level, "%.*s", SPAN_ARG(why)); /* no step: a reason */
}

/* The name by which the file is reached that this secret counts for; empty: its own. */
static struct span other_name(const struct judge *j, const struct suspect *s)
{
	const struct secret_fact *x = s->f.fact;
	const struct where *w = s->source < j->image->layers_n ? &j->where[s->source] : NULL;

	if (!w || !w->fits || x->entry == NO_ENTRY || !is_content(s))
		return (struct span){ 0 };
	struct span fits = w->fits[x - judge_source(j, s->source)->secrets.p];

	return fits.len ? fits : w->other[x->entry];
}

static void lower_by_place(struct judge *j, struct suspect *s)
{
	struct span other = other_name(j, s);

	const struct package_fact *package = shipper(j, s);
	uint32_t tree = tree_of(j, s);
	bool is_test = false,
	     is_public = is_content(s) && path_is_published(j->words, s->f.at.path, tree);
	struct span class = is_content(s) ? path_class(j->words, s->f.at.path, s->f.at.member,
						    package != NULL, tree, &is_test)
					  : (struct span){ 0 };

	if (other.len && !span_eq(other, s->f.at.path))
		say(j, s, span_str(arena_printf(&j->scratch, "reached as /%.*s", SPAN_ARG(other))));
	if (other.len)
		return;
	/* An image's own docstring may hold a value that is used. */
	if (!class.len && (s->f.fact->flags & SECRET_IN_DOCSTRING) && (package || is_public))
		class = SPAN("a docstring");
	s->shipper = package;
	s->was_lowered = package || class.len || is_public;
	if (package)
		fall_for(j, s, PLACE_SHIPPED, package->name);
	if (class.len)
		fall_for(j, s, is_test ? PLACE_TEST : PLACE_DOCUMENT, class);
	else if (!package && is_public)
		fall_for(j, s, PLACE_PUBLISHED, (struct span){ 0 });
}

/* ---- all of it ---- */

/* On the list of keys that packages carry for their own tests: its certificate and its authority
 * are as well known. */
static bool is_example(const struct suspect *s)
{
	return (s->f.flags & SECRET_EXAMPLE) && !s->f.fact->known.len;
}

static void raise(struct judge *j, const struct certificates *certificates, struct suspect *s)
{
	struct span service = service_key(j, s);

	if (is_example(s))
		return;
	match_certificate(j, certificates, s);
	if (service.len && !(s->f.flags & SECRET_ENCRYPTED))
		level_rise(j, s, SECRET_HIGH, "%.*s", SPAN_ARG(service));
	if ((s->f.flags & SECRET_CA) && !(s->f.flags & SECRET_ENCRYPTED))
		level_rise(j, s, SECRET_HIGH,
			"critical: the key of a certificate authority signs for anyone");
}

/* The finder raises and lowers too: by what it saw of the value and around it, which the fact still
 * says. */
static void explain(struct judge *j, struct suspect *s)
{
	static const struct {
		uint32_t flag;
		struct span why;
	} rows[] = {
		{ SECRET_CHECKSUM_BAD, SPAN_INIT("its checksum or structure is wrong") },
		{ SECRET_EXAMPLE, SPAN_INIT("a documented example") },
		{ SECRET_PLACEHOLDER, SPAN_INIT("a placeholder") },
		{ SECRET_ENCRYPTED, SPAN_INIT("password-protected") },
	};
	const struct secret_fact *x = s->f.fact;
	const struct secret_rule *rule = rule_of(j, x->rule);

	if (x->judgment && x->judgment <= j->words->named.n)
		say(j, s, j->words->named.p[x->judgment - 1].why);
	if ((x->flags & SECRET_PAIRED) && rule && rule->near.len)
		level_rise(j, s, s->f.level, "raised: the text near it has '%.*s'",
			SPAN_ARG(rule->near));
	for (size_t i = 0; s->f.level <= SECRET_LOW && i < sizeof(rows) / sizeof(*rows); i++)
		if (s->f.flags & rows[i].flag) {
			say(j, s, rows[i].why);
			return;
		}
}

static void lower(struct judge *j, struct suspect *s)
{
	char day[DATE_TEXT];
	int64_t expires = s->f.fact->expires;

	if (is_example(s))
		level_fall(j, s, SECRET_LOW, "a value that documentation or tests made public");
	if (s->f.flags & SECRET_CHECKSUM_BAD)
		level_fall(j, s, SECRET_LOW, "its checksum or structure is wrong");
	if (expires > 0 && expires < j->opt->now)
		level_fall(j, s, SECRET_LOW, "expired on %s",
			date_format_day(expires / DAY_SECONDS, day));
	lower_by_place(j, s);
}

/* Nothing takes these down: who ships them ships what an attacker has already. */
static void raise_known(struct judge *j, struct suspect *s)
{
	if (s->f.fact->known.len)
		level_rise(j, s, SECRET_HIGH, "publicly known: %.*s", SPAN_ARG(s->f.fact->known));
}

bool level_settle(struct judge *j)
{
	const struct suspect **found;
	struct certificates certificates = { 0 };

	if (!certificates_collect(j, &certificates))
		return false;
	for (size_t i = 0; i < j->all.n && watch_on(j->image->watch); i++) {
		explain(j, &j->all.p[i]);
		raise(j, &certificates, &j->all.p[i]);
	}
	pairs_find(j);
	for (size_t i = 0; i < j->all.n && watch_on(j->image->watch); i++)
		lower(j, &j->all.p[i]);
	found = find_openers(j);
	if (!found)
		return false;
	for (size_t i = 0; i < j->all.n; i++)
		match_opener(j, found, &j->all.p[i]);
	duplicates_find(j);
	for (size_t i = 0; i < j->all.n; i++)
		raise_known(j, &j->all.p[i]);
	return true;
}
