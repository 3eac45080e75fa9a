/* tables.h - the tables of data/ as the build embeds them; a row's last field is the address of its
 * source.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdint.h>

#include "base/span.h"

enum { KNOWN_ROLLING = INT32_MAX }; /* updates do not end with a release */

struct known_release {
	struct span id, version, codename;
	int32_t end; /* last day of free security support, since 1970; or KNOWN_ROLLING */
	struct span source;
};

enum known_kind { KNOWN_NOTHING, KNOWN_MINIMAL, KNOWN_FULL };

struct known_base {
	struct span repository, tag;
	uint8_t kind; /* enum known_kind */
	struct span name, source;
};

struct known_publisher {
	struct span pattern, name, source;
};

/* What a program is by its name. data/programs.tsv says what each means. */
enum known_roles {
	ROLE_SHELL = 1 << 0,
	ROLE_MULTI_CALL = 1 << 1,
	ROLE_SHARED = 1 << 2,
	ROLE_BUILD_TOOL = 1 << 3,
	ROLE_DEBUG_TOOL = 1 << 4,
	ROLE_OS_MANAGER = 1 << 5,
	ROLE_LANGUAGE_MANAGER = 1 << 6,
	ROLE_DROPPER = 1 << 7,
	ROLE_INTERPRETER = 1 << 8,
	ROLE_LOGIN_SERVER = 1 << 9,
	ROLE_CLEAR_SERVER = 1 << 10,
	ROLE_FETCHER = 1 << 11,
	ROLE_COMMAND_SHELL = 1 << 12,
	ROLE_SCRIPT_SHELL = 1 << 13,
	ROLE_APPLET = 1 << 14,
	ROLE_APPLET_SHELL = 1 << 15,
	ROLE_RPM_MANAGER = 1 << 16,
	ROLE_RPM_FULL_MANAGER = 1 << 17,
};

struct known_program {
	struct span name;
	uint32_t roles; /* enum known_roles */
	struct span source;
};

struct known_triple {
	struct span middle, source;
};

/* A distribution: the kind of its images without other marks. */
struct known_system {
	struct span id;
	uint8_t kind; /* enum known_kind */
	struct span source;
};

/* A file that differs from build to build. */
struct known_trace {
	struct span head, tail;
	const char *why;
	struct span source;
};

/* What usually makes the content of a file differ between two builds. */
struct known_culprit {
	struct span head, tail;
	const char *why;
	bool is_trace; /* nothing runs it, and nothing is decided by it */
	struct span source;
};

struct known_manager_file {
	struct span tail;
	const char *why;
	bool decides;
	struct span source;
};

/* A day since 1970 that a tool writes as the time of every file. */
struct known_date {
	int32_t day;
	struct span source;
};

/* What the first line of a file such as /etc/redhat-release says: the first row of the file whose
 * text is in it. */
struct known_release_name {
	struct span file, text, id, source;
};

/* A tool that an interpreter runs from a folder, without a program of its name. */
struct known_module {
	struct span folder;
	struct span head, tail; /* of the file below it; without is_glob the head is all of it */
	bool is_glob;
	bool is_build; /* a build tool, not a package manager */
	const char *why;
	struct span source;
};

/* An end of a program's name that does not change what it is. */
struct known_suffix {
	struct span text, source;
};

/* Each that is not empty is part of the owner's name, of the interpreter, of the path. */
struct known_manager_sign {
	struct span name, owner, interpreter, folder, source;
};

/* A base to build on: data/replacements.tsv says what each field means. */
struct known_replacement {
	struct span family, reference, id, version, until, also, source;
};

/* How a file is read. */
enum known_file_kind {
	KIND_OTHER,
	/* of package databases */
	KIND_DPKG_STATUS,
	KIND_DPKG_STANZA, /* distroless: one stanza a file */
	KIND_DPKG_LIST,
	KIND_DPKG_MD5SUMS,
	KIND_OPKG_STATUS,
	KIND_APK,
	KIND_RPM,
	KIND_RPM_LOG, /* of the database's sqlite form */
	KIND_RPM_LIST,
	KIND_WALL,
	/* the rest */
	KIND_OS_RELEASE,
	KIND_RELEASE, /* /etc/redhat-release and the like */
	KIND_PASSWD,
	KIND_GROUP,
	KIND_SHELLS,
	KIND_APK_REPOSITORIES,
	KIND_DPKG_SLIM,
	KIND_APKO,
	KIND_MACHINE_ID,
	KIND_APT_LIST,
	KIND_APT_SOURCES,
	KIND_APK_SBOM, /* of one package; counts where no database of apk is */
	KIND_KINDS,
};

/* What a path says that its file is. */
struct known_file {
	struct span head, tail; /* of the path; without is_glob the head is all of it */
	bool is_glob;
	uint8_t kind; /* enum known_file_kind */
	bool must;
	struct span source;
};

struct known_port {
	struct span number, service, source;
};

/* How the version is read from what is between `before` and `after`. */
enum known_how {
	HOW_FULL,   /* numbers, then a letter, p1, rc2, -beta3 or the like */
	HOW_HEADER, /* the same, of a text that programs have that only use the library */
	HOW_PLAIN,  /* numbers alone */
	HOW_NAMED,  /* as full; it begins with the first number of the file's name */
	HOW_ALONE,  /* a text of its own; another one like it in the same file makes it unclear */
	HOW_FILE,   /* the first number of the file's name */
	HOW_BUILD,  /* what precedes a host's name and a time */
	HOW_MODULE, /* of Go's main module, whose path is in `before` */
};

/* A program or library by a text with its version: data/classifier.tsv says what each means. */
struct known_classifier {
	struct span name;
	struct span before, after; /* of the version */
	uint8_t how;               /* enum known_how */
	struct span only_in, own;  /* names of files: comma-separated, each with at most one '*' */
	struct span source;
};

/* By number. */
struct known_cap {
	const char *name;
	struct span source;
};

/* A system call that runtimes allow by their default profile. */
struct known_call {
	struct span name;
	bool can_go; /* libc makes it in functions of known_call_makers alone */
	struct span source;
};

/* A function of libc. */
struct known_call_maker {
	struct span name;
	struct span calls; /* blanks between */
	struct span source;
};

#define KNOWN_TABLE(name)                                                                          \
	extern const struct name name##s[];                                                        \
	extern const size_t name##s_n
KNOWN_TABLE(known_release);
KNOWN_TABLE(known_base);
KNOWN_TABLE(known_publisher);
KNOWN_TABLE(known_program);
KNOWN_TABLE(known_triple);
KNOWN_TABLE(known_system);
KNOWN_TABLE(known_trace);
KNOWN_TABLE(known_culprit);
KNOWN_TABLE(known_file);
KNOWN_TABLE(known_manager_file);
KNOWN_TABLE(known_manager_sign);
KNOWN_TABLE(known_date);
KNOWN_TABLE(known_release_name);
KNOWN_TABLE(known_module);
KNOWN_TABLE(known_suffix);
KNOWN_TABLE(known_replacement);
KNOWN_TABLE(known_port);
KNOWN_TABLE(known_cap);
KNOWN_TABLE(known_classifier);
KNOWN_TABLE(known_call);
KNOWN_TABLE(known_call_maker);
#undef KNOWN_TABLE
