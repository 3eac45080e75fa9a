/* scoville.h - how hardened is a container image?
 *
 * The public interface of libscoville. Handles are opaque, option structs
 * start with their own size so that they can grow, and every call that can
 * fail returns 0 or a negative enum scov_code and fills *err. Every call
 * accepts NULL for err, for options and for a handle to free.
 *
 * Thread rules: one scov_context may serve several threads; a scov_image,
 * a scov_part or a scov_report belongs to one thread at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SCOVILLE_H
#define SCOVILLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SCOV_API __attribute__((visibility("default")))
#else
#define SCOV_API
#endif

/* What went wrong. The command's exit status follows from it, see scoville(1). */
enum scov_code {
	SCOV_OK = 0,
	SCOV_E_USAGE = -1,        /* the caller's arguments */
	SCOV_E_NOT_FOUND = -2,    /* no such file, tag, blob, platform */
	SCOV_E_IO = -3,           /* the system refused: open, read, write */
	SCOV_E_NET = -4,          /* the registry or the way to it */
	SCOV_E_AUTH = -5,         /* credentials missing or refused */
	SCOV_E_FORMAT = -6,       /* bytes that are not what they claim to be */
	SCOV_E_DIGEST = -7,       /* bytes whose digest or size is not the stated one */
	SCOV_E_LIMIT = -8,        /* over a named limit, see doc/limits.md */
	SCOV_E_MEMORY = -9,       /* out of memory */
	SCOV_E_WORKER = -10,      /* the worker could not start, or died */
	SCOV_E_TIMEOUT = -11,     /* the deadline passed */
	SCOV_E_CANCELLED = -12,   /* the caller said stop */
	SCOV_E_UNSUPPORTED = -13, /* known, but not something that can be graded */
};

/* Filled by a call that fails; text is one line without a newline and never holds a secret. */
struct scov_err {
	int code;
	char text[1024];
};

SCOV_API const char *scov_version(void);
/* Stars in place for what looks like a token, a private key or a password of an address. For what a
 * program prints of its own input: what this library returns is masked already. */
SCOV_API void scov_mask(char *text);
/* "not found", "over a limit" ...: a plain word for a code, for programs that group errors. */
SCOV_API const char *scov_code_text(int code);

/* ---- context: how to work -------------------------------------------------------------------- */

struct scov_context;

/* A cache that the caller brings. key is text fit for a file name; get returns 1 and calls `take`
 * once with the bytes on a hit, 0 on a miss; put may fail silently. Both from any thread. */
struct scov_cache {
	int (*get)(void *ctx, const char *key, void (*take)(void *taker, const void *p, size_t len),
		void *taker);
	void (*put)(void *ctx, const char *key, const void *p, size_t len);
	void *ctx;
};

struct scov_progress {
	const char *reference, *platform; /* of the image, masked; platform "" where there is none
					   */
	uint64_t bytes, bytes_total;      /* of blobs, as stored; total 0 while unknown */
	size_t parts, parts_total;
	size_t layers, layers_total; /* of the parts */
};

struct scov_options {
	size_t struct_size; /* sizeof(struct scov_options) */
	size_t threads;     /* workers at once, over all calls; 0: one a processor, at most 2 */
	const char *cache_folder;       /* NULL: the default folder */
	bool no_cache;                  /* the folder's key of fingerprints is used all the same */
	const struct scov_cache *cache; /* instead of a folder */
	bool no_sandbox;                /* stated in every report */
	const char *const *limits;      /* NULL-ended "NAME=VALUE", doc/limits.md; may be NULL */
	const char *worker;             /* path of scoville-worker; NULL: where it was installed */
	int64_t timeout_ms; /* from the start of each call that takes a scov_call; 0: none */
	/* From any thread; for one call never twice at once. Must not call this library. */
	void (*progress)(void *ctx, const struct scov_progress *p);
	void *progress_ctx;
	/* registries */
	const char *ca_file, *authfile, *username;
	const char *password;     /* copied; never printed */
	bool plain_http;          /* loopback is always allowed */
	const char *secret_rules; /* path of the user's own rules for secrets; NULL: none */
	/* folder of the database of advisories; NULL: the user's, else the installed one;
	 * "none": none */
	const char *database;
};

