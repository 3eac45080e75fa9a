/* detail.c - inside a worker: what a comparison of two images needs and no verdict asks for.
 *
 * Digests are keyed: a file that holds nothing but a password must not be found by trying.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/detail.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "crypto/digest.h"
#include "scan/imports.h"
#include "scan/search.h"
#include "scan/text.h"
#include "syntax/json.h"

enum { ZEROS = 4096, POINTER_MAX = 1024, TEXT_MAX = 16 << 20 };

struct detail {
	struct span key;
	struct digester *digester;
	uint64_t header; /* hash of the headers so far */
	uint64_t at;     /* bytes of the file */
	bool is_open;    /* a file passes */
	struct imports imports;
	char pointer[POINTER_MAX];
	size_t pointer_n;
};

struct detail *detail_new(struct span key)
{
	struct detail *d = mem_alloc(sizeof(*d));

	if (!d)
		return NULL;
	d->key = key;
	d->digester = digester_new(DIGEST_SHA256);
	if (d->digester)
		return d;
	mem_free(d);
	return NULL;
}

void detail_free(struct detail *d)
{
	if (!d)
		return;
	digester_free(d->digester);
	imports_release(&d->imports);
	mem_free(d);
}

static void begin(struct detail *d)
{
	digester_add(d->digester, d->key.p, d->key.len);
}

void detail_header(struct analysis *out, struct span bytes)
{
	struct hash_key key = hash_fact_key;

	key.k0 ^= out->detail->header;
	out->detail->header = hash_span(key, bytes);
}

/* The same for any order of them. */
static void xattrs_digest(struct detail *d, const struct tar_entry *e, uint8_t sum[DETAIL_DIGEST])
{
	for (size_t i = 0; i < e->xattrs_n; i++) {
		struct digest one;

		begin(d);
		digester_add(d->digester, e->xattrs[i].name.p, e->xattrs[i].name.len);
		digester_add(d->digester, "", 1);
		digester_add(d->digester, e->xattrs[i].value.p, e->xattrs[i].value.len);
		one = digester_end(d->digester);
		for (size_t k = 0; k < DETAIL_DIGEST; k++)
			sum[k] ^= one.bytes[k];
	}
}

int detail_entry(struct analysis *out, const struct tar_entry *e)
{
	struct detail *d = out->detail;
	uint8_t sum[DETAIL_DIGEST] = { 0 };
	struct detail_fact f = {
		.form = e->form,
		.header = d->header,
		.user = fact_name(out, e->uname),
		.group = fact_name(out, e->gname),
		.mtime_ns = e->mtime_ns,
		.device = e->device,
	};

	if (e->xattrs_n) {
		xattrs_digest(d, e, sum);
		f.xattrs = arena_dup(out->arena, span_of(sum, sizeof(sum)));
	}
	d->header = 0;
	d->at = 0;
	d->is_open = e->type == TAR_FILE && e->size;
	if (d->is_open)
		begin(d);
	return vec_add(&out->part->details, out->arena, &f) && !arena_failed(out->arena)
		       ? 0
		       : SCOV_E_LIMIT;
}

/* A hole is zeros; of a large one the length alone, so that a map of a few bytes is not the work
 * of a whole disk. */
static void hole(struct detail *d, const struct limits *l, uint64_t to)
{
	static const uint8_t zeros[ZEROS];
	uint64_t size = to - d->at;
	char text[48];

	d->at = to;
	if (size > l->kept_file) {
		int n = snprintf(text, sizeof(text), "hole %llu\n", (unsigned long long)size);

		digester_add(d->digester, text, (size_t)n);
		return;
	}
	for (; size; size -= size < ZEROS ? size : ZEROS)
		digester_add(d->digester, zeros, size < ZEROS ? (size_t)size : ZEROS);
}

void detail_piece(struct analysis *out, uint64_t offset, struct span piece)
{
	struct detail *d = out->detail;

	if (!d->is_open)
		return;
	if (offset > d->at)
		hole(d, out->limits, offset);
	digester_add(d->digester, piece.p, piece.len);
	imports_piece(&d->imports, out, offset, piece);
	d->at = offset + piece.len;
}

