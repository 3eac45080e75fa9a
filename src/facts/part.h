/* part.h - part facts: what the bytes of one part say, and nothing else.
 *
 * A part is the config or one layer. An analyzer sees one part: no other
 * layer, no clock, no policy. Every record is a plain struct of integers and
 * spans so that one table (facts/schema.c) can write and read all of them;
 * facts.proto documents the same fields. Text enters by scan/text.h only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "crypto/digest.h"
#include "facts/package.h"

/* A document is the manifest, the index or an attestation: only its secrets are asked for. */
enum part_kind { PART_CONFIG = 1, PART_LAYER = 2, PART_DOCUMENT = 3 };

enum entry_type {
	ENTRY_FILE = 1,
	ENTRY_HARDLINK,
	ENTRY_SYMLINK,
	ENTRY_CHAR,
	ENTRY_BLOCK,
	ENTRY_DIR,
	ENTRY_FIFO,
	ENTRY_WHITEOUT, /* path is what it hides, without ".wh." */
	ENTRY_OPAQUE,   /* path is the directory whose lower content it hides */
};

/* One tar entry, in the order of the tar; its index is the entry's ordinal.
 * path: no leading "./" or "/", no empty, "." or trailing parts; ".." that leaves the root is
 * refused by the walker (a diagnostic; the entry is left out). The root directory itself has the
 * empty path. */
struct entry {
	struct span path;
	struct span link; /* symlink: target as written; hard link: path, cleaned as above */
	uint64_t size;    /* bytes of a regular file (the expanded size of a sparse one) */
	int64_t mtime;    /* seconds since 1970 */
	uint32_t mode;    /* the low 12 bits */
	uint32_t uid, gid;
	uint8_t type; /* enum entry_type */
};

enum exec_kind { EXEC_OTHER, EXEC_ELF, EXEC_SCRIPT };
enum {
	EXEC_STATIC = 1,         /* ELF without PT_INTERP */
	EXEC_MULTI_CALL = 2,     /* busybox or toybox, whatever its name */
	EXEC_HAS_SHELL = 4,      /* its applet table holds sh, ash or hush */
	EXEC_GO = 8,             /* Go build information */
	EXEC_SHARED_OBJECT = 16, /* ET_DYN without PT_INTERP, under the name of a library */
	EXEC_SHELL_MARKS = 32,   /* ELF that carries the version string of a known shell */
	EXEC_LISTED =
		64, /* of a language's package, by a record of the same layer (scan/listed.h) */
};

/* A regular file with an execute bit (or an ELF program without), by its first bytes. */
struct exec_fact {
	uint32_t entry;
	uint8_t kind; /* enum exec_kind */
	uint32_t flags;
	struct span interpreter; /* script: shebang line without "#!", trimmed; ELF: PT_INTERP */
	struct span applets;     /* multi-call: names the verdicts ask for, joined with ' ' */
};

/* A security.capability extended attribute. Source: linux/capability.h, VFS_CAP_REVISION_1..3. */
struct capability_fact {
	uint32_t entry;
	bool malformed;
	bool effective;
	uint64_t permitted, inheritable;
};

/* One installed package. name: maven "group:artifact" (":artifact" where the group is not known),
 * npm "@scope/name", composer "vendor/name", go the module's path, "stdlib" for the standard
 * library. Versions are as the format writes them. */
struct package_fact {
	uint32_t entry; /* of its record: the database, the language's own file, the program */
	uint8_t type;   /* enum package_type */
	struct span name, version; /* rpm: [epoch:]version-release */
	struct span arch;
	struct span source; /* name of the source package (dpkg Source without version, apk o:, rpm
			       sourcerpm) */
	struct span source_version;
	struct span vendor; /* rpm Vendor, dpkg Maintainer */
	struct span license;
	int64_t built;      /* seconds since 1970: apk t:, rpm BUILDTIME, vcs.time of Go; 0 unknown
			     */
	uint32_t files;     /* owned files, where the database says it itself (apk, rpm, chisel) */
	bool from_status_d; /* distroless: one stanza a file */
	struct span needs;  /* as the database writes it: dpkg Depends and Pre-Depends, apk D: */
	struct span provides; /* dpkg Provides, apk p: */
	bool is_essential;    /* dpkg does not remove it */
	struct span member;   /* of an archive that is the record: "BOOT-INF/lib/a.jar", joined with
				 '!' */
	struct span module;   /* rpm modularity label: "name:stream:version:context:arch" */
	bool is_main;         /* what the record is of: Go's main module, the project of a lock */
};

