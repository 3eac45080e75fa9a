/* test_join.c - what is read from the joined file system: user, packages, owners, commands, dates,
 * base, inputs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "listing.h"

#define PASSWD                                                                                     \
	"layer; f etc/passwd; u root 0 0; u app 1000 1001; u 2000 0 0; u toor 0 5; u app 7 7; f "  \
	"etc/group; g root 0; g wheel 10; "

/* CONFIG_USER is 10. "known uid[:gid]" or "unknown" */
static const struct {
	const char *name, *user, *found;
} users[] = {
	{ "no user", "layer", "empty" },
	{ "name", PASSWD "c 10 - app", "1000:1001" },
	{ "number in passwd", PASSWD "c 10 - 1000", "1000:1001" },
	{ "number not in passwd", PASSWD "c 10 - 1234", "1234" },
	{ "a number that is a name of root", PASSWD "c 10 - 2000", "0:0" },
	{ "a number that is a name, in passwd", "layer; f etc/passwd; u 0 7 7; c 10 - 0", "0" },
	{ "a long number that is a name",
		"layer; f etc/passwd; u 4294967296 7 7; c 10 - 4294967296", "unknown" },
	{ "another name of root", PASSWD "c 10 - toor", "0:5" },
	{ "zero", PASSWD "c 10 - 0", "0:0" },
	{ "zero, long", "layer; c 10 - 0000", "0" },
	{ "zero with a sign", "layer; c 10 - +0", "0" },
	{ "minus zero", "layer; c 10 - -0", "0" },
	{ "negative", "layer; c 10 - -5", "unknown" },
	{ "over 31 bits", "layer; c 10 - 2147483648", "unknown" },
	{ "far over", "layer; c 10 - 4294967296", "unknown" },
	{ "over 64 bits", "layer; c 10 - 99999999999999999999", "unknown" },
	{ "name that passwd does not hold", PASSWD "c 10 - nobody", "unknown" },
	{ "name without a passwd", "layer; c 10 - app", "unknown" },
	{ "root without a passwd", "layer; c 10 - root", "0" },
	{ "group by name", PASSWD "c 10 - app:wheel", "1000:10" },
	{ "group by number", PASSWD "c 10 - app:4", "1000:4" },
	{ "group that does not exist", PASSWD "c 10 - app:nogroup", "unknown" },
	{ "root's group without a line", "layer; c 10 - 5:root", "unknown" },
	{ "two groups", PASSWD "c 10 - app:wheel:4", "unknown" },
	{ "group out of range", PASSWD "c 10 - app:4294967296", "unknown" },
	{ "group alone", PASSWD "c 10 - :10", "0:10" },
	{ "empty", PASSWD "c 10 - ", "0:0" },
	{ "passwd of a lower layer",
		"layer; f etc/passwd; u app 5 5; layer; f etc/passwd; u app 6 6; c 10 - app",
		"6:6" },
	{ "passwd deleted", "layer; f etc/passwd; u app 5 5; layer; w etc/passwd; c 10 - app",
		"unknown" },
	{ "passwd after a link",
		"layer; s etc/passwd ../usr/passwd; f usr/passwd; guess 13; u app 5 5; c 10 - app",
		"5:5" },
	{ "passwd as a hard link to a lower layer",
		"layer; f data/1; guess 13; u app 5 5; layer; h etc/passwd data/1; c 10 - app",
		"5:5" },
	{ "passwd after a link that was not read", "layer; s etc/passwd ../x; f x; c 10 - 5",
		"unknown" },
	{ "passwd after a link, read as something else",
		"layer; s etc/passwd ../x; f x; guess 14; u app 0 0; c 10 - 5", "unknown" },
	{ "lines of another file", "layer; f etc/passwd; f etc/passwd-; u app 5 5; c 10 - app",
		"unknown" },
};

static void user(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(users) / sizeof(*users); i++) {
		struct listing l;
		char found[64] = "unknown";

		listing_join(&l, users[i].user);
		const struct user *u = &l.out.user;

		if (!l.out.config)
			snprintf(found, sizeof(found), u->is_known ? "known" : "empty");
		else if (u->is_known && u->has_gid)
			snprintf(found, sizeof(found), "%u:%u", u->uid, u->gid);
		else if (u->is_known)
			snprintf(found, sizeof(found), "%u", u->uid);
		check_span(users[i].name, span_str(found), span_str(users[i].found));
		listing_release(&l);
	}
}

#define STATUS "f var/lib/dpkg/status; "