/* opt NULL: the defaults. The context owns scoville-worker, which is started at the first need, and
 * shares opt->threads workers fairly among the calls that run.
 * Errors: SCOV_E_USAGE (a bad option), SCOV_E_MEMORY. A cache folder that cannot be used is not an
 * error: the context works without one, and scov_cache_note gives the reason. */
SCOV_API int scov_context_new(
	const struct scov_options *opt, struct scov_context **out, struct scov_err *err);
/* After its images, parts and reports. Ends scoville-worker. */
SCOV_API void scov_context_free(struct scov_context *c);
SCOV_API const char *scov_cache_folder(const struct scov_context *c); /* "" without one */
SCOV_API const char *scov_cache_note(
	const struct scov_context *c); /* why there is none; "" otherwise */
SCOV_API int scov_cache_usage(
	struct scov_context *c, uint64_t *bytes, uint64_t *entries, struct scov_err *err);
SCOV_API int scov_cache_clear(struct scov_context *c, struct scov_err *err);

/* ---- call: how one call goes ------------------------------------------------------------------
 */

/* For the calls that may take long. NULL: the context's timeout and progress, and no cancel. May
 * serve several calls, also at once, and outlives them. */
struct scov_call {
	size_t struct_size;
	int64_t timeout_ms; /* from the start of each call; 0: the context's; negative: none */
	void (*progress)(void *ctx, const struct scov_progress *p); /* NULL: the context's */
	void *progress_ctx;
	int cancelled; /* by scov_cancel alone; 0 at first */
};

/* Calls with this struct end with SCOV_E_CANCELLED, now and later; others go on. Async-signal-safe
 * and callable from any thread. */
SCOV_API void scov_cancel(struct scov_call *call);

/* ---- image: what a reference names ----------------------------------------------------------- */

struct scov_image;

/* Opens the reference, reads index and manifests; no layer yet. platform: "os/arch[/variant]", or
 * NULL for this machine's, else the only one. */
SCOV_API int scov_image_open(struct scov_context *c, const char *reference, const char *platform,
	const struct scov_call *call, struct scov_image **out, struct scov_err *err);
/* All platforms of the reference, each an image: *out is an array of *count handles, freed with
 * scov_images_free. One that cannot be opened has a handle too: scov_grade tells why. */
SCOV_API int scov_image_open_all(struct scov_context *c, const char *reference,
	const struct scov_call *call, struct scov_image ***out, size_t *count,
	struct scov_err *err);
SCOV_API void scov_image_free(struct scov_image *i);
SCOV_API void scov_images_free(struct scov_image **list, size_t count);
SCOV_API const char *scov_image_digest(
	const struct scov_image *i); /* of the manifest; "" where the form has none */
SCOV_API const char *scov_image_platform(const struct scov_image *i);
SCOV_API size_t scov_image_parts(
	const struct scov_image *i); /* the config (if any), the layers, then documents:
					manifest, indexes and attached attestations, which are
					looked at for secrets only */

/* ---- parts: scanned once, anywhere ----------------------------------------------------------- */

struct scov_part;

/* Scan one part, in a worker of its own. Errors: those of reading it; nothing is half-done. */
SCOV_API int scov_part_scan(struct scov_image *i, size_t index, const struct scov_call *call,
	struct scov_part **out, struct scov_err *err);
/* Part facts as bytes (doc/formats/facts.proto), to be kept or sent. Valid until the part is freed.
 */
SCOV_API const void *scov_part_bytes(const struct scov_part *p, size_t *len);
/* Bytes from elsewhere are checked as the worker's answer is. They prove nothing about who made
 * them. */
SCOV_API int scov_part_from_bytes(struct scov_image *i, size_t index, const void *p, size_t len,
	struct scov_part **out, struct scov_err *err);
SCOV_API void scov_part_free(struct scov_part *p);

