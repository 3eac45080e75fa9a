/* wire.h - what the program and scoville-worker say to each other. Inside sandbox/ only.
 *
 * One SOCK_SEQPACKET socket, on descriptor WIRE_SOCKET of the helper. The
 * helper says hello once; then each start asks for one worker and carries
 * four descriptors: the socket and the memory of the part's bytes (intake.h),
 * the memory that the worker answers in, and a socket of that job. On the
 * job's socket the helper says how the worker ended; when the program shuts its half, the helper
 * kills. So nobody needs a pid, and whoever dies closes its sockets.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdint.h>

/* WIRE_PAYLOAD: memory that the program gives the helper at its start, when started with --payload.
 */
enum { WIRE_SOCKET = 3, WIRE_PAYLOAD = 4, WIRE_REQUEST = 1024, WIRE_FDS = 4 };

struct wire_hello {
	char who[96];    /* versions; the other side must have the same */
	char note[128];  /* what is not on, for the report */
	char error[256]; /* why no worker can be had; empty: ready */
};

_Static_assert(sizeof(struct wire_hello) == 480, "both sides have the same hello");

struct wire_start {
	uint64_t memory, cpu_seconds, answer_size;
	uint32_t request_len, pad;
	uint8_t request[WIRE_REQUEST];
};

_Static_assert(sizeof(struct wire_start) == 32 + WIRE_REQUEST, "no bytes between members");

struct wire_end {
	int32_t error;  /* errno of what kept the worker from starting; 0: it ran */
	int32_t status; /* as waitpid has it */
};

_Static_assert(sizeof(struct wire_end) == 8, "no bytes between members");

struct helper;
int helper_socket(const struct helper *h);
