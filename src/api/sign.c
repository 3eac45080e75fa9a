/* sign.c - images signed and attested: bundles made with a key, and written beside the image.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "base/date.h"
#include "base/fd.h"
#include "facts/trust.h"
#include "report/sbom_read.h"
#include "source/attach.h"
#include "source/attached.h"
#include "source/oci.h"
#include "trust/sign.h"

struct subject {
	struct descriptor descriptor;
	struct span raw, name;       /* for what is printed: "index", "linux/amd64" */
	bool has_bundle, has_simple; /* of this key, in either form */
};

struct signing {
	struct arena arena;
	struct scov_sign_options o;
	struct scov_image *image; /* the first */
	struct api_call call;
	struct private_key *key;
	struct attach *attach;
	VEC(struct subject) subjects;
	const char *note; /* what is doubtful, for what is printed; NULL: nothing */
	char created[40];
};

static void release(struct signing *s)
{
	attach_free(s->attach);
	private_key_free(s->key);
	arena_release(&s->arena);
}

static int read_key(struct signing *s, struct scov_err *err)
{
	struct span text, password = span_str(s->o.password);
	int code = fd_load(AT_FDCWD, s->o.key, KEY_TEXT_MAX, &s->arena, &text, err);

	if (code) {
		err_wrap(err, "key");
		return api_bad_option(err);
	}
	if (!s->o.password)
		password = (struct span){ 0 };
	code = private_key_parse(text, password, &s->key, err);
	explicit_bzero((void *)(uintptr_t)text.p, text.len);
	if (!code)
		return 0;
	if (code == SCOV_E_AUTH && !s->o.password)
		err_fail(err, code, "%s: name a file with its password: --password-file FILE",
			arena_printf(&s->arena, "%s", err->text));
	err_wrap(err, "key '%s'", s->o.key);
	return api_bad_option(err);
}

static int set_time(struct signing *s, struct scov_err *err)
{
	int64_t now, second;
	char day[DATE_TEXT];
	int code = api_now(s->o.now, &now, err);

	if (code)
		return code;
	second = now - date_day(now) * DAY_SECONDS;
	snprintf(s->created, sizeof(s->created), "%sT%02d:%02d:%02dZ",
		date_format_day(date_day(now), day), (int)(second / 3600), (int)(second / 60 % 60),
		(int)(second % 60));
	return 0;
}

static int begin(struct signing *s, struct scov_image *image, const struct scov_sign_options *given,
	const struct scov_call *call, struct scov_err *err)
{
	struct source_options source;
	int code = api_options(given, given->struct_size, &s->o, sizeof(s->o), "sign options", err);

	s->image = image;
	if (!code && !s->o.key)
		code = err_fail(err, SCOV_E_USAGE, "the private key to sign with is missing");
	if (!code && image->sbom)
		code = err_fail(err, SCOV_E_USAGE, "an SBOM is not an image to sign");
	if (!code)
		code = api_call(image->context, call, &s->call, err);
	if (!code)
		code = set_time(s, err);
	if (!code)
		code = read_key(s, err);
	if (code)
		return code;
	api_source_options(image->context, NULL, &source);
	return attach_open(
		image->origin->reference, image->origin->source, &source, &s->attach, err);
}

/* ---- subjects -------------------------------------------------------------------------------- */

static int add_subject(struct signing *s, const struct digest *digest, struct span type,
	struct span raw, const char *name, struct scov_err *err)
{
	const struct subject x = {
		.descriptor = { .media_type = type,
			.digest = *digest,
			.size = raw.len,
			.has_size = true },
		.raw = raw,
		.name = arena_dup(&s->arena, span_str(*name ? name : "manifest")),
	};

	for (size_t i = 0; i < s->subjects.n; i++)
		if (digest_eq(&s->subjects.p[i].descriptor.digest, digest))
			return 0;
	(void)vec_add(&s->subjects, &s->arena, &x);
	return arena_check(&s->arena, err);
}