int detail_end(struct analysis *out)
{
	struct detail *d = out->detail;
	struct part *p = out->part;

	if (!d->is_open || !p->details.n)
		return 0;
	d->is_open = false;
	if (d->at < p->entries.p[p->entries.n - 1].size)
		hole(d, out->limits, p->entries.p[p->entries.n - 1].size);
	struct digest is = digester_end(d->digester);
	struct span *content = &p->details.p[p->details.n - 1].content;

	*content = arena_dup(out->arena, span_of(is.bytes, DETAIL_DIGEST));
	if (!content->p)
		return SCOV_E_LIMIT;
	return d->imports.is_elf ? imports_end(&d->imports, out) : 0;
}

/* ---- JSON ---- */

static void step(struct detail *d, struct span name)
{
	if (d->pointer_n < POINTER_MAX)
		d->pointer[d->pointer_n++] = '/';
	for (size_t i = 0; i < name.len && d->pointer_n + 2 <= POINTER_MAX; i++) {
		uint8_t c = span_at(name, i);
		bool is_special = c == '~' || c == '/';

		if (is_special)
			d->pointer[d->pointer_n++] = '~';
		d->pointer[d->pointer_n++] = (char)(is_special ? c == '~' ? '0' : '1' : c);
	}
}

/* The value as it is compared; text without its quotes. */
static struct span plain(const struct json *j, struct buf *b)
{
	struct json_out w = { .out = b };

	if (json_is(j, JSON_TEXT))
		return json_text(j);
	json_out_value(&w, j);
	return buf_view(b);
}

/* Of "NAME=value", as an environment has it, the value is judged by its own name. */
static struct span masked(struct analysis *out, struct span name, struct span raw)
{
	size_t at = span_find(raw, '=');
	struct span own = span_sub(raw, 0, at);

	if (at == raw.len || !at || span_find(own, ' ') < own.len)
		return fact_value(out, name, raw);
	own = fact_text(out, own);
	raw = fact_value(out, own, span_from(raw, at + 1));
	char *both = arena_alloc(out->arena, own.len + 1 + raw.len);

	if (!both || !own.p)
		return (struct span){ 0 };
	memcpy(both, own.p, own.len);
	both[own.len] = '=';
	if (raw.len)
		memcpy(both + own.len + 1, raw.p, raw.len);
	return span_of(both, own.len + 1 + raw.len);
}

/* name: of the value, or what goes before it. */
static int leaf(struct analysis *out, struct span name, const struct json *j)
{
	struct detail *d = out->detail;
	scoped_buf struct buf b = { .limit = TEXT_MAX };
	struct span raw = plain(j, &b), shown = masked(out, name, raw);
	uint8_t kind = (uint8_t)json_kind(j);

	begin(d);
	digester_add(d->digester, &kind, 1);
	digester_add(d->digester, raw.p, raw.len);
	struct digest is = digester_end(d->digester);
	struct value_fact f = {
		.pointer = fact_name(out, span_of(d->pointer, d->pointer_n)),
		.value = span_sub(shown, 0, VALUE_SHOWN),
		.content = arena_dup(out->arena, span_of(is.bytes, DETAIL_DIGEST)),
	};

	return !b.failed && out->part->values.n < out->limits->records &&
			       vec_add(&out->part->values, out->arena, &f) &&
			       !arena_failed(out->arena)
		       ? 0
		       : SCOV_E_LIMIT;
}

/* The reader bounds the depth (JSON_DEPTH). */
static int visit(struct analysis *out, struct span name, const struct json *j)
{
	struct detail *d = out->detail;
	size_t at = d->pointer_n;
	int code = json_count(j) ? 0 : leaf(out, name, j);

	for (size_t i = 0; i < json_count(j) && !code; i++) {
		const struct json *x = json_at(j, i);
		bool is_dict = json_is(j, JSON_DICT);
		struct span own = is_dict ? json_name(x) : search_option(j, i);
		char number[24];

		snprintf(number, sizeof(number), "%zu", i);
		step(d, is_dict ? json_name(x) : span_str(number));
		code = visit(out, own.len ? own : name, x);
		d->pointer_n = at;
	}
	return code;
}

int detail_json(struct analysis *out, struct span text)
{
	scoped_arena struct arena own = { .limit = (size_t)out->limits->worker_memory / 2 };
	const struct json *top = NULL;
	struct scov_err err = { 0 };

	if (json_parse(text, text.len, &own, &top, &err))
		return 0;
	out->detail->pointer_n = 0;
	return visit(out, (struct span){ 0 }, top);
}
