/* serial.h - part facts as bytes: the worker's answer, the cache, a fleet's result.
 *
 * Protobuf wire form, one message PartFacts (doc/formats/facts.proto), each
 * record array as packed columns. The reader trusts nothing: it checks every
 * length, count, enum and index and never allocates more than `arena` allows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "facts/part.h"

enum { FACTS_SCHEMA = 9 }; /* goes up with every change of a record; part of the scan id */

/* Writes into out[0..cap). *len is set on success. Errors: SCOV_E_LIMIT (does not fit). */
must_check int facts_write(
	const struct part *p, uint8_t *out, size_t cap, size_t *len, struct scov_err *err);
/* Reads; spans in *out are views into `in`, arrays are in the arena. Record counts are bounded by
 * limits, every entry index is < entries.n or NO_ENTRY, enums are known values, paths are clean (as
 * entry.path says). Errors: SCOV_E_FORMAT, SCOV_E_LIMIT. */
must_check int facts_read(struct span in, const struct limits *limits, struct arena *a,
	struct part *out, struct scov_err *err);