/* A file that a package owns: by hash of the path as facts have it (masked, with marks), no leading
 * slash (hash_span with hash_fact_key). package: "name" or "name:arch" of a dpkg .list, else the
 * package's name. */
struct owned_fact {
	uint32_t package; /* index into owners[] */
	uint64_t path_hash;
};

struct owner_fact {
	uint32_t entry; /* of the file that says so */
	uint8_t type;   /* enum package_type */
	struct span package;
};

/* os-release and friends: one row a key. keys: ID, ID_LIKE, VERSION_ID, VERSION_CODENAME, NAME,
 * PRETTY_NAME, VARIANT_ID, SUPPORT_END, IMAGE_ID, BUILD_ID; of other files the key is the file's
 * name (debian_version ...). */
struct release_fact {
	uint32_t entry;
	struct span key, value;
};

/* etc/passwd and etc/group, first 4096 lines. group rows have shell and home empty and is_group
 * set. */
struct user_fact {
	uint32_t entry;
	uint32_t line;
	bool is_group;
	uint32_t uid, gid; /* a group's number is in gid */
	struct span name, home, shell;
};

enum marker_kind {
	MARKER_SHELLS = 1,     /* a path that etc/shells lists */
	MARKER_DPKG_SLIM,      /* etc/dpkg/dpkg.cfg.d/docker that calls itself the slim variant */
	MARKER_APKO,           /* etc/apko.json that parses */
	MARKER_MACHINE_ID,     /* etc/machine-id with 32 hex digits */
	MARKER_APK_REPOSITORY, /* a line of etc/apk/repositories */
	MARKER_APT_SOURCE,     /* a URI of etc/apt/sources.list and sources.list.d */
	MARKER_YARN, /* bin/yarn that is the package manager (its script loads yarn's own files) */
};

struct marker_fact {
	uint32_t entry;
	uint8_t kind; /* enum marker_kind */
	struct span text;
	uint32_t line;
};

enum script_kind {
	SCRIPT_READS_FILE =
		1, /* name: X_FILE, FILE__X or X__FILE of a secret-like X, or a /run/secrets path */
	SCRIPT_WANTS_VALUE, /* name: a secret-like variable that is demanded, without a file twin */
	SCRIPT_DROPS, /* name: gosu, su-exec, setpriv ...; detail: the user, where it is a literal
		       */
	SCRIPT_RUNS,  /* name: another file that it executes or sources */
};

/* What an executable script does that a verdict asks for; recorded for every executable script. */
struct script_fact {
	uint32_t entry;
	uint8_t kind; /* enum script_kind */
	uint32_t line;
	struct span name, detail;
};

enum config_key {
	CONFIG_ENV = 1,
	CONFIG_ENTRYPOINT,
	CONFIG_CMD,
	CONFIG_LABEL,
	CONFIG_VOLUME,
	CONFIG_PORT,
	CONFIG_HEALTHCHECK,
	CONFIG_ONBUILD,
	CONFIG_SHELL,
	CONFIG_USER,
	CONFIG_WORKDIR,
	CONFIG_STOPSIGNAL,
	CONFIG_CREATED,
	CONFIG_AUTHOR,
	CONFIG_ARCHITECTURE,
	CONFIG_OS,
	CONFIG_VARIANT,
	CONFIG_OS_VERSION,
	CONFIG_BUILDINFO,
};

/* One string of the config, in document order. Env: name and value; labels: key and value; lists:
 * value. Text that is not a name=value pair (Env without '=') has the text in name and has_value
 * false. */
struct config_fact {
	uint8_t key; /* enum config_key */
	struct span name, value;
	bool has_value;
};

struct history_fact {
	struct span created, created_by, author, comment;
	bool empty_layer;
};

struct diff_id_fact {
	struct span text; /* as the config writes it */
};

enum severity { DIAG_NOTE = 1, DIAG_WARNING, DIAG_ERROR, SEVERITIES };
extern const char *const severity_names[]; /* "note", "warning", "error" */

/* A file that lies under a name of its own, read as what its bytes say: it counts only where a
 * well-known path leads to it. */
struct guess_fact {
	uint32_t entry;
	uint8_t kind; /* enum known_file_kind of known/tables.h */
	bool failed;  /* not all of it could be read */
};

/* Something that could not be read. An error makes the part incomplete for what it names. */
struct diag_fact {
	uint8_t severity; /* enum severity */
	uint32_t entry;   /* NO_ENTRY where it is the whole part */
	uint8_t hides;    /* enum diag_hides: what a verdict can no longer rely on */
	struct span text; /* one clause: the thing and the reason */
};

