/* finder - what looking for secrets costs, image by image, and which rules cost it.
 *
 *	build/tests/bench/finder [-t ROWS] LAYOUT...
 *
 * Each gzip blob of an OCI layout is unpacked into memory in pieces of a slot of the ring and
 *walked as a layer: processor time of inflate, SHA-256, the walk alone, and the finder. "budget" is
 *what the thread that hashes and walks may spend on the finder while the other one still inflates.
 *With -t the slots (rules, pattern kinds) that take the most time, measured in a run of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/fd.h"
#include "codec/codec.h"
#include "crypto/digest.h"
#include "format/tar.h"
#include "secret/find/examples.h"
#include "secret/find/parts.h"

#include <fcntl.h>
#include <unistd.h>

enum { SLOT_BYTES = 256 << 10 };

struct bench {
	struct finder *finder;
	struct part part;
	struct arena arena;
	bool is_on;
	uint64_t entry_size;
	uint64_t bytes, files, content, secrets, dropped;
	uint64_t inflate, hash, walk, find; /* ns */
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int on_entry(void *ctx, const struct tar_entry *e)
{
	struct bench *b = ctx;
	static char path[65536];

	b->files += b->is_on;
	b->entry_size = e->size;
	if (e->type != TAR_FILE)
		return TAR_SKIP;
	memcpy(path, e->path.p, e->path.len);
	return b->is_on ? finder_begin(b->finder, 0, SURFACE_CONTENT, span_of(path, e->path.len))
			: TAR_CONTENT;
}

static int on_content(void *ctx, uint64_t offset, struct span piece)
{
	struct bench *b = ctx;

	(void)offset;
	if (b->is_on)
		b->content += piece.len;
	return b->is_on ? finder_piece(b->finder, piece, b->entry_size == piece.len) : 0;
}

static int on_end(void *ctx)
{
	struct bench *b = ctx;

	return b->is_on && b->finder->path.p ? finder_end(b->finder) : 0;
}

static void die(const char *what)
{
	fprintf(stderr, "finder: %s\n", what);
	exit(1);
}

static uint64_t walk_one(struct bench *b, struct tar *t, struct span piece, bool is_on)
{
	struct scov_err err = { 0 };
	uint64_t start = now();

	b->is_on = is_on;
	if (tar_push(t, piece, &err))
		die(err.text);
	return now() - start;
}

static void layer(struct bench *b, struct span blob)
{
	static const struct tar_events on = {
		.entry = on_entry, .content = on_content, .end = on_end
	};
	static uint8_t slot[SLOT_BYTES];
	struct limits l = limits_default();
	struct scov_err err = { 0 };
	struct codec *c = codec_open(CODEC_GZIP, &l);
	struct tar *plain = tar_open(&on, b, &l, true), *found = tar_open(&on, b, &l, true);
	struct digester *d = digester_new(DIGEST_SHA256);
	struct codec_out out;

	finder_bind(b->finder, &b->part, &b->arena, &l, SPAN("0123456789abcdef"));
	do {
		uint64_t start = now();

		out = (struct codec_out){ .p = slot, .cap = SLOT_BYTES };
		if (codec_run(c, &blob, &out, &err))
			die(err.text);
		b->inflate += now() - start;
		start = now();
		digester_add(d, slot, out.len);
		b->hash += now() - start;
		b->walk += walk_one(b, plain, span_of(slot, out.len), false);
		b->find += walk_one(b, found, span_of(slot, out.len), true);
		b->bytes += out.len;
	} while (blob.len || out.len == out.cap);
	b->secrets += b->part.secrets.n;
	b->dropped += finder_dropped(b->finder);
	b->part = (struct part){ 0 };
	arena_reset(&b->arena);
	tar_free(plain);
	tar_free(found);
	codec_free(c);
	digester_free(d);
}

