/* pass.c - inside a worker: the one pass over the bytes of a part.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/pass.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/identity.h"
#include "base/ring.h"
#include "codec/codec.h"
#include "crypto/digest.h"
#include "facts/serial.h"
#include "scan/detail.h"
#include "scan/listed.h"
#include "scan/search.h"
#include "scan/walk.h"
#include "secret/proof/validate.h"

/* 256 KB keeps inflate at its full speed; 8 slots let one thread be slow for a while. */
enum { SLOTS = 8, SLOT = 256 << 10, SCRATCH = 32 << 20, LAST_WORDS = 64 << 10 };

struct pass {
	struct pass_request request;
	struct arena arena, scratch;
	struct part part;
	struct analysis analysis;
	struct digester *digester;
	struct walk *walk;
	struct ring *ring;
	struct scov_err walk_error; /* code 0: it goes on */
	uint8_t *text;              /* of what is read into one piece */
};

const char *pass_who(char out[PASS_WHO])
{
	snprintf(out, PASS_WHO, "scoville-worker %s facts %d build %.16s", SCOV_VERSION,
		FACTS_SCHEMA, build_identity);
	return out;
}

/* On the ring's thread. What cannot be walked is hashed all the same: the diff_id shall be known.
 */
static bool take(void *ctx, uint8_t *p, size_t len)
{
	struct pass *s = ctx;

	digester_add(s->digester, p, len);
	int code = s->walk_error.code ? 0 : walk_push(s->walk, span_of(p, len), &s->walk_error);

	(void)code; /* in walk_error */
	return true;
}

static bool layer_parts(struct pass *s)
{
	s->digester = digester_new(DIGEST_SHA256);
	s->walk = walk_new(&s->analysis, s->request.skip);
	s->ring = s->digester && s->walk ? ring_new(SLOTS, SLOT, take, s) : NULL;
	return s->ring;
}

static bool bind_finder(struct pass *s, struct scov_err *err)
{
	struct pass_request *r = &s->request;
	struct finder *f = search_finder(err);
	size_t n = r->key_len < sizeof(r->key) ? r->key_len : sizeof(r->key);

	s->analysis.key = span_of(r->key, n);
	s->analysis.finder = f;
	s->analysis.is_searched = !(r->skip & SKIP_SECRETS);
	if (f)
		finder_bind(f, &s->part, &s->arena, &r->limits, s->analysis.key);
	return f;
}

/* Read into one piece of memory. */
static bool is_whole(const struct pass_request *r)
{
	return r->kind == PART_CONFIG ||
	       (r->kind == PART_DOCUMENT && r->surface != SURFACE_ATTESTATION);
}

int pass_new(const struct pass_request *r, struct pass **out, struct scov_err *err)
{
	struct pass *s = mem_alloc(sizeof(*s));

	if (!s)
		return err_memory(err);
	s->request = *r;
	s->arena.limit = (size_t)r->limits.worker_memory / 2;
	s->scratch.limit = SCRATCH;
	s->part.kind = (uint8_t)r->kind;
	s->analysis = (struct analysis){
		.part = &s->part,
		.arena = &s->arena,
		.scratch = &s->scratch,
		.limits = &s->request.limits,
	};
	if (!bind_finder(s, err)) {
		pass_free(s);
		return err->code;
	}
	if (r->has_details && !(s->analysis.detail = detail_new(s->analysis.key))) {
		pass_free(s);
		return err_memory(err);
	}
	if (is_whole(r))
		s->text = mem_alloc((size_t)r->limits.document_size + 1);
	if ((is_whole(r) && !s->text) || (r->kind == PART_LAYER && !layer_parts(s))) {
		pass_free(s);
		return err_memory(err);
	}
	*out = s;
	return 0;
}

void pass_free(struct pass *s)
{
	if (!s)
		return;
	ring_free(s->ring);
	walk_free(s->walk);
	detail_free(s->analysis.detail);
	digester_free(s->digester);
	arena_release(&s->arena);
	arena_release(&s->scratch);
	mem_free(s->text);
	mem_free(s);
}

/* One piece of input through the codec, into slots. slot holds what the last piece left in it. */
static int inflate(struct pass *s, struct codec *c, struct span in, struct codec_out *slot,
	struct scov_err *err)
{
	do {
		if (slot->p && slot->len == slot->cap) {
			ring_give(s->ring, slot->len);
			slot->p = NULL;
		}
		if (!slot->p)
			*slot = (struct codec_out){ .p = ring_slot(s->ring), .cap = SLOT };
		int rc = codec_run(c, &in, slot, err);

		if (rc)
			return rc;
	} while (in.len || slot->len == slot->cap);
	return 0;
}

static int inflate_all(struct pass *s, struct codec *c, struct intake *in, struct span first,
	struct codec_out *slot, struct scov_err *err)
{
	for (struct span piece = first; piece.len;) {
		int rc = inflate(s, c, piece, slot, err);

		if (!rc)
			rc = intake_next(in, &piece, err);
		if (rc)
			return rc;
	}
	return codec_end(c, err);
}

