/* attached.c - what is attached to an image, from all places where it may be.
 *
 * Three steps: the places of some digests are asked, all at once; the manifests that they name are
 * opened, some at a time; then the blobs are fetched into memory whose sum is bounded before. What
 * an unsigned attestation is in is such a digest too, once: a signature of it counts for the
 * attestation.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/attached.h"

#include <fcntl.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/pool.h"
#include "source/form.h"
#include "source/oci.h"
#include "source/reference.h"

enum {
	THREADS = 8,            /* requests at once */
	BATCH = 8,              /* manifests that are parsed at once */
	CARRIERS_MAX = 16,      /* unsigned attestations whose signatures are looked for */
	PARSED_MAX = 128 << 20, /* memory of one parsed manifest */
};

/* A digest to which something may be attached. */
struct subject {
	struct digest digest;
	struct span media_type;
	uint64_t size;
	bool is_index;
};

/* A manifest that may carry something. */
struct lead {
	struct subject subject;
	struct descriptor d;
	struct span bytes, place;
	bool is_referrer; /* its subject must be ours */
	bool is_listed;   /* by the image's index */
	bool is_sbom;     /* whatever is in it */
	bool is_named;    /* a profile, by an annotation of the image: without it there is none */
};

/* A row that waits for its bytes. */
struct fetch {
	struct finder *finder;
	struct descriptor d;
	size_t row;
	uint8_t *to;
	int code;
	struct scov_err err;
};

struct finder {
	struct source *source;
	const struct limits *limits;
	const struct call *call;
	struct arena *arena;
	struct attached_set *out;
	VEC(struct lead) leads;
	VEC(struct fetch) fetches;
	size_t opened; /* leads that were */
	uint64_t bytes;
};

static bool ends_all(int code)
{
	return code == SCOV_E_CANCELLED || code == SCOV_E_TIMEOUT || code == SCOV_E_MEMORY;
}

/* It was not read, so that nobody knows what it is: not searched. Bytes that are not what was named
 * are known to be nothing. */
static bool is_unread(int code)
{
	return code && code != SCOV_E_DIGEST && code != SCOV_E_FORMAT;
}

/* The first reason stays. */
static int not_searched(struct finder *f, const char *what, struct span where, const char *why)
{
	struct attached_set *out = f->out;

	if (out->is_searched)
		out->not_searched =
			span_str(arena_printf(f->arena, "%s%.*s: %s", what, SPAN_ARG(where), why));
	out->is_searched = false;
	return arena_failed(f->arena);
}

/* ---- places */

static const char *const tags[] = { ".sig", ".att", ".sbom" };

enum { TAGS = sizeof(tags) / sizeof(*tags), SBOM = TAGS - 1 };

struct look {
	struct finder *finder;
	const struct subject *subject;
	const char *suffix; /* of a tag; NULL: the referrers */
	struct arena arena;
	struct referrers found;
	struct span bytes;
	int code;
	struct scov_err err;
};

static const char *tag_of(const struct look *k, struct arena *a)
{
	char hex[DIGEST_TEXT];

	return arena_printf(a, "sha256-%s%s", digest_hex(&k->subject->digest, hex), k->suffix);
}

static void look(void *ctx, size_t i)
{
	struct look *k = (struct look *)ctx + i;
	struct finder *f = k->finder;
	const struct source_ops *ops = f->source->ops;
	const char *tag = k->suffix ? tag_of(k, &k->arena) : "";

	k->code = call_check(f->call, &k->err);
	if (!k->code && !tag)
		k->code = arena_check(&k->arena, &k->err);
	if (k->code)
		return;
	k->code = k->suffix ? ops->tagged(f->source, tag, f->call, &k->arena, &k->bytes, &k->err)
			    : ops->referrers(f->source, &k->subject->digest, f->limits->attachments,
				      f->call, &k->arena, &k->found, &k->err);
}

/* Once for each subject: a list that names it for another one hides nothing. */
static int add_lead(struct finder *f, const struct lead *l)
{
	for (size_t i = 0; l->d.digest.algorithm && i < f->leads.n; i++)
		if (digest_eq(&f->leads.p[i].d.digest, &l->d.digest) &&
			digest_eq(&f->leads.p[i].subject.digest, &l->subject.digest))
			return 0;
	if (f->leads.n >= f->limits->attachments) {
		f->out->passed_over++;
		return 0;
	}
	return vec_add(&f->leads, f->arena, l) ? 0 : SCOV_E_MEMORY;
}

