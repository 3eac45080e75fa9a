/* image.h - image facts: what all parts together show of one image. The join fills it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/call.h"
#include "facts/input.h"
#include "facts/part.h"
#include "facts/place.h"

struct annotation {
	struct span key, value; /* masked */
};
typedef VEC(struct annotation) annotations;

struct platform {
	struct span os, architecture, variant, os_version;
	bool has_features; /* os.features lists some */
};

/* A layer as manifest, config and scan together know it. */
struct image_layer {
	struct digest digest;  /* of the blob; DIGEST_NONE where the form has none */
	struct digest diff_id; /* computed */
	uint64_t blob_size, size;
	struct span media_type;
	struct span history;     /* created_by of the line that made it; empty when unknown */
	int32_t history_index;   /* -1 unknown */
	int64_t history_created; /* seconds; 0 unknown */
	bool readable;           /* its facts are complete and verified */
	bool from_cache;
	bool is_base;        /* belongs to the identified base */
	struct span problem; /* why it is not readable */
};

enum file_state {
	FILE_PRESENT,
	FILE_OVERWRITTEN,
	FILE_DELETED,
	FILE_HIDDEN, /* by an opaque directory */
	FILE_STATES,
};
const char *secret_state_name(uint8_t state); /* "present", "overwritten", ... */

/* A path of the final file system, or one that a later layer buried. */
struct file {
	struct span path;
	const struct entry *entry; /* hard links: the entry of the link */
	const struct entry
		*body; /* where mode, size and content are: entry itself, or a hard link's target */
	const struct exec_fact *exec; /* of the body; NULL: not executable or not looked at */
	const struct capability_fact *capability; /* of the body, or set by a hard link */
	const struct package_fact *owner;         /* NULL: no package owns it, or not known */
	uint32_t mode;                            /* of the body, with what hard links to it add */
	uint32_t layer;                           /* that holds the entry */
	uint32_t body_layer;
	uint32_t gone_in; /* layer of the burial; only when state is not FILE_PRESENT */
	uint16_t markers; /* of the body: a bit of each enum marker_kind */
	uint8_t state;    /* enum file_state */
	bool is_in_bin;   /* a program or a link in a folder called bin or sbin, or of PATH, or to
			     which a link called bin leads */
	bool is_listed_shell; /* etc/shells names it */
};

struct image_package {
	const struct package_fact *fact;
	uint32_t layer;                   /* lowest that holds this name and version */
	uint32_t database_layer;          /* of the record that holds it now */
	uint32_t files;                   /* of the final file system that it owns */
	uint32_t copies;                  /* visible records of it; of one of a system: 1 */
	struct place at;                  /* its record; of several the first by path */
	const struct package_fact *owner; /* the system's package that owns the record of every
					     copy; NULL otherwise, and of a system's own */
	bool is_base;                     /* its layer belongs to the base */
	bool has_executable; /* it owns something that can run, or what it owns is not known */
};

struct distribution {
	struct span id, version_id, codename, name, pretty_name, variant_id, id_like;
	bool is_known;             /* an os-release with an ID was found */
	VEC(struct span) branches; /* of Alpine, that its repositories name: "v3.20", "edge" */
	struct place at;
};

struct user {
	bool is_known;   /* uid holds the number that a runtime would use */
	bool is_empty;   /* the config has no User */
	bool is_numeric; /* written as a number */
	uint32_t uid;
	uint32_t gid;
	bool has_gid;
	bool lacks_group; /* the group that the config names is not there: then is_known is false */
	struct span text; /* as the config writes it, masked */
	struct place at;  /* of the passwd line that decided, else the config */
};

enum base_source { BASE_UNKNOWN, BASE_ANNOTATION, BASE_LAYERS /* --base */, BASE_MARKERS };
enum base_kind { BASE_KIND_UNKNOWN, BASE_MINIMAL, BASE_FULL };

struct base {
	uint8_t source;   /* enum base_source */
	uint8_t kind;     /* enum base_kind */
	uint8_t by_files; /* enum base_kind: what the files alone show */
	struct span name; /* "debian (slim)", "scratch", the annotation's reference */
	struct span how;  /* one clause */
	struct place at;
	uint32_t layers; /* of the image that are the base's; 0 unknown */
};

/* A resolved program of Entrypoint, Cmd or Healthcheck. */
struct command {
	struct span text;           /* the words as the config has them, joined with blanks */
	bool is_shell_form;         /* runs through a shell */
	const struct file *program; /* NULL: not found in the image */
	struct place at;
};

enum {
	DATE_PACKAGE,
	DATE_FILE,
	DATE_CREATED,
	DATE_ANNOTATION,
	DATE_HISTORY,
	DATE_ATTESTED, /* end of the build, of provenance */
	DATE_SIGNED,
};
struct dated {
	uint8_t kind;
	bool is_claim; /* said, not in the content */
	int64_t seconds;
	struct place at;
	struct span what;
};

struct diagnostic {
	uint8_t severity; /* enum severity */
	struct place at;
	struct span text;
};

enum { SECRET_LINES_MAX = 256 };

