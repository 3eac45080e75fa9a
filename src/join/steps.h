/* steps.h - the steps of the join and what they share. Only join/ and its tests use it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/hash.h"
#include "base/hashtable.h"
#include "join/join.h"
#include "known/files.h"

/* Our own bounds, see doc/limits.md. */
enum {
	DIAGS_MAX = 1000, /* diagnostics of one image; the rest is counted in one more */
	LINKS_MAX =
		40, /* symbolic links in one look-up, as Linux has it (fs/namei.c, MAXSYMLINKS) */
	SCRIPTS_MAX = 64,      /* files that the entrypoint's scripts lead to */
	WORDS_MAX = 64,        /* words of a command that may name a script */
	FOLDER_LINKS_MAX = 64, /* links to folders by which a package may know a path */
};

struct name_row; /* names.c */

/* What masked names are shown as, and back: each row is in `slots` twice. */
struct names {
	struct table slots;
	VEC(struct name_row) rows;
};

/* A file that a well-known path leads to. */
struct known_body {
	const struct file *file;
	const struct known_file *row; /* the first that leads to it */
	size_t packages;              /* that it lists */
	bool is_read;                 /* as the row's kind */
};

/* A record of the final file system, and a package that it lists. */
struct package_copy {
	const struct package_fact *fact;
	const struct file *record;
};

/* A hard link that was placed, and the file that it is a name of. */
struct link {
	uint32_t layer, entry, body_layer, body_entry;
};

struct join {
	const struct join_input *in;
	struct image_facts *out;
	struct arena scratch; /* gone when the join ends */
	struct hash_key key;  /* of tables in memory */
	struct names names;
	VEC(struct known_body) bodies; /* in the order of data/known-files.tsv */
	uint32_t **body_of;            /* [layer][entry]: index into bodies + 1; NULL: none */
	uint8_t **body_marks;          /* inputs.c: [layer][entry]; NULL: not needed */
	struct span packages_unread, inventory_unread, files_unread; /* why; empty: all were read */
	VEC(struct package_copy) copies; /* in the order of packages, then by path */
	VEC(struct span)
	modules;                /* packages.c: folders that links in node_modules lead to, sorted */
	VEC(struct link) links; /* also those that are gone later */
	size_t dangling;        /* hard links to nothing */
	struct span dangling_why; /* of the first */
	size_t diags_over, errors_over;
	bool has_broken_path; /* an entry that cannot be placed */
	struct span broken_why;
	struct span path, workdir;   /* of the config's Env; where commands start */
	struct span secrets_dropped; /* too many secrets; empty: not so */
	struct scov_err *err;
};

/* A diagnostic; text is a view that lives as long as the image facts. */
void join_diag(struct join *j, uint8_t severity, struct place at, struct span text);
/* Runtimes make different files of this image: no criterion on files is decided. */
void join_doubt(struct join *j, struct place at, const char *why);
/* Text of our own making in the image's arena. */
struct span join_text(struct join *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Index of a file's body in the entries of its body_layer. */
uint32_t join_body_index(const struct join *j, const struct file *f);
/* An annotation of the manifest or its descriptor, else the label of that name. *at says which. */
struct span join_annotation(const struct join *j, struct span key, struct place *at);

/* The part with its names as they are shown, numbered where masking made them equal; NULL: none, or
 * no memory (the arena of *out failed). */
const struct part *names_show(struct join *j, const struct part *p);
/* A shown path as part facts have it, with marks. .p NULL: no memory. */
struct span names_marked(struct join *j, struct span shown, struct arena *tmp);
int overlay_apply(struct join *j);
void known_collect(struct join *j);
/* The body of an entry that a well-known path leads to, if it was read as that; else NULL. */
struct known_body *known_at(const struct join *j, uint32_t layer, uint32_t entry);
/* The first of a kind, read or not; NULL: none. */
const struct known_body *known_first(const struct join *j, uint8_t kind);
void known_check_packages(struct join *j);
/* A buried file that was, or was read as, a package database. */
bool known_was_database(const struct join *j, const struct file *f);
void packages_collect(struct join *j);
void owners_resolve(struct join *j);
void packages_settle(struct join *j); /* needs owners and base */
void system_describe(struct join *j); /* distribution and user */
void commands_resolve(struct join *j);
void bins_collect(struct join *j);
void dates_collect(struct join *j);
void base_identify(struct join *j);
void inputs_settle(struct join *j);
