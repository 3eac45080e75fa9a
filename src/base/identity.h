/* identity.h - which code makes facts and judges them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

/* SHA-256 of src/ and data/ in hexadecimal digits, written by the build (tools/build-identity). It
 * is the report's `rules`, part of every key of the cache, and what program and worker must share.
 * Only a test changes it. */
extern const char *build_identity;
