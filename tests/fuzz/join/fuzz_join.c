/* fuzz_join.c - hostile part facts joined: pieces of the input, each after its length in four
 * bytes, lowest layer first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "facts/serial.h"
#include "join/join.h"
#include "judge/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 32 << 20, PIECES = 4 };

static void must(bool truth)
{
	if (!truth)
		abort();
}

static bool is_of(const struct image_facts *f, const struct entry *e, uint32_t layer)
{
	return layer < f->layers_n && f->parts[layer] && e >= f->parts[layer]->entries.p &&
	       e < f->parts[layer]->entries.p + f->parts[layer]->entries.n;
}

static void check_file(const struct image_facts *f, const struct file *file)
{
	must(is_of(f, file->entry, file->layer) && is_of(f, file->body, file->body_layer));
	must(file->body->type != ENTRY_WHITEOUT && file->body->type != ENTRY_OPAQUE);
	must(span_eq(file->path, file->entry->path));
	must(!file->exec ||
		&f->parts[file->body_layer]->entries.p[file->exec->entry] == file->body);
	must(!file->capability ||
		&f->parts[file->body_layer]->entries.p[file->capability->entry] == file->body);
}

/* No path lies below a file, paths ascend, and each is found by itself. */
static void check_files(const struct image_facts *f)
{
	for (size_t i = 0; i < f->files.n; i++) {
		const struct file *file = &f->files.p[i],
				  *above = image_file(f, span_dir(file->path));

		check_file(f, file);
		must(file->state == FILE_PRESENT);
		must(i == 0 || span_cmp(f->files.p[i - 1].path, file->path) < 0);
		must(image_file(f, file->path) == file);
		must(!above || file->path.len == 0 || above->entry->type == ENTRY_DIR);
		image_find(f, file->path, true);
	}
	for (size_t i = 0; i < f->buried.n; i++) {
		check_file(f, &f->buried.p[i]);
		must(f->buried.p[i].state != FILE_PRESENT &&
			f->buried.p[i].gone_in >= f->buried.p[i].layer);
		must(i == 0 || span_cmp(f->buried.p[i - 1].path, f->buried.p[i].path) <= 0);
	}
	for (size_t i = 0; i < f->scripts.n; i++)
		must(f->scripts.p[i].entry < f->files.n);
	for (unsigned bit = 0; bit < INPUTS; bit++)
		must(INPUTS_OUTSIDE & 1u << bit ||
			!(f->inputs & 1u << bit) == (f->inputs_missing[bit].len > 0));
}

/* Each finding is of a fact, at most once, strongest first, and is where there is something. */
static void check_secrets(const struct image_facts *f)
{
	must(f->secrets.n <= SECRETS_JUDGED_MAX);
	for (size_t i = 0; i < f->secrets.n; i++) {
		const struct secret_finding *s = &f->secrets.p[i];

		must(s->fact && s->level <= SECRET_HIGH && s->count > 0);
		must(i == 0 || f->secrets.p[i - 1].level >= s->level);
		must(s->layer == NO_LAYER || (size_t)s->layer < f->layers_n);
		must(s->gone_in == NO_LAYER || (size_t)s->gone_in < f->layers_n);
		must(s->state <= FILE_HIDDEN && s->at.kind != PLACE_NONE);
		must(s->state != FILE_PRESENT || s->gone_in == NO_LAYER);
		must(!s->waived && !s->refused);
		must(!s->fact->fingerprint.len || s->fingerprint.len == 26);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = ROOM };
	struct join_layer layers[PIECES] = { 0 };
	struct join_input in = {
		.limits = limits_default(),
		.layers = layers,
		.now = 1800000000,
		.has_config = true,
		.has_secrets = true,
		.fingerprint_key = SPAN("0123456789abcdef"),
	};
	struct image_document documents[PIECES] = { 0 };
	struct image_facts out = { .arena.limit = ROOM };
	struct cur c = cur_over(span_of(data, size));
	struct part parts[PIECES];
	struct scov_err err;

	for (size_t i = 0; i < PIECES && cur_left(&c) >= 4; i++) {
		size_t len = cur_le32(&c);
		struct span piece = cur_take(&c, len < cur_left(&c) ? len : cur_left(&c));
		bool good = facts_read(piece, &in.limits, &a, &parts[i], &err) == 0;

		if (good && parts[i].kind == PART_CONFIG)
			in.config = in.base_config = &parts[i];
		else if (good && parts[i].kind == PART_DOCUMENT)
			documents[in.documents_n++] = (struct image_document){ .part = &parts[i],
				.is_attestation = i % 2 };
		else
			layers[in.layers_n++].part = good ? &parts[i] : NULL;
	}
	in.documents = documents;
	if (join_image(&in, &out, &err) == 0) {
		check_files(&out);
		check_secrets(&out);
	}
	arena_release(&out.arena);
	return 0;
}