static struct span place_of(struct finder *f, struct span from, const struct digest *d)
{
	char text[DIGEST_TEXT];

	return span_str(arena_printf(f->arena, "%.*s %s", SPAN_ARG(from), digest_format(d, text)));
}

static int take_referrers(struct finder *f, const struct look *k)
{
	struct span place = place_of(f, k->found.from, &k->subject->digest);
	int code = arena_failed(f->arena);

	f->out->passed_over += k->found.passed_over;
	for (size_t i = 0; i < k->found.list.n && !code; i++) {
		const struct descriptor *d = &k->found.list.p[i];
		bool is_saved = annotation_get(&d->annotations, "kind").len;

		code = add_lead(
			f, &(struct lead){ .subject = *k->subject,
				   .d = { .digest = d->digest,
					   .size = d->size,
					   .has_size = d->has_size,
					   .media_type = arena_dup(f->arena, d->media_type) },
				   .place = place,
				   .is_referrer = !is_saved });
	}
	return code ? code : arena_failed(f->arena);
}

static int take_tag(struct finder *f, const struct look *k)
{
	const char *tag = tag_of(k, f->arena);
	struct lead l = { .subject = *k->subject,
		.bytes = arena_dup(f->arena, k->bytes),
		.d = { .digest = digest_of(DIGEST_SHA256, k->bytes) },
		.is_sbom = k->suffix == tags[SBOM] };

	l.place = span_str(arena_printf(f->arena, "tag %s", tag ? tag : ""));
	return arena_failed(f->arena) ? SCOV_E_MEMORY : add_lead(f, &l);
}

static int take_look(struct finder *f, const struct look *k, struct scov_err *err)
{
	int code = 0;

	if (ends_all(k->code)) {
		*err = k->err;
		return k->code;
	}
	if (k->code && !(k->suffix && k->code == SCOV_E_NOT_FOUND))
		code = not_searched(
			f, k->suffix ? k->suffix + 1 : "referrers", SPAN(""), k->err.text);
	if (!k->suffix)
		code = take_referrers(f, k);
	else if (!k->code)
		code = take_tag(f, k);
	return code ? arena_check(f->arena, err) : 0;
}

/* The referrers of each, and the first `tags_n` of cosign's tags. */
static int look_up(struct finder *f, const struct subject *subjects, size_t n, size_t tags_n,
	struct scov_err *err)
{
	struct look *all = mem_alloc((n * (1 + TAGS) + 1) * sizeof(*all));
	size_t count = 0;
	int code = 0;

	if (!all)
		return err_memory(err);
	for (size_t i = 0; i < n; i++)
		for (size_t t = 0; t <= tags_n; t++)
			if (!t || subjects[i].digest.algorithm == DIGEST_SHA256)
				all[count++] = (struct look){ .finder = f,
					.subject = &subjects[i],
					.suffix = t ? tags[t - 1] : NULL };
	pool_run(THREADS, count, look, all);
	for (size_t i = 0; i < count; i++) {
		if (!code)
			code = take_look(f, &all[i], err);
		arena_release(&all[i].arena);
	}
	mem_free(all);
	return code;
}

/* ---- manifests */

struct opened {
	struct finder *finder;
	const struct lead *lead;
	struct arena arena;
	struct span bytes;
	const struct json *doc;
	int code;
	struct scov_err err;
};

static int check_document(struct opened *o)
{
	const struct descriptor *d = &o->lead->d;
	struct digest found;

	if (d->has_size && d->size != o->bytes.len)
		return err_fail(&o->err, SCOV_E_DIGEST,
			"its manifest has %zu bytes, the list says %llu", o->bytes.len,
			(unsigned long long)d->size);
	found = digest_of(d->digest.algorithm, o->bytes);
	if (!digest_eq(&found, &d->digest))
		return err_fail(&o->err, SCOV_E_DIGEST, "its manifest has another digest");
	return oci_parse(o->bytes, o->finder->limits, &o->arena, &o->doc, &o->err);
}

