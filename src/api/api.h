/* api.h - the handles of scoville.h made real: the one place where the rooms meet.
 *
 * now, deadline, progress and cancel are decided here and passed down; no
 * other room asks a clock or keeps state of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <limits.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "advisory/db/db.h"
#include "api/trust.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/lock.h"
#include "facts/difference.h"
#include "facts/matches.h"
#include "facts/report.h"
#include "image/image.h"
#include "policy/policy.h"
#include "recipe/recipe.h"
#include "scan/cache.h"
#include "scan/crew.h"
#include "scan/user_rules.h"
#include "scan/scan.h"
#include "scoville/scoville.h"

struct scov_context {
	struct arena arena; /* copies of the caller's strings */
	struct scov_options opt;
	struct span password;
	struct limits limits;
	struct cache *cache; /* NULL: none */
	struct cache *keys;  /* the same, or the folder that is not used as a cache; NULL: none */
	struct scov_cache caller_cache;
	char cache_note[512];
	struct scan_rules rules; /* of opt.secret_rules; zero without */
	struct crew *crew;
	struct lock database_lock;
	struct advisory_db *database; /* the last one that a report needed; NULL: none */
	struct stat database_file;    /* its manifest, when it was opened */
};

/* A source is opened once a reference and shared by its platforms. */
struct origin {
	struct source *source;
	struct arena arena; /* choices */
	struct image_choices choices;
	char *reference, *shown; /* as given, and masked */
	atomic_size_t users;
};

typedef VEC(struct image_document) image_document_rows;

/* Which annotations a document has. */
enum document_role {
	DOCUMENT_ATTESTATION, /* none of the image's; looked at for secrets only */
	DOCUMENT_MANIFEST,
	DOCUMENT_INDEX, /* that lists the manifest, or the form's listing: its own are the image's
			 */
	DOCUMENT_ABOVE, /* an index above that one */
};

/* The manifest, indexes and the form's listing come first, then attestations. */
struct api_document {
	struct descriptor descriptor;
	struct span given; /* its bytes; empty: the source has them */
	uint8_t surface;   /* as of struct scan_job */
	uint8_t role;      /* enum document_role */
	uint32_t
		position; /* of the entry that leads to the image: its annotations count; 0: none */
	struct digest shown; /* as findings in it name it; DIGEST_NONE: by its own digest */
};
typedef VEC(struct api_document) api_document_rows;

struct scov_image {
	atomic_size_t users; /* the caller's handle, and each report made of it */
	struct scov_context *context;
	struct origin *origin;
	struct arena arena;
	struct manifest manifest;
	struct digest index_digest;
	struct platform platform;
	bool is_named; /* the caller named the platform: of an index no more is meant */
	struct scov_err
		failure; /* why there is nothing to grade: of open_all, reported by scov_grade */
	struct span passed_over; /* masked; empty: nothing was */
	api_document_rows documents;
	image_document_rows unread;     /* attestations without a part, and why */
	const struct image_facts *sbom; /* of sbom:FILE: all that there is; NULL: an image */
	struct span sbom_name;          /* of what the document is about */
	char digest[DIGEST_TEXT];
	char platform_text[160];
};

struct scov_part {
	struct scan_job job; /* arena, facts, digest */
	struct span bytes;   /* serial form */
};

/* What one grading needs besides the image. */
struct grading {
	struct policy policy;
	struct scan_job *jobs; /* one a part; owned here */
	size_t jobs_n;
	struct scan_job base_job; /* config of --base */
	struct scov_image *base;
	/* The facts' fingerprints are under the policy's key, or the cache folder's. */
	bool has_user_key, has_cache_key;
	bool has_matches; /* a database was there and could be read */
	bool has_trust;   /* something was searched or given */
	struct api_given given;
	/* Attestations that are not in the image's index: referrers, tags, files of the user. */
	api_document_rows attached;
	image_document_rows attached_unread;
	struct scan_job *attached_jobs; /* one each; owned here */
};

