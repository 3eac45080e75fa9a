/* intake.h - how the bytes of a part reach its worker: slots of memory that only the program
 * writes.
 *
 * The program fills a slot, hashes it where it lies, and sends the number of bytes over a socket.
 * The worker maps the same memory read-only, parses the bytes where they lie, and answers one byte
 * when it is done with the slot; only then does the program fill it again. So the bytes that are
 * parsed are those that were hashed, and nothing is copied in between.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/span.h"
#include "scoville/scoville.h"

enum { INTAKE_SLOTS = 4, INTAKE_SLOT = 256 << 10 };

/* The program's end. */
struct supply {
	uint8_t *memory;
	int socket;
	size_t fill;              /* bytes in the slot that is being filled */
	uint64_t sent, back;      /* slots sent; of them, those that came back */
	size_t len[INTAKE_SLOTS]; /* of each slot that is away */
	uint64_t consumed;        /* bytes of the slots that came back */
	bool is_hung_up;          /* the worker's end is closed */
	int lost;                 /* errno of a slot that could not be sent; 0: none */
};

/* *memory (which cannot be mapped for writing) and *socket are for the worker, the caller's to
 * close. Errors: SCOV_E_IO. */
must_check int supply_new(struct supply *s, int *memory, int *socket, struct scov_err *err);
void supply_hear(struct supply *s);          /* which slots came back; does not wait */
bool supply_is_full(const struct supply *s); /* all slots are away: poll the socket, then hear */
/* Where the next bytes go, and how many at most; while it is not full, or when nobody reads. */
uint8_t *supply_room(struct supply *s, size_t *cap);
/* len bytes are in the room; they must not change any more. The slot is sent when it has no room
 * left, or with supply_end. */
void supply_give(struct supply *s, size_t len);
void supply_end(struct supply *s);     /* no more bytes */
void supply_release(struct supply *s); /* accepts a zeroed one */

/* The worker's end. */
struct intake {
	const uint8_t *memory;
	int socket;
	uint64_t taken;
	struct span own; /* instead: bytes that are there */
};

/* Maps the memory; both descriptors stay the caller's. False and errno. */
bool intake_open(struct intake *in, int memory, int socket);
struct intake intake_of(struct span bytes);
/* The next bytes, empty at the end. Those of the call before are given back. Errors: SCOV_E_IO. */
must_check int intake_next(struct intake *in, struct span *out, struct scov_err *err);