static void open_lead(void *ctx, size_t i)
{
	struct opened *o = (struct opened *)ctx + i;
	struct finder *f = o->finder;

	o->code = call_check(f->call, &o->err);
	if (o->code)
		return;
	if (!o->lead->d.digest.algorithm)
		o->code = err_fail(&o->err, SCOV_E_FORMAT, "an entry of the list without a digest");
	else if (o->lead->bytes.len)
		o->bytes = o->lead->bytes;
	else
		o->code = f->source->ops->document(
			f->source, &o->lead->d, f->call, &o->arena, &o->bytes, &o->err);
	if (!o->code)
		o->code = check_document(o);
}

static struct attached *add_row(struct finder *f, const struct lead *l)
{
	struct attached *t = vec_push(&f->out->list, f->arena);

	if (t)
		*t = (struct attached){ .form = ATTACHED_FORM_DOCUMENT,
			.carrier = l->d.digest,
			.is_listed = l->is_listed,
			.subject = l->subject.digest,
			.is_of_index = l->subject.is_index,
			.subject_type = l->subject.media_type,
			.subject_size = l->subject.size,
			.place = l->place };
	return t;
}

static int add_unread(struct finder *f, const struct lead *l, struct span type, const char *why)
{
	struct attached *t = add_row(f, l);

	if (!t)
		return SCOV_E_MEMORY;
	t->why = arena_dup(f->arena, span_str(why));
	t->artifact_type = arena_dup(f->arena, type);
	return arena_failed(f->arena);
}

/* What it says it is, unless that is no more than an image's or an empty config. */
static struct span type_of(const struct json *doc)
{
	struct span type = json_get_text(doc, "artifactType"),
		    config = json_get_text(json_get(doc, "config"), "mediaType");

	if (type.len && !span_starts(type, SPAN("application/vnd.oci.empty.")))
		return type;
	return span_starts(config, SPAN("application/vnd.oci.empty.")) ||
			       span_eq(config, SPAN(OCI_CONFIG)) ||
			       span_eq(config, SPAN(DOCKER_CONFIG))
		       ? SPAN("")
		       : config;
}

/* A media type of a layer, or the artifact's, begins with this. */
static const struct {
	struct span head;
	uint8_t form;
} forms[] = {
	{ SPAN_INIT("application/vnd.dev.cosign.simplesigning."), ATTACHED_FORM_SIMPLE },
	{ SPAN_INIT("application/vnd.dsse.envelope"), ATTACHED_FORM_DSSE },
	{ SPAN_INIT("application/vnd.dev.sigstore.bundle"), ATTACHED_FORM_BUNDLE },
	{ SPAN_INIT("application/vnd.in-toto"), ATTACHED_FORM_STATEMENT },
	{ SPAN_INIT("application/jose+json"), ATTACHED_FORM_NOTARY_JWS },
	{ SPAN_INIT("application/cose"), ATTACHED_FORM_NOTARY_COSE },
};

/* False: of a kind that is not read. */
static bool find_form(struct span layer, struct span type, bool is_sbom, uint8_t *out)
{
	const struct span texts[] = { layer, type };

	for (size_t k = 0; k < 2 * sizeof(forms) / sizeof(*forms); k++) {
		size_t row = k % (sizeof(forms) / sizeof(*forms));
		struct span text = texts[k / (sizeof(forms) / sizeof(*forms))];

		if (!span_starts(text, forms[row].head))
			continue;
		*out = forms[row].form;
		if (*out == ATTACHED_FORM_STATEMENT && span_ends(text, SPAN("+dsse")))
			*out = ATTACHED_FORM_DSSE;
		return true;
	}
	*out = ATTACHED_FORM_DOCUMENT;
	return is_sbom || attached_kind_of(layer) != ATTACHED_OTHER ||
	       attached_kind_of(type) != ATTACHED_OTHER;
}

static bool copy_annotations(struct finder *f, const annotations *from, annotations *to)
{
	for (size_t i = 0; i < from->n; i++)
		if (!vec_add(to, f->arena,
			    &(struct annotation){ arena_dup(f->arena, from->p[i].key),
				    arena_dup(f->arena, from->p[i].value) }))
			return false;
	return !arena_failed(f->arena);
}