struct scov_report {
	struct report report; /* its arena holds what is not elsewhere */
	struct image_facts facts;
	struct grading grading;              /* parts that facts point into */
	struct scov_image *image;            /* kept: facts point into its arena */
	struct difference_report difference; /* to the image built again */
	struct rebuild rebuild;
	bool has_rebuild;
	struct advisory_db *db; /* matches point into it; NULL: none */
	struct matches matches;
	struct trust trust;
	struct arena arena;
	struct arena recipe_arena; /* of the Dockerfile, or of what the history shows */
	char *gates, *platform, *incomplete, *unlisted; /* made when they are asked for */
};

/* A copy, masked as by scov_mask. */
struct span api_masked(struct arena *a, struct span text);
/* The same without addresses, which a file of the user's may hold. NULL: no memory, or a NUL. */
struct span api_masked_file(struct arena *a, struct span text);
/* From now on scov_mask masks what the user's rules of the context find too; until the second call,
 * which must come before the context goes. Errors: SCOV_E_MEMORY. */
must_check int api_mask_add(struct scov_context *c, struct scov_err *err);
void api_mask_remove(const struct scov_context *c);

/* struct_size must be one that this library knows: smaller is an older caller, larger is refused.
 */
must_check int api_options(const void *given, size_t size, void *out, size_t known,
	const char *what, struct scov_err *err);
/* A call of the public interface that starts now; given: NULL or what the caller passed. */
struct api_call {
	struct call call;
	void (*progress)(void *ctx, const struct scov_progress *p); /* may be NULL */
	void *progress_ctx;
};
must_check int api_call(const struct scov_context *c, const struct scov_call *given,
	struct api_call *out, struct scov_err *err);
/* To the listener of the call, of this image. */
void api_show_progress(
	const struct api_call *call, const struct scov_image *i, const struct scan_progress *p);
void api_source_options(
	struct scov_context *c, const struct platform *platform, struct source_options *out);
void api_scan_options(struct scov_context *c, const struct call *call, struct scan_options *out);
/* Fills r->matches, when there is a database. *out_why: why there is none that can be used; empty:
 * the general reason. reference: of the image, normalised, or empty. */
must_check int api_match(struct scov_report *r, struct scov_context *c, struct span reference,
	struct span *out_why, struct scov_err *err);
/* Fills r->trust: what is attached to the image, verified; reference: as of api_match. Errors:
 * those of the call and of memory, as of the other three. */
must_check int api_attached_find(struct scov_report *r, struct span reference,
	const struct call *call, struct scov_err *err);
/* Which of it has still to be searched for secrets. */
must_check int api_attached_documents(struct scov_report *r, struct scov_err *err);
/* After the join: what it says. */
must_check int api_attached_read(
	struct scov_report *r, const struct call *call, struct scov_err *err);
/* Fills r->trust.bases, after api_attached_read; provenance that the layers or an annotation
 * contradict is bad from then on. root: what the Dockerfile's last stage is built on; empty: not
 * known. Errors: those of the call and of memory. */
must_check int api_base_claims(
	struct scov_report *r, struct span root, const struct call *call, struct scov_err *err);
/* "YYYY-MM-DD" or RFC 3339; NULL: the clock. Errors: SCOV_E_USAGE. */
struct write_options;
must_check int api_write_options(
	const struct scov_format_options *given, struct write_options *out, struct scov_err *err);
/* Hands what was written to the caller. */
/* All of the buffer. Errors: SCOV_E_MEMORY, SCOV_E_IO. */
must_check int api_deliver(const struct buf *b, scov_write write, void *ctx, struct scov_err *err);
must_check int api_now(const char *text, int64_t *out_seconds, struct scov_err *err);
/* The folder that an update writes: the one that the context names, else the user's. Errors:
 * SCOV_E_USAGE (neither). */
must_check int api_db_user(const struct scov_context *c, char out[PATH_MAX], struct scov_err *err);
/* The database that the context names, else the user's, else the installed one. is_shared: that of
 * the context's report before, unless it was replaced meanwhile. */