/* ---- grading --------------------------------------------------------------------------------- */

struct scov_report;

/* Whom the caller expects to have signed, and up to which roots. Lists are NULL-ended, or NULL. An
 * identity goes with each of the issuers, or with any where none is named. */
struct scov_trust {
	size_t struct_size;
	const char *const *keys;        /* PEM files of public keys */
	const char *const *trust_roots; /* files: trusted_root.json, JSON lines of several, or PEM
					   certificates of authorities; none: the one that
					   scov_trust_update keeps, else the built-in one */
	const char *const *identities, *const *identity_regexps; /* of certificates */
	const char *const *issuers, *const *issuer_regexps;      /* who vouches for identities */
	const char *notation_config; /* folder: the trust policy and trust stores of notation */
	const char *now;             /* as in scov_policy */
	/* File: policy.json of skopeo and podman, or a site's own policy. For images, and not
	 * together with keys, identities or issuers; NULL: none. */
	const char *policy_json;
};

struct scov_policy {
	size_t struct_size;
	const char *profile;   /* "chps", "strict"; NULL: chps */
	const char *now;       /* YYYY-MM-DD or RFC 3339, for tests; NULL: the clock */
	uint32_t max_age_days; /* 0: 30 */
	bool accept_privilege_drop, base_image, third_party, require_complete;
	const char *base;                       /* reference of the base image; NULL */
	const char *const *fail_on;             /* NULL-ended gate expressions; may be NULL */
	const char *const *skip;                /* NULL-ended analyzer names */
	const char *const *trusted;             /* NULL-ended globs */
	const char *trusted_file, *ignore_file; /* paths; NULL: none */
	const char *fingerprint_key; /* path of the key of fingerprints; NULL: the ignore file's,
					else the cache folder's, else one of the run */
	const char *requirements;    /* "3gpp-nf"; NULL: none */
	const char *const *vex;      /* NULL-ended paths of VEX documents; may be NULL */
	/* NULL-ended paths of ignore files of Trivy (.trivyignore, .trivyignore.yaml) and Grype
	 * (.yaml); may be NULL */
	const char *const *ignore_from;
	bool unrated_fails;             /* a vulnerability without a rating counts at every level */
	bool only_fixed;                /* gates on vulnerabilities count those with a fix alone */
	const struct scov_trust *trust; /* NULL: nobody is expected, up to the built-in root; its
					   now is not used */
	/* NULL-ended paths, may be NULL: sigstore bundles, DSSE envelopes or in-toto statements, or
	 * JSON lines of them; sboms also SPDX, CycloneDX and Syft's documents. They count like what
	 * is found attached. */
	const char *const *bundles, *const *provenance, *const *sboms;
	const char *dockerfile;        /* path of the Dockerfile that the image was built with */
	const char *const *build_args; /* NULL-ended "NAME=VALUE" of that build; may be NULL */
	const char *rebuilt; /* reference of a second build of the same source; NULL: none */
};

/* Check a policy without an image. Errors: SCOV_E_USAGE, naming the option, or file and line. */
SCOV_API int scov_policy_check(struct scov_context *c, const struct scov_policy *policy,
	const struct scov_call *call, struct scov_err *err);
/* Scan what is not cached and judge. A broken layer is not an error: the report says so. */
SCOV_API int scov_grade(struct scov_image *i, const struct scov_policy *policy,
	const struct scov_call *call, struct scov_report **out, struct scov_err *err);
/* Judge parts that were scanned before; parts[k] is the k-th part or NULL if missing. */
SCOV_API int scov_grade_parts(struct scov_image *i, struct scov_part *const *parts,
	const struct scov_policy *policy, const struct scov_call *call, struct scov_report **out,
	struct scov_err *err);
/* The JSON report at a path, with its packages matched again: what vulnerabilities decide is judged
 * with the context's database, everything else stays as it was. It needs no image. Errors:
 * SCOV_E_NOT_FOUND, SCOV_E_IO, SCOV_E_FORMAT, SCOV_E_LIMIT. */
