/* source.h - a reference made into documents and streams of blobs.
 *
 * One file per transport fills struct source_ops; `image/` asks it for
 * documents, `scan/` for streams. A source verifies nothing but what it must
 * to find things; digests of documents are verified by image/, of blobs by scan/.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/call.h"
#include "base/err.h"
#include "base/limits.h"
#include "facts/image.h"

struct descriptor {
	struct span media_type, artifact_type;
	struct digest digest; /* DIGEST_NONE where the form has none */
	uint64_t size;
	bool has_size;
	annotations annotations; /* raw text, as read; masked by image/ before it is shown */
	struct platform platform;
	bool has_platform;
	uint64_t locator; /* the source's own: offset, index; 0 otherwise */
	struct span name; /* the source's own: entry of an archive, path */
};

/* A forward-only stream of a blob's bytes as stored (compressed). */
struct stream {
	/* Bytes read, 0 at the end, or a negative enum scov_code with *err set. */
	int64_t (*read)(struct stream *s, void *p, size_t len, struct scov_err *err);
	void (*close)(struct stream *s);
};

/* What an image consists of: read from an OCI or Docker manifest by image/, or stated by a source
 * without one. */
struct manifest {
	struct span media_type;
	struct digest digest; /* DIGEST_NONE where the form has none */
	struct descriptor config;
	bool has_config;               /* false: rootfs */
	struct span config_text;       /* its bytes, where image/ has read them; else empty */
	VEC(struct descriptor) layers; /* lowest first */
	annotations annotations;       /* raw */
	struct span artifact_type;
	struct digest subject; /* DIGEST_NONE without */
	struct span raw;       /* the document itself; empty where the form has none */
};

typedef VEC(struct descriptor) descriptors;

/* What refers to a digest. */
struct referrers {
	descriptors list;   /* hints: their manifests say what they are */
	struct span from;   /* "referrers of", "tag" and the like: before the digest or the name */
	size_t passed_over; /* more than were asked for; 1 where their number is not known */
};

struct source;

struct source_ops {
	const char *transport; /* as JSON's subject.transport has it: "oci", "docker-archive" ... */
	bool has_annotations;  /* the form carries manifest annotations */
	bool has_digests;      /* blobs are named by digest */
	/* What the reference names: an index or a manifest. NULL for a form without manifests. */
	int (*root)(struct source *s, const struct call *call, struct arena *a,
		struct descriptor *out, struct scov_err *err);
	/* A small document whole, at most limits.document_size. */
	int (*document)(struct source *s, const struct descriptor *d, const struct call *call,
		struct arena *a, struct span *out, struct scov_err *err);
	/* Forms without an OCI manifest (docker-archive, engine, rootfs) state config and layers
	 * themselves. */
	int (*manifest)(
		struct source *s, struct arena *a, struct manifest *out, struct scov_err *err);
	/* Several streams may be open at once, from several threads. The stream minds `call`
	 * until it is closed. */
	int (*open)(struct source *s, const struct descriptor *d, const struct call *call,
		struct stream **out, struct scov_err *err);
	/* Whether what the descriptor names is there at all; NULL: not known without asking. */
	bool (*holds)(struct source *s, const struct descriptor *d);
	/* What refers to `subject`: at most `most`. From several threads. NULL: not held by this
	 * form. */
	int (*referrers)(struct source *s, const struct digest *subject, size_t most,
		const struct call *call, struct arena *a, struct referrers *out,
		struct scov_err *err);
	/* The document that a tag names, beside the image's own. From several threads. Errors:
	 * SCOV_E_NOT_FOUND. */
	int (*tagged)(struct source *s, const char *tag, const struct call *call, struct arena *a,
		struct span *out, struct scov_err *err);
	/* Why what is attached to an image may be elsewhere; NULL: it is found here. */
	const char *detached;
	void (*free)(struct source *s);
};

struct source {
	const struct source_ops *ops;
	struct span description; /* "OCI layout ./x", "engine podman 4.3.1": for the header */
	bool incomplete_xattrs;  /* a folder read without the privilege to see all; why is in the
				    reason */
	struct span xattrs_reason;
	/* Attestation manifests that the form lists beside its root, of whatever image; set by
	 * root(), in its arena. */
	VEC(struct descriptor) beside;
};

struct net_options; /* net/http.h */

struct source_options {
	struct limits limits;
	const char *spool_dir; /* folder for unlinked spool files; NULL: TMPDIR or /var/tmp */
	const struct net_options *net; /* registries */
	struct platform platform; /* for a registry or engine that must choose; empty parts: this
				     machine's */
	bool plain_http;
	const char *ca_file, *authfile, *username;
	struct span password;
};

/* What it says alone; nothing is opened. Errors: SCOV_E_USAGE (not a reference), SCOV_E_LIMIT. */
must_check int source_check(const char *reference, struct arena *a, struct scov_err *err);
/* Both name one place, however it is written: the same file or folder, repository or name in the
 * engine, without asking for two tags. False for what is not a reference. */
bool source_same(const char *a, const char *b);
/* Open what `reference` names (doc/references in design: oci:, docker-archive:, a bare name ...).
 * Errors: SCOV_E_USAGE (not a reference), SCOV_E_NOT_FOUND, SCOV_E_FORMAT, SCOV_E_NET, SCOV_E_AUTH
 * ... */
must_check int source_open(const char *reference, const struct source_options *opt,
	const struct call *call, struct source **out, struct scov_err *err);
void source_free(struct source *s); /* accepts NULL */