/* How the text of a diagnostic with HIDES_READING begins, after the name of the thing. */
#define READ_DIFFERENTLY "read differently by runtimes: "
#define NO_ENTRY UINT32_MAX /* too large for an enumerator in ISO C */
enum diag_hides {
	HIDES_NOTHING = 0,
	HIDES_ALL = 1,        /* the part ends early */
	HIDES_PACKAGES = 2,   /* a package database */
	HIDES_FILE = 4,       /* one file's content or entry */
	HIDES_SECRETS = 8,    /* something was not looked at for secrets */
	HIDES_READING = 16,   /* runtimes read it in different ways: what they run is not known */
	HIDES_INVENTORY = 32, /* a record of a package of a language, or a program that has one */
};

enum secret_level { SECRET_NONE, SECRET_LOW, SECRET_MEDIUM, SECRET_HIGH, SECRET_LEVELS };
const char *secret_level_name(uint8_t level); /* "none", "low", "medium", "high" */
bool secret_level_of(struct span name, uint8_t *out);
enum secret_surface {
	SURFACE_CONTENT = 1,
	SURFACE_NAME,
	SURFACE_LINK,
	SURFACE_XATTR,
	SURFACE_ENV,
	SURFACE_COMMAND,
	SURFACE_LABEL,
	SURFACE_HEALTHCHECK,
	SURFACE_ONBUILD,
	SURFACE_HISTORY,
	SURFACE_ANNOTATION,
	SURFACE_ATTESTATION,
	SURFACE_SETTING, /* another text of the config */
	SURFACES,
};
enum secret_encoding {
	ENCODED_PLAIN,
	ENCODED_BASE64,
	ENCODED_ESCAPED,
	ENCODED_URL,
	ENCODED_UTF16,
	ENCODED_HEX,
	ENCODINGS,
};
enum secret_proof {
	PROOF_NONE,
	PROOF_FORMAT /* a fixed grammar */,
	PROOF_CHECKSUM,
	PROOF_PARSED /* a key or store that parses */,
	PROOF_PAIR /* recomputed from its other half */,
	PROOF_CERTIFICATE /* matches one in the image */,
	PROOF_KNOWN /* publicly known */,
	PROOF_DECODED /* basic auth, JWT, docker auth */,
	PROOF_OPENED /* by an empty or default password */,
	PROOFS,
};
enum secret_flags {
	SECRET_ENCRYPTED = 1, /* a password-protected container */
	SECRET_CHECKSUM_BAD = 2,
	SECRET_CA = 4, /* key of a certificate authority */
	SECRET_PLACEHOLDER = 8,
	SECRET_EXAMPLE = 16,  /* a documented example */
	SECRET_TELECOM = 32,  /* K, OP, OPc, SUCI home-network keys */
	SECRET_DEFAULT = 64,  /* a default account or password of a product */
	SECRET_PAIRED = 128,  /* id and secret next to each other */
	SECRET_GENERIC = 256, /* found by its name alone */
	SECRET_IN_BINARY = 512,
	SECRET_ELSEWHERE = 1024,    /* counts where another name of the file fits the rule */
	SECRET_IN_DOCSTRING = 2048, /* in text that documents Python code */
};

/* A secret, without its value. Spans of this record are our own words, a path or a fixed prefix,
 * never value bytes. */
struct secret_fact {
	uint32_t entry;                 /* NO_ENTRY: of the config, the history or an annotation */
	uint8_t surface;                /* enum secret_surface */
	uint8_t encoding, level, proof; /* level: as found, before the join */
	uint32_t flags;                 /* enum secret_flags */
	uint32_t line, end_line;        /* from 1; 0 means nothing */
	uint32_t length;                /* bytes of the value */
	uint32_t judgment; /* found by its name: row of the table "named" that gave the level, from
			      1; 0: none */
	uint32_t tree; /* its file is one that a package of a language has by its record: where the
			  package's tree begins in the path, from 1; 0: not one */
	uint64_t
		offset; /* of its first byte in the file or member; in decoded text: in that text */
	int64_t expires; /* seconds since 1970; 0: not stated */
	struct span rule, kind;
	struct span member; /* inside an archive "inner.jar!a/b"; a JSON pointer for the config;
			       "user.note" for an xattr */
	struct span prefix; /* the public prefix */
	struct span known;  /* name of the publicly known key */
	struct span detail; /* what its proof says, one clause; empty */
	struct span fingerprint; /* keyed, 26 characters of base32 */
	struct span public_hash; /* 64 hex digits of the public half; empty without */
};