/* packages as "name version first-layer/database-layer files", then the flags */
static const struct {
	const char *name, *listing, *packages;
} inventories[] = {
	{ "none", "layer; f a", "" },
	{ "one", "layer; " STATUS "p 1 libc6 1", "libc6 1 0/0 0, database" },
	{ "the upper database counts",
		"layer; " STATUS "p 1 a 1; p 1 b 1; layer; " STATUS "p 1 a 1; p 1 c 2",
		"a 1 0/1 0, c 2 1/1 0, database" },
	{ "upgraded above", "layer; " STATUS "p 1 a 1; layer; " STATUS "p 1 a 2",
		"a 2 1/1 0, database" },
	{ "database deleted", "layer; " STATUS "p 1 a 1; layer; w var/lib/dpkg", "removed" },
	{ "database emptied away", "layer; " STATUS "p 1 a 1; layer; o var", "removed" },
	{ "moved to another place",
		"layer; f lib/apk/db/installed; p 2 a 1; layer; w lib/apk/db/installed; f "
		"usr/lib/apk/db/installed; p 2 a 1",
		"a 1 0/1 0, database" },
	{ "status.d alone", "layer; f var/lib/dpkg/status.d/a; p 1 a 1",
		"a 1 0/0 0, database, status.d" },
	{ "status.d and status", "layer; f var/lib/dpkg/status.d/a; p 1 a 1; " STATUS,
		"a 1 0/0 0, database" },
	{ "a manifest of chisel and a status file",
		"layer; " STATUS
		"p 1 a 1; p 1 b 1; f var/lib/chisel/manifest.wall; p 5 a 2; p 5 c 1",
		"b 1 0/0 0, a 2 0/0 0, c 1 0/0 0, database" },
	{ "the same twice", "layer; " STATUS "p 1 a 1; p 1 a 1", "a 1 0/0 0, database" },
	{ "hard link", "layer; f data/1; guess 1; p 1 a 1; h var/lib/dpkg/status data/1",
		"a 1 0/0 0, database" },
	{ "hard link to a lower layer, the first name deleted",
		"layer; f data/1; guess 1; p 1 a 1; layer; h var/lib/dpkg/status data/1; layer; w "
		"data/1",
		"a 1 0/0 0, database" },
	{ "symbolic link of the folder",
		"layer; s var/lib/dpkg ../../d; f d/status; guess 1; p 1 a 1",
		"a 1 0/0 0, database" },
	{ "symbolic link of the folder of stanzas",
		"layer; s var/lib/dpkg/status.d ../../../d; f d/a; guess 2; p 1 a 1",
		"a 1 0/0 0, database, status.d" },
	{ "a copy that no well-known path leads to", "layer; f data/1; guess 1; p 1 a 1", "" },
	{ "the copy of an old database",
		"layer; " STATUS "p 1 a 1; h old var/lib/dpkg/status; layer; " STATUS "p 1 b 1",
		"b 1 1/1 0, database" },
	{ "the linked database deleted",
		"layer; s var/lib/dpkg ../../d; f d/status; guess 1; p 1 a 1; layer; w d",
		"removed" },
	{ "documents of packages without a database",
		"layer; f var/lib/db/sbom/a.spdx.json; p 2 a 1; f var/lib/db/sbom/b.spdx.json; "
		"p 2 b 1",
		"a 1 0/0 0, b 1 0/0 0" },
	{ "documents of packages beside the database",
		"layer; f var/lib/db/sbom/a.spdx.json; p 2 a 1; layer; f lib/apk/db/installed; p 2 "
		"b 1",
		"b 1 1/1 0, database" },
	{ "owned files",
		"layer; f bin/x; f bin/y; f bin/z; " STATUS
		"p 1 a 1; own 1 a bin/x; own 1 a bin/y; own 1 a bin/gone",
		"a 1 0/0 2, database" },
	{ "owned by name:arch", "layer; f bin/x; " STATUS "p 1 a 1; own 1 a:amd64 bin/x",
		"a 1 0/0 0, database" },
	{ "dpkg knows the old name",
		"layer; s bin usr/bin; d usr/bin; f usr/bin/x; " STATUS "p 1 a 1; own 1 a bin/x",
		"a 1 0/0 1, database" },
	{ "dpkg knows the new name",
		"layer; d bin; f bin/x; s usr/bin ../bin; " STATUS "p 1 a 1; own 1 a usr/bin/x",
		"a 1 0/0 1, database" },
	{ "the link is of a deeper folder",
		"layer; s lib64 usr/lib; d usr/lib; f usr/lib/q/x; " STATUS
		"p 1 a 1; own 1 a lib64/q/x",
		"a 1 0/0 1, database" },
	{ "the link dangles", "layer; s bin usr/bin; f bin2/x; " STATUS "p 1 a 1; own 1 a bin/x",
		"a 1 0/0 0, database" },
	{ "the head of another name",
		"layer; s bin usr/bin; d usr/bin; f usr/bin2/x; " STATUS "p 1 a 1; own 1 a bin2/x",
		"a 1 0/0 0, database" },
	{ "dpkg's own files",
		"layer; x var/lib/dpkg/info/a.postinst script; x "
		"var/lib/dpkg/info/b.postinst; " STATUS "p 1 a 1",
		"a 1 0/0 1, database" },
	{ "owner of another kind", "layer; f x; " STATUS "p 1 a 1; own 2 a x",
		"a 1 0/0 0, database" },
	{ "owner that no package is", "layer; f x; " STATUS "p 1 a 1; own 1 b x",
		"a 1 0/0 0, database" },
	{ "list of a buried file",
		"layer; f x; f var/lib/dpkg/info/a.list; own 1 a x; layer; w "
		"var/lib/dpkg/info/a.list; " STATUS "p 1 a 1",
		"a 1 1/1 0, database" },
};

