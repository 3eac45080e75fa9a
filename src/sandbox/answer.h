/* answer.h - the memory that a worker writes its answer into.
 *
 * The program makes it (a memory file that cannot change its size) and the
 * worker maps it. The program reads only after the worker is dead, and after
 * a seal that the kernel refuses while anyone could still write.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "scoville/scoville.h"

/* Begins the memory; the body follows at once. */
struct answer_head {
	uint64_t magic;
	uint64_t length; /* of the body */
	int32_t code;    /* enum scov_code: 0, or why there is no body */
	uint32_t flags;  /* the asker's own */
	char text[1000]; /* of an error; NUL-terminated */
};

enum { ANSWER_HEAD = 1024 };
_Static_assert(sizeof(struct answer_head) == ANSWER_HEAD, "the body begins aligned");

must_check int answer_new(size_t size, int *out_fd, struct scov_err *err);
/* Worker: map all of it for writing. NULL and errno. */
struct answer_head *answer_map(int fd, size_t size);
/* Worker: the last thing it does. The body bytes after the head are already written. */
void answer_done(struct answer_head *h, size_t body, uint32_t flags);
void answer_fail(struct answer_head *h, const struct scov_err *e);

/* A read-only view; zeroed is nothing. */
struct answer {
	const uint8_t *map;
	size_t map_len;
	struct span body;
	uint32_t flags;
};

/* Program, once the worker is dead. Errors: SCOV_E_WORKER (no or no sound answer, or it is still
 * writable), or the code and text that the worker left. */
must_check int answer_read(int fd, size_t size, struct answer *out, struct scov_err *err);
void answer_release(struct answer *a);
