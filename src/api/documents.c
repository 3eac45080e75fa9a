/* documents.c - manifest, indexes and attestations: parts that are looked at for secrets only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"

#include "base/buf.h"
#include "base/err.h"
#include "facts/text.h"
#include "syntax/json.h"

#define ANNOTATIONS "/annotations/"

enum { POINTER_CUT = 1024 /* bytes of a pointer that facts hold */ };

static int no_room(struct scov_err *err)
{
	return err_memory(err);
}

static struct api_document *add(struct scov_image *i, enum secret_surface surface)
{
	struct api_document *d = vec_push(&i->documents, &i->arena);

	if (d)
		*d = (struct api_document){ .surface = (uint8_t)surface };
	return d;
}

static int add_text(struct scov_image *i, const struct digest *digest, struct span raw,
	bool is_attestation, struct scov_err *err)
{
	struct api_document *d = raw.len ? add(i, SURFACE_ANNOTATION) : NULL;

	if (!raw.len)
		return 0;
	if (!d)
		return no_room(err);
	d->given = raw;
	d->is_attestation = is_attestation;
	d->descriptor = (struct descriptor){
		.digest = digest->algorithm ? *digest : digest_of(DIGEST_SHA256, raw),
		.size = raw.len,
		.has_size = true,
	};
	return 0;
}

/* The annotations by which the form lists its root stand in no document that is the image's own. */
static int add_listing(struct scov_image *i, const annotations *list, struct scov_err *err)
{
	scoped_buf struct buf b = { .limit = 64 << 20 };
	struct json_out w = { .out = &b };
	struct digest none = { 0 };

	if (!list->n)
		return 0;
	json_out_dict(&w);
	json_out_key(&w, "annotations");
	json_out_dict(&w);
	for (size_t k = 0; k < list->n; k++) {
		json_out_key_span(&w, list->p[k].key);
		json_out_text(&w, list->p[k].value);
	}
	json_out_end(&w);
	json_out_end(&w);
	struct span text = arena_dup(&i->arena, buf_view(&b));

	return b.failed || !text.p ? no_room(err) : add_text(i, &none, text, false, err);
}

static int add_unread(struct scov_image *i, const struct descriptor *d, const struct scov_err *why,
	struct scov_err *err)
{
	struct image_document *u = vec_push(&i->unread, &i->arena);
	char text[DIGEST_TEXT];

	if (!u)
		return no_room(err);
	*u = (struct image_document){
		.is_attestation = true,
		.name = arena_dup(&i->arena, span_str(digest_format(&d->digest, text))),
		.problem = arena_dup(&i->arena, span_str(why->text)),
	};
	return u->name.p && u->problem.p ? 0 : no_room(err);
}

static int add_attestation(struct scov_image *i, const struct descriptor *listed,
	const struct call *call, struct scov_err *err)
{
	struct scov_err why = { 0 };
	struct manifest m;
	int code = image_attestation(
		i->origin->source, &i->context->limits, listed, call, &i->arena, &m, &why);

	if (code == SCOV_E_MEMORY || code == SCOV_E_CANCELLED || code == SCOV_E_TIMEOUT) {
		*err = why;
		return code;
	}
	if (code)
		return add_unread(i, listed, &why, err);
	code = add_text(i, &m.digest, m.raw, true, err);
	for (size_t k = 0; k < m.layers.n && !code; k++) {
		struct api_document *d = add(i, SURFACE_ATTESTATION);

		if (!d)
			return no_room(err);
		d->descriptor = m.layers.p[k];
		d->is_attestation = true;
	}
	return code;
}

int api_documents(struct scov_image *i, const struct image_choice *choice, const struct call *call,
	struct scov_err *err)
{
	const struct image_choices *all = &i->origin->choices;
	int code = add_text(i, &i->manifest.digest, i->manifest.raw, false, err);

	for (const struct image_index *x = choice->index; x && !code; x = x->above)
		code = add_text(i, &x->digest, x->raw, false, err);
	if (!code)
		code = add_listing(i, &all->root_annotations, err);
	for (size_t k = 0; k < all->attestations.n && !code; k++)
		if (image_attestation_of(&all->attestations.p[k], &i->manifest.digest))
			code = add_attestation(i, &all->attestations.p[k], call, err);
	return code;
}