static void packages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(inventories) / sizeof(*inventories); i++) {
		struct listing l;
		char *s;

		listing_join(&l, inventories[i].listing);
		s = arena_printf(&l.arena, "%s", "");
		for (size_t p = 0; p < l.out.packages.n; p++) {
			const struct image_package *q = &l.out.packages.p[p];

			s = arena_printf(&l.arena, "%s%s%.*s %.*s %u/%u %u", s, *s ? ", " : "",
				SPAN_ARG(q->fact->name), SPAN_ARG(q->fact->version), q->layer,
				q->database_layer, q->files);
		}
		s = arena_printf(&l.arena, "%s%s%s%s", s,
			l.out.has_package_database ? ", database" : "",
			l.out.database_removed ? "removed" : "",
			l.out.dpkg_status_d_only ? ", status.d" : "");
		check_span(inventories[i].name, span_str(s), span_str(inventories[i].packages));
		listing_release(&l);
	}
}

/* packages of languages as "name version first-layer copies path [owner]"; 6: Python, 11:
 * Maven */
static const struct {
	const char *name, *listing, *packages;
} languages[] = {
	{ "one", "layer; f a/METADATA; p 6 a 1", "a 1 0 1 a/METADATA" },
	{ "deleted", "layer; f a/METADATA; p 6 a 1; layer; w a", "" },
	{ "replaced by another version",
		"layer; f a/METADATA; p 6 a 1; layer; f a/METADATA; p 6 a 2",
		"a 2 1 1 a/METADATA" },
	{ "replaced by the same", "layer; f a/METADATA; p 6 a 1; layer; f a/METADATA; p 6 a 1",
		"a 1 0 1 a/METADATA" },
	{ "two versions and a copy",
		"layer; f y/METADATA; p 6 a 1; f x/METADATA; p 6 a 1; f z/METADATA; p 6 a 2",
		"a 1 0 2 x/METADATA, a 2 0 1 z/METADATA" },
	{ "a hard link is the same record", "layer; f y; p 6 a 1; h x y", "a 1 0 1 x" },
	{ "a hard link whose first name is gone", "layer; f y; p 6 a 1; layer; h x y; layer; w y",
		"a 1 0 1 x" },
	{ "moved to another layer", "layer; f y; p 6 a 1; layer; w y; f x; p 6 a 1", "a 1 0 1 x" },
	{ "two of one archive", "layer; f a.jar; p 11 g:a 1; p 11 g:b 1",
		"g:a 1 0 1 a.jar, g:b 1 0 1 a.jar" },
	{ "a package of the system owns the record",
		"layer; f a/METADATA; p 6 a 1; " STATUS "p 1 d 1; own 1 d a/METADATA",
		"a 1 0 1 a/METADATA d" },
	{ "of one copy, not of the other",
		"layer; f a/METADATA; p 6 a 1; f b/METADATA; p 6 a 1; " STATUS
		"p 1 d 1; own 1 d a/METADATA",
		"a 1 0 2 a/METADATA" },
	{ "of both copies",
		"layer; f a/METADATA; p 6 a 1; f b/METADATA; p 6 a 1; " STATUS
		"p 1 d 1; own 1 d a/METADATA; p 1 e 1; own 1 e b/METADATA",
		"a 1 0 2 a/METADATA d" },
	{ "a project that was not installed", "layer; f package.json; p 7 a 1 main", "" },
	{ "a project with modules",
		"layer; f a/package.json; p 7 a 1 main; layer; f a/node_modules/x/package.json",
		"a 1 0 1 a/package.json" },
	{ "a project with a lock, at the root",
		"layer; f package.json; p 7 a 1 main; layer; f yarn.lock", "a 1 0 1 package.json" },
	{ "a project whose lock is gone",
		"layer; f package.json; p 7 a 1 main; f yarn.lock; layer; w yarn.lock", "" },
	{ "the owned record is replaced by one of the image's own",
		"layer; f a/METADATA; p 6 a 1; " STATUS
		"p 1 d 1; layer; f a/METADATA; p 6 a 2; f b; own 1 d a/METADATA",
		"a 2 1 1 a/METADATA" },
};

static void language_packages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++) {
		struct listing l;
		char *s;

		listing_join(&l, languages[i].listing);
		s = arena_printf(&l.arena, "%s", "");
		for (size_t p = l.out.system_packages; p < l.out.packages.n; p++) {
			const struct image_package *q = &l.out.packages.p[p];

			s = arena_printf(&l.arena, "%s%s%.*s %.*s %u %u %.*s%s%.*s", s,
				*s ? ", " : "", SPAN_ARG(q->fact->name), SPAN_ARG(q->fact->version),
				q->layer, q->copies, SPAN_ARG(q->at.path), q->owner ? " " : "",
				q->owner ? (int)q->owner->name.len : 0,
				q->owner ? (const char *)q->owner->name.p : "");
			assert_true(q->has_executable);
		}
		check_span(languages[i].name, span_str(s), span_str(languages[i].packages));
		listing_release(&l);
	}
}

