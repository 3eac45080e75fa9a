/* answer.c - the memory that a worker writes its answer into.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/answer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

enum { SEAL_TRIES = 1000 };

static const uint64_t magic = 0x726577736e617673; /* "svanswer" */

int answer_new(size_t size, int *out_fd, struct scov_err *err)
{
	scoped_fd int fd = memfd_create("scoville-answer", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return err_fail(err, SCOV_E_IO, "memory for an answer: %s", strerror(errno));
	if (ftruncate(fd, (off_t)size) < 0 ||
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) < 0)
		return err_fail(err, SCOV_E_IO, "memory for an answer: %s", strerror(errno));
	*out_fd = fd_take(&fd);
	return 0;
}

struct answer_head *answer_map(int fd, size_t size)
{
	void *p = size < ANSWER_HEAD ? MAP_FAILED
				     : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

void answer_done(struct answer_head *h, size_t body, uint32_t flags)
{
	h->code = 0;
	h->flags = flags;
	h->length = body;
	h->magic = magic;
}

void answer_fail(struct answer_head *h, const struct scov_err *e)
{
	snprintf(h->text, sizeof(h->text), "%s", e->text);
	h->code = e->code;
	h->length = 0;
	h->magic = magic;
}

static int check(const struct answer_head *h, size_t size, struct scov_err *err)
{
	if (h->magic != magic)
		return err_fail(err, SCOV_E_WORKER, "the worker left no answer");
	if (h->code > 0 || h->code < SCOV_E_UNSUPPORTED || h->length > size - ANSWER_HEAD)
		return err_fail(err, SCOV_E_WORKER, "the worker's answer is damaged");
	if (h->code)
		return err_fail(
			err, h->code, "%.*s", (int)strnlen(h->text, sizeof(h->text)), h->text);
	return 0;
}

/* Who reads /proc/PID of the dead worker holds its mappings a moment longer: EBUSY passes. */
static int seal(int fd)
{
	int rc;

	for (int tries = 0; (rc = fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL)) < 0;
		tries++) {
		if (errno != EBUSY || tries == SEAL_TRIES)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return rc;
}

int answer_read(int fd, size_t size, struct answer *out, struct scov_err *err)
{
	if (seal(fd) < 0)
		return err_fail(err, SCOV_E_WORKER, "the worker's answer can still change: %s",
			strerror(errno));
	const void *head = mmap(NULL, ANSWER_HEAD, PROT_READ, MAP_SHARED, fd, 0);

	if (head == MAP_FAILED)
		return err_fail(err, SCOV_E_IO, "the worker's answer: %s", strerror(errno));
	const struct answer_head *h = head;
	int rc = check(h, size, err);
	struct answer a = { .map_len = rc ? 0 : ANSWER_HEAD + (size_t)h->length,
		.flags = h->flags };

	munmap((void *)head, ANSWER_HEAD);
	if (rc)
		return rc;
	void *map = mmap(NULL, a.map_len, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return err_fail(err, SCOV_E_IO, "the worker's answer: %s", strerror(errno));
	a.map = map;
	a.body = span_of(a.map + ANSWER_HEAD, a.map_len - ANSWER_HEAD);
	*out = a;
	return 0;
}

void answer_release(struct answer *a)
{
	if (a->map)
		munmap((void *)a->map, a->map_len);
	*a = (struct answer){ 0 };
}
