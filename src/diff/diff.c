/* diff.c - two images compared: layer by layer, or as final file systems.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff/diff.h"

#include <inttypes.h>

#include "base/buf.h"
#include "diff/parts.h"

static int missing(struct scov_err *err)
{
	return err_fail(err, SCOV_E_FORMAT, "the facts of a part have no details");
}

/* ---- a layer --------------------------------------------------------------------------------- */

static struct item *layer_items(struct comparing *c, const struct part *p)
{
	struct item *list = arena_array(c->scratch, p->entries.n + 1, sizeof(*list));

	for (size_t i = 0; list && i < p->entries.n; i++) {
		const struct entry *e = &p->entries.p[i];

		list[i] = (struct item){ e->path, e, e, &p->details.p[i], (uint32_t)i };
	}
	return list;
}

/* What was left out of a layer, or is read in several ways, is not known to be equal. */
static void note_faults(struct comparing *c, const struct part *p)
{
	for (size_t i = 0; i < p->diags.n; i++) {
		const struct diag_fact *d = &p->diags.p[i];

		if (d->severity == DIAG_ERROR &&
			d->hides & (HIDES_ALL | HIDES_FILE | HIDES_READING))
			diff_note(c, DIFFER_UNREAD, d->text, "not known to be equal");
	}
}

static uint64_t total(const struct difference_report *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < DIFFERENCE_KINDS; i++)
		n += r->kinds[i].count;
	return n;
}

static void note_compression(
	struct comparing *c, const struct diff_layer *a, const struct diff_layer *b)
{
	struct difference *d;

	if (!digest_size(&a->blob) || !digest_size(&b->blob) || digest_eq(&a->blob, &b->blob))
		return;
	d = diff_note(c, DIFFER_COMPRESSION, (struct span){ 0 },
		span_eq(a->media_type, b->media_type) ? "another compressor, version or level"
						      : NULL);
	if (!d)
		return;
	d->a = diff_text(c, "%.*s, %" PRIu64 " bytes", SPAN_ARG(a->media_type), a->part->blob_size);
	d->b = diff_text(c, "%.*s, %" PRIu64 " bytes", SPAN_ARG(b->media_type), b->part->blob_size);
}

static int compare_layer(struct comparing *c, const struct diff_layer *a,
	const struct diff_layer *b, struct scov_err *err)
{
	const struct part *x = a->part, *y = b->part;
	uint64_t before = total(c->out);

	if (a->is_shared)
		return 0;
	if (!x || !y || x->details.n != x->entries.n || y->details.n != y->entries.n)
		return missing(err);
	if (digest_eq(&x->diff_id, &y->diff_id)) {
		note_compression(c, a, b);
		return 0;
	}
	note_faults(c, x);
	note_faults(c, y);
	arena_reset(c->scratch);
	struct item *i = layer_items(c, x), *j = layer_items(c, y);

	if (!i || !j)
		return arena_check(c->scratch, err);
	int code = diff_items(c, i, x->entries.n, j, y->entries.n, true, err);

	if (!code && total(c->out) == before)
		diff_note(c, DIFFER_TAR, (struct span){ 0 },
			"bytes between the entries or after them differ");
	return code;
}

/* ---- the final file system ------------------------------------------------------------------- */

/* Names with their marks, as the parts have them: what is shown may be equal and is not. */
static struct item *final_items(struct comparing *c, const struct diff_image *m)
{
	const struct image_facts *f = m->files;
	struct item *list = arena_array(c->scratch, f->files.n + 1, sizeof(*list));

	for (size_t i = 0; list && i < f->files.n && watch_on(c->watch); i++) {
		const struct file *x = &f->files.p[i];
		size_t at = (size_t)(x->entry - f->parts[x->layer]->entries.p),
		       body = (size_t)(x->body - f->parts[x->body_layer]->entries.p);
		const struct part *own = m->layers[x->layer].part,
				  *of_body = m->layers[x->body_layer].part;

		list[i] = (struct item){ own->entries.p[at].path, &own->entries.p[at],
			&of_body->entries.p[body], &of_body->details.p[body], (uint32_t)i };
	}
	return list;
}

static bool have_details(const struct diff_image *m)
{
	for (size_t i = 0; i < m->layers_n; i++)
		if (!m->layers[i].part ||
			m->layers[i].part->details.n != m->layers[i].part->entries.n)
			return false;
	return true;
}

static int compare_final(struct comparing *c, const struct diff_image *a,
	const struct diff_image *b, struct scov_err *err)
{
	const struct diff_image *both[] = { a, b };

	if (!have_details(a) || !have_details(b))
		return missing(err);
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < both[k]->layers_n; i++)
			note_faults(c, both[k]->layers[i].part);
		for (size_t i = 0; i < both[k]->files->diags.n; i++)
			if (both[k]->files->diags.p[i].severity == DIAG_ERROR)
				diff_note(c, DIFFER_UNREAD, both[k]->files->diags.p[i].text,
					"not known to be equal");
	}
	struct item *i = final_items(c, a), *j = final_items(c, b);
	struct difference *d = diff_note(c, DIFFER_LAYERS, (struct span){ 0 }, NULL);

	if (!i || !j)
		return arena_check(c->scratch, err);
	if (d) {
		d->a = diff_text(c, "%zu layer%s", a->layers_n, a->layers_n == 1 ? "" : "s");
		d->b = diff_text(c, "%zu layer%s", b->layers_n, b->layers_n == 1 ? "" : "s");
	}
	return diff_items(c, i, a->files->files.n, j, b->files->files.n, false, err);
}

