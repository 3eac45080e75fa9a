/* diff_text.c - what `diff` says to a person: the verdict, then each kind with its worst.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "base/table.h"
#include "facts/difference.h"
#include "report/page.h"
#include "report/table.h"

enum { NAME = 22, COUNT = 10, SHOWN = 3, DIGEST_SHOWN = 19, INDENT = 4, VALUE = 60 };

static const char *const titles[] = { "not read", "content of files", "only in one", "type",
	"link target", "device", "config", "mode", "owner", "extended attributes",
	"logs, caches and ids", "layers", "time", "order of entries", "names of owners",
	"tar headers", "compression", "history", "annotations", "manifest" };
ROWS(titles, DIFFERENCE_KINDS);

static enum ink ink_of(unsigned kind)
{
	return kind <= DIFFER_DEVICE ? RED : kind <= DIFFER_XATTRS ? YELLOW : PLAIN;
}

static enum ink verdict_ink(const struct difference_report *r)
{
	if (r->verdict == DIFF_SAME)
		return GREEN;
	return r->verdict < DIFF_METADATA ? LIME : r->verdict < DIFF_DIFFERENT ? YELLOW : RED;
}

static void verdict(struct page *p, const struct difference_report *r)
{
	page_ink(p, verdict_ink(r));
	page_words(p, 0, r->summary);
	page_ink(p, PLAIN);
	page_end(p);
}

static void image(struct page *p, const char *name, const struct compared *c)
{
	char text[DIGEST_TEXT], layers[40];
	const struct digest *d = digest_size(&c->manifest) ? &c->manifest : &c->config;

	page_inked(p, BOLD, name);
	page_piece(p, 3, PLAIN, c->reference);
	if (c->platform.len)
		page_piece(p, 3, PLAIN, c->platform);
	if (digest_size(d))
		page_piece(p, 3, DIM,
			p->o->verbose
				? span_str(digest_format(d, text))
				: span_sub(span_str(digest_format(d, text)), 0, DIGEST_SHOWN));
	snprintf(layers, sizeof(layers), "%zu layer%s", c->layers, c->layers == 1 ? "" : "s");
	page_piece(p, 3, PLAIN, span_str(layers));
	page_end(p);
}

/* On one line or two, unless all is asked for. */
static void value(const struct page *p, struct buf *b, struct span text)
{
	struct span shown = p->o->verbose ? text : span_sub(text, 0, VALUE);

	buf_span(b, text.len ? shown : SPAN("nothing"));
	buf_str(b, shown.len < text.len ? "..." : "");
}

static void example(struct page *p, const struct difference *d)
{
	scoped_buf struct buf b = { .limit = 1 << 20 };

	if (d->layer >= 0)
		buf_printf(&b, "layer %d ", d->layer);
	buf_span(&b, d->at);
	if (d->a.len || d->b.len) {
		buf_str(&b, d->at.len ? ": " : "");
		value(p, &b, d->a);
		buf_str(&b, p->o->utf8 ? " \xe2\x86\x92 " : " -> ");
		value(p, &b, d->b);
	}
	if (d->why)
		buf_printf(&b, "%s%s", b.len ? "; " : "", d->why);
	page_to(p, INDENT);
	page_words(p, INDENT + 2, buf_view(&b));
	page_end(p);
}

static void kind(struct page *p, const struct difference_list *l, unsigned k)
{
	size_t most = p->o->verbose ? SIZE_MAX : SHOWN, shown = 0;

	page_inked(p, ink_of(k), titles[k]);
	page_to(p, NAME);
	page_printf(p, "%*" PRIu64, COUNT, l->count);
	page_end(p);
	/* Those without a known reason first. */
	for (unsigned known = 0; known < 2; known++)
		for (size_t i = 0; i < l->list.n && shown < most; i++) {
			if ((l->list.p[i].why != NULL) != known)
				continue;
			example(p, &l->list.p[i]);
			shown++;
		}
	if (l->count > shown && shown) {
		page_to(p, INDENT);
		page_printf(p, "and %" PRIu64 " more", l->count - shown);
		page_end(p);
	}
}

int diff_text_write(const struct difference_report *r, const struct write_options *o,
	struct buf *out, struct scov_err *err)
{
	struct page p = page_on(out, o);

	verdict(&p, r);
	if (o->quiet)
		return out->failed ? err_memory(err) : 0;
	image(&p, "A", &r->a);
	image(&p, "B", &r->b);
	for (size_t i = 0; i < r->unread.n; i++) {
		page_piece(&p, 2, RED, r->unread.p[i]);
		page_end(&p);
	}
	if (r->verdict != DIFF_SAME) {
		page_end(&p);
		for (unsigned i = 0; i < DIFFERENCE_KINDS; i++)
			if (r->kinds[i].count)
				kind(&p, &r->kinds[i], i);
	}
	return out->failed ? err_memory(err) : 0;
}
