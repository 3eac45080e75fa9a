/* unit.h - what every unit test includes: cmocka and what it needs before it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"

/* Fails with the row's name, so that a table of cases says which row was wrong. */
#define check(name, truth)                                                                         \
	do {                                                                                       \
		if (!(truth))                                                                      \
			fail_msg("%s: %s", (name), #truth);                                        \
	} while (0)
#define check_span(name, got, want)                                                                \
	do {                                                                                       \
		struct span got_ = (got), want_ = (want);                                          \
		if (!span_eq(got_, want_))                                                         \
			fail_msg("%s: got '%.*s', want '%.*s'", (name), SPAN_ARG(got_),            \
				SPAN_ARG(want_));                                                  \
	} while (0)