/* Counts the bytes of one more thing. False: they are too many. */
static bool takes(struct finder *f, uint64_t size)
{
	if (size > f->limits->attachments_size - f->bytes)
		return false;
	f->bytes += size;
	return true;
}

static int add_layer(struct finder *f, const struct lead *l, struct span type,
	const struct descriptor *d, uint8_t form)
{
	bool is_large = d->size > f->limits->attestation_size;
	struct attached *t = NULL;
	struct fetch *q;

	if (f->out->list.n >= f->limits->attachments) {
		f->out->passed_over++;
		return 0;
	}
	if (is_large || !takes(f, d->size))
		return add_unread(f, l, type,
			       is_large ? "larger than limit attestation_size"
					: "over limit attachments_size") ||
		       not_searched(f, "what is attached", SPAN(""),
			       is_large ? "limit attestation_size" : "limit attachments_size");
	q = vec_push(&f->fetches, f->arena);
	t = add_row(f, l);
	if (!q || !t)
		return SCOV_E_MEMORY;
	t->form = form;
	t->media_type = arena_dup(f->arena, d->media_type);
	t->artifact_type = arena_dup(f->arena, type);
	t->digest = d->digest;
	*q = (struct fetch){ .finder = f,
		.d = { .digest = d->digest,
			.size = d->size,
			.has_size = true,
			.media_type = t->media_type },
		.row = f->out->list.n - 1,
		.to = arena_alloc(f->arena, d->size + 1) };
	return copy_annotations(f, &d->annotations, &t->annotations) ? 0 : SCOV_E_MEMORY;
}

/* Why it is not what the list, the tag or the index gave it for; NULL: it is. */
static const char *misfit(const struct opened *o)
{
	const struct json *subject = json_get(o->doc, "subject");
	struct digest named = { 0 };

	if (json_get(o->doc, "manifests"))
		return "an index, not a manifest";
	if (json_is(subject, JSON_DICT) &&
		(digest_parse(json_get_text(subject, "digest"), &named, NULL) ||
			!digest_eq(&named, &o->lead->subject.digest)))
		return "its manifest names another subject";
	if (o->lead->is_referrer && !json_is(subject, JSON_DICT))
		return "its manifest names no subject";
	if (o->lead->is_named && attached_kind_of(type_of(o->doc)) != ATTACHED_PROFILE)
		return "not a security profile";
	return NULL;
}

static int take_layers(struct finder *f, const struct opened *o, struct scov_err *err)
{
	const struct json *layers = json_get(o->doc, "layers");
	struct span type = type_of(o->doc);
	size_t read = 0;
	scoped_arena struct arena a = { .limit = PARSED_MAX };
	/* the image's own manifest names it by its digest, or it names the image */
	bool is_bound = o->lead->is_named || json_is(json_get(o->doc, "subject"), JSON_DICT);
	int code = 0;

	for (size_t i = 0; i < json_count(layers) && !code; i++) {
		struct descriptor d;
		uint8_t form = 0;
		size_t before = f->out->list.n;

		if (oci_descriptor(json_at(layers, i), &a, &d, err)) {
			bool is_open = is_unread(err->code);

			code = add_unread(f, o->lead, type, err->text);
			if (!code && is_open)
				code = not_searched(f, "", o->lead->place, err->text);
			read++;
		} else if (find_form(d.media_type, type, o->lead->is_sbom, &form)) {
			code = add_layer(f, o->lead, type, &d, form);
			read++;
		}
		if (f->out->list.n > before)
			f->out->list.p[before].is_bound = is_bound;
	}
	if (!code && !read)
		code = add_unread(f, o->lead, type,
			json_count(layers) ? "a kind of artifact that is not read"
					   : "its manifest has no layers");
	return code ? arena_check(f->arena, err) : 0;
}

static int take_opened(struct finder *f, const struct opened *o, struct scov_err *err)
{
	const char *why = o->code ? o->err.text : misfit(o);
	int code;

	if (ends_all(o->code)) {
		*err = o->err;
		return o->code;
	}
	if (!why && takes(f, o->bytes.len))
		return take_layers(f, o, err);
	if (o->lead->is_named) /* the criterion says that it was not fetched */
		return 0;
	code = add_unread(f, o->lead, SPAN(""), why ? why : "over limit attachments_size");
	if (!code && (!why || is_unread(o->code)))
		code = not_searched(f, "", o->lead->place, why ? why : "limit attachments_size");
	return code ? arena_check(f->arena, err) : 0;
}

