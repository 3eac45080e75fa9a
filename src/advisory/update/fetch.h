/* fetch.h - inside update/: bytes from a server, a registry or a folder into a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "advisory/db/manifest.h"
#include "advisory/feed/feed.h"
#include "advisory/update/changed.h"
#include "advisory/update/update.h"
#include "net/http.h"

struct fetch {
	const struct update_options *o;
	struct http *http; /* made at the first need */
	struct scov_progress shown;
	char counted[48]; /* "file 3 of 17" */
	size_t files, files_n;
	struct feed_sum sum;     /* of the feeds */
	uint64_t bytes, fetched; /* of all files; how many files were fetched */
};

void fetch_release(struct fetch *f);
must_check int fetch_http(struct fetch *f, struct scov_err *err);
void fetch_show(struct fetch *f); /* the progress */
/* All of `in` into a new file, at most limit bytes; its SHA-256. */
must_check int fetch_file(struct fetch *f, struct stream *in, const char *path, uint64_t limit,
	struct digest *out, struct scov_err *err);
/* A body as a stream; closing it closes the body. */
struct body_stream {
	struct stream stream;
	struct http_body *body;
};
void body_stream(struct body_stream *s, struct http_body *body);

/* changes.c: an archive of OSV that is here, and what has changed since it was fetched. */
struct changes {
	const char *address;    /* of the ecosystem, with "/" at its end */
	int64_t newest;         /* all changes up to then are known; 0: none */
	struct span etag;       /* of the list when it was read last; may be empty */
	struct changed changed; /* the records that replace those of the archive */
	size_t fetched;
	bool is_enough; /* false: the archive has to be fetched */
};
/* Brings newest, etag and changed up to date, or finds that this is not enough: the list is not
 * there or odd, it names too many records, or one that is not there. Errors: SCOV_E_NET and others
 * of http_open; what was fetched stays in *changed. */
must_check int changes_fetch(
	struct fetch *f, struct changes *c, struct arena *a, struct scov_err *err);
/* Before the archive is fetched: up to when the changes will be known. */
must_check int changes_peek(
	struct fetch *f, struct changes *c, struct arena *a, struct scov_err *err);

/* A published database. */
struct remote;
must_check int remote_open(
	struct fetch *f, const char *from, struct remote **out, struct scov_err *err);
void remote_free(struct remote *r); /* accepts NULL */
bool remote_is_local(const struct remote *r);
/* A small file whole. Errors: SCOV_E_NOT_FOUND and others. */
must_check int remote_text(struct remote *r, const char *name, size_t limit, struct arena *a,
	struct span *out, struct scov_err *err);
must_check int remote_file(
	struct remote *r, const struct manifest_file *file, const char *path, struct scov_err *err);

/* update_run without --from: the feeds that are wanted, into a database in the folder temp. */
struct update_state;
must_check int feeds_build(struct fetch *f, const char *temp, uint32_t wanted,
	struct update_state *state, struct arena *a, struct scov_err *err);
/* Before the state is saved: what was fetched is kept for the next time. A kill in between leaves
 * files that are newer than the state says, so that they are fetched again. */
void feeds_keep(const char *folder, const char *temp);