SCOV_API int scov_regrade(struct scov_context *c, const char *path,
	const struct scov_policy *policy, const struct scov_call *call, struct scov_report **out,
	struct scov_err *err);
SCOV_API void scov_report_free(struct scov_report *r);

enum scov_status { SCOV_GRADED = 0, SCOV_GATE_FAILED = 1, SCOV_INCOMPLETE = 4 };
SCOV_API int scov_report_status(const struct scov_report *r); /* enum scov_status */
SCOV_API const char *scov_report_grade(
	const struct scov_report *r, const char *vector); /* NULL: overall; "A+".."D" */
SCOV_API const char *scov_report_verdict(
	const struct scov_report *r, const char *id); /* "met", ...; NULL: no such id */
/* Every byte was looked at for secrets; false: the report says what was not. */
SCOV_API bool scov_report_searched(const struct scov_report *r);
/* Why the packages that the report lists may not be all of the image, one clause; "": they are. */
SCOV_API const char *scov_report_unlisted(const struct scov_report *r);
/* All packages were matched with current advisories; false: the report says what is missing. */
SCOV_API bool scov_report_matched(const struct scov_report *r);
/* "os/arch[/variant]" as the config says; "" without one. */
SCOV_API const char *scov_report_platform(const struct scov_report *r);
/* The failed gates and why, one a line; "" when all passed. */
SCOV_API const char *scov_report_gates(const struct scov_report *r);

/* What is incomplete, in one line: why the status is SCOV_INCOMPLETE, else what was not searched
 * for secrets, else what was not matched; "" when nothing is. */
SCOV_API const char *scov_report_incomplete(const struct scov_report *r);

struct scov_format_options {
	size_t struct_size;
	bool color, verbose, quiet, timings;
	bool secrets_only; /* "text" and "json": the part about secrets alone */
	bool all;          /* secrets of level none too */
	bool utf8;         /* "text": marks beyond ASCII */
	size_t width;      /* "text": columns of a line; 0: 80 */
	bool vulns_only;   /* "text" and "json": the part about vulnerabilities alone */
	bool only_fixed;   /* of them those that have a fix */
};

typedef int (*scov_write)(void *ctx, const void *p, size_t len); /* 0 or negative */

/* format: of scov_format_name. Errors: SCOV_E_USAGE (no such format), SCOV_E_IO (write said no). */
SCOV_API int scov_report_write(const struct scov_report *r, const char *format,
	const struct scov_format_options *opt, scov_write write, void *ctx, struct scov_err *err);
/* --all-platforms: one document for all. */
SCOV_API int scov_reports_write(struct scov_report *const *r, size_t count, const char *format,
	const struct scov_format_options *opt, scov_write write, void *ctx, struct scov_err *err);
/* Formats that are a folder of files ("badge"): written whole or not at all. */
SCOV_API int scov_report_write_folder(
	const struct scov_report *r, const char *format, const char *folder, struct scov_err *err);
/* The i-th format, NULL at the end; *is_folder and *help may be NULL. */
SCOV_API const char *scov_format_name(size_t i, bool *is_folder, const char **help);

/* ---- two images compared ---------------------------------------------------------------------
 */

struct scov_diff;

enum scov_diff_result { SCOV_DIFF_EQUAL = 0, SCOV_DIFF_DIFFERENT = 1, SCOV_DIFF_UNKNOWN = 3 };

/* What differs between the images that a and b name, and why: doc/formats/diff.md. Both in any
 * form; what they share by digest is not read. platform: as for scov_image_open. Errors: those of
 * opening either, with "A" or "B" before them. A layer that cannot be read is not an error: nothing
 * is then known to be equal. */
SCOV_API int scov_diff(struct scov_context *c, const char *a, const char *b, const char *platform,
	const struct scov_call *call, struct scov_diff **out, struct scov_err *err);
SCOV_API int scov_diff_result(const struct scov_diff *d); /* enum scov_diff_result */
/* format: "text", "json". Errors: SCOV_E_USAGE, SCOV_E_IO, SCOV_E_MEMORY. */
SCOV_API int scov_diff_write(const struct scov_diff *d, const char *format,
	const struct scov_format_options *opt, scov_write write, void *ctx, struct scov_err *err);