static void layout(struct bench *b, const char *folder)
{
	char path[4096];
	scoped_buf struct buf blob = { .limit = 1u << 30 };
	struct dirent *e;

	snprintf(path, sizeof(path), "%s/blobs/sha256", folder);
	DIR *d = opendir(path);

	while (d && (e = readdir(d))) {
		static char piece[1 << 16];
		ssize_t n;

		snprintf(path, sizeof(path), "%s/blobs/sha256/%s", folder, e->d_name);
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		blob.len = 0;
		while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
			buf_bytes(&blob, piece, (size_t)n);
		close(fd);
		if (codec_sniff(buf_view(&blob)) == CODEC_GZIP)
			layer(b, buf_view(&blob));
	}
	if (d)
		closedir(d);
}

static const struct slot_work *sorted;

static int by_time(const void *a, const void *b)
{
	uint64_t x = sorted[*(const size_t *)a].ns, y = sorted[*(const size_t *)b].ns;

	return x < y ? 1 : x > y ? -1 : 0;
}

static void costs(const struct bench *b, size_t rows)
{
	static const char *const kinds[PATTERN_KINDS] = { "plain", "base64", "UTF-16", "URL",
		"named value", "certificate", "pace" };
	const struct finder *f = b->finder;
	size_t n = slots(f), *order = mem_alloc(n * sizeof(*order));
	double mb = (double)b->content / 1e6;

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	sorted = f->work_of;
	qsort(order, n, sizeof(*order), by_time);
	printf("  %-32s %10s %10s %10s %10s\n", "slot", "us/MB", "hits/MB", "windows/MB", "KB/MB");
	for (size_t i = 0; i < n && i < rows; i++) {
		const struct slot_work *w = &f->work_of[order[i]];
		struct span name = order[i] < f->rules->n ? f->rules->p[order[i]].id
							  : span_str(kinds[order[i] - f->rules->n]);

		if (w->hits)
			printf("  %-32.*s %10.2f %10.2f %10.2f %10.2f\n", (int)name.len,
				(const char *)name.p, (double)w->ns / 1e3 / mb,
				(double)w->hits / mb, (double)w->windows / mb,
				(double)w->bytes / 1e3 / mb);
	}
	mem_free(order);
}

static void show(const struct bench *b, const char *name)
{
	double mb = (double)b->bytes / 1e6, find = (double)b->find - (double)b->walk;
	const char *base = strrchr(name, '/');
	double budget = (double)b->inflate - (double)b->hash - (double)b->walk;

	printf("%-10s %7.1f MB %7" PRIu64 " entries  ns/byte: inflate %.2f  sha256 %.2f  walk "
	       "%.2f  finder %.2f (%.0f MB/s, %.2f of sha256)  budget %.2f  secrets %" PRIu64
	       " dropped %" PRIu64 "\n",
		base ? base + 1 : name, mb, b->files, (double)b->inflate / mb / 1e6,
		(double)b->hash / mb / 1e6, (double)b->walk / mb / 1e6, find / mb / 1e6,
		mb / (find / 1e9), find / (double)b->hash, budget / mb / 1e6, b->secrets,
		b->dropped);
}

int main(int argc, char **argv)
{
	struct finder_options o = { .rules = rules_builtin() };
	struct scov_err err = { 0 };
	struct finder *f = NULL;
	size_t rows = 0;
	int i = 1;

	if (argc > 2 && !strcmp(argv[1], "-t")) {
		rows = strtoul(argv[2], NULL, 10);
		i = 3;
	}
	if (finder_new(&o, &f, &err))
		die(err.text);
	for (; i < argc; i++) {
		struct bench b = { .finder = f };

		if (rows)
			f->work_of = mem_alloc(slots(f) * sizeof(*f->work_of));
		layout(&b, argv[i]);
		show(&b, argv[i]);
		if (rows)
			costs(&b, rows);
		mem_free(f->work_of);
		f->work_of = NULL;
		arena_release(&b.arena);
	}
	finder_free(f);
	return 0;
}