/* A certificate or public key, to be paired with private keys of any layer. */
struct public_fact {
	uint32_t entry;
	bool is_ca;
	int64_t not_after;
	struct span public_hash; /* 64 hex digits */
	struct span member;
};

/* An annotation of a manifest or an index. */
struct annotation_fact {
	uint32_t manifest; /* of the index, whose descriptor has it: place in its list, from 1; 0:
			      the document itself */
	struct span key, value;
};

/* The functions of a Go program (facts/symbols.h). A program without a row may hold any. */
struct symbols_fact {
	uint32_t entry;
	struct span bits; /* no text: hashes of names */
};

/* What an entry is besides: of a scan that is asked for it, one row an entry, in their order.
 * content and xattrs are keyed as fingerprints are, so they compare what one key was used for. */
struct detail_fact {
	uint8_t form;          /* enum tar_form of format/tar.h */
	struct span content;   /* 32 bytes; of a regular file that is not empty, else empty */
	struct span xattrs;    /* 32 bytes; empty: none */
	uint64_t header;       /* hash of the bytes of its headers */
	struct span user, group; /* names, as the header has them */
	uint32_t mtime_ns;
	uint64_t device; /* major << 32 | minor */
};

/* A value in a JSON document: text, number, truth, null or what is empty. Of the same scans. */
struct value_fact {
	struct span pointer; /* RFC 6901 */
	struct span value;   /* masked, cut at VALUE_SHOWN bytes */
	struct span content; /* 32 bytes, keyed */
};
/* What a program or library in ELF form can ask of the kernel, as far as it shows. Of the same
 * scans. */
enum imports_state {
	IMPORTS_KNOWN,
	IMPORTS_LIBC,       /* libc, or a part of it: others use its functions by name */
	IMPORTS_UNREADABLE, /* damaged, or too large */
	IMPORTS_STATIC,     /* nothing is imported: libc is inside */
	IMPORTS_GO,         /* its library makes system calls by itself */
	IMPORTS_RAW,        /* an instruction that makes system calls */
	IMPORTS_NUMBER,     /* syscall(): any, by number */
	IMPORTS_NAME,       /* dlsym() and the like: any function, by name */
	IMPORTS_STATES,
};
struct imports_fact {
	uint32_t entry;
	uint8_t state; /* enum imports_state */
	uint32_t machine; /* e_machine */
	struct span calls; /* no text: a bit a row of known_calls, least significant first */
};

enum { DETAIL_DIGEST = 32, VALUE_SHOWN = 512 };

/* name, struct, field number in facts.proto: the record arrays of a part */
#define PART_RECORDS(X)                                                                            \
	X(entries, entry, 16)                                                                      \
	X(execs, exec_fact, 17)                                                                    \
	X(capabilities, capability_fact, 18)                                                       \
	X(packages, package_fact, 19)                                                              \
	X(owners, owner_fact, 20)                                                                  \
	X(owned, owned_fact, 21)                                                                   \
	X(releases, release_fact, 22)                                                              \
	X(users, user_fact, 23)                                                                    \
	X(markers, marker_fact, 24)                                                                \
	X(scripts, script_fact, 25)                                                                \
	X(configs, config_fact, 26)                                                                \
	X(history, history_fact, 27)                                                               \
	X(diff_ids, diff_id_fact, 28)                                                              \
	X(diags, diag_fact, 29)                                                                    \
	X(secrets, secret_fact, 30)                                                                \
	X(publics, public_fact, 31)                                                                \
	X(annotations, annotation_fact, 32)                                                        \
	X(guesses, guess_fact, 33)                                                                 \
	X(symbols, symbols_fact, 34)                                                               \
	X(details, detail_fact, 35)                                                                \
	X(values, value_fact, 36)                                                                  \
	X(imports, imports_fact, 37)

struct part {
	uint8_t kind;          /* enum part_kind */
	bool complete;         /* the walker saw the end of the stream */
	uint64_t blob_size;    /* bytes consumed */
	uint64_t size;         /* bytes after decompression */
	struct digest diff_id; /* of the uncompressed bytes; layers only */
	bool has_xattrs;       /* the tar carries extended attributes somewhere */
	bool has_stars;        /* a name has a '*', of its own or for what was masked */
#define X(name, type, number) VEC(struct type) name;
	PART_RECORDS(X)
#undef X
};
