/* windows.h - what PowerShell and cmd fetch.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "recipe/judge.h"

bool windows_is_shell(struct span program);
/* Finds web requests in the text; one is checked when the text compares a hash of SHA-2 after it
 * and ends with a failure when it differs. */
void windows_commands(struct judge *j, struct span text, uint32_t at);