static int add_manifest(struct signing *s, const struct scov_image *i, struct scov_err *err)
{
	if (i->failure.code)
		return err_fail(err, i->failure.code, "%s", i->failure.text);
	if (!i->manifest.digest.algorithm || !i->manifest.raw.len)
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"the image has no manifest here to which a signature could be attached");
	return add_subject(s, &i->manifest.digest, i->manifest.media_type, i->manifest.raw,
		i->platform_text, err);
}

/* That of a layout may be index.json itself, which changes with each thing that is attached. */
static bool is_held(const struct signing *s, const struct digest *index)
{
	struct source *source = s->image->origin->source;

	return !source->ops->holds ||
	       source->ops->holds(source, &(struct descriptor){ .digest = *index });
}

static int add_index(struct signing *s, const struct scov_image *i, struct scov_err *err)
{
	for (size_t k = 0; k < i->documents.n; k++) {
		const struct api_document *d = &i->documents.p[k];
		struct span type;
		const struct json *doc;
		int code;

		if (d->role != DOCUMENT_INDEX ||
			!digest_eq(&d->descriptor.digest, &i->index_digest) ||
			!is_held(s, &i->index_digest))
			continue;
		code = oci_parse(d->given, &i->context->limits, &s->arena, &doc, err);
		if (code)
			return code;
		type = json_get_text(doc, "mediaType");
		return add_subject(s, &i->index_digest, type.len ? type : SPAN(OCI_INDEX), d->given,
			"index", err);
	}
	return 0;
}

/* ---- signed and written ---------------------------------------------------------------------- */

static int make_bundle(struct signing *s, const char *predicate_type, struct span predicate,
	struct buf *out, struct scov_err *err)
{
	scoped_buf struct buf statement = { 0 };
	struct digest *digests = arena_array(&s->arena, s->subjects.n, sizeof(*digests));
	size_t n = 0;
	int code;

	if (!digests)
		return arena_check(&s->arena, err);
	for (size_t i = 0; i < s->subjects.n; i++)
		if (!s->subjects.p[i].has_bundle)
			digests[n++] = s->subjects.p[i].descriptor.digest;
	code = statement_write(digests, n, predicate_type, predicate, &statement, err);
	return code ? code : bundle_sign(buf_view(&statement), s->key, out, err);
}

static int attach_all(
	struct signing *s, struct span bundle, const char *predicate_type, struct scov_err *err)
{
	struct attachment x = { .media_type = SPAN(BUNDLE_TYPE), .bytes = bundle };
	const struct annotation notes[] = {
		{ SPAN("dev.sigstore.bundle.content"), SPAN("dsse-envelope") },
		{ SPAN("dev.sigstore.bundle.predicateType"), span_str(predicate_type) },
		{ SPAN("org.opencontainers.image.created"), span_str(s->created) },
	};
	int code = 0;

	for (size_t i = 0; i < sizeof(notes) / sizeof(*notes); i++)
		if (!vec_add(&x.annotations, &s->arena, &notes[i]))
			return arena_check(&s->arena, err);
	for (size_t i = 0; i < s->subjects.n && !code; i++) {
		if (s->subjects.p[i].has_bundle)
			continue;
		x.subject = s->subjects.p[i].descriptor;
		code = attach_referrer(s->attach, &x, &s->call.call, err);
	}
	return code;
}

static int attach_simple(struct signing *s, const struct descriptor *subject, struct scov_err *err)
{
	scoped_buf struct buf payload = { 0 }, signature = { 0 };
	struct attachment x = { .subject = *subject, .media_type = SPAN(SIMPLE_TYPE) };
	int code = simple_sign(
		attach_repository(s->attach), &subject->digest, s->key, &payload, &signature, err);

	if (code)
		return code;
	x.bytes = buf_view(&payload);
	if (!vec_add(&x.annotations, &s->arena,
		    &(struct annotation){
			    SPAN("dev.cosignproject.cosign/signature"), buf_view(&signature) }))
		return arena_check(&s->arena, err);
	return attach_tagged(s->attach, &x, &s->call.call, err);
}