static const struct {
	const char *name, *listing;
	bool has_executable;
} contents[] = {
	{ "a program", "layer; x bin/x; " STATUS "p 1 a 1; own 1 a bin/x", true },
	{ "a library", "layer; f lib/x.so.1; " STATUS "p 1 a 1; own 1 a lib/x.so.1", true },
	{ "a script by its name", "layer; f x.pm; " STATUS "p 1 a 1; own 1 a x.pm", true },
	{ "data", "layer; f usr/share/x; " STATUS "p 1 a 1; own 1 a usr/share/x", false },
	{ "data and a program",
		"layer; f usr/share/x; x bin/x; " STATUS
		"p 1 a 1; own 1 a usr/share/x; own 1 a bin/x",
		true },
	{ "a folder, and a link to a program of another package",
		"layer; x bin/x; s bin/y x; d share; " STATUS
		"p 1 a 1; own 1 a bin/y; own 1 a share",
		false },
	{ "data and dpkg's script about it",
		"layer; f usr/share/x; x var/lib/dpkg/info/a.postinst script; " STATUS
		"p 1 a 1; own 1 a usr/share/x",
		false },
	{ "nothing is known of its files", "layer; " STATUS "p 1 a 1", true },
};

static void executable_content(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++) {
		struct listing l;

		listing_join(&l, contents[i].listing);
		assert_int_equal(l.out.packages.n, 1);
		if (l.out.packages.p[0].has_executable != contents[i].has_executable)
			fail_msg("%s", contents[i].name);
		listing_release(&l);
	}
}

/* A type that is not the system's, as a language's, does not make a base larger. */
static void system_packages(void **state)
{
	struct listing l;

	(void)state;
	listing_join(&l, "layer; " STATUS "p 1 a 1; p 3 b 1; p 5 c 1; p 200 d 1");
	assert_int_equal(l.out.packages.n, 4);
	assert_int_equal(l.out.system_packages, 3);
	listing_release(&l);
}

static void unowned(void **state)
{
	struct listing l;

	(void)state;
	listing_join(&l, "layer; x bin/a; x bin/b; x bin/c script; f d; x gone; " STATUS
			 "p 1 a 1; own 1 a bin/a; layer; w gone");
	assert_int_equal(l.out.unowned_executables, 2);
	listing_release(&l);
}

/* keys: 1 Env, 2 Entrypoint, 3 Cmd, 7 Healthcheck, 9 Shell, 11 WorkingDir. "text=program" and "!"
 * for shell form */
static const struct {
	const char *name, *listing, *commands;
} runs[] = {
	{ "none", "layer; c 1 PATH /bin", "" },
	{ "by the default path", "layer; x usr/bin/a; c 2 - a; c 3 - -b", "a -b=usr/bin/a" },
	{ "by the path of Env", "layer; x usr/bin/a; x opt/a; c 1 PATH /opt:/usr/bin; c 3 - a",
		"a=opt/a" },
	{ "the last PATH counts",
		"layer; x usr/bin/a; x opt/a; c 1 PATH /usr/bin; c 1 PATH /opt; c 3 - a",
		"a=opt/a" },
	{ "not executable", "layer; f usr/bin/a; c 3 - a", "a=" },
	{ "a folder of that name", "layer; d usr/bin/a; c 3 - a", "a=" },
	{ "absolute", "layer; x opt/a; c 3 - /opt/a", "/opt/a=opt/a" },
	{ "through links",
		"layer; s bin usr/bin; d usr/bin; s usr/bin/a b; x usr/bin/b; c 3 - /bin/a",
		"/bin/a=usr/bin/b" },
	{ "from the working directory", "layer; x srv/a; c 11 - /srv; c 3 - ./a", "./a=srv/a" },
	{ "without a working directory", "layer; x a; c 3 - ./a", "./a=a" },
	{ "shell form", "layer; x bin/sh; c 3 - /bin/sh; c 3 - -c; c 3 - run_it",
		"/bin/sh -c run it=bin/sh!" },
	{ "shell without -c", "layer; x bin/sh; c 3 - /bin/sh; c 3 - /x.sh",
		"/bin/sh /x.sh=bin/sh" },
	{ "missing", "layer; c 3 - a", "a=" },
	{ "deleted", "layer; x bin/a; layer; w bin/a; c 3 - a", "a=" },
	{ "empty word", "layer; x bin/a; c 3 - ", "=" },
	{ "healthcheck", "layer; x bin/a; c 7 - CMD; c 7 - a; c 7 - -h", "a -h=bin/a" },
	{ "healthcheck by shell", "layer; x bin/sh; c 7 - CMD-SHELL; c 7 - a", "a=bin/sh!" },
	{ "healthcheck by another shell",
		"layer; x bin/zsh; c 7 - CMD-SHELL; c 7 - a; c 9 - /bin/zsh", "a=bin/zsh!" },
	{ "healthcheck off", "layer; c 7 - NONE", "" },
	{ "both", "layer; x bin/a; c 2 - a; c 7 - CMD; c 7 - b", "a=bin/a, b=" },
};

static void commands(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		struct listing l;
		char *s;

		listing_join(&l, runs[i].listing);
		s = arena_printf(&l.arena, "%s", "");
		for (size_t c = 0; c < l.out.commands.n; c++) {
			const struct command *k = &l.out.commands.p[c];

			s = arena_printf(&l.arena, "%s%s%.*s=%.*s%s", s, c ? ", " : "",
				SPAN_ARG(k->text),
				SPAN_ARG(k->program ? k->program->path : SPAN("")),
				k->is_shell_form ? "!" : "");
		}
		check_span(runs[i].name, span_str(s), span_str(runs[i].commands));
		listing_release(&l);
	}
}