SCOV_API void scov_diff_free(struct scov_diff *d);

/* ---- a profile suggested -----------------------------------------------------------------------
 */

struct scov_profile;

/* A seccomp profile to begin with: the default one of container runtimes, without the system calls
 * that no program or library of the image makes by what it imports. Where the imports of one do not
 * say it, nothing is left out. platform: as for scov_image_open. Errors: those of opening and
 * reading the image; SCOV_E_UNSUPPORTED (neither linux/amd64 nor linux/arm64). */
SCOV_API int scov_profile_suggest(struct scov_context *c, const char *reference,
	const char *platform, const struct scov_call *call, struct scov_profile **out,
	struct scov_err *err);
/* format: "json", the profile; "text", what it rests on. Errors: SCOV_E_USAGE, SCOV_E_IO,
 * SCOV_E_MEMORY. */
SCOV_API int scov_profile_write(const struct scov_profile *p, const char *format, scov_write write,
	void *ctx, struct scov_err *err);
SCOV_API void scov_profile_free(struct scov_profile *p);

/* The i-th analyzer, for scov_policy.skip; NULL at the end. */
SCOV_API const char *scov_analyzer_name(size_t i);

/* ---- the database of advisories -------------------------------------------------------------- */

struct scov_db_build_options {
	size_t struct_size;
	const char *const *sources; /* NULL-ended: files, folders and archives of feeds */
	const char *folder;         /* where it is written: the old one stays until that is done */
	const char *now;            /* as in scov_policy: the day on which it was built */
};

/* Makes a database from feeds; write gets a summary. The same sources and day give the same bytes.
 * Errors: SCOV_E_USAGE; those of reading, which name the source; SCOV_E_LIMIT. */
SCOV_API int scov_db_build(struct scov_context *c, const struct scov_db_build_options *o,
	const struct scov_call *call, scov_write write, void *ctx, struct scov_err *err);
/* What the database holds, how old it is and from whom; format: "text", "json". Reads all of it.
 * Errors: SCOV_E_NOT_FOUND (there is none), SCOV_E_FORMAT and SCOV_E_DIGEST (damaged),
 * SCOV_E_UNSUPPORTED (made by a newer version). */
SCOV_API int scov_db_info(struct scov_context *c, const char *format, const char *now,
	scov_write write, void *ctx, struct scov_err *err);

struct scov_db_update_options {
	size_t struct_size;
	/* oci://HOST/REPO:TAG, oci:DIR[:TAG], https://..., a folder; NULL: the public feeds */
	const char *from;
	const char *const *keys;       /* NULL-ended: PEM files of who may have signed it */
	const char *const *ecosystems; /* NULL-ended; remembered, as what scans ask for */
	const char *mirror; /* MIRROR/HOST/PATH in place of https://HOST/PATH of a feed, or NULL */
	bool force;         /* also when an ecosystem has less than half of its old rows */
	const char *now;    /* as in scov_policy */
};

/* Brings the database up to date: the context's, else the user's. The old one stays until the new
 * one is complete and checked, and after any error. write gets a summary. Errors: SCOV_E_USAGE (no
 * key), SCOV_E_NET, SCOV_E_AUTH (signature, an older or an expired one), SCOV_E_FORMAT,
 * SCOV_E_DIGEST, SCOV_E_IO ... */
SCOV_API int scov_db_update(struct scov_context *c, const struct scov_db_update_options *o,
	const struct scov_call *call, scov_write write, void *ctx, struct scov_err *err);

struct scov_db_publish_options {
	size_t struct_size;
	const char *to;  /* a folder, FILE.tar, oci:DIR[:TAG], oci://HOST/REPO:TAG */
	const char *key; /* PEM: the private key; NULL: as its publisher has signed it */
	unsigned days;   /* for which others take it; 0: 14 */
	const char *now;
};