const struct image_document *api_read_documents(
	struct scov_image *i, const struct scan_job *jobs, struct arena *a, size_t *n)
{
	struct image_document *out = arena_array(a, i->documents.n + i->unread.n, sizeof(*out));
	char text[DIGEST_TEXT];

	*n = i->documents.n + i->unread.n;
	for (size_t k = 0; out && k < i->documents.n; k++) {
		const struct api_document *d = &i->documents.p[k];

		out[k] = (struct image_document){
			.part = jobs[k].part,
			.is_attestation = d->is_attestation,
			.name = arena_dup(a, span_str(digest_format(&d->descriptor.digest, text))),
			.problem = api_masked(a, jobs[k].part ? "" : jobs[k].error.text),
		};
	}
	for (size_t k = 0; out && k < i->unread.n; k++)
		out[i->documents.n + k] = i->unread.p[k];
	return out;
}

/* ---- annotations that hold a secret ---------------------------------------------------------- */

/* "/annotations/KEY" (RFC 6901). */
static void pointer_to(struct span key, struct buf *out)
{
	buf_str(out, ANNOTATIONS);
	for (size_t k = 0; k < key.len; k++) {
		uint8_t c = span_at(key, k);

		if (c == '~' || c == '/')
			buf_str(out, c == '~' ? "~0" : "~1");
		else
			buf_byte(out, (char)c);
	}
}

/* The member ends with the pointer; one that was too long is cut. */
static bool points_at(struct span member, struct span pointer)
{
	size_t at = 0;

	while (at < member.len && !span_starts(span_from(member, at), SPAN(ANNOTATIONS)))
		at++;
	struct span rest = span_from(member, at);

	return at < member.len && (span_eq(rest, pointer) || (member.len >= POINTER_CUT &&
								     span_starts(pointer, rest)));
}

static void star(struct span text, uint64_t from, uint64_t len)
{
	uint8_t *p = (uint8_t *)(uintptr_t)text.p; /* a copy of our own */

	for (uint64_t k = 0; k < text.len; k++)
		if (k >= from && k - from < len)
			p[k] = '*';
}

/* The text that was looked at is "KEY=VALUE", as raw; to has the same bytes, or is not so long. */
static void star_found(
	const struct secret_fact *x, const struct annotation *raw, struct annotation *to)
{
	uint64_t head = raw->key.len + 1, end = x->offset + x->length;

	if (x->encoding != ENCODED_PLAIN || x->offset > UINT32_MAX || end > head + raw->value.len ||
		to->key.len != raw->key.len || to->value.len != raw->value.len) {
		star(to->key, 0, to->key.len);
		star(to->value, 0, to->value.len);
		return;
	}
	if (x->offset < head)
		star(to->key, x->offset, x->length);
	if (end > head)
		star(to->value, x->offset > head ? x->offset - head : 0,
			x->offset > head ? x->length : end - head);
}

static void star_all(const struct part *p, const struct annotation *raw, struct annotation *to)
{
	scoped_buf struct buf pointer = { .limit = 16 << 20 };
	scoped_arena struct arena a = { 0 };

	pointer_to(raw->key, &pointer);
	struct span want = fact_text(&a, buf_view(&pointer)); /* as the facts have it */

	for (size_t s = 0; s < p->secrets.n; s++)
		if (!want.p || points_at(p->secrets.p[s].member, want))
			star_found(&p->secrets.p[s], raw, to);
}

int api_mask_annotations(const annotations *raw, const annotations *shown,
	const struct image_document *documents, size_t n, struct arena *a, annotations *out)
{
	annotations masked = { 0 };

	for (size_t k = 0; k < shown->n; k++) {
		struct annotation *to = vec_push(&masked, a);

		if (!to)
			return SCOV_E_MEMORY;
		to->key = arena_dup(a, shown->p[k].key);
		to->value = arena_dup(a, shown->p[k].value);
		if (!to->key.p || !to->value.p)
			return SCOV_E_MEMORY;
		for (size_t d = 0; d < n; d++)
			if (documents[d].part && !documents[d].is_attestation)
				star_all(documents[d].part, &raw->p[k], to);
	}
	*out = masked;
	return 0;
}
