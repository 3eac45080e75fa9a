/* files.h - files by their path: package databases, accounts, releases.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "known/tables.h"

/* The row of a path without leading slash; NULL: none. */
const struct known_file *known_file_find(struct span path);
/* enum known_file_kind of a path. */
uint8_t known_kind_of(struct span path);
/* A file that lists packages itself, and not only what they own or a log. */
bool file_lists_packages(uint8_t kind);