/* SCRIPT_READS_FILE is 1, SCRIPT_RUNS 4 */
static const struct {
	const char *name, *listing, *facts;
} trails[] = {
	{ "of the entrypoint",
		"layer; x e.sh script; run 1 A; x other script; run 1 B; c 2 - /e.sh", "e.sh:A" },
	{ "of what it runs",
		"layer; x e.sh script; run 4 /f.sh; x f.sh script; run 1 A; c 2 - /e.sh",
		"e.sh:/f.sh f.sh:A" },
	{ "in a circle",
		"layer; x e.sh script; run 4 /f.sh; x f.sh script; run 4 /e.sh; c 2 - /e.sh",
		"e.sh:/f.sh f.sh:/e.sh" },
	{ "after an init",
		"layer; x bin/init; x e.sh script; run 1 A; c 2 - init; c 2 - --; c 2 - /e.sh",
		"e.sh:A" },
	{ "after exec in a shell",
		"layer; x bin/sh; x usr/bin/e script; run 1 A; c 3 - /bin/sh; c 3 - -c; c 3 - "
		"exec_e",
		"usr/bin/e:A" },
	{ "runs what is not there", "layer; x e.sh script; run 4 /f.sh; c 2 - /e.sh",
		"e.sh:/f.sh" },
	{ "buried facts",
		"layer; x e.sh script; run 1 A; layer; x e.sh script; run 1 B; c 2 - /e.sh",
		"e.sh:B" },
};

static void scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(trails) / sizeof(*trails); i++) {
		struct listing l;
		char *s;

		listing_join(&l, trails[i].listing);
		s = arena_printf(&l.arena, "%s", "");
		for (size_t c = 0; c < l.out.scripts.n; c++) {
			const struct script_fact *k = &l.out.scripts.p[c];

			s = arena_printf(&l.arena, "%s%s%.*s:%.*s", s, c ? " " : "",
				SPAN_ARG(l.out.files.p[k->entry].path), SPAN_ARG(k->name));
		}
		check_span(trails[i].name, span_str(s), span_str(trails[i].facts));
		listing_release(&l);
	}
}

/* now is 2026-11-23. kinds: 0 package, 1 file, 2 created, 3 annotation, 4 history */
static const struct {
	const char *name, *listing, *dates;
} times[] = {
	{ "none", "layer; f a", "" },
	{ "newest file", "layer; f a; t 1700000000; f b; t 1600000000", "1:1700000000" },
	{ "a deleted file does not count",
		"layer; f a; t 1700000000; f b; t 1600000000; layer; w a", "1:1600000000" },
	{ "a package of a language that says when it was built",
		"layer; f a; t 1600000000; p 9 m v1 1700000000; p 9 n v1",
		"0:1700000000 1:1600000000" },
	{ "a package built on the day that npm writes into everything",
		"layer; f a; t 1600000000; p 9 m v1 499162500", "1:1600000000" },
	{ "future", "layer; f a; t 1900000000; f b; t 1600000000", "1:1600000000" },
	{ "epoch", "layer; f a; t 1; f b; t 86399", "" },
	{ "1980-01-01", "layer; f a; t 315532800; f b; t 315619200", "" },
	{ "the day after", "layer; f a; t 315705600", "1:315705600" },
	{ "created", "layer; c 13 - 2024-01-02T03:04:05Z", "2:1704164645" },
	{ "created in the year 1", "layer; c 13 - 0001-01-01T00:00:00Z", "" },
	{ "created at the epoch", "layer; c 13 - 1970-01-01T00:00:00Z", "" },
	{ "created in the future", "layer; c 13 - 2100-01-01T00:00:00Z", "" },
	{ "created is no date", "layer; c 13 - yesterday", "" },
	{ "label", "layer; c 4 org.opencontainers.image.created 2024-01-02T03:04:05Z",
		"3:1704164645" },
	{ "newest history",
		"layer; c 1 a b; hist 2024-01-02T03:04:05Z x; empty 2023-01-02T03:04:05Z y",
		"4:1704164645" },
};

static void dates(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		struct listing l;
		char *s;

		listing_join(&l, times[i].listing);
		s = arena_printf(&l.arena, "%s", "");
		for (size_t c = 0; c < l.out.dates.n; c++)
			s = arena_printf(&l.arena, "%s%s%u:%lld", s, c ? " " : "",
				l.out.dates.p[c].kind, (long long)l.out.dates.p[c].seconds);
		check_span(times[i].name, span_str(s), span_str(times[i].dates));
		listing_release(&l);
	}
}

#define OS "f etc/os-release; rel ID "
#define BASE_NAME "c 4 org.opencontainers.image.base.name "