/* Signs the database and writes it where scov_db_update can fetch it. */
SCOV_API int scov_db_publish(struct scov_context *c, const struct scov_db_publish_options *o,
	const struct scov_call *call, scov_write write, void *ctx, struct scov_err *err);

/* ---- who signed what ------------------------------------------------------------------------- */

/* Which roots these are, since when, until when; format: "text" (NULL), "json". Of `trust` only
 * trust_roots and now are read; it may be NULL. Errors: SCOV_E_USAGE; those of a file of roots. */
SCOV_API int scov_trust_show(const struct scov_trust *trust, const char *format,
	const struct scov_format_options *opt, scov_write write, void *ctx, struct scov_err *err);

struct scov_trust_update_options {
	size_t struct_size;
	const char *from; /* https://..., or a folder; NULL: the public instance of sigstore */
	const char *root; /* file: a TUF root of the caller's to begin with; NULL: what was kept,
			     else the built-in one */
	const char *now;  /* as in scov_policy */
};

/* Brings the user's trust root up to date, with The Update Framework: never to an older one, never
 * to one that does not verify. After an error the old one is as it was. write gets a summary.
 * Errors: SCOV_E_USAGE, SCOV_E_NET, SCOV_E_AUTH (signatures, expired, older), SCOV_E_FORMAT,
 * SCOV_E_NOT_FOUND, SCOV_E_LIMIT, SCOV_E_IO ... */
SCOV_API int scov_trust_update(struct scov_context *c, const struct scov_trust_update_options *o,
	const struct scov_call *call, scov_write write, void *ctx, struct scov_err *err);

struct scov_verification;

/* bundle: a file with a sigstore bundle, a DSSE envelope or an in-toto statement, or JSON lines of
 * them. artifact: file:PATH, or the digest sha256:HEX. Nothing is asked of the network. What is
 * wrong with a signature is in the result, and no error. Errors: SCOV_E_USAGE, SCOV_E_NOT_FOUND,
 * SCOV_E_IO, SCOV_E_FORMAT (a key, a trust root), SCOV_E_LIMIT. */
SCOV_API int scov_verify_bundle(struct scov_context *c, const char *bundle, const char *artifact,
	const struct scov_trust *trust, struct scov_verification **out, struct scov_err *err);
/* What is attached to the image, and what the policy's bundles, provenance and sboms hold; of the
 * policy these, trust and now count. No layer is read. What is wrong with a signature is in the
 * result. Errors: those of reading the source and the files. */
SCOV_API int scov_verify_image(struct scov_image *i, const struct scov_policy *policy,
	const struct scov_call *call, struct scov_verification **out, struct scov_err *err);
/* At least one signature counts, or one of the files that were given: by a signer who is expected,
 * or up to a trust root where nobody was named. An attestation that is found at an image is not a
 * signature of it. */
SCOV_API bool scov_verification_passed(const struct scov_verification *v);
/* format: "text", "json". */
SCOV_API int scov_verification_write(const struct scov_verification *v, const char *format,
	const struct scov_format_options *opt, scov_write write, void *ctx, struct scov_err *err);
SCOV_API void scov_verification_free(struct scov_verification *v);

/* ---- signing --------------------------------------------------------------------------------- */

struct scov_sign_options {
	size_t struct_size;
	const char *key;      /* file: a private key in PEM, plain, encrypted or cosign's */
	const char *password; /* of the key; NULL: none */
	bool compat;          /* scov_sign: also cosign's older form, tags sha256-HEX.sig */
	const char *now;      /* as in scov_policy */
};

/* Signs images of one reference: their manifests, and the index that led to them, with one sigstore
 * bundle that names all digests. It is attached to each of them where the images were read from: a
 * registry, or an OCI layout in a folder. `write` gets a line for each digest; it may be NULL.
 * What the key has signed already is not signed again.
 * Errors: SCOV_E_USAGE (a form that is only read), SCOV_E_AUTH (the key's password, the registry),
 * SCOV_E_FORMAT (the key), SCOV_E_UNSUPPORTED, SCOV_E_NET, SCOV_E_IO. */
