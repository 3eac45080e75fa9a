/* builtin.h - the sigstore trust root that the build puts into the program: the file
 * data/trust/trusted_root.json, the day it was published, and the TUF root that updates begin with,
 * data/trust/tuf_root.json.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

extern const char trust_builtin[];
extern const size_t trust_builtin_size;
extern const int64_t trust_builtin_day; /* since 1970 */
extern const char trust_builtin_tuf[];
extern const size_t trust_builtin_tuf_size;
