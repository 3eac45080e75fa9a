/* pass.h - inside a worker: the one pass over the bytes of a part.
 *
 * T1, the caller, reads and inflates into a ring; T2 computes the diff_id,
 * walks the tar and hands files to the analyzers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "sandbox/intake.h"
#include "scoville/scoville.h"

enum { PASS_KEY = 64 };

/* What the program asks of a worker. */
struct pass_request {
	uint32_t kind;    /* enum part_kind */
	uint32_t surface; /* of a document, enum secret_surface: see struct scan_job */
	uint32_t skip;    /* bits of analyzers that are off */
	bool has_details; /* as of struct scan_options */
	struct limits limits;
	uint32_t key_len;
	uint8_t key[PASS_KEY]; /* of the fingerprints of secrets */
};

/* What both programs must agree on: "scoville-worker VERSION facts N build HEX". */
enum { PASS_WHO = 96 };
const char *pass_who(char out[PASS_WHO]);

struct pass;

/* Memory and the second thread: before a filter. Errors: SCOV_E_MEMORY. */
must_check int pass_new(const struct pass_request *r, struct pass **out, struct scov_err *err);
/* Reads `in` to its end or to where the part breaks, and writes the facts. A damaged part is not
 * an error: its facts are incomplete and say why. Errors: SCOV_E_LIMIT (the facts do not fit),
 * SCOV_E_MEMORY, SCOV_E_IO. */
must_check int pass_run(struct pass *p, struct intake *in, uint8_t *out, size_t cap, size_t *len,
	struct scov_err *err);
void pass_free(struct pass *p);
/* Everything that a library would open or map at first use, and the finder of secrets. payload: of
 * rules_pack, with rules of the user; empty: the built-in rules alone. Errors: SCOV_E_FORMAT,
 * SCOV_E_MEMORY, SCOV_E_USAGE (a rule is bad). */
must_check int pass_warm(struct span payload, struct scov_err *err);