/* Those leads that were not yet. */
static int open_leads(struct finder *f, struct scov_err *err)
{
	struct opened *all = mem_alloc(BATCH * sizeof(*all));
	int code = all ? 0 : err_memory(err);

	while (!code && f->opened < f->leads.n) {
		size_t n = f->leads.n - f->opened < BATCH ? f->leads.n - f->opened : BATCH;

		for (size_t i = 0; i < n; i++)
			all[i] = (struct opened){ .finder = f,
				.lead = &f->leads.p[f->opened + i],
				.arena = { .limit = PARSED_MAX } };
		pool_run(BATCH, n, open_lead, all);
		for (size_t i = 0; i < n; i++) {
			if (!code)
				code = take_opened(f, &all[i], err);
			arena_release(&all[i].arena);
		}
		f->opened += n;
	}
	mem_free(all);
	return code;
}

/* ---- blobs */

static int read_blob(struct fetch *q)
{
	struct finder *f = q->finder;
	struct stream *in = NULL;
	struct digest found;
	size_t have = 0;
	int64_t n = 1;
	int code = call_check(f->call, &q->err);

	if (!code)
		code = f->source->ops->open(f->source, &q->d, f->call, &in, &q->err);
	while (!code && n > 0 && have <= q->d.size) {
		n = in->read(in, q->to + have, q->d.size + 1 - have, &q->err);
		if (n < 0)
			code = (int)n;
		else
			have += (size_t)n;
		if (!code)
			code = call_check(f->call, &q->err);
	}
	if (in)
		in->close(in);
	if (code)
		return code;
	found = digest_of(q->d.digest.algorithm, span_of(q->to, have));
	if (have != q->d.size || !digest_eq(&found, &q->d.digest))
		return err_fail(&q->err, SCOV_E_DIGEST, "its bytes have another %s",
			have == q->d.size ? "digest" : "length");
	return 0;
}

static void fetch(void *ctx, size_t i)
{
	struct fetch *q = (struct fetch *)ctx + i;

	q->code = read_blob(q);
}

static int fetch_all(struct finder *f, struct scov_err *err)
{
	int code = 0;

	pool_run(THREADS, f->fetches.n, fetch, f->fetches.p);
	for (size_t i = 0; i < f->fetches.n && !code; i++) {
		const struct fetch *q = &f->fetches.p[i];
		struct attached *t = &f->out->list.p[q->row];

		if (ends_all(q->code)) {
			*err = q->err;
			return q->code;
		}
		if (!q->code)
			t->bytes = span_of(q->to, q->d.size);
		else
			t->why = arena_dup(f->arena, span_str(q->err.text));
		if (is_unread(q->code))
			code = not_searched(f, "", t->place, q->err.text);
	}
	return arena_check(f->arena, err);
}

/* ---- BuildKit's entries, and what refers to them */

static int add_listed(struct finder *f, const struct descriptor *d, const struct subject *manifest,
	bool is_listed, const struct digest *index)
{
	char want[DIGEST_TEXT];

	if (!oci_entry_is_attestation(d) ||
		!span_eq(annotation_get(&d->annotations, "vnd.docker.reference.digest"),
			span_str(digest_format(&manifest->digest, want))))
		return 0;
	return add_lead(f, &(struct lead){ .subject = *manifest,
				   .d = { .digest = d->digest,
					   .size = d->size,
					   .has_size = d->has_size,
					   .media_type = arena_dup(f->arena, d->media_type) },
				   .is_listed = is_listed,
				   .place = is_listed ? place_of(f, SPAN("index"), index)
						      : SPAN("index.json") });
}

