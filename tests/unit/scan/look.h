/* look.h - runs the analyzers over one made or real file, as the walker would.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fd.h"
#include "base/limits.h"
#include "scan/search.h"
#include "secret/find/find.h"
#include "tests/unit/unit.h"

struct look {
	struct arena arena, scratch;
	struct limits limits;
	struct part part;
	struct analysis out;
	int code; /* of the last analyzer that failed */
};

static inline void look_release(struct look *l)
{
	arena_release(&l->arena);
	arena_release(&l->scratch);
}
#define scoped_look __attribute__((cleanup(look_release)))

/* The finder that masks what goes into the part. */
static inline void look_find(struct analysis *out)
{
	struct scov_err err;

	out->key = SPAN("0123456789abcdef");
	out->finder = search_finder(&err);
	assert_non_null(out->finder);
	finder_bind(out->finder, out->part, out->arena, out->limits, out->key);
}

static inline void look_init(struct look *l)
{
	*l = (struct look){ .limits = limits_default() };
	l->out = (struct analysis){ &l->part, &l->arena, &l->scratch, &l->limits };
	look_find(&l->out);
}

static inline void look_at_members(struct look *l, const struct analyzer *a, uint32_t entry,
	struct span path, struct span data)
{
	struct members_of m = { &l->out, entry, path, arena_alloc(&l->scratch, a->stream_size) };

	assert_non_null(m.state);
	finder_watch(l->out.finder, a->members, &m, true);
	finder_begin(l->out.finder, entry, SURFACE_CONTENT, path);
	for (; data.len; data = span_from(data, 1000))
		finder_piece(l->out.finder, span_sub(data, 0, 1000), data.len <= 1000);
	finder_end(l->out.finder);
}

/* Every analyzer that wants the file gets it; the rest of a file wanted by its head is not shown.
 */
static inline void look_at(struct look *l, struct span path, uint32_t mode, struct span data)
{
	struct entry *e = vec_push(&l->part.entries, &l->arena);
	uint32_t index = (uint32_t)l->part.entries.n - 1;

	l->out.kind = known_kind_of(path);
	*e = (struct entry){ .path = path, .size = data.len, .mode = mode, .type = ENTRY_FILE };
	for (size_t i = 0; analyzers[i]; i++) {
		enum want w = analyzers[i]->want(e, path, l->out.kind);
		int code = 0;

		if (w == WANT_HEAD)
			code = analyzers[i]->file(
				&l->out, index, path, span_sub(data, 0, ANALYZER_HEAD));
		else if (w == WANT_WHOLE)
			code = analyzers[i]->file(&l->out, index, path, data);
		else if (w == WANT_MEMBERS)
			look_at_members(l, analyzers[i], index, path, data);
		if (code)
			l->code = code;
		arena_reset(&l->scratch);
		e = &l->part.entries.p[index];
	}
}

/* The output of a command, at most 64 MB; empty when it fails. */
static inline struct span look_run(struct arena *a, const char *command)
{
	enum { MOST = 64 << 20 };
	FILE *f = popen(command, "r");
	uint8_t *p = mem_alloc(MOST);
	size_t n = f && p ? fread(p, 1, MOST, f) : 0;
	struct span out = arena_dup(a, span_of(p, n));

	mem_free(p);
	return f && pclose(f) == 0 ? out : (struct span){ 0 };
}

/* A file of the fuzz targets' first inputs. The test fails when it is not there. */
static inline struct span look_corpus(struct arena *a, const char *name)
{
	struct scov_err err;
	struct span out = { 0 };
	char path[1024];

	/* __FILE__ is as meson wrote it: relative to the build folder, where tests run. */
	struct span top = span_str(__FILE__);

	top.len -= strlen("unit/scan/look.h");
	snprintf(path, sizeof(path), "%.*sfuzz/corpus/%s", SPAN_ARG(top), name);
	if (fd_load(AT_FDCWD, path, 1 << 20, a, &out, &err))
		fail_msg("%s: %s", path, err.text);
	return out;
}

static inline struct span look_join(struct arena *a, struct span one, struct span two)
{
	uint8_t *p = arena_alloc(a, one.len + two.len);

	memcpy(p, one.p, one.len);
	memcpy(p + one.len, two.p, two.len);
	return span_of(p, one.len + two.len);
}

/* The folder of collected real data and the one of test images; NULL where there is none: the test
 * skips. */
static inline const char *look_data(void)
{
	const char *s = getenv("SCOVILLE_SHARED");

	return s && *s ? s : NULL;
}

static inline const char *look_images(void)
{
	const char *s = getenv("SCOVILLE_TEST_IMAGES");

	return s && *s ? s : NULL;
}
