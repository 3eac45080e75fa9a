/* detail.h - inside a worker: what a comparison of two images needs and no verdict asks for.
 *
 * SHA-256 of every file costs as much as the rest of a pass, so it is done on request alone.
 * Inside scan/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "format/tar.h"
#include "scan/analyzer.h"

/* key: as of fingerprints; outlives it. NULL without memory. */
struct detail *detail_new(struct span key);
void detail_free(struct detail *d); /* accepts NULL */
/* Of the next entry. */
void detail_header(struct analysis *out, struct span bytes);
/* A row for the entry whose row was added last. Errors: SCOV_E_LIMIT. */
int detail_entry(struct analysis *out, const struct tar_entry *e);
/* The content of that entry; holes are not delivered. */
void detail_piece(struct analysis *out, uint64_t offset, struct span piece);
/* Errors: SCOV_E_LIMIT. */
int detail_end(struct analysis *out);
/* Every value of a JSON document. One that cannot be read has none. Errors: SCOV_E_LIMIT. */
int detail_json(struct analysis *out, struct span text);
