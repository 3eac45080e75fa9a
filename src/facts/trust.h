/* trust.h - what is attached to an image, who signed it, and how far that can be trusted.
 *
 * Two records: what a source found (struct attached: bytes, as they are), and what the checks in
 * trust/ made of it (struct trust_evidence), which criteria and reports see. Levels, kinds and
 * rules: doc/formats/signatures.md.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "crypto/digest.h"
#include "facts/image.h"
#include "facts/predicate.h"

enum trust_level {
	TRUST_NONE,        /* nothing that counts */
	TRUST_CLAIMED,     /* names this digest; unsigned, or no key to check it with */
	TRUST_INTACT,      /* a signature verifies with a key or certificate that came with it */
	TRUST_ROOTED,      /* it verifies up to a root that we hold; nobody said who is expected */
	TRUST_EXPECTED,    /* and the signer is one that the user expects */
	TRUST_TRANSPARENT, /* and a log includes it, with a proof up to a signed checkpoint */
	TRUST_LEVELS,
};
extern const char *const trust_level_names[]; /* "none", "claimed", "intact", "rooted", ... */

enum attached_kind {
	ATTACHED_SIGNATURE, /* of the image itself */
	ATTACHED_PROVENANCE,
	ATTACHED_SBOM,
	ATTACHED_VEX,
	ATTACHED_PROFILE, /* seccomp, AppArmor */
	ATTACHED_GRADE,   /* ours */
	ATTACHED_OTHER,
	ATTACHED_KINDS,
};
extern const char *const attached_kind_names[]; /* "signature", "provenance", "sbom", ... */
/* An enum attached_kind, of an in-toto predicate, or of the media or artifact type of a bare
 * document. */
uint8_t attached_kind_of(struct span type);
/* The key of an annotation by which an image names its security profile, for all containers or for
 * one. Source: CRI-O, pkg/annotations. */
bool attached_names_profile(struct span key);

/* The predicate type of our own grade. */
#define PREDICATE_GRADE "https://scoville.dev/grade/v1"
/* Of a seccomp profile, in the form of the runtime specification. */
#define PREDICATE_SECCOMP "https://scoville.dev/seccomp-profile/v1"
/* cosign's: a plain signature of the image, without a predicate. */
#define PREDICATE_SIGNATURE "https://sigstore.dev/cosign/sign/v1"

enum attached_form {
	ATTACHED_FORM_SIMPLE,    /* payload of a cosign signature; the rest is in annotations */
	ATTACHED_FORM_DSSE,      /* an envelope; certificate and log entry in annotations */
	ATTACHED_FORM_BUNDLE,    /* sigstore, JSON */
	ATTACHED_FORM_STATEMENT, /* in-toto without an envelope, as BuildKit has it */
	ATTACHED_FORM_NOTARY_JWS,
	ATTACHED_FORM_NOTARY_COSE,
	ATTACHED_FORM_DOCUMENT, /* bare: an SBOM of a .sbom tag, a profile */
	ATTACHED_FORMS,
};

/* One thing found. Its bytes are bounded and their digest is checked. */
struct attached {
	uint8_t form; /* enum attached_form */
	struct span bytes;
	struct span media_type, artifact_type;
	annotations annotations; /* of the layer's descriptor, raw */
	struct digest digest;    /* of bytes */
	/* The digest of the manifest that carries it, DIGEST_NONE for a file: signatures of it
	 * vouch for a bare statement in it. */
	struct digest carrier;
	bool is_listed;           /* the carrier is an entry of the image's index */
	bool is_bound;            /* the carrier names the subject itself, not only its tag */
	struct digest subject;    /* what it hangs on: by subject, tag or annotation */
	bool is_given;            /* a file that the user names */
	bool is_of_index;         /* that is the index which lists the manifest */
	struct span subject_type; /* media type and size of the subject, for Notary */
	uint64_t subject_size;
	struct span place; /* "referrers of sha256:...", "tag sha256-....sig", "--bundle FILE" */
	struct span why;   /* it could not be fetched or read: bytes are empty; one clause */
};

struct trust_evidence {
	uint8_t kind;         /* enum attached_kind */
	uint8_t level;        /* enum trust_level */
	bool is_bad;          /* a check failed: it counts for nothing, and is shown */
	bool is_wrong_signer; /* verified, but not whom the user expects: worse than none */
	bool is_undecided;    /* it might be of an expected signer: a check could not be made */
	bool is_of_index;     /* its subject is the index that lists the manifest */
	bool is_beside;       /* its subject is what carries an attestation, not the image */
	bool is_given;        /* a file that the user names */
	struct span format;   /* "cosign signature", "sigstore bundle", "BuildKit attestation" */
	struct span place;
	struct span signer, issuer, key_id; /* not masked yet: what prints them masks */
	int64_t time;                       /* of the signature; 0: unknown */
	struct span time_source;            /* "log", "timestamp", "certificate" */
	struct span log;                    /* origin and index; empty */
	struct span predicate_type;
	struct digest subject, digest; /* what it names; the artifact's own */
	struct span why;     /* the first failed check, or what is missing for more; one clause */
	struct span payload; /* the statement's predicate, raw JSON, or the document */
	/* Certificate extensions of the signer's build, where it has them: source repository,
	 * its commit, workflow, runner ("github-hosted"). Empty otherwise. */
	struct span source_uri, source_digest, builder_uri, runner;
	/* What the payload says, once it was read; NULL otherwise. */
	const struct provenance *provenance;
	const struct sbom_truth *sbom;
	const struct profile_facts *profile;
};

/* An image that the image may be built on: provenance lists it among what the build read, or an
 * annotation names it. */
enum base_claim_state {
	BASE_CLAIM_OPEN, /* its layers are not known */
	BASE_CLAIM_HELD, /* they are the lowest of this image */
	BASE_CLAIM_DENIED,
};
struct base_claim {
	struct span image; /* as it is named; empty: by its digest alone */
	struct digest digest;
	const struct trust_evidence *of; /* the provenance; NULL: an annotation */
	uint8_t state;                   /* enum base_claim_state */
	uint32_t layers;                 /* of this image that are its */
	struct span why;                 /* open: why; one clause */
};
enum { BASE_CLAIMS_MAX = 16 /* whose layers are looked at */ };

struct trust {
	VEC(struct trust_evidence) list;
	VEC(struct base_claim) bases;
	bool is_searched;         /* all places where the image's source can have them */
	struct span not_searched; /* why not */
	int64_t root_date;        /* of the oldest trust root used, seconds; 0: none */
	bool has_policy;          /* the user said whom to expect, or named notation's policy */
	size_t passed_over;       /* more than TRUST_ATTACHED_MAX: not checked */
};

/* It counts: no check failed, the signer is not a wrong one, and the level is reached. */
bool trust_counts(const struct trust_evidence *e, enum trust_level least);
/* The least level that proves something: with somebody expected, an expected signer. Without, any
 * signer up to a root, but not for --profile strict: that wants to know who is expected. */
enum trust_level trust_least(const struct trust *t, bool is_strict);
