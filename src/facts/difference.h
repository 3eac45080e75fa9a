/* difference.h - what differs between two images, and why.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "crypto/digest.h"

/* In the order in which they are shown: what can change what runs comes first. */
enum difference_kind {
	DIFFER_UNREAD,  /* an entry that was left out, or that runtimes read differently */
	DIFFER_CONTENT, /* of a file */
	DIFFER_ONLY,    /* a path that one of them has */
	DIFFER_TYPE,
	DIFFER_LINK, /* where a link leads */
	DIFFER_DEVICE,
	DIFFER_CONFIG,
	DIFFER_MODE,
	DIFFER_OWNER,
	DIFFER_XATTRS,
	DIFFER_TRACE, /* content that every build writes anew and nothing runs: logs, caches, ids */
	DIFFER_LAYERS, /* the same files in other layers */
	DIFFER_TIME,
	DIFFER_ORDER, /* of the entries of a layer */
	DIFFER_NAMES, /* of owners, in the tar */
	DIFFER_TAR,   /* the form of headers, or bytes between entries */
	DIFFER_COMPRESSION,
	DIFFER_HISTORY,
	DIFFER_ANNOTATIONS,
	DIFFER_MANIFEST,
	DIFFERENCE_KINDS,
};
extern const char *const difference_names[]; /* for JSON: "content", "only", ... */

enum difference_verdict {
	DIFF_SAME,        /* equal digests */
	DIFF_ANNOTATIONS, /* of the manifest, and nothing else */
	DIFF_COMPRESSED,  /* the same layers, compressed differently */
	DIFF_LAYERED,     /* the same files in other layers */
	DIFF_TIMES,       /* and nothing else */
	DIFF_FORM,        /* the same files: what differs changes nothing that runs */
	DIFF_TRACES,      /* the same but for logs, caches and ids */
	DIFF_METADATA,    /* the same content; mode, owner or attributes differ */
	DIFF_CONFIGURED,  /* the same files, another config */
	DIFF_DIFFERENT,
	DIFF_UNREADABLE, /* a part could not be read: nothing is known to be equal */
	DIFF_VERDICTS,
};
extern const char *const difference_verdicts[]; /* for JSON: "same", ... */

struct difference {
	uint8_t kind;     /* enum difference_kind */
	int32_t layer;    /* from 0, the same in both; -1: none, or the final file system */
	struct span at;   /* a path, or the JSON pointer of a setting; masked */
	struct span a, b; /* what each has; empty: nothing, or nothing to show */
	const char *why;  /* what usually makes it differ; NULL: not known */
};

enum { DIFFERENCES_KEPT = 100 }; /* of a kind with a known reason, and as many without */

struct difference_list {
	uint64_t count;
	VEC(struct difference) list; /* the first; those without a known reason before the others */
};

/* One of the two. */
struct compared {
	struct span reference, platform, transport; /* masked */
	struct digest manifest, config;             /* DIGEST_NONE where the form has none */
	size_t layers;
};

struct difference_report {
	uint8_t verdict; /* enum difference_verdict */
	bool is_final;   /* the final file systems were compared, not layer by layer */
	struct compared a, b;
	struct difference_list kinds[DIFFERENCE_KINDS];
	VEC(struct span) unread; /* parts that could not be read, and why: one clause each */
	size_t layers_shared;    /* by digest: not read */
	struct span summary;     /* the verdict in words */
};

/* The image, which is a, and the same source built again, b. */
struct rebuild {
	const struct difference_report *difference;
};