/* ---- what is there already ------------------------------------------------------------------- */

static bool is_signed(const struct signing *s, const struct subject *x)
{
	return x->has_bundle && (x->has_simple || !s->o.compat);
}

/* What cannot be searched is signed once more. */
static int look(
	struct signing *s, const struct trust_policy *own, struct subject *x, struct scov_err *err)
{
	const struct scov_context *c = s->image->context;
	const struct digest *d = &x->descriptor.digest;
	const struct attached_query q = {
		.reference = s->image->origin->reference,
		.manifest = { .digest = *d, .media_type = x->descriptor.media_type, .raw = x->raw },
	};
	struct attached_set set = { 0 };
	struct trust found = { 0 };
	int64_t now = 0;
	int code = attached_find(
		s->image->origin->source, &c->limits, &q, &s->call.call, &s->arena, &set, err);

	if (!code)
		code = api_now(s->o.now, &now, err);
	if (!code)
		code = trust_verify(
			&(struct trust_input){
				.manifest = *d,
				.list = set.list.p,
				.n = set.list.n,
				.policy = own,
				.now = now,
				.call = &s->call.call,
			},
			&s->arena, &found, err);
	for (size_t i = 0; i < found.list.n && !code; i++) {
		const struct trust_evidence *e = &found.list.p[i];

		if (e->kind != ATTACHED_SIGNATURE || !trust_counts(e, TRUST_EXPECTED))
			continue;
		x->has_bundle = x->has_bundle || span_eq(e->format, SPAN("sigstore bundle"));
		x->has_simple = x->has_simple || span_eq(e->format, SPAN("cosign signature"));
	}
	return code;
}

static int look_at_all(struct signing *s, struct scov_err *err)
{
	struct trust_policy *own = trust_policy_new();
	const struct trust_rule rule = { .key = public_key_spki(private_key_public(s->key)) };
	int code = own ? trust_policy_add(own, &rule, err) : err_memory(err);

	for (size_t i = 0; i < s->subjects.n && !code; i++)
		code = look(s, own, &s->subjects.p[i], err);
	trust_policy_free(own);
	return code;
}

/* What was done, a line for each digest. */
static int tell(const struct signing *s, const char *done, scov_write write, void *ctx,
	struct scov_err *err)
{
	scoped_buf struct buf b = { 0 }, hint = { 0 };
	char text[DIGEST_TEXT];
	int code = key_hint(private_key_public(s->key), &hint, err);

	for (size_t i = 0; i < s->subjects.n; i++) {
		const struct subject *x = &s->subjects.p[i];

		buf_printf(&b, "%s %.*s: %s with key %s\n",
			digest_format(&x->descriptor.digest, text), SPAN_ARG(x->name),
			is_signed(s, x) ? "already signed" : done, hint.p ? hint.p : "");
	}
	if (s->note)
		buf_printf(&b, "warning: %s\n", s->note);
	if (!code && b.failed)
		code = err_memory(err);
	if (!code && write && write(ctx, b.p, b.len))
		code = err_fail(err, SCOV_E_IO, "the answer could not be written");
	return code;
}

static int sign_all(
	struct signing *s, struct scov_image *const *images, size_t n, struct scov_err *err)
{
	scoped_buf struct buf bundle = { 0 };
	size_t bundles = 0, simple = 0;
	int code = 0;

	for (size_t i = 0; i < n && !code; i++)
		code = images[i]->is_named ? 0 : add_index(s, images[i], err);
	for (size_t i = 0; i < n && !code; i++)
		code = add_manifest(s, images[i], err);
	if (!code)
		code = look_at_all(s, err);
	for (size_t i = 0; i < s->subjects.n; i++) {
		bundles += !s->subjects.p[i].has_bundle;
		simple += s->o.compat && !s->subjects.p[i].has_simple;
	}
	if (!code && bundles)
		code = make_bundle(s, PREDICATE_SIGNATURE, SPAN(""), &bundle, err);
	if (!code && bundles)
		code = attach_all(s, buf_view(&bundle), PREDICATE_SIGNATURE, err);
	for (size_t i = 0; simple && i < s->subjects.n && !code; i++)
		if (!s->subjects.p[i].has_simple)
			code = attach_simple(s, &s->subjects.p[i].descriptor, err);
	return code || !(bundles + simple) ? code : attach_commit(s->attach, err);
}