/* An index that cannot be read led to no image. */
static int take_index(struct finder *f, const struct attached_query *q,
	const struct subject *manifest, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = PARSED_MAX };
	descriptors list = { 0 };
	const struct json *doc;
	int code = 0;

	if (q->index.raw.len) {
		code = oci_parse(q->index.raw, f->limits, &a, &doc, err);
		if (!code)
			code = oci_index_entries(doc, f->limits, &a, &list, err);
		if (code)
			return code;
	}
	for (size_t i = 0; i < list.n && !code; i++)
		code = add_listed(f, &list.p[i], manifest, true, &q->index.digest);
	for (size_t i = 0; i < f->source->beside.n && !code; i++)
		code = add_listed(f, &f->source->beside.p[i], manifest, false, &q->index.digest);
	return code ? arena_check(f->arena, err) : 0;
}

static bool is_unsigned(const struct attached *t)
{
	return !t->why.len && t->carrier.algorithm &&
	       (t->form == ATTACHED_FORM_STATEMENT || t->form == ATTACHED_FORM_DOCUMENT);
}

static int find_carriers(struct finder *f, struct scov_err *err)
{
	struct subject list[CARRIERS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < f->out->list.n; i++) {
		const struct attached *t = &f->out->list.p[i];
		size_t k = 0;

		if (!is_unsigned(t))
			continue;
		while (k < n && !digest_eq(&list[k].digest, &t->carrier))
			k++;
		if (k < n)
			continue;
		if (n == CARRIERS_MAX) {
			if (not_searched(f, "unsigned attestations", SPAN(""),
				    "too many to look for the signatures of all"))
				return arena_check(f->arena, err);
			break;
		}
		list[n++] =
			(struct subject){ .digest = t->carrier, .media_type = SPAN(OCI_MANIFEST) };
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < f->leads.n; k++)
			if (digest_eq(&f->leads.p[k].d.digest, &list[i].digest))
				list[i].size = f->leads.p[k].d.has_size ? f->leads.p[k].d.size
									: f->leads.p[k].bytes.len;
	return n ? look_up(f, list, n, 1, err) : 0;
}

/* ---- a file beside an archive */

static int take_bundle(struct finder *f, const struct lead *l, struct span text)
{
	struct attached *t;

	if (!span_trim(text).len)
		return 0;
	if (f->out->list.n >= f->limits->attachments) {
		f->out->passed_over++;
		return 0;
	}
	t = add_row(f, l);
	if (!t)
		return SCOV_E_MEMORY;
	t->form = ATTACHED_FORM_BUNDLE;
	t->bytes = text;
	t->digest = digest_of(DIGEST_SHA256, text);
	return 0;
}

static int take_file(struct finder *f, const char *path, bool has_lines, struct scov_err *err)
{
	uint64_t left = f->limits->attachments_size - f->bytes,
		 most = f->limits->attestation_size < left ? f->limits->attestation_size : left;
	struct lead l = { .place = span_str(arena_printf(f->arena, "file %s", path)) };
	struct scov_err why;
	struct span text = { 0 }, line;
	int code = fd_load(AT_FDCWD, path, most, f->arena, &text, &why);

	if (code == SCOV_E_NOT_FOUND)
		return 0;
	if (code &&
		(add_unread(f, &l, SPAN(""), why.text) || not_searched(f, "", l.place, why.text)))
		return arena_check(f->arena, err);
	f->bytes += text.len;
	if (!has_lines)
		code = take_bundle(f, &l, text);
	else
		for (code = 0; !code && span_line(&text, &line);)
			code = take_bundle(f, &l, line);
	return code ? arena_check(f->arena, err) : 0;
}

/* IMAGE.tar.sigstore.json: one bundle; .jsonl: one a line. */
static int take_files(struct finder *f, const char *reference, struct scov_err *err)
{
	static const char *const endings[] = { ".sigstore.json", ".sigstore.jsonl" };
	struct form form;
	int code = 0;

	if (!reference || form_parse(span_str(reference), &form, NULL) ||
		form.kind == FORM_REGISTRY || form.kind == FORM_ENGINE ||
		span_eq(form.name, SPAN("-")))
		return 0;
	while (span_ends(form.name, SPAN("/")) && form.name.len > 1)
		form.name.len--;
	for (size_t i = 0; i < 2 && !code; i++) {
		const char *path =
			arena_printf(f->arena, "%.*s%s", SPAN_ARG(form.name), endings[i]);

		code = path ? take_file(f, path, i == 1, err) : arena_check(f->arena, err);
	}
	return code;
}