/* source 0 unknown, 1 annotation, 2 layers, 3 markers; kind 0 unknown, 1 minimal, 2 full */
static const struct {
	const char *name, *listing;
	int source, kind;
	const char *base;
} bases[] = {
	{ "scratch", "layer; x app", BASE_MARKERS, BASE_MINIMAL, "scratch" },
	{ "debian", "layer; " OS "debian; x usr/bin/dpkg; " STATUS "p 1 a 1", BASE_MARKERS,
		BASE_FULL, "debian" },
	{ "debian that lists dpkg", "layer; " OS "debian; " STATUS "p 1 a 1; p 1 dpkg 1",
		BASE_MARKERS, BASE_FULL, "debian" },
	{ "debian with a shell", "layer; " OS "debian; x bin/sh; " STATUS "p 1 a 1", BASE_MARKERS,
		BASE_FULL, "debian" },
	{ "debian of one status file", "layer; " OS "debian; " STATUS "p 1 a 1", BASE_MARKERS,
		BASE_MINIMAL, "debian (without dpkg)" },
	{ "chisel with a status file", "layer; " OS "ubuntu; " STATUS "p 1 a 1", BASE_MARKERS,
		BASE_MINIMAL, "ubuntu (chiselled)" },
	{ "derivative", "layer; " OS "mint; rel ID_LIKE ubuntu", BASE_MARKERS, BASE_FULL, "mint" },
	{ "derivative of a small one", "layer; " OS "small; rel ID_LIKE alpine", BASE_UNKNOWN,
		BASE_KIND_UNKNOWN, "" },
	{ "release file alone", "layer; f etc/debian_version; rel debian_version 8.11",
		BASE_MARKERS, BASE_FULL, "debian" },
	{ "debian slim",
		"layer; " OS "debian; f etc/dpkg/dpkg.cfg.d/docker; m 2; " STATUS "p 1 a 1",
		BASE_MARKERS, BASE_MINIMAL, "debian (slim)" },
	{ "slim mark deleted",
		"layer; " OS
		"debian; f etc/dpkg/dpkg.cfg.d/docker; m 2; layer; w etc/dpkg/dpkg.cfg.d/docker",
		BASE_MARKERS, BASE_FULL, "debian" },
	{ "alpine", "layer; " OS "alpine", BASE_MARKERS, BASE_MINIMAL, "alpine" },
	{ "distroless by status.d", "layer; " OS "debian; f var/lib/dpkg/status.d/a; p 1 a 1",
		BASE_MARKERS, BASE_MINIMAL, "debian (distroless)" },
	{ "distroless by name", "layer; " OS "debian; rel PRETTY_NAME Distroless", BASE_MARKERS,
		BASE_MINIMAL, "debian (distroless)" },
	{ "chisel", "layer; " OS "ubuntu; f var/lib/chisel/manifest.wall; p 5 a 1", BASE_MARKERS,
		BASE_MINIMAL, "ubuntu (chiselled)" },
	{ "chisel beside a dpkg",
		"layer; " OS "ubuntu; x usr/bin/dpkg; f var/lib/chisel/manifest.wall; " STATUS,
		BASE_MARKERS, BASE_FULL, "ubuntu" },
	{ "rpm without its tools", "layer; " OS "rhel; f var/lib/rpm/rpmdb.sqlite; p 3 a 1",
		BASE_MARKERS, BASE_MINIMAL, "rhel (micro)" },
	{ "microdnf",
		"layer; " OS
		"rhel; x usr/bin/rpm; x usr/bin/microdnf; f var/lib/rpm/rpmdb.sqlite; p 3 a 1",
		BASE_MARKERS, BASE_MINIMAL, "rhel (minimal)" },
	{ "dnf deleted later",
		"layer; " OS
		"rhel; x usr/bin/dnf; f var/lib/rpm/rpmdb.sqlite; p 3 a 1; layer; w usr/bin/dnf",
		BASE_MARKERS, BASE_FULL, "rhel" },
	{ "dpkg status deleted beside status.d",
		"layer; " OS "debian; " STATUS
		"p 1 b 1; f var/lib/dpkg/status.d/a; p 1 a 1; layer; w var/lib/dpkg/status",
		BASE_MARKERS, BASE_FULL, "debian" },
	{ "dpkg status deleted beside a chisel manifest",
		"layer; " OS "ubuntu; x usr/bin/dpkg; " STATUS
		"f var/lib/chisel/manifest.wall; layer; w var/lib/dpkg/status",
		BASE_MARKERS, BASE_FULL, "ubuntu" },
	{ "dnf",
		"layer; " OS
		"rhel; x usr/bin/rpm; x usr/bin/dnf; f var/lib/rpm/rpmdb.sqlite; p 3 a 1",
		BASE_MARKERS, BASE_FULL, "rhel" },
	{ "nix", "layer; d nix/store; x nix/store/a", BASE_MARKERS, BASE_MINIMAL, "nix store" },
	{ "apko by its author", "layer; " OS "other; c 14 - github.com/chainguard-dev/apko",
		BASE_MARKERS, BASE_MINIMAL, "other (apko)" },
	{ "unknown distribution", "layer; " OS "other", BASE_UNKNOWN, BASE_KIND_UNKNOWN, "" },
	{ "os-release deleted is no scratch", "layer; " OS "debian; layer; w etc/os-release",
		BASE_UNKNOWN, BASE_KIND_UNKNOWN, "" },
	{ "database deleted is no scratch", "layer; " STATUS "p 1 a 1; layer; w var", BASE_UNKNOWN,
		BASE_KIND_UNKNOWN, "" },
	{ "os-release without an ID is no scratch", "layer; f etc/os-release", BASE_UNKNOWN,
		BASE_KIND_UNKNOWN, "" },
	{ "label", "layer; " OS "alpine; " BASE_NAME "alpine:3.20", BASE_ANNOTATION, BASE_MINIMAL,
		"alpine:3.20" },
	{ "label that the files belie", "layer; " OS "debian; " BASE_NAME "alpine:3.20",
		BASE_ANNOTATION, BASE_FULL, "alpine:3.20" },
	{ "label of an unknown name", "layer; " OS "debian; " BASE_NAME "me/mine", BASE_ANNOTATION,
		BASE_FULL, "me/mine" },
};