must_check int api_db_open(struct scov_context *c, bool is_shared, struct advisory_db **out,
	char folder[PATH_MAX], struct scov_err *err);
/* Policy from the public struct; files are read here. */
must_check int api_policy(struct scov_context *c, const struct scov_policy *given,
	const struct call *call, struct policy *out, struct scov_err *err);
/* Opens as scov_image_open; without documents: nothing is looked at for secrets. */
must_check int api_image_open(struct scov_context *c, const char *reference, const char *platform,
	bool has_documents, const struct call *call, struct scov_image **out, struct scov_err *err);
/* Fills i->documents and i->unread. An attestation that cannot be read is not an error. */
must_check int api_documents(struct scov_image *i, const struct image_choice *choice,
	const struct call *call, struct scov_err *err);
/* What was learned of them and of what is attached; jobs: those of the image's documents. NULL: no
 * memory. */
const struct image_document *api_read_documents(
	struct scov_report *r, const struct scan_job *jobs, size_t *n);
/* The annotations of the image as its documents' parts have them, masked. *why: that not all could
 * be read; empty. jobs: those of i->documents. SCOV_E_MEMORY. */
int api_annotations(const struct scov_image *i, const struct scan_job *jobs, struct arena *a,
	annotations *index, annotations *manifest, struct span *why);
/* How many of i->documents are not attestations. */
size_t api_texts(const struct scov_image *i);
/* The job of the index-th part: the config first, when there is one; then layers, then documents.
 */
void api_part_job(const struct scov_image *i, size_t index, struct scan_job *job);
void api_document_job(
	const struct scov_image *i, const struct api_document *d, struct scan_job *job);
/* The file of "sbom:FILE"; NULL: another form. */
const char *api_sbom_file(const char *reference);
/* Errors: as sbom_read; SCOV_E_IO, SCOV_E_NOT_FOUND. */
must_check int api_sbom_read(struct scov_image *i, const char *file, struct scov_err *err);
/* A Dockerfile: its text, and the name that it is shown under. What can be shown of it is masked.
 * platform: NULL: linux/amd64. Errors: as recipe_read; SCOV_E_USAGE: a build argument. */
must_check int api_recipe(struct span text, struct span name, const char *const *build_args,
	const struct platform *platform, struct arena *a, struct recipe *out, struct scov_err *err);
/* What is read of it, with the values of its arguments. Errors: SCOV_E_USAGE: a build argument. */
must_check int api_recipe_input(struct span text, struct span name, const char *const *build_args,
	const struct platform *platform, struct arena *a, struct recipe_input *out,
	struct scov_err *err);
/* What is shown of the lines of the image's history, but for those of its base. */
must_check int api_recipe_history(
	const struct image_facts *image, struct arena *a, struct recipe *out, struct scov_err *err);
/* What an SBOM has no answer to is missing. */
void api_sbom_missing(struct span *missing);
/* A file or value that an option names and that cannot be used is a bad option: SCOV_E_USAGE,
 * unless the call or the memory is at its end. Returns the code. */
int api_bad_option(struct scov_err *err);
struct scov_image *api_image_ref(struct scov_image *i);
/* SCOV_E_DIGEST when a layer's computed diff_id is not the one that the config states: its part is
 * dropped and its job says why. Errors: SCOV_E_FORMAT when config and manifest do not count the
 * same layers. */
must_check int api_check_diff_ids(
	struct scov_image *i, struct scan_job *jobs, struct scov_err *err);
struct buf;
struct write_options; /* report/report.h */
/* What differs between the two; its texts are in the arena. Errors: those of reading a part at all
 * (one that is damaged is in out->unread), of join and diff. */
must_check int api_diff(struct scov_image *a, struct scov_image *b, const struct api_call *call,
	struct arena *arena, struct difference_report *out, struct scov_err *err);
/* A layer that was read and has folders at most: most likely the wrong path was given. */
bool api_is_empty(const struct part *p);
#define API_EMPTY_TREE "has no file: give the folder or the tar of a root file system"
void api_jobs_release(struct scan_job *jobs, size_t n);
