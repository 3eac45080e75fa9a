/* table.h - tables with one row for each value of an enum.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

/* Beside the table: an enumerator that is added without its row does not compile. */
#define ROWS(table, count)                                                                         \
	_Static_assert(sizeof(table) / sizeof(*(table)) == (count), #table ": a row for each value")
