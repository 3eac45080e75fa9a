/* floor - the least that any grade must do: inflate and both SHA-256 sums of each layer.
 *
 *	build/tests/bench/floor LAYER...
 *
 * The same libraries, rings and threads as a grade: as many layers at once as there are processors,
 * largest first, and for each layer one thread that sums the blob, one that inflates it and one
 * that sums what comes out. One process, no pipe, no walk, no facts. Prints both digests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/ring.h"
#include "codec/codec.h"
#include "crypto/digest.h"

enum { SLOTS = 8, SLOT_BYTES = 256 << 10, LAYERS_MAX = 512 };

struct layer {
	const char *path;
	struct span blob;
	struct digest digest, diff_id;
};

static void die(const char *path, const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", path, what);
	exit(1);
}

static void open_blob(struct layer *l)
{
	int fd = open(l->path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size == 0)
		die(l->path, "cannot be read");
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);

	if (p == MAP_FAILED)
		die(l->path, "cannot be mapped");
	close(fd);
	l->blob = span_of(p, (size_t)st.st_size);
}

static bool take(void *ctx, uint8_t *p, size_t len)
{
	digester_add(ctx, p, len);
	return true;
}

static void inflate(struct layer *l)
{
	struct limits limits = limits_default();
	struct scov_err err = { 0 };
	struct codec *c = codec_open(codec_sniff(l->blob), &limits);
	struct digester *d = digester_new(DIGEST_SHA256);
	struct ring *r = ring_new(SLOTS, SLOT_BYTES, take, d);
	struct span in = l->blob;
	struct codec_out out;

	do {
		out = (struct codec_out){ .p = ring_slot(r), .cap = SLOT_BYTES };
		if (codec_run(c, &in, &out, &err))
			die(l->path, err.text);
		ring_give(r, out.len);
	} while (out.len == out.cap);
	if (codec_end(c, &err))
		die(l->path, err.text);
	ring_drain(r);
	l->diff_id = digester_end(d);
	ring_free(r);
	digester_free(d);
	codec_free(c);
}

static void half(void *ctx, size_t i)
{
	struct layer *l = ctx;

	if (i == 0)
		inflate(l);
	else
		l->digest = digest_of(DIGEST_SHA256, l->blob);
}

static void whole(void *ctx, size_t i)
{
	struct layer *l = (struct layer *)ctx + i;

	open_blob(l);
	pool_run(2, 2, half, l);
	munmap((void *)(uintptr_t)l->blob.p, l->blob.len);
}

static int larger_first(const void *a, const void *b)
{
	const struct layer *x = a, *y = b;
	struct stat s = { 0 }, t = { 0 };

	stat(x->path, &s);
	stat(y->path, &t);
	return s.st_size < t.st_size ? 1 : s.st_size > t.st_size ? -1 : 0;
}

int main(int argc, char **argv)
{
	static struct layer layers[LAYERS_MAX];
	size_t n = 0;
	char a[DIGEST_TEXT], b[DIGEST_TEXT];

	for (int i = 1; i < argc && n < LAYERS_MAX; i++)
		layers[n++].path = argv[i];
	qsort(layers, n, sizeof(*layers), larger_first);
	pool_run(pool_cpus(), n, whole, layers);
	for (size_t i = 0; i < n; i++)
		printf("%s %s\n", digest_format(&layers[i].digest, a),
			digest_format(&layers[i].diff_id, b));
	return n ? 0 : 1;
}
