/* documents.c - manifest, indexes and attestations: parts that are looked at for secrets only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"

#include "base/buf.h"
#include "base/err.h"
#include "syntax/json.h"

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
	enum document_role role, uint32_t position, struct scov_err *err)
{
	struct api_document *d = raw.len ? add(i, SURFACE_ANNOTATION) : NULL;

	if (!raw.len)
		return 0;
	if (!d)
		return no_room(err);
	d->given = raw;
	d->role = (uint8_t)role;
	d->position = position;
	d->descriptor = (struct descriptor){
		.digest = digest->algorithm ? *digest : digest_of(DIGEST_SHA256, raw),
		.size = raw.len,
		.has_size = true,
	};
	return 0;
}

/* The annotations by which the form lists its root are in no document that is the image's own. */
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

	return b.failed || !text.p ? no_room(err)
				   : add_text(i, &none, text, DOCUMENT_INDEX, 0, err);
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
	code = add_text(i, &m.digest, m.raw, DOCUMENT_ATTESTATION, 0, err);
	for (size_t k = 0; k < m.layers.n && !code; k++) {
		struct api_document *d = add(i, SURFACE_ATTESTATION);

		if (!d)
			return no_room(err);
		d->descriptor = m.layers.p[k];
	}
	return code;
}

int api_documents(struct scov_image *i, const struct image_choice *choice, const struct call *call,
	struct scov_err *err)
{
	const struct image_choices *all = &i->origin->choices;
	uint32_t position = choice->position;
	int code = add_text(i, &i->manifest.digest, i->manifest.raw, DOCUMENT_MANIFEST, 0, err);

	for (const struct image_index *x = choice->index; x && !code; x = x->above) {
		code = add_text(i, &x->digest, x->raw,
			x == choice->index ? DOCUMENT_INDEX : DOCUMENT_ABOVE, position, err);
		position = x->position;
	}
	if (!code)
		code = add_listing(i, &all->root_annotations, err);
	for (size_t k = 0; k < all->attestations.n && !code; k++)
		if (image_attestation_of(&all->attestations.p[k], &i->manifest.digest))
			code = add_attestation(i, &all->attestations.p[k], call, err);
	return code;
}

static struct image_document *read_all(const api_document_rows *list, const struct scan_job *jobs,
	const image_document_rows *unread, struct arena *a, struct image_document *out)
{
	char text[DIGEST_TEXT];

	for (size_t k = 0; k < list->n; k++) {
		const struct api_document *d = &list->p[k];
		const struct digest *shown = d->shown.algorithm ? &d->shown : &d->descriptor.digest;

		*out++ = (struct image_document){
			.part = jobs[k].part,
			.is_attestation = d->role == DOCUMENT_ATTESTATION,
			.name = arena_dup(a, span_str(digest_format(shown, text))),
			.problem = api_masked(a, span_str(jobs[k].part ? "" : jobs[k].error.text)),
		};
	}
	for (size_t k = 0; k < unread->n; k++)
		*out++ = unread->p[k];
	return out;
}

const struct image_document *api_read_documents(
	struct scov_report *r, const struct scan_job *jobs, size_t *n)
{
	const struct scov_image *i = r->image;
	const struct grading *g = &r->grading;
	size_t count = i->documents.n + i->unread.n + g->attached.n + g->attached_unread.n;
	struct image_document *out = arena_array(&r->arena, count, sizeof(*out));

	*n = count;
	if (out)
		read_all(&g->attached, g->attached_jobs, &g->attached_unread, &r->arena,
			read_all(&i->documents, jobs, &i->unread, &r->arena, out));
	return out;
}

/* ---- annotations ----------------------------------------------------------------------------- */

size_t api_texts(const struct scov_image *i)
{
	size_t n = 0;

	while (n < i->documents.n && i->documents.p[n].role != DOCUMENT_ATTESTATION)
		n++;
	return n;
}

static bool is_read(const struct part *p)
{
	for (size_t k = 0; p && k < p->diags.n; k++)
		if (p->diags.p[k].hides & HIDES_ALL)
			return false;
	return p && p->complete;
}

static bool take(const struct part *p, uint32_t manifest, struct arena *a, annotations *out)
{
	for (size_t k = 0; k < p->annotations.n; k++) {
		const struct annotation_fact *f = &p->annotations.p[k];

		if (f->manifest == manifest &&
			!vec_add(out, a, &(struct annotation){ f->key, f->value }))
			return false;
	}
	return true;
}

int api_annotations(const struct scov_image *i, const struct scan_job *jobs, struct arena *a,
	annotations *index, annotations *manifest, struct span *why)
{
	bool good = true;

	for (size_t k = 0; k < api_texts(i) && good; k++) {
		uint8_t role = i->documents.p[k].role;
		uint32_t position = i->documents.p[k].position;
		const struct part *p = jobs[k].part;

		if (!is_read(p)) {
			*why = role == DOCUMENT_MANIFEST ? SPAN("the manifest could not be read")
							 : SPAN("the index could not be read");
			continue;
		}
		if (role == DOCUMENT_MANIFEST)
			good = take(p, 0, a, manifest);
		else /* the descriptor's own go before the index's */
			good = (!position || take(p, position, a, index)) &&
			       (role != DOCUMENT_INDEX || take(p, 0, a, index));
	}
	return good ? 0 : SCOV_E_MEMORY;
}
