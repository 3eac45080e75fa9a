/* sniff.h - what a file is by its first bytes, for those that are known by another path.
 *
 * A package database, an account file or an os-release may have any name, with a link of the
 * well-known name to it: ostree and deduplicated trees are made like that. Only kinds whose bytes
 * tell are found; the rest is KIND_OTHER.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "known/tables.h"

enum { SNIFF_HEAD = 1024 };

/* head: the first SNIFF_HEAD bytes of a file, or all of it; size: of the whole file. enum
 * file_kind. */
uint8_t file_sniff(struct span head, uint64_t size);
