/* repository.h - where a repository of rpm packages has its updateinfo.xml.
 *
 * Source: createrepo_c, repodata/repomd.xml: a "data" of the type "updateinfo" with the "location"
 * of the file and its "checksum". Amazon Linux names the address of the newest repository in a file
 * mirror.list.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/digest.h"

enum { REPOSITORY_MAX = 1 << 20 }; /* bytes of mirror.list and of repomd.xml */

/* The first address of a mirror.list, which ends with "/"; $basearch is x86_64, whose list has
 * all architectures. Errors: SCOV_E_FORMAT: not one of https; arena. */
must_check int repository_address(
	struct span list, struct arena *a, struct span *out, struct scov_err *err);
/* The path of updateinfo.xml in the repository, and its SHA-256 as it is served. Errors:
 * SCOV_E_FORMAT: not a repomd.xml, none named, a path that leads out, no SHA-256; arena. */
must_check int repository_updateinfo(struct span repomd, struct arena *a, struct span *out_path,
	struct digest *out_digest, struct scov_err *err);
