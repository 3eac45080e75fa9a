/* calls.h - system calls, and the functions of libc that make them: look-ups in the tables of
 * data/calls.tsv and data/call-makers.tsv.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "known/tables.h"

/* Bytes of a set of rows of known_calls. */
size_t known_calls_size(void);
/* Adds what a function of this name makes, when it is one that decides. */
void known_calls_add(uint8_t *set, struct span function);
/* A set that is cut has them all. */
bool known_calls_has(struct span set, size_t row);
