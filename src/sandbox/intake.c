/* intake.c - how the bytes of a part reach its worker: slots of memory that only the program
 * writes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sandbox/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

enum { MEMORY = INTAKE_SLOTS * INTAKE_SLOT };

/* A descriptor of the same memory that no mapping for writing can be made from, nor changed into
 * one. Kernels before 5.1 do not know the seal; there, one that is open for reading only. */
static int read_only(int fd)
{
	char path[64];

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0)
		return fcntl(fd, F_DUPFD_CLOEXEC, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return errno == EINVAL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

static int make(struct supply *s, int *memory, int ends[2])
{
	scoped_fd int fd = memfd_create("scoville-intake", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, MEMORY) < 0)
		return -1;
	void *p = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return -1;
	s->memory = p;
	*memory = read_only(fd);
	return *memory < 0 ? -1 : socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
}

int supply_new(struct supply *s, int *memory, int *socket, struct scov_err *err)
{
	int ends[2];

	*s = (struct supply){ .socket = -1 };
	*memory = -1;
	if (make(s, memory, ends) < 0) {
		err_fail(err, SCOV_E_IO, "memory for a worker: %s", strerror(errno));
		fd_close(memory);
		supply_release(s);
		return err->code;
	}
	s->socket = ends[0];
	*socket = ends[1];
	return 0;
}

/* A worker that says more than it was given is not believed. */
void supply_hear(struct supply *s)
{
	uint8_t bytes[INTAKE_SLOTS];
	ssize_t n = recv(s->socket, bytes, sizeof(bytes), MSG_DONTWAIT);

	s->is_hung_up = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
	for (; n > 0 && s->back < s->sent; n--)
		s->consumed += s->len[s->back++ % INTAKE_SLOTS];
}

bool supply_is_full(const struct supply *s)
{
	return s->sent - s->back == INTAKE_SLOTS;
}

uint8_t *supply_room(struct supply *s, size_t *cap)
{
	*cap = INTAKE_SLOT - s->fill;
	return s->memory + s->sent % INTAKE_SLOTS * INTAKE_SLOT + s->fill;
}

/* That the other end has gone is heard later. A slot that could not be sent for another reason (no
 * memory for the message) is a gap in what the worker reads: the part must not count. */
static void send_slot(struct supply *s)
{
	uint32_t len = (uint32_t)s->fill;

	s->fill = 0;
	ssize_t n = send(s->socket, &len, sizeof(len), MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n == (ssize_t)sizeof(len))
		s->len[s->sent++ % INTAKE_SLOTS] = len;
	else if (n >= 0 || (errno != EPIPE && errno != ECONNRESET))
		s->lost = n < 0 ? errno : EIO;
}

void supply_give(struct supply *s, size_t len)
{
	s->fill += len;
	if (s->fill == INTAKE_SLOT)
		send_slot(s);
}

void supply_end(struct supply *s)
{
	if (s->fill)
		send_slot(s);
	shutdown(s->socket, SHUT_WR);
}

void supply_release(struct supply *s)
{
	if (s->memory)
		munmap(s->memory, MEMORY);
	s->memory = NULL;
	fd_close(&s->socket);
}

bool intake_open(struct intake *in, int memory, int socket)
{
	void *p = mmap(NULL, MEMORY, PROT_READ, MAP_SHARED, memory, 0);

	*in = (struct intake){ .memory = p, .socket = socket };
	return p != MAP_FAILED;
}

struct intake intake_of(struct span bytes)
{
	return (struct intake){ .own = bytes };
}

/* A slot is given back when the next is asked for. The program may have gone: the read says so. */
int intake_next(struct intake *in, struct span *out, struct scov_err *err)
{
	uint32_t len = 0;
	ssize_t n = 0;

	if (!in->memory) {
		*out = span_sub(in->own, 0, INTAKE_SLOT);
		in->own = span_from(in->own, out->len);
		return 0;
	}
	if (in->taken)
		n = fd_write_all(in->socket, "", 1);
	if (n == 0)
		n = fd_read_full(in->socket, &len, sizeof(len));
	if (n < 0)
		return err_fail(err, SCOV_E_IO, "reading the part: %s", strerror(errno));
	if ((n && n < (ssize_t)sizeof(len)) || len > INTAKE_SLOT)
		return err_fail(err, SCOV_E_IO, "reading the part: a slot of %u bytes", len);
	*out = span_of(in->memory + in->taken++ % INTAKE_SLOTS * INTAKE_SLOT, len);
	return 0;
}