static void base(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bases) / sizeof(*bases); i++) {
		struct listing l;

		listing_join(&l, bases[i].listing);
		check_span(bases[i].name, l.out.base.name, span_str(bases[i].base));
		check(bases[i].name, l.out.base.source == bases[i].source);
		check(bases[i].name, l.out.base.kind == bases[i].kind);
		check(bases[i].name, l.out.base.how.len);
		listing_release(&l);
	}
}

static void base_by_layers(void **state)
{
	struct part given = { .kind = PART_CONFIG, .complete = true };
	struct listing l;

	(void)state;
	listing_read(&l, "layer; " OS "debian; layer; f a");
	given.diff_ids.p = arena_alloc(&l.arena, sizeof(*given.diff_ids.p));
	given.diff_ids.n = 1;
	given.diff_ids.p[0].text =
		SPAN("sha256:0100000000000000000000000000000000000000000000000000000000000000");
	l.in.base_config = &given;
	l.in.base_name = SPAN("debian:12");
	assert_int_equal(join_image(&l.in, &l.out, &l.err), 0);
	assert_int_equal(l.out.base.source, BASE_LAYERS);
	assert_int_equal(l.out.base.layers, 1);
	assert_true(l.out.layers[0].is_base);
	assert_false(l.out.layers[1].is_base);
	arena_release(&l.out.arena);

	struct image_facts other = { 0 };

	given.diff_ids.p[0].text =
		SPAN("sha256:0200000000000000000000000000000000000000000000000000000000000000");
	assert_int_equal(join_image(&l.in, &other, &l.err), 0);
	assert_int_equal(other.base.source, BASE_MARKERS);
	assert_false(other.layers[0].is_base);
	assert_int_equal(other.diags.n, 1);
	arena_release(&other.arena);
	arena_release(&l.arena);
}

static void history(void **state)
{
	struct listing l;

	(void)state;
	listing_join(&l, "layer; f a; layer; f b; c 1 a b; hist 2024-01-02T03:04:05Z one; empty - "
			 "two; hist - three");
	check_span("first", l.out.layers[0].history, SPAN("one"));
	check_span("second", l.out.layers[1].history, SPAN("three"));
	assert_int_equal(l.out.layers[1].history_index, 2);
	assert_int_equal(l.out.layers[0].history_created, 1704164645);
	assert_int_equal(l.out.layers[1].history_created, 0);
	listing_release(&l);
	listing_join(&l, "layer; f a; layer; f b; c 1 a b; hist - one; empty - two");
	assert_int_equal(l.out.layers[0].history_index, -1);
	assert_int_equal(l.out.layers[0].history.len, 0);
	listing_release(&l);
}

/* What makes an input missing: bit, and a word of the reason. 'spoil' changes the input of the
 * join. */
static void no_part(struct listing *l)
{
	l->layers[0].part = NULL;
	l->layers[0].problem = SPAN("the digest differs");
}
static void cut_part(struct listing *l)
{
	l->parts[0].complete = false;
}
static void config_for_layer(struct listing *l)
{
	l->parts[0].kind = PART_CONFIG;
}
static void lost_config(struct listing *l)
{
	l->in.config = NULL;
	l->in.config_problem = SPAN("not JSON");
}
static void layer_for_config(struct listing *l)
{
	l->config.kind = PART_LAYER;
}
static void cut_config(struct listing *l)
{
	l->config.complete = false;
}
static void no_config(struct listing *l)
{
	l->in.config = NULL;
	l->in.has_config = false;
}
static void windows(struct listing *l)
{
	l->in.platform.os = SPAN("windows");
}
static void no_xattrs(struct listing *l)
{
	l->in.incomplete_xattrs = true;
	l->in.xattrs_reason = SPAN("read without privilege");
}
static void no_annotations(struct listing *l)
{
	l->in.has_annotations = false;
	l->in.annotations_reason = SPAN("a docker archive drops them");
}
static void skip_all(struct listing *l)
{
	l->in.skip = UINT32_MAX;
}
static void nothing(struct listing *l)
{
	(void)l;
}

#define GOOD "layer; " STATUS "p 1 a 1; own 1 a x; c 1 a b"

enum {
	ALL_PACKAGES = INPUT_PACKAGES | INPUT_OWNERS | INPUT_INVENTORY,
	ALL_FILES = INPUT_FILES | ALL_PACKAGES | INPUT_XATTRS,
};