int scov_sign(struct scov_image *const *images, size_t n, const struct scov_sign_options *o,
	const struct scov_call *call, scov_write write, void *ctx, struct scov_err *err)
{
	struct signing s = { 0 };
	struct scov_err mine;

	err = err ? err : &mine;
	int code = n ? begin(&s, images[0], o, call, err)
		     : err_fail(err, SCOV_E_USAGE, "no image to sign");

	for (size_t i = 1; i < n && !code; i++)
		if (images[i]->origin != images[0]->origin)
			code = err_fail(err, SCOV_E_USAGE, "images of several references");
	if (!code)
		code = sign_all(&s, images, n, err);
	if (!code)
		code = tell(&s, "signed", write, ctx, err);
	release(&s);
	return code;
}

/* The image that an SBOM or a grade names itself, which has to be this one. */
static int check_document(
	struct signing *s, const char *uri, struct span text, struct scov_err *err)
{
	const struct manifest *m = &s->image->manifest;
	struct image_facts *theirs = arena_alloc(&s->arena, sizeof(*theirs));
	uint8_t kind = attached_kind_of(span_str(uri));
	char got[DIGEST_TEXT], want[DIGEST_TEXT];
	struct digest named = { 0 };
	struct scov_err why = { 0 };
	struct sbom_head head;
	const struct json *doc;

	if (!theirs)
		return err_memory(err);
	if (kind == ATTACHED_SBOM && !sbom_read(text, api_masked, &s->arena, theirs, &head, &why)) {
		named = theirs->manifest_digest;
	} else if (kind == ATTACHED_GRADE) {
		int code = json_parse(text, PREDICATE_MAX, &s->arena, &doc, err);

		if (code)
			return code;
		if (digest_parse(json_get_text(json_get(doc, "subject"), "digest"), &named, NULL))
			named = (struct digest){ 0 };
	} else if (kind != ATTACHED_SBOM) {
		return 0;
	}
	if (why.code == SCOV_E_MEMORY) {
		*err = why;
		return err->code;
	}
	if (!named.algorithm)
		s->note = why.code ? "the document could not be read: it may be of another image"
				   : "the document names no image: it may be of another one";
	else if (!digest_eq(&named, &m->digest) && !digest_eq(&named, &m->config.digest) &&
		 !digest_eq(&named, &s->image->index_digest))
		return err_fail(err, SCOV_E_USAGE,
			"predicate: the document is of the image %s, not of this one, %s",
			digest_format(&named, got), digest_format(&m->digest, want));
	return 0;
}

int scov_attest(struct scov_image *image, const char *type, const void *predicate, size_t size,
	const struct scov_sign_options *o, const struct scov_call *call, scov_write write,
	void *ctx, struct scov_err *err)
{
	scoped_buf struct buf bundle = { 0 };
	struct span text = span_of(predicate, size);
	struct signing s = { 0 };
	const char *uri = NULL;
	struct scov_err mine;

	err = err ? err : &mine;
	int code = type ? predicate_uri(type, text, &uri, err)
			: err_fail(err, SCOV_E_USAGE, "the type of the predicate is missing");

	if (code)
		return api_bad_option(err);
	code = begin(&s, image, o, call, err);
	if (!code)
		code = check_document(&s, uri, text, err);
	if (!code)
		code = add_manifest(&s, image, err);
	if (!code)
		code = make_bundle(&s, uri, text, &bundle, err);
	if (!code)
		code = attach_all(&s, buf_view(&bundle), uri, err);
	if (!code)
		code = attach_commit(s.attach, err);
	if (!code)
		code = tell(&s, "attested", write, ctx, err);
	release(&s);
	return code;
}
