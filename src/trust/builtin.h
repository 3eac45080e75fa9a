/* builtin.h - the sigstore trust root that the build puts into the program: the file
 * data/trust/trusted_root.json, and the day it was published.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

extern const char trust_builtin[];
extern const size_t trust_builtin_size;
extern const int64_t trust_builtin_day; /* since 1970 */
