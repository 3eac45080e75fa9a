/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "tests/unit/unit.h"

enum { ALL = INTAKE_SLOTS * INTAKE_SLOT };

static uint8_t byte_of(size_t i)
{
	return (uint8_t)(i * 31 + i / INTAKE_SLOT);
}

/* Gives len bytes in pieces of at most `piece`, waiting for slots. */
static void give(struct supply *s, size_t len, size_t piece)
{
	for (size_t i = 0; i < len && !s->is_hung_up;) {
		size_t cap;

		while (supply_is_full(s) && !s->is_hung_up) {
			poll(&(struct pollfd){ .fd = s->socket, .events = POLLIN }, 1, -1);
			supply_hear(s);
		}
		uint8_t *room = supply_room(s, &cap);

		size_t n = 0;

		while (n < cap && n < piece && i < len)
			room[n++] = byte_of(i++);
		supply_give(s, n);
	}
	supply_end(s);
}

/* In a process of its own: 0 when all len bytes came, in order, in full slots but for the last. */
static int take(int memory, int socket, size_t len)
{
	struct scov_err err = { 0 };
	struct intake in;
	struct span piece;
	size_t at = 0;

	if (!intake_open(&in, memory, socket))
		return 1;
	while (!intake_next(&in, &piece, &err) && piece.len) {
		if (piece.len != INTAKE_SLOT && at + piece.len != len)
			return 2;
		for (size_t i = 0; i < piece.len; i++)
			if (piece.p[i] != byte_of(at++))
				return 3;
	}
	return err.code ? 4 : at == len ? 0 : 5;
}

static void bytes_arrive_as_they_were_given(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t len, piece;
	} rows[] = {
		{ "nothing", 0, 1 },
		{ "one byte", 1, 1 },
		{ "a slot", INTAKE_SLOT, INTAKE_SLOT },
		{ "a slot and a byte", INTAKE_SLOT + 1, INTAKE_SLOT },
		{ "more than the memory", 5 * ALL, INTAKE_SLOT },
		{ "in small pieces", 2 * ALL, 64 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scov_err err = { 0 };
		struct supply s;
		int memory, socket, status;

		assert_int_equal(supply_new(&s, &memory, &socket, &err), 0);
		pid_t pid = fork();

		if (pid == 0) {
			supply_release(&s);
			_exit(take(memory, socket, rows[i].len));
		}
		close(memory);
		close(socket);
		give(&s, rows[i].len, rows[i].piece);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		supply_hear(&s);
		check(rows[i].name, status == 0);
		check(rows[i].name, s.consumed == rows[i].len);
		supply_release(&s);
	}
}

static void the_worker_cannot_write_what_it_reads(void **state)
{
	(void)state;
	struct scov_err err = { 0 };
	struct supply s;
	struct intake in;
	int memory, socket;

	assert_int_equal(supply_new(&s, &memory, &socket, &err), 0);
	assert_true(intake_open(&in, memory, socket));
	assert_int_equal(mprotect((void *)in.memory, ALL, PROT_READ | PROT_WRITE), -1);
	assert_int_equal(errno, EACCES);
	assert_ptr_equal(
		mmap(NULL, ALL, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0), MAP_FAILED);
	assert_int_equal(pwrite(memory, "x", 1, 0), -1);
	assert_int_equal(ftruncate(memory, 0), -1);
	/* What the program writes is what it sees. */
	size_t cap;

	*supply_room(&s, &cap) = 'p';
	assert_int_equal(in.memory[0], 'p');
	munmap((void *)in.memory, ALL);
	close(memory);
	close(socket);
	supply_release(&s);
}

static void a_worker_that_says_too_much_is_not_believed(void **state)
{
	(void)state;
	struct scov_err err = { 0 };
	struct supply s;
	int memory, socket;
	size_t cap;

	assert_int_equal(supply_new(&s, &memory, &socket, &err), 0);
	assert_int_equal(fd_write_all(socket, "many more than there are", 24), 0);
	supply_hear(&s);
	assert_true(s.back == 0 && s.consumed == 0 && !s.is_hung_up);
	supply_room(&s, &cap);
	supply_give(&s, 7);
	supply_end(&s);
	for (int i = 0; i < 10; i++)
		supply_hear(&s);
	assert_true(s.back == 1 && s.consumed == 7);
	close(socket);
	supply_hear(&s);
	assert_true(s.is_hung_up);
	supply_give(&s, INTAKE_SLOT); /* no signal, and nothing is away */
	assert_int_equal(s.sent, 1);
	close(memory);
	supply_release(&s);
}

/* The worker is there and its socket takes no more: a gap that must not be silent. */
static void a_slot_that_cannot_be_sent_is_known(void **state)
{
	(void)state;
	static const uint8_t filling[4096];
	struct scov_err err = { 0 };
	struct supply s;
	int memory, socket;
	size_t cap;

	assert_int_equal(supply_new(&s, &memory, &socket, &err), 0);
	while (send(s.socket, filling, sizeof(filling), MSG_DONTWAIT) > 0)
		;
	while (send(s.socket, filling, 1, MSG_DONTWAIT) > 0)
		;
	supply_room(&s, &cap);
	supply_give(&s, INTAKE_SLOT);
	assert_int_equal(s.sent, 0);
	assert_int_equal(s.lost, EAGAIN);
	close(memory);
	close(socket);
	supply_release(&s);
}

static void a_length_over_a_slot_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		uint32_t len;
		size_t bytes;
	} rows[] = {
		{ "a byte over", INTAKE_SLOT + 1, 4 },
		{ "the largest", UINT32_MAX, 4 },
		{ "cut short", 1, 3 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scov_err err = { 0 };
		struct supply s;
		struct intake in;
		struct span piece = { 0 };
		int memory, socket;

		assert_int_equal(supply_new(&s, &memory, &socket, &err), 0);
		assert_true(intake_open(&in, memory, socket));
		assert_int_equal(fd_write_all(s.socket, &rows[i].len, rows[i].bytes), 0);
		supply_end(&s);
		check(rows[i].name, intake_next(&in, &piece, &err) == SCOV_E_IO);
		check(rows[i].name, piece.len == 0);
		munmap((void *)in.memory, ALL);
		close(memory);
		close(socket);
		supply_release(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_arrive_as_they_were_given),
		cmocka_unit_test(the_worker_cannot_write_what_it_reads),
		cmocka_unit_test(a_worker_that_says_too_much_is_not_believed),
		cmocka_unit_test(a_slot_that_cannot_be_sent_is_known),
		cmocka_unit_test(a_length_over_a_slot_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