/* ---- all of it */

/* Signatures of the Notary Project name it. */
static struct span subject_type(struct finder *f, const struct attached_subject *s, bool is_index)
{
	scoped_arena struct arena a = { .limit = PARSED_MAX };
	const struct json *doc;
	struct span type = s->media_type;

	if (!type.len && s->raw.len && !oci_parse(s->raw, f->limits, &a, &doc, NULL)) {
		type = json_get_text(doc, "mediaType");
		if (!type.len)
			type = is_index ? SPAN(OCI_INDEX) : SPAN(OCI_MANIFEST);
	}
	return arena_dup(f->arena, type);
}

static struct subject subject_of(struct finder *f, const struct attached_subject *s, bool is_index)
{
	return (struct subject){ s->digest, subject_type(f, s, is_index), s->raw.len, is_index };
}

/* The artifact, if it is where the image is: in the repository, or in the layout. */
static int take_profile(
	struct finder *f, const struct subject *s, struct span key, struct span text)
{
	struct reference named, ours;
	struct lead l = { .subject = *s, .is_named = true };

	if (reference_parse(span_trim(text), f->arena, &named, NULL) || !named.digest.algorithm)
		return 0;
	if (!strcmp(f->source->ops->transport, "registry") &&
		(reference_parse(f->source->description, f->arena, &ours, NULL) ||
			!span_eq(ours.host, named.host) || !span_eq(ours.path, named.path)))
		return 0;
	l.d = (struct descriptor){ .digest = named.digest, .media_type = SPAN(OCI_MANIFEST) };
	l.place = span_str(arena_printf(f->arena, "annotation %.*s", SPAN_ARG(key)));
	return add_lead(f, &l);
}

/* Profiles that annotations of the manifest or the index name by their digest. */
static int take_profiles(struct finder *f, const struct subject *s, struct span raw)
{
	scoped_arena struct arena a = { .limit = PARSED_MAX };
	const struct json *doc = NULL, *list;
	int code = 0;

	if (!raw.len || oci_parse(raw, f->limits, &a, &doc, NULL))
		return 0;
	list = json_get(doc, "annotations");
	for (size_t i = 0; i < json_count(list) && !code; i++) {
		const struct json *v = json_at(list, i);

		if (attached_names_profile(json_name(v)))
			code = take_profile(f, s, json_name(v), json_text(v));
	}
	return code;
}

static int search(struct finder *f, const struct attached_query *q, struct scov_err *err)
{
	const struct subject both[] = { subject_of(f, &q->index, true),
		subject_of(f, &q->manifest, false) };
	bool has_index = q->index.digest.algorithm,
	     is_same = digest_eq(&q->index.digest, &q->manifest.digest);
	int code =
		look_up(f, has_index ? both : both + 1, has_index && !is_same ? 2 : 1, TAGS, err);

	if (!code)
		code = take_index(f, q, &both[1], err);
	if (!code && (take_profiles(f, &both[1], q->manifest.raw) ||
			     (has_index && take_profiles(f, &both[0], q->index.raw))))
		code = arena_check(f->arena, err);
	if (!code)
		code = open_leads(f, err);
	if (!code)
		code = find_carriers(f, err);
	if (!code)
		code = open_leads(f, err);
	return code ? code : fetch_all(f, err);
}

int attached_find(struct source *s, const struct limits *l, const struct attached_query *q,
	const struct call *call, struct arena *a, struct attached_set *out, struct scov_err *err)
{
	struct attached_set found = { .is_searched = true };
	struct finder f = { .source = s, .limits = l, .call = call, .arena = a, .out = &found };
	const char *detached = s->ops->detached;
	struct scov_err mine;
	int code = 0;

	if (!err)
		err = &mine;
	if (s->ops->referrers && q->manifest.digest.algorithm)
		code = search(&f, q, err);
	if (!code)
		code = take_files(&f, q->reference, err);
	if (!code && detached && not_searched(&f, "", SPAN(""), detached))
		code = arena_check(a, err);
	if (!code && found.passed_over &&
		not_searched(&f, "", SPAN("what is attached"), "more than limit attachments"))
		code = arena_check(a, err);
	if (code)
		return code;
	*out = found;
	return 0;
}