/* ---- all of it ------------------------------------------------------------------------------- */

int diff_images(const struct diff_image *a, const struct diff_image *b, struct watch *watch,
	struct arena *arena, struct difference_report *out, struct scov_err *err)
{
	scoped_arena struct arena scratch = { 0 };
	struct comparing c = { arena, &scratch, watch, out, -1 };
	int code = 0;

	out->is_final = a->files && b->files;
	if (a->config && b->config)
		code = diff_values(&c, a->config, b->config, true, err);
	if (!code && a->manifest && b->manifest)
		code = diff_values(&c, a->manifest, b->manifest, false, err);
	if (!code && out->is_final)
		code = compare_final(&c, a, b, err);
	for (size_t i = 0; !code && !out->is_final && i < a->layers_n && i < b->layers_n; i++) {
		c.layer = (int32_t)i;
		code = compare_layer(&c, &a->layers[i], &b->layers[i], err);
	}
	return code ? code : arena_check(arena, err);
}

/* ---- the verdict ----------------------------------------------------------------------------- */

#define BIT(kind) (1u << (kind))

/* The first row that fits all kinds there are. */
static const struct {
	uint32_t needs, kinds; /* one that must be there; all that may be */
	uint8_t verdict;
	const char *summary;
} rows[] = {
	{ BIT(DIFFER_ANNOTATIONS), BIT(DIFFER_ANNOTATIONS), DIFF_ANNOTATIONS,
		"the same image, other annotations" },
	{ BIT(DIFFER_COMPRESSION), BIT(DIFFER_COMPRESSION) | BIT(DIFFER_ANNOTATIONS),
		DIFF_COMPRESSED, "the same layers, compressed differently" },
	{ BIT(DIFFER_TIME), BIT(DIFFER_TIME), DIFF_TIMES, "the same content, other times" },
	{ BIT(DIFFER_LAYERS),
		BIT(DIFFER_LAYERS) | BIT(DIFFER_TIME) | BIT(DIFFER_HISTORY) |
			BIT(DIFFER_ANNOTATIONS) | BIT(DIFFER_COMPRESSION) | BIT(DIFFER_MANIFEST),
		DIFF_LAYERED, "the same files in other layers" },
};

enum {
	CHANGES_CONTENT = BIT(DIFFER_UNREAD) | BIT(DIFFER_CONTENT) | BIT(DIFFER_ONLY) |
			  BIT(DIFFER_TYPE) | BIT(DIFFER_LINK) | BIT(DIFFER_DEVICE),
	CHANGES_METADATA = BIT(DIFFER_MODE) | BIT(DIFFER_OWNER) | BIT(DIFFER_XATTRS),
};

static uint32_t kinds_of(const struct difference_report *r)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < DIFFERENCE_KINDS; i++)
		bits |= r->kinds[i].count ? BIT(i) : 0;
	return bits;
}

/* "other times, order and tar form" */
static void list_kinds(struct buf *b, uint32_t kinds)
{
	static const char *const words[] = { "unread entries", "content", "paths", "types",
		"link targets", "devices", "config", "modes", "owners", "extended attributes",
		"logs and caches", "layers", "times", "order", "names of owners", "tar headers",
		"compression", "history", "annotations", "manifest" };
	bool is_first = true;

	for (unsigned i = 0; i < DIFFERENCE_KINDS; i++) {
		if (!(kinds & BIT(i)))
			continue;
		kinds &= ~BIT(i);
		buf_str(b, is_first ? "" : kinds ? ", " : " and ");
		buf_str(b, words[i]);
		is_first = false;
	}
}

static void settle(struct difference_report *r, uint32_t kinds, struct buf *b)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (kinds & rows[i].needs && !(kinds & ~rows[i].kinds)) {
			r->verdict = rows[i].verdict;
			buf_str(b, rows[i].summary);
			return;
		}
	if (kinds & CHANGES_CONTENT) {
		r->verdict = DIFF_DIFFERENT;
		buf_str(b, "different images: other ");
	} else if (kinds & BIT(DIFFER_CONFIG)) {
		r->verdict = DIFF_CONFIGURED;
		buf_str(b, kinds & CHANGES_METADATA ? "the same content; other "
						    : "the same files; other ");
	} else if (kinds & CHANGES_METADATA) {
		r->verdict = DIFF_METADATA;
		buf_str(b, "the same content; other ");
	} else if (kinds & BIT(DIFFER_TRACE)) {
		r->verdict = DIFF_TRACES;
		buf_str(b, "the same but for what every build writes anew; other ");
	} else {
		r->verdict = DIFF_FORM;
		buf_str(b, "the same content; other ");
	}
	list_kinds(b, kinds);
}

void diff_settle(struct difference_report *r, bool is_same, bool is_one_place, struct arena *arena)
{
	scoped_buf struct buf b = { 0 };
	uint32_t kinds = kinds_of(r);

	if (r->unread.n) {
		r->verdict = DIFF_UNREADABLE;
		buf_str(&b, "not known: not all of it could be read");
	} else if (is_same) {
		r->verdict = DIFF_SAME;
		buf_str(&b, is_one_place ? "the same image: both references name one place"
					 : "the same image");
	} else {
		/* Digests differ: so do bytes outside of values, such as blanks. */
		if (!kinds)
			r->kinds[DIFFER_MANIFEST].count = 1;
		settle(r, kinds_of(r), &b);
	}
	r->summary = arena_dup(arena, buf_view(&b));
}