SCOV_API int scov_sign(struct scov_image *const *images, size_t n,
	const struct scov_sign_options *o, const struct scov_call *call, scov_write write,
	void *ctx, struct scov_err *err);
/* Attests something of one image: its manifest. type: "provenance", "spdx", "cyclonedx", "vex",
 * "seccomp", "grade" or a URI; predicate: JSON, of at most 64 MiB, which is written as it is.
 * Errors: the same; SCOV_E_USAGE: the predicate is of another type, or names another image. */
SCOV_API int scov_attest(struct scov_image *image, const char *type, const void *predicate,
	size_t size, const struct scov_sign_options *o, const struct scov_call *call,
	scov_write write, void *ctx, struct scov_err *err);

/* ---- pins ------------------------------------------------------------------------------------ */

enum scov_pin_mode { SCOV_PIN_DIFF, SCOV_PIN_WRITE, SCOV_PIN_CHECK };

struct scov_pin_options {
	size_t struct_size;
	unsigned mode; /* enum scov_pin_mode */
	bool update;   /* a digest that its tag has left is replaced too */
	/* NULL-ended, may be NULL: "FROM=TO", names that begin with FROM ("docker.io",
	 * "ghcr.io/a") are asked for at TO, a registry or oci:DIR */
	const char *const *mirrors;
	/* Reference of the image that the Dockerfiles were built to: packages get the versions that
	 * it has. NULL: packages are not looked at */
	const char *image, *platform;
	const char *const *build_args; /* NULL-ended "NAME=VALUE" of that build; may be NULL */
};

enum scov_pin_kind { SCOV_PIN_IMAGE, SCOV_PIN_ACTION, SCOV_PIN_PACKAGE };

enum scov_pin_state {
	SCOV_PIN_CHANGED,    /* got a digest or a version, or would get one */
	SCOV_PIN_UNPINNED,   /* SCOV_PIN_CHECK: has none */
	SCOV_PIN_DRIFTED,    /* SCOV_PIN_CHECK: its tag names another one now */
	SCOV_PIN_LEFT,       /* cannot be edited */
	SCOV_PIN_UNANSWERED, /* no registry said what its digest is */
	SCOV_PIN_UNREAD,     /* of a file: neither read nor written */
	SCOV_PIN_STATES
};

struct scov_pin_note {
	unsigned state; /* enum scov_pin_state */
	const char *file;
	unsigned line;            /* 0: the whole file */
	unsigned kind;            /* enum scov_pin_kind; not of a file */
	const char *image;        /* or an action, or a package; "" of a file */
	const char *old, *digest; /* "" without; of a package the word with its version */
	const char *why;          /* one clause */
};

struct scov_pin_sum {
	size_t pinned;                  /* were so before, and may stay */
	size_t states[SCOV_PIN_STATES]; /* notes of each */
};

typedef void (*scov_pin_say)(void *ctx, const struct scov_pin_note *note);

/* Finds the images that Dockerfiles, compose files, manifests of Kubernetes, values of Helm and
 * workflows of GitHub name, and pins them by digest; with an image, the packages of Dockerfiles by
 * version too. SCOV_PIN_DIFF: write gets a unified diff;
 * else it is not called. What goes wrong with a file or an image is a note, not an error. Errors:
 * SCOV_E_USAGE, SCOV_E_CANCELLED, SCOV_E_MEMORY, SCOV_E_IO (write said no), and those of grading
 * the image. */
SCOV_API int scov_pin(struct scov_context *c, const char *const *files, size_t count,
	const struct scov_pin_options *o, const struct scov_call *call, scov_write write,
	scov_pin_say say, void *ctx, struct scov_pin_sum *out, struct scov_err *err);

/* ---- the ignore file ------------------------------------------------------------------------- */

struct scov_ignore_options {
	size_t struct_size;
	const char *until; /* YYYY-MM-DD, the last day of the entries; NULL: 90 days from the
			      report's day */
	const char
		*reason; /* NULL: left empty, and the file is refused until somebody fills it in */
};

