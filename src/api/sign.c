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
#include "source/attach.h"
#include "source/oci.h"
#include "trust/sign.h"

struct signing {
	struct arena arena;
	struct scov_sign_options o;
	struct scov_image *image; /* the first */
	struct api_call call;
	struct private_key *key;
	struct attach *attach;
	descriptors subjects;
	VEC(struct span) names; /* of the subjects, for what is printed: "index", "linux/amd64" */
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

	if (code)
		return code;
	if (!s->o.password)
		password = (struct span){ 0 };
	code = private_key_parse(text, password, &s->key, err);
	explicit_bzero((void *)(uintptr_t)text.p, text.len);
	return code ? err_wrap(err, "key '%s'", s->o.key) : 0;
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
	const struct descriptor d = {
		.media_type = type, .digest = *digest, .size = raw.len, .has_size = true
	};
	struct span copy = arena_dup(&s->arena, span_str(*name ? name : "manifest"));

	for (size_t i = 0; i < s->subjects.n; i++)
		if (digest_eq(&s->subjects.p[i].digest, digest))
			return 0;
	if (!vec_add(&s->subjects, &s->arena, &d) || !vec_add(&s->names, &s->arena, &copy))
		return arena_check(&s->arena, err);
	return 0;
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
	int code;

	if (!digests)
		return arena_check(&s->arena, err);
	for (size_t i = 0; i < s->subjects.n; i++)
		digests[i] = s->subjects.p[i].digest;
	code = statement_write(digests, s->subjects.n, predicate_type, predicate, &statement, err);
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
		x.subject = s->subjects.p[i];
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

/* What was done, a line for each digest. */
static int tell(const struct signing *s, const char *done, scov_write write, void *ctx,
	struct scov_err *err)
{
	scoped_buf struct buf b = { 0 }, hint = { 0 };
	char text[DIGEST_TEXT];
	int code = key_hint(private_key_public(s->key), &hint, err);

	for (size_t i = 0; i < s->subjects.n; i++)
		buf_printf(&b, "%s %.*s: %s with key %s\n",
			digest_format(&s->subjects.p[i].digest, text), SPAN_ARG(s->names.p[i]),
			done, hint.p ? hint.p : "");
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
	int code = 0;

	for (size_t i = 0; i < n && !code; i++)
		code = images[i]->is_named ? 0 : add_index(s, images[i], err);
	for (size_t i = 0; i < n && !code; i++)
		code = add_manifest(s, images[i], err);
	if (!code)
		code = make_bundle(s, PREDICATE_SIGNATURE, SPAN(""), &bundle, err);
	if (!code)
		code = attach_all(s, buf_view(&bundle), PREDICATE_SIGNATURE, err);
	for (size_t i = 0; s->o.compat && i < s->subjects.n && !code; i++)
		code = attach_simple(s, &s->subjects.p[i], err);
	return code ? code : attach_commit(s->attach, err);
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

	if (!code)
		code = begin(&s, image, o, call, err);
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
