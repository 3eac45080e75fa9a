/* update.h - the database of advisories fetched, made from feeds, and published.
 *
 * Everything is fetched into a folder inside the database's, checked there, and put in place by
 * one rename: what fails, is interrupted or is killed leaves the database as it was.
 * doc/formats/advisory-database.md has what is fetched and by what rules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/advisory.h"
#include "base/buf.h"
#include "source/source.h"

#define UPDATE_ARTIFACT "application/vnd.scoville.advisories.v1"
#define UPDATE_FILE "application/vnd.scoville.advisories.file.v1"

struct update_options {
	const char *folder;            /* of the database */
	const char *from;              /* NULL: the public feeds */
	const char *shown;             /* from, as it may be printed */
	const char *const *keys;       /* NULL-ended PEM files; may be NULL */
	const char *const *ecosystems; /* NULL-ended, as OSV names them; may be NULL */
	const char *mirror;            /* NULL, or MIRROR/HOST/PATH in place of https://HOST/PATH */
	bool force;                    /* also one that is less than half of the old one */
	int64_t now;                   /* seconds since 1970 */
	const struct source_options *source; /* how to reach registries and servers */
	const struct call *call;             /* may be NULL */
	void (*progress)(void *ctx, const struct scov_progress *p); /* may be NULL */
	void *progress_ctx;
};

/* *said gets a line that says what came of it. Errors: SCOV_E_USAGE, SCOV_E_NET, SCOV_E_IO,
 * SCOV_E_NOT_FOUND, SCOV_E_AUTH (signature, an older or an expired database), SCOV_E_FORMAT,
 * SCOV_E_DIGEST, SCOV_E_UNSUPPORTED (a newer format), SCOV_E_LIMIT, SCOV_E_CANCELLED,
 * SCOV_E_TIMEOUT; each names the address. */
must_check int update_run(const struct update_options *o, struct buf *said, struct scov_err *err);

/* A scan asks for these families: later updates of the folder fetch them. Silent when it cannot be
 * written, or an update is running. */
void update_note(const char *folder, uint32_t families);

struct publish_options {
	const char *folder; /* of the database */
	const char *shown;  /* `to`, as it may be printed */
	const char *to;     /* a folder, FILE.tar, oci:DIR[:TAG], oci-archive:FILE, oci://... */
	const char *key;    /* PEM with the private key */
	unsigned days;      /* for which it is taken; 0: 14 */
	int64_t now;
	const struct source_options *source;
	const struct call *call;
};

/* A database that was fetched is published again with its publisher's signature when key is NULL.
 * Errors: as above. */
must_check int update_publish(
	const struct publish_options *o, struct buf *said, struct scov_err *err);
