/* selftest.h - scoville-worker --self-test. Inside scan/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "sandbox/zygote.h"

/* Runs codecs, walker and analyzers in workers as the program would have them, then tries what the
 * filter forbids. One line a row on standard output; the status for exit. unconfined: the second
 * half is left out. */
int selftest(bool unconfined, const struct zygote_ops *ops);
