/* note.h - signed notes, and the checkpoint of a log in one.
 *
 * Sources: C2SP signed-note and tlog-checkpoint; Rekor v1 and v2 for their key ids.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "crypto/digest.h"
#include "crypto/verify.h"

enum { NOTE_MAX = 64 << 10, NOTE_SIGNATURES_MAX = 100, NOTE_ID = 4 };

struct note {
	struct span text;       /* what is signed, with its last line end */
	struct span signatures; /* the lines after the blank one */
};
/* Errors: SCOV_E_FORMAT, SCOV_E_LIMIT. */
must_check int note_read(struct span in, struct note *out, struct scov_err *err);

struct checkpoint {
	struct span origin;
	uint64_t size;
	struct digest root;
};
must_check int checkpoint_read(struct span text, struct checkpoint *out, struct scov_err *err);

/* The 32 bytes of which a signature line begins with the first 4. */
struct digest note_key_id(struct span name, const struct public_key *k);
/* A line of the name with the key's id is there, and every such line verifies. Others are passed
 * over. Errors: SCOV_E_AUTH, SCOV_E_FORMAT. */
must_check int note_check(
	const struct note *n, struct span name, const struct public_key *k, struct scov_err *err);