/* A secret as the verdict sees it. */
struct secret_finding {
	const struct secret_fact *fact;
	uint8_t level;          /* enum secret_level after the join */
	uint8_t proof;          /* enum secret_proof: as found, or by a certificate of the image */
	uint8_t state;          /* enum file_state; FILE_PRESENT for what is not a file */
	uint32_t flags;         /* enum secret_flags: the fact's and what the join learned */
	int32_t layer, gone_in; /* NO_LAYER where it means nothing */
	struct place at;
	struct span history;         /* created_by of the layer's line */
	struct span owner;           /* package; empty */
	struct span fingerprint;     /* under the key of this run */
	struct span proof_text, why; /* one clause each; why names every demotion and rise */
	struct span advice, title;
	size_t count;        /* places with the same value in the same file */
	VEC(uint32_t) lines; /* of those after the first, at most SECRET_LINES_MAX */
	bool waived;         /* the ignore file lists it */
	bool refused; /* the ignore file lists it, but under --requirements it cannot be ignored */
};

/* A manifest, an index or an attestation, looked at for secrets only. */
struct image_document {
	const struct part *part; /* NULL: not readable */
	bool is_attestation;
	struct span name;    /* its digest; empty where the form has none */
	struct span problem; /* why part is NULL */
};

struct image_facts {
	struct arena arena;
	struct watch *watch; /* of the call that joins and judges; NULL: none, and after it */
	uint32_t inputs;     /* enum input bits, without those of INPUTS_OUTSIDE */
	struct span inputs_missing[INPUTS]; /* by bit number: why a bit is not set; one clause */

	/* subject */
	struct digest index_digest, manifest_digest, config_digest;
	struct span manifest_type;
	struct platform platform;
	annotations index_annotations,
		manifest_annotations; /* the descriptor's in the index; the manifest's */

	const struct part *config;      /* NULL: the form has none (rootfs) */
	const struct part *base_config; /* of --base: its labels are inherited, not the image's own;
					   NULL without */
	struct image_layer *layers;
	size_t layers_n;
	const struct part **parts; /* parts[i] of layers[i]; NULL when not readable */
	const struct image_document *documents;
	size_t documents_n;

	VEC(struct file) files;  /* the final file system, sorted by path */
	VEC(struct file) buried; /* sorted by path, then layer */
	VEC(struct image_package)
	packages; /* sorted by type, name, version, so the system's come first */
	VEC(struct diagnostic) diags;
	VEC(struct dated) dates;
	VEC(struct command) commands; /* entrypoint + cmd joined first, then the healthcheck */
	VEC(struct script_fact)
	scripts; /* of the entrypoint and of what it runs; entry is an index into files */
	VEC(struct secret_finding)
	secrets; /* sorted by level (high first), path, line; not
		set aside: see `waived` */
	struct distribution distribution;
	struct user user;
	struct base base;
	size_t system_packages;    /* of them, the operating system's */
	bool has_package_database; /* in the final file system */
	bool database_removed;     /* a lower layer has one, the final file system not */
	bool dpkg_status_d_only;
	uint64_t total_size;        /* of visible regular files */
	size_t unowned_executables; /* visible, ELF or script, in no package's list */
};

/* The visible file at a path without leading slash, symlinks of the path resolved inside the image
 * root (the last one too when follow), /proc/PROCESS/root and cwd as in the first process. NULL:
 * none, a loop, or dangling. */
const struct file *image_find(const struct image_facts *f, struct span path, bool follow);
/* The value of the config's last fact with this key, and this name unless it is empty; empty: none,
 * or no config. Runtimes take the last one too. */
struct span image_config(const struct part *config, uint8_t key, struct span name);
/* A visible ELF program or script that may be executed. */
bool file_is_program(const struct file *f);
/* Index of the first visible file whose path is this or comes after it. */
size_t image_lower(const struct image_facts *f, struct span path);
/* Some layer had the path, and a later one replaced or removed it. */
bool image_was_buried(const struct image_facts *f, struct span path);
/* The path of the folder that a path leads to, links resolved, in the arena; empty: none. */
struct span image_folder(const struct image_facts *f, struct span path, struct arena *a);
/* The visible file at exactly this path, no symlink followed. */
const struct file *image_file(const struct image_facts *f, struct span path);
/* The first visible file whose path begins with this; NULL: none. */
const struct file *image_below(const struct image_facts *f, struct span start);
/* The visible file after this one, NULL: the first. NULL at the end, and when the call has
 * ended. */
const struct file *file_next(const struct image_facts *f, const struct file *last);
/* The order of packages: type, name, version, architecture. */
int package_cmp(const struct package_fact *a, const struct package_fact *b);
/* The package that has this fact; NULL: none. */
const struct image_package *image_package(
	const struct image_facts *f, const struct package_fact *fact);
/* The package of the system with this name, in packages that are sorted and counted; NULL: none. */
const struct package_fact *image_owner(const struct image_facts *f, struct span name);
/* Why the packages may not be all: one clause; empty: they are. */
struct span image_unlisted(const struct image_facts *f);
bool file_has_marker(const struct file *f, enum marker_kind kind);
