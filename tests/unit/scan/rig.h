/* rig.h - for the tests of scan/: layers made in memory, a source that serves them and can do
 * something midway.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "format/tar_write.h"
#include "scan/cache.h"
#include "scan/crew.h"
#include "scan/scan.h"
#include "tests/unit/unit.h"

/* ---- tar ---- */

static inline void rig_tar_add(struct buf *b, const char *name, unsigned mode, struct span content)
{
	struct tar_header h = { .path = span_str(name), .type = TAR_FILE, .mode = mode };

	assert_int_equal(tar_write(b, h, content, NULL), 0);
}

/* A layer of `files` small files and one of `ballast` bytes, different for every seed. */
static inline void rig_layer(struct buf *b, unsigned seed, unsigned files, size_t ballast)
{
	scoped_buf struct buf fill = { 0 };
	char name[64], text[128];

	for (unsigned i = 0; i < files; i++) {
		snprintf(name, sizeof(name), "opt/%u/%u.sh", seed, i);
		snprintf(text, sizeof(text), "#!/bin/sh\nexec /opt/%u/other %u\n", seed, i);
		rig_tar_add(b, name, 0755, span_str(text));
	}
	while (fill.len < ballast)
		buf_byte(&fill, (char)(fill.len * 31 + seed));
	rig_tar_add(b, "opt/ballast", 0644, buf_view(&fill));
	rig_tar_add(b, "etc/passwd", 0644,
		SPAN("root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/sbin/nologin\n"));
	tar_write_end(b);
}

/* ---- source ---- */

struct rig_blob {
	struct descriptor descriptor;
	struct span bytes;
	size_t hook_at;          /* when this many bytes were read */
	void (*hook)(void *ctx); /* may be NULL */
	void *hook_ctx;
};

struct rig_stream {
	struct stream stream;
	struct rig_blob *blob;
	size_t at;
	bool is_hooked;
};

static inline int64_t rig_read(struct stream *s, void *p, size_t len, struct scov_err *err)
{
	struct rig_stream *r = (struct rig_stream *)s;
	struct span rest = span_sub(r->blob->bytes, r->at, len);

	(void)err;
	if (r->blob->hook && !r->is_hooked && r->at >= r->blob->hook_at) {
		r->is_hooked = true;
		r->blob->hook(r->blob->hook_ctx);
	}
	if (rest.len)
		memcpy(p, rest.p, rest.len);
	r->at += rest.len;
	return (int64_t)rest.len;
}

static inline void rig_close(struct stream *s)
{
	mem_free(s);
}

static inline int rig_open(struct source *s, const struct descriptor *d, const struct call *call,
	struct stream **out, struct scov_err *err)
{
	(void)call;
	struct rig_stream *r = mem_alloc(sizeof(*r));

	(void)s;
	if (!r)
		return err_fail(err, SCOV_E_MEMORY, "out of memory");
	r->stream.read = rig_read;
	r->stream.close = rig_close;
	r->blob = (struct rig_blob *)d; /* the descriptor is its first member */
	*out = &r->stream;
	return 0;
}

static inline struct source *rig_source(void)
{
	static const struct source_ops ops = { .transport = "test", .open = rig_open };
	static struct source source = { .ops = &ops };

	return &source;
}

static inline struct rig_blob rig_blob(struct span bytes)
{
	return (struct rig_blob){
		.bytes = bytes,
		.descriptor = {
			.digest = digest_of(DIGEST_SHA256, bytes),
			.size = bytes.len,
			.has_size = true,
		},
	};
}

static inline struct scan_job rig_job(struct rig_blob *b)
{
	return (struct scan_job){
		.kind = PART_LAYER, .source = rig_source(), .descriptor = &b->descriptor
	};
}

/* ---- scan ---- */

/* What a crew and a scan of it are made with. */
struct rig {
	struct crew_options crew;
	struct scan_options scan;
};

static inline struct rig rig_options(void)
{
	const char *worker = getenv("SCOVILLE_TEST_WORKER");

	if (!worker || access(worker, X_OK) != 0) {
		puts("SKIP: SCOVILLE_TEST_WORKER names no scoville-worker");
		exit(77);
	}
	return (struct rig){ .crew = { .threads = 2, .worker = worker },
		.scan = { .limits = limits_default(),
			.fingerprint_key = SPAN("the same key in all") } };
}

/* Also the scan's; crew_free ends it. */
static inline struct crew *rig_crew(struct rig *r)
{
	struct scov_err err = { 0 };

	if (crew_new(&r->crew, &r->scan.crew, &err))
		fail_msg("crew_new: %s", err.text);
	return r->scan.crew;
}

static inline int64_t rig_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* State and parent from /proc/PID/stat; false when there is no such process. */
static inline bool rig_stat(long pid, char *state, long *parent)
{
	char path[64], line[512] = "", *at;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	at = fgets(line, sizeof(line), f) ? strrchr(line, ')') : NULL;
	fclose(f);
	if (!at || at[1] != ' ' || !at[2])
		return false;
	*state = at[2];
	*parent = strtol(at + 3, NULL, 10);
	return true;
}

/* Children of a process; at most max of them. */
static inline size_t rig_children(pid_t parent, pid_t *out, size_t max)
{
	DIR *d = opendir("/proc");
	size_t n = 0;

	for (struct dirent *e; d && (e = readdir(d));) {
		long pid = strtol(e->d_name, NULL, 10), its_parent;
		char state;

		if (pid > 0 && rig_stat(pid, &state, &its_parent) && its_parent == parent &&
			n < max)
			out[n++] = (pid_t)pid;
	}
	if (d)
		closedir(d);
	return n;
}

/* Waits for it. A zombie of another parent is gone too: its reaping is not ours. */
static inline bool rig_gone(pid_t pid)
{
	for (int tries = 0; tries < 3000; tries++) {
		char state;
		long parent;

		if (!rig_stat(pid, &state, &parent) || (state == 'Z' && parent != getpid()))
			return true;
		usleep(1000);
	}
	return false;
}

/* A folder of the test's own, removed by rig_rmdir. */
static inline const char *rig_mkdir(char out[64])
{
	snprintf(out, 64, "/tmp/scoville-test-XXXXXX");
	if (!mkdtemp(out))
		fail_msg("mkdtemp");
	return out;
}

static inline void rig_rmdir(const char *path)
{
	DIR *d = opendir(path);
	char name[600];

	for (struct dirent *e; d && (e = readdir(d));) {
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		unlink(name);
	}
	if (d)
		closedir(d);
	rmdir(path);
}