struct scov_ignore_sum {
	size_t entries; /* written; findings already in the file are left as they are */
	size_t refused; /* that cannot be ignored under --requirements */
};

/* Makes the file, or extends it, with a fresh random key of fingerprints when it has none; mode
 * 0600. *made may be NULL. Errors: SCOV_E_IO, SCOV_E_LIMIT. */
SCOV_API int scov_ignore_key(const char *file, bool *made, struct scov_err *err);
/* Adds an entry for each secret of level high or medium that is not ignored. Existing entries stay.
 * Errors: SCOV_E_USAGE (the fingerprints are of this run; a bad day or reason), SCOV_E_IO. */
SCOV_API int scov_report_ignore(const struct scov_report *r, const char *file,
	const struct scov_ignore_options *opt, struct scov_ignore_sum *out, struct scov_err *err);

/* ---- criteria -------------------------------------------------------------------------------- */

struct scov_criterion {
	const char *id, *title, *vector, *rule, *fix;
	unsigned level;
	const char *level_name;
};

/* The i-th of 23, in the document's order. False past the end. */
SCOV_API bool scov_criterion_at(size_t i, struct scov_criterion *out);

/* ---- rules for secrets ----------------------------------------------------------------------- */

struct scov_rules;

/* The built-in rules, and those of a file (doc/formats/secret-rules.md); NULL: none. Errors:
 * SCOV_E_USAGE naming file, line and rule; SCOV_E_IO, SCOV_E_NOT_FOUND. */
SCOV_API int scov_rules_open(const char *file, struct scov_rules **out, struct scov_err *err);
SCOV_API void scov_rules_free(struct scov_rules *r);

struct scov_rule {
	const char *id, *kind, *title, *advice, *source;
	const char *level, *level_proven; /* "high" ... "none": only matched; proven */
	bool is_builtin;
};

/* The i-th rule; its strings live as long as r. False past the end. */
SCOV_API bool scov_rule_at(struct scov_rules *r, size_t i, struct scov_rule *out);

/* An example that did not do what it should: good and not found, or bad and found. number: from 1.
 * The text of an example is never shown. */
typedef void (*scov_rule_failed)(
	void *ctx, const char *rule, bool is_good, unsigned number, const char *why);
struct scov_rules_sum {
	size_t rules, examples, failed;
};
/* Every example through the real finder and its validators. Errors: SCOV_E_USAGE, SCOV_E_MEMORY. */
SCOV_API int scov_rules_test(struct scov_rules *r, scov_rule_failed failed, void *ctx,
	struct scov_rules_sum *out, struct scov_err *err);

/* ---- Dockerfiles ----------------------------------------------------------------------------- */

struct scov_dockerfile;

struct scov_dockerfile_options {
	size_t struct_size;
	const char *const *build_args; /* NULL-ended "NAME=VALUE"; may be NULL */
	const char *platform; /* "os/arch[/variant]" of TARGETPLATFORM; NULL: linux/amd64 */
};

/* A Dockerfile, judged without an image: downloads, images and packages that are not fixed. "-": of
 * standard input. Errors: SCOV_E_USAGE (a bad option); SCOV_E_NOT_FOUND, SCOV_E_IO; SCOV_E_FORMAT
 * with the line (what BuildKit refuses too); SCOV_E_LIMIT. */
SCOV_API int scov_dockerfile_open(const char *path, const struct scov_dockerfile_options *o,
	struct scov_dockerfile **out, struct scov_err *err);
SCOV_API void scov_dockerfile_free(struct scov_dockerfile *d);
/* Nothing was found that is open or unclear. */
SCOV_API bool scov_dockerfile_is_clean(const struct scov_dockerfile *d);
/* format: "text", "json" (doc/formats/dockerfile.md). Errors: SCOV_E_USAGE, SCOV_E_IO. */
SCOV_API int scov_dockerfile_write(const struct scov_dockerfile *d, const char *format,
	const struct scov_format_options *opt, scov_write write, void *ctx, struct scov_err *err);

#ifdef __cplusplus
}
#endif

#endif