static const struct {
	const char *name, *listing;
	void (*spoil)(struct listing *l);
	uint32_t missing;
	const char *word;
} gaps[] = {
	{ "all is there", GOOD, nothing, 0, NULL },
	{ "layer not readable", GOOD, no_part, ALL_FILES, "the digest differs" },
	{ "layer that ends early", GOOD, cut_part, ALL_FILES, "ends early" },
	{ "a config in a layer's place", GOOD, config_for_layer, ALL_FILES, "not readable" },
	{ "all hidden", "layer; f a; hides 1 torn; " STATUS, nothing, ALL_FILES, "torn" },
	{ "a file hidden", "layer; f a; hides 4 torn; c 1 a b; " STATUS, nothing, ALL_FILES,
		"torn" },
	{ "packages hidden", "layer; f a; hides 2 torn; c 1 a b; " STATUS, nothing, ALL_PACKAGES,
		"torn" },
	{ "a record of a language hidden", "layer; f a; hides 32 torn; c 1 a b; " STATUS "p 1 a 1",
		nothing, INPUT_INVENTORY, "torn" },
	{ "a record of a language hidden, that is replaced",
		"layer; f a; hides 32 torn; layer; f a; c 1 a b; " STATUS "p 1 a 1", nothing, 0,
		"" },
	{ "a database that is a link to what was not read",
		"layer; f a; h var/lib/dpkg/status a; c 1 a b", nothing, ALL_PACKAGES,
		"leads to /a" },
	{ "a database that could not be read under its first name",
		"layer; f a; guess 1 failed; p 1 a 1; h var/lib/dpkg/status a; c 1 a b", nothing,
		ALL_PACKAGES, "leads to /a" },
	{ "a database without packages", "layer; " STATUS "c 1 a b", nothing, ALL_PACKAGES,
		"lists no package" },
	{ "one of two databases without packages", GOOD "; f lib/apk/db/installed", nothing,
		ALL_PACKAGES, "installed lists no package" },
	{ "accounts that are a link to what was not read", GOOD "; f a; s etc/passwd ../a", nothing,
		ALL_FILES, "leads to /a" },
	{ "no database", "layer; f a; c 1 a b", nothing, INPUT_OWNERS, "no package database" },
	{ "config lost", GOOD, lost_config, INPUT_CONFIG, "not JSON" },
	{ "a layer in the config's place", GOOD, layer_for_config, INPUT_CONFIG, "not readable" },
	{ "config cut", GOOD, cut_config, INPUT_CONFIG, "ends early" },
	{ "form without a config", GOOD, no_config, INPUT_CONFIG, "no config" },
	{ "Windows", GOOD, windows, INPUT_LINUX, "Windows" },
	{ "attributes not read", GOOD, no_xattrs, INPUT_XATTRS, "without privilege" },
	{ "annotations dropped", GOOD, no_annotations, INPUT_ANNOTATIONS, "drops" },
	{ "analyzers off", GOOD, skip_all, ALL_FILES, "skipped" },
};

static void inputs(void **state)
{
	static const uint32_t later = INPUT_SECRETS;

	(void)state;
	for (size_t i = 0; i < sizeof(gaps) / sizeof(*gaps); i++) {
		struct listing l;

		listing_read(&l, gaps[i].listing);
		l.in.has_annotations = true;
		if (!l.in.config)
			l.in.config = &l.config;
		gaps[i].spoil(&l);
		check(gaps[i].name, join_image(&l.in, &l.out, &l.err) == 0);
		assert_false(l.out.inputs & INPUTS_OUTSIDE);
		for (unsigned bit = 0; bit < INPUTS; bit++) {
			if (INPUTS_OUTSIDE & 1u << bit)
				continue;
			bool missing = (gaps[i].missing | later) & 1u << bit;

			check(gaps[i].name, missing == !(l.out.inputs & 1u << bit));
			check(gaps[i].name, missing == (l.out.inputs_missing[bit].len > 0));
			if (gaps[i].missing & 1u << bit)
				check(gaps[i].name, span_has(l.out.inputs_missing[bit],
							    span_str(gaps[i].word)));
		}
		listing_release(&l);
	}
}

static void many_diagnostics(void **state)
{
	struct listing l;

	(void)state;
	listing_read(&l, "layer; f a");
	for (size_t i = 0; i < 5000; i++)
		PUSH(&l, l.parts[0].diags, .severity = i == 4000 ? DIAG_ERROR : DIAG_NOTE,
			.entry = NO_ENTRY, .text = SPAN("x"));
	assert_int_equal(join_image(&l.in, &l.out, &l.err), 0);
	assert_int_equal(l.out.diags.n, 1000);
	assert_int_equal(l.out.diags.p[999].severity, DIAG_ERROR);
	assert_true(span_has(l.out.diags.p[999].text, SPAN("1 of them errors")));
	listing_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(user),
		cmocka_unit_test(packages),
		cmocka_unit_test(system_packages),
		cmocka_unit_test(language_packages),
		cmocka_unit_test(executable_content),
		cmocka_unit_test(unowned),
		cmocka_unit_test(commands),
		cmocka_unit_test(scripts),
		cmocka_unit_test(dates),
		cmocka_unit_test(base),
		cmocka_unit_test(base_by_layers),
		cmocka_unit_test(history),
		cmocka_unit_test(inputs),
		cmocka_unit_test(many_diagnostics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