/* Facts up to where the part broke, and why: with room kept for these words. */
static void end_early(struct pass *s, const struct scov_err *why)
{
	arena_reopen(&s->arena, LAST_WORDS);
	s->part.complete = false;
	diag_add(&s->analysis, DIAG_ERROR, NO_ENTRY, HIDES_ALL,
		"the layer is read only in part: %s", why->text);
}

/* What the compressed stream says besides the layer. The ring is drained: the finder is free. */
static void search_notes(struct pass *s, const struct codec *c)
{
	bool is_cut;
	struct span notes = codec_notes(c, &is_cut);

	search_text(&s->analysis, NO_ENTRY, SURFACE_CONTENT, SPAN("compressed stream"), notes);
	if (is_cut && s->analysis.is_searched)
		diag_add(&s->analysis, DIAG_WARNING, NO_ENTRY, HIDES_SECRETS,
			"headers or skippable frames of the compressed stream over their limit");
}

static int layer(struct pass *s, struct intake *in, struct scov_err *err)
{
	struct span first;
	int rc = intake_next(in, &first, err);

	if (rc)
		return rc;
	struct codec *c = codec_open(codec_sniff(first), &s->request.limits);

	if (!c)
		return err_memory(err);
	struct codec_out slot = { 0 };

	rc = inflate_all(s, c, in, first, &slot, err);
	if (slot.p)
		ring_give(s->ring, slot.len);
	ring_drain(s->ring);
	s->part.blob_size = codec_bytes_in(c);
	s->part.size = codec_bytes_out(c);
	int walked = rc || s->walk_error.code ? 0 : walk_end(s->walk, &s->walk_error);

	(void)walked; /* in walk_error */
	search_notes(s, c);
	codec_free(c);
	listed_settle(&s->analysis);
	if (rc == SCOV_E_MEMORY || rc == SCOV_E_IO)
		return rc;
	search_end(&s->analysis);
	if (!rc)
		s->part.diff_id = digester_end(s->digester);
	if (s->walk_error.code == SCOV_E_MEMORY)
		return err_fail(err, SCOV_E_MEMORY, "%s", s->walk_error.text);
	if (rc || s->walk_error.code)
		end_early(s, rc ? err : &s->walk_error);
	else
		s->part.complete = !arena_failed(&s->arena);
	return 0;
}

static int end_whole(struct pass *s, int full, struct scov_err *err)
{
	search_end(&s->analysis);
	if (full || arena_failed(&s->arena))
		return err_fail(err, SCOV_E_LIMIT,
			"more facts than a worker may hold (limit worker_memory)");
	s->part.complete = true;
	return 0;
}

/* An attestation, as it comes. */
static int attestation(struct pass *s, struct intake *in, struct scov_err *err)
{
	struct finder *f = s->analysis.is_searched ? s->analysis.finder : NULL;
	int full = f ? finder_begin(f, NO_ENTRY, SURFACE_ATTESTATION, (struct span){ 0 }) : 0;
	struct span piece;
	int rc;

	while (!(rc = intake_next(in, &piece, err)) && piece.len) {
		s->part.size += piece.len;
		if (f && !full)
			full = finder_piece(f, piece, false);
	}
	if (rc)
		return rc;
	if (f && !full)
		full = finder_end(f);
	s->part.blob_size = s->part.size;
	return end_whole(s, full, err);
}

/* The config, a manifest or an index. */
static int document(struct pass *s, struct intake *in, struct scov_err *err)
{
	size_t got = 0;
	struct span piece;
	int rc;

	while (!(rc = intake_next(in, &piece, err)) && piece.len) {
		if (piece.len > s->request.limits.document_size - got)
			return err_fail(err, SCOV_E_LIMIT,
				"more than %llu bytes (limit document_size)",
				(unsigned long long)s->request.limits.document_size);
		memcpy(s->text + got, piece.p, piece.len);
		got += piece.len;
	}
	if (rc)
		return rc;
	s->part.blob_size = s->part.size = got;
	struct span text = span_of(s->text, got);
	int bad = s->request.kind == PART_CONFIG ? analyze_config(&s->analysis, text)
						 : search_document(&s->analysis, text);

	if (!bad && !s->part.diags.n && s->analysis.detail)
		bad = detail_json(&s->analysis, text);
	if (bad && !arena_failed(&s->arena) && s->part.diags.n)
		return err_fail(
			err, bad, "%.*s", SPAN_ARG(s->part.diags.p[s->part.diags.n - 1].text));
	return end_whole(s, bad, err);
}

int pass_run(struct pass *s, struct intake *in, uint8_t *out, size_t cap, size_t *len,
	struct scov_err *err)
{
	int rc = s->request.kind == PART_LAYER ? layer(s, in, err)
		 : is_whole(&s->request)       ? document(s, in, err)
					       : attestation(s, in, err);

	return rc ? rc : facts_write(&s->part, out, cap, len, err);
}

int pass_warm(struct span payload, struct scov_err *err)
{
	struct limits l = limits_default();

	digest_warm();
	validators_warm();
	for (int kind = 0; kind < CODEC_KINDS; kind++)
		codec_free(codec_open((enum codec_kind)kind, &l));
	return search_warm(payload, err);
}
