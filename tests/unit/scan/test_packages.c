/* test_packages.c - package databases, made and real, through the analyzers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <unistd.h>

#include "base/hash.h"

#include "tests/unit/scan/look.h"

static const struct package_fact *package_named(const struct look *l, const char *name)
{
	for (size_t i = 0; i < l->part.packages.n; i++)
		if (span_eq(l->part.packages.p[i].name, span_str(name)))
			return &l->part.packages.p[i];
	return NULL;
}

static const char *owner_of(const struct look *l, const char *path)
{
	static char name[256];
	uint64_t hash = hash_span(hash_fact_key, span_str(path));

	for (size_t i = 0; i < l->part.owned.n; i++)
		if (l->part.owned.p[i].path_hash == hash) {
			struct span s = l->part.owners.p[l->part.owned.p[i].package].package;

			snprintf(name, sizeof(name), "%.*s", SPAN_ARG(s));
			return name;
		}
	return "";
}

static bool hides_packages(const struct look *l)
{
	for (size_t i = 0; i < l->part.diags.n; i++)
		if (l->part.diags.p[i].hides & HIDES_PACKAGES)
			return true;
	return false;
}

static void dpkg_databases(void **state)
{
	(void)state;
	static const struct {
		const char *name, *path;
		struct span in;
		size_t packages;
		bool hides;
	} cases[] = {
		{ "installed", "var/lib/dpkg/status",
			SPAN_INIT("Package: a\nStatus: install ok installed\nVersion: 1\n"), 1,
			false },
		{ "removed with its settings kept", "var/lib/dpkg/status",
			SPAN_INIT("Package: a\nStatus: deinstall ok config-files\nVersion: 1\n"), 0,
			false },
		{ "unpacked: its files are there", "var/lib/dpkg/status",
			SPAN_INIT("Package: a\nStatus: install ok unpacked\nVersion: 1\n\n"), 1,
			false },
		{ "a state that dpkg does not have", "var/lib/dpkg/status",
			SPAN_INIT("Package: a\nStatus: install ok Installed\nVersion: 1\n\n"), 1,
			false },
		{ "a name that is no text", "var/lib/dpkg/status",
			SPAN_INIT("Package: a\xff\nVersion: 1\n\nPackage: b\nVersion: 1\n"), 2,
			true },
		{ "two, with empty lines between", "var/lib/dpkg/status",
			SPAN_INIT("Package: a\nVersion: 1\nStatus: install ok "
				  "installed\n\n\n\nPackage: b\nVersion: 2\n"
				  "Status: install ok installed"),
			2, false },
		{ "folded lines are no fields", "var/lib/dpkg/status",
			SPAN_INIT("Package: a\nVersion: 1\nDescription: x\n Package: b\n .\n y\n"),
			1, false },
		{ "only heard of, no version", "var/lib/dpkg/status",
			SPAN_INIT(
				"Package: a\nStatus: unknown ok not-installed\nPriority: extra\n"),
			0, false },
		{ "installed without version", "var/lib/dpkg/status",
			SPAN_INIT("Package: a\nStatus: install ok installed\n"), 0, true },
		{ "damage in the middle keeps what is good", "var/lib/dpkg/status",
			SPAN_INIT("Package: a\nVersion: 1\n\n\x01\x02\x03\x04\n\nPackage: "
				  "b\nVersion: 2\n"),
			2, true },
		{ "no database at all", "var/lib/dpkg/status", SPAN_INIT("<html>not found</html>"),
			0, true },
		{ "empty", "var/lib/dpkg/status", SPAN_INIT(""), 0, false },
		{ "distroless: one stanza a file", "var/lib/dpkg/status.d/base",
			SPAN_INIT("Package: base-files\nVersion: 12\nArchitecture: amd64\n"), 1,
			false },
		{ "opkg", "usr/lib/opkg/status",
			SPAN_INIT("Package: libc\nVersion: 1.2\nStatus: install user installed\n"),
			1, false },
		{ "another path", "srv/var/lib/dpkg/status", SPAN_INIT("Package: a\nVersion: 1\n"),
			0, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;

		look_init(&l);
		look_at(&l, span_str(cases[i].path), 0644, cases[i].in);
		check(cases[i].name, l.code == 0);
		check(cases[i].name, l.part.packages.n == cases[i].packages);
		check(cases[i].name, hides_packages(&l) == cases[i].hides);
	}
}

static void dpkg_fields_and_owners(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	look_at(&l, SPAN("var/lib/dpkg/status"), 0644,
		SPAN("Package: libc6\nStatus: install ok installed\nMaintainer: Some Team "
		     "<t@example.org>\n"
		     "Architecture: amd64\nSource: glibc (2.36-9)\nVersion: 2.36-9+b1\n"
		     "Depends: libgcc-s1, a | b\nPre-Depends: dpkg (>= 1)\nProvides: libc6-x\n"
		     "Protected: yes\nEssential: no\n"));
	look_at(&l, SPAN("var/lib/dpkg/info/libc6:amd64.list"), 0644,
		SPAN("/.\n/lib\n/lib/libc.so.6\n"));
	look_at(&l, SPAN("var/lib/dpkg/info/libc6:amd64.md5sums"), 0644,
		SPAN("0123456789abcdef0123456789abcdef  lib/twice\n"));
	look_at(&l, SPAN("var/lib/dpkg/status.d/tz.md5sums"), 0644,
		SPAN("0123456789abcdef0123456789abcdef  usr/share/zone\nnot a sum\n"));
	const struct package_fact *p = package_named(&l, "libc6");

	assert_non_null(p);
	check_span("source", p->source, SPAN("glibc"));
	check_span("source version", p->source_version, SPAN("2.36-9"));
	check_span("vendor", p->vendor, SPAN("Some Team <t@example.org>"));
	check_span("needs", p->needs, SPAN("dpkg (>= 1), libgcc-s1, a | b"));
	check_span("provides", p->provides, SPAN("libc6-x"));
	assert_true(p->is_essential);
	assert_string_equal(owner_of(&l, "lib/libc.so.6"), "libc6:amd64");
	assert_string_equal(owner_of(&l, "usr/share/zone"), "tz");
	assert_string_equal(owner_of(&l, "lib/twice"), "");
	assert_int_equal(l.part.diags.n, 1);
	assert_false(hides_packages(&l));
}

static void apk_databases(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	look_at(&l, SPAN("lib/apk/db/installed"), 0644,
		SPAN("C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\no:musl-src\nt:1710000000\nL:MIT\nD:"
		     "so:x !y\np:cmd:z\nF:"
		     "lib\nR:ld-musl.so.1\na:0:0:755\n"
		     "Z:Q1x=\nF:\nR:top\n\nP:b\nV:2\n"));
	const struct package_fact *p = package_named(&l, "musl");

	assert_non_null(p);
	assert_int_equal(p->built, 1710000000);
	assert_int_equal(p->files, 2);
	check_span("origin", p->source, SPAN("musl-src"));
	check_span("needs", p->needs, SPAN("so:x !y"));
	check_span("provides", p->provides, SPAN("cmd:z"));
	assert_string_equal(owner_of(&l, "lib/ld-musl.so.1"), "musl");
	assert_string_equal(owner_of(&l, "top"), "musl");
	assert_int_equal(l.part.packages.n, 2);
	assert_false(hides_packages(&l));
	look_at(&l, SPAN("usr/lib/apk/db/installed"), 0644,
		SPAN("P:c\nV:3\ngarbage line\n\nV:only\n"));
	assert_int_equal(l.part.packages.n, 3);
	assert_true(hides_packages(&l));
}

static void a_real_alpine(void **state)
{
	(void)state;
	scoped_look struct look l;
	char command[4096];

	if (!look_data())
		skip();
	look_init(&l);
	snprintf(command, sizeof(command),
		"tar -xzOf '%s/data/rootfs/alpine-minirootfs-3.20.3-x86_64.tar.gz' "
		"./lib/apk/db/installed",
		look_data());
	look_at(&l, SPAN("lib/apk/db/installed"), 0644, look_run(&l.arena, command));
	assert_int_equal(l.part.packages.n, 14);
	assert_int_equal(l.part.diags.n, 0);
	assert_string_equal(owner_of(&l, "bin/busybox"), "busybox");
	check_span("busybox", package_named(&l, "busybox")->version, SPAN("1.36.1-r29"));
}

static void real_rpm_databases(void **state)
{
	(void)state;
	static const struct {
		const char *name, *file, *path;
		size_t packages;
		const char *package, *owned;
	} cases[] = {
		{ "sqlite in WAL mode", "rpmdb-mariner-2.0.sqlite.zst", "var/lib/rpm/rpmdb.sqlite",
			129, "bash", "bin/bash" },
		{ "ndb", "rpmdb-sle15-bci.ndb.zst", "usr/lib/sysimage/rpm/Packages.db", 35, "bash",
			"bin/bash" },
	};

	if (!look_data())
		skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;
		char command[4096];

		look_init(&l);
		snprintf(command, sizeof(command), "zstd -qdc '%s/data/rootfs/%s'", look_data(),
			cases[i].file);
		look_at(&l, span_str(cases[i].path), 0644, look_run(&l.arena, command));
		for (size_t d = 0; d < l.part.diags.n; d++)
			print_message(
				"%s: %.*s\n", cases[i].name, SPAN_ARG(l.part.diags.p[d].text));
		print_message("%s: %zu packages, %zu owned files\n", cases[i].name,
			l.part.packages.n, l.part.owned.n);
		check(cases[i].name, l.part.packages.n == cases[i].packages);
		check(cases[i].name, l.part.diags.n == 0);
		const struct package_fact *p = package_named(&l, cases[i].package);

		check(cases[i].name, p && p->built > 1000000000 && p->source.len && p->files);
		check_span(cases[i].name, span_str(owner_of(&l, cases[i].owned)),
			span_str(cases[i].package));
	}
}

static void real_images(void **state)
{
	(void)state;
	static const struct {
		const char *image, *path;
		size_t packages;
		const char *package;
	} cases[] = {
		{ "rpm-bdb", "var/lib/rpm/Packages", 129, "bash" },
		{ "rpm-ndb", "usr/lib/sysimage/rpm/Packages.db", 35, "bash" },
		{ "debian", "var/lib/dpkg/status", 96, "libc6" },
	};

	if (!look_images())
		skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char command[4096];

		snprintf(command, sizeof(command), "%s/oci/%s/index.json", look_images(),
			cases[i].image);
		if (access(command, R_OK)) {
			print_message("%s: left out, not made here\n", cases[i].image);
			continue;
		}
		scoped_look struct look l;

		look_init(&l);
		snprintf(command, sizeof(command),
			"for f in '%s/oci/%s/blobs/sha256/'*; do tar -xzOf \"$f\" './%s' "
			"2>/dev/null ||"
			" tar -xzOf \"$f\" '%s' 2>/dev/null; done; true",
			look_images(), cases[i].image, cases[i].path, cases[i].path);
		look_at(&l, span_str(cases[i].path), 0644, look_run(&l.arena, command));
		print_message("%s: %zu packages, %zu owned files\n", cases[i].image,
			l.part.packages.n, l.part.owned.n);
		/* Debian's archive moves; the other two are files that do not. */
		check(cases[i].image,
			l.part.packages.n == cases[i].packages ||
				(!strcmp(cases[i].image, "debian") && l.part.packages.n > 80));
		check(cases[i].image, l.part.diags.n == 0);
		check(cases[i].image, package_named(&l, cases[i].package) != NULL);
	}
}

/* Every cut and every flipped byte of a made database: what is read before stays, and nothing
 * passes as whole that has lost a package without a diagnostic. */
static void damaged_rpm_databases(void **state)
{
	(void)state;
	static const struct {
		const char *name, *path, *file;
	} cases[] = {
		{ "sqlite", "var/lib/rpm/rpmdb.sqlite", "rpm_sqlite/overflow-and-interior" },
		{ "ndb", "usr/lib/sysimage/rpm/Packages.db", "rpm_ndb/two" },
		{ "bdb, little-endian", "var/lib/rpm/Packages", "rpm_bdb/little" },
		{ "bdb, big-endian", "var/lib/rpm/Packages", "rpm_bdb/big" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct span whole = look_corpus(&a, cases[i].file);
		size_t packages = 0;

		for (size_t cut = 0; cut <= whole.len;
			cut += cut < whole.len && whole.len - cut < 97 ? whole.len - cut : 97) {
			scoped_look struct look l;

			look_init(&l);
			look_at(&l, span_str(cases[i].path), 0644,
				span_sub(whole, 0, whole.len - cut));
			check(cases[i].name, l.code == 0);
			if (cut == 0)
				packages = l.part.packages.n;
			check(cases[i].name, l.part.packages.n == packages || hides_packages(&l));
		}
		check(cases[i].name, packages >= 2);
	}
}

static void rpm_databases_with_a_reason(void **state)
{
	(void)state;
	static const struct {
		const char *name, *path, *file;
		size_t packages;
		const char *says;
	} cases[] = {
		{ "a page that is its own child", "var/lib/rpm/rpmdb.sqlite",
			"rpm_sqlite/page-is-its-own-child", 40, "invalid page reference" },
		{ "no packages, sound", "var/lib/rpm/rpmdb.sqlite", "rpm_sqlite/empty-table", 0,
			NULL },
		{ "written in WAL mode", "usr/share/rpm/rpmdb.sqlite", "rpm_sqlite/wal-mode", 1,
			NULL },
		{ "a sum that does not match", "var/lib/rpm/Packages.db", "rpm_ndb/wrong-sum", 0,
			"damaged trailer" },
		{ "slot pages that are not there", "var/lib/rpm/Packages.db",
			"rpm_ndb/slot-pages-of-nothing", 0, "slot pages" },
		{ "a chain in a circle", "var/lib/rpm/Packages", "rpm_bdb/chain-in-a-circle", 0,
			"wrong length" },
		{ "encrypted", "var/lib/rpm/Packages", "rpm_bdb/encrypted", 0, "encrypted" },
		{ "a b-tree, not a hash", "var/lib/rpm/Packages", "rpm_bdb/btree", 0,
			"not a hash database" },
		{ "changes in a log", "var/lib/rpm/rpmdb.sqlite-wal", "rpm_sqlite/one", 0, "log" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;

		look_init(&l);
		look_at(&l, span_str(cases[i].path), 0644, look_corpus(&l.arena, cases[i].file));
		check(cases[i].name, l.part.packages.n == cases[i].packages);
		check(cases[i].name, hides_packages(&l) == (cases[i].says != NULL));
		if (cases[i].says)
			check(cases[i].name,
				span_has(l.part.diags.p[0].text, span_str(cases[i].says)));
	}
}

static void an_empty_log_hides_nothing(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	look_at(&l, SPAN("var/lib/rpm/rpmdb.sqlite-wal"), 0644, SPAN(""));
	assert_int_equal(l.part.diags.n, 0);
}

static void rpm_fields(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	look_at(&l, SPAN("var/lib/rpm/rpmdb.sqlite"), 0644,
		look_corpus(&l.arena, "rpm_sqlite/one"));
	const struct package_fact *p = package_named(&l, "bash");

	assert_non_null(p);
	check_span("version with epoch", p->version, SPAN("1:5.1-2.el9"));
	check_span("source", p->source, SPAN("bash"));
	check_span("source version", p->source_version, SPAN("5.1-2.el9"));
	check_span("vendor", p->vendor, SPAN("A Vendor"));
	assert_int_equal(p->built, 1700000000);
	assert_int_equal(p->files, 3);
	assert_string_equal(owner_of(&l, "usr/share/doc/bash/COPYING"), "bash");
}

static void distroless_rpm_lists(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	look_at(&l, SPAN("var/lib/rpmmanifest/container-manifest-2"), 0644,
		look_corpus(&l.arena, "rpm_manifest/two"));
	assert_int_equal(l.part.packages.n, 2);
	assert_int_equal(l.part.diags.n, 0);
	check_span("version", package_named(&l, "bash")->version, SPAN("5.1-2.cm2"));
	check_span("source", package_named(&l, "bash")->source, SPAN("bash"));
	check_span("epoch", package_named(&l, "x")->version, SPAN("3:1-1"));
	check_span("unknown vendor", package_named(&l, "x")->vendor, SPAN(""));
	assert_int_equal(package_named(&l, "bash")->built, 1700000000);
	look_at(&l, SPAN("var/lib/rpmmanifest/container-manifest-2"), 0644,
		look_corpus(&l.arena, "rpm_manifest/damaged"));
	assert_int_equal(l.part.packages.n, 2);
	assert_true(hides_packages(&l));
}

/* The content of manifest.wall with the zstd frame that holds it as it is (one raw block). */
static struct span raw_frame(struct arena *a, struct span content)
{
	uint32_t block = (uint32_t)content.len << 3 | 1; /* last, raw */
	uint32_t n = (uint32_t)content.len - 256;
	uint8_t head[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x60, (uint8_t)n, (uint8_t)(n >> 8),
		(uint8_t)block, (uint8_t)(block >> 8), (uint8_t)(block >> 16) };

	return look_join(a, span_of(head, sizeof(head)), content);
}

static void chisel_manifests(void **state)
{
	(void)state;
	scoped_look struct look l;
	const char *path = "var/lib/chisel/manifest.wall";

	look_init(&l);
	look_at(&l, span_str(path), 0644, raw_frame(&l.arena, look_corpus(&l.arena, "wall/small")));
	assert_int_equal(l.part.diags.n, 0);
	assert_int_equal(l.part.packages.n, 1);
	assert_int_equal(l.part.packages.p[0].type, PACKAGE_CHISEL);
	assert_int_equal(l.part.packages.p[0].files, 1);
	assert_string_equal(owner_of(&l, "etc/x"), "base-files");
	look_at(&l, SPAN("x/manifest.wall"), 0644,
		raw_frame(&l.arena, SPAN("{\"jsonwall\":\"1.0\",\"schema\":\"1.0\",\"count\":2}\n"
					 "{\"name\":\"a\",\"version\":\"1\"}\n")));
	assert_true(hides_packages(&l));
	look_at(&l, SPAN("y/manifest.wall"), 0644, SPAN("not zstd"));
	assert_true(hides_packages(&l));
}

/* Damage hides the inventory and is no error: the other verdicts stay. */
static void records_of_languages(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		struct span in;
		size_t packages;
		bool is_damaged;
	} cases[] = {
		{ "a/b-1.dist-info/METADATA", SPAN_INIT("Name: b\nVersion: 1\n"), 1, false },
		{ "a/b-1.dist-info/METADATA", SPAN_INIT("Name: b\n"), 0, true },
		{ "node_modules/a/package.json", SPAN_INIT("{"), 0, true },
		{ "node_modules/a/lib/package.json", SPAN_INIT("{"), 0, false },
		{ "var/lib/db/sbom/a-1-r0.spdx.json",
			SPAN_INIT("{\"packages\":[{\"name\":\"a\",\"versionInfo\":\"1-r0\","
				  "\"externalRefs\":[{\"referenceType\":\"purl\","
				  "\"referenceLocator\":\"pkg:apk/wolfi/a@1-r0?arch=x86_64\"}]},"
				  "{\"name\":\"a.git\",\"versionInfo\":\"1\",\"externalRefs\":["
				  "{\"referenceType\":\"purl\",\"referenceLocator\":"
				  "\"pkg:github/a/a@1\"}]}]}"),
			1, false },
		{ "var/lib/db/sbom/a-1-r0.spdx.json", SPAN_INIT("{"), 0, true },
		{ "vendor/composer/installed.json",
			SPAN_INIT("[{\"name\":\"a\",\"version\":\"1\"},{}]"), 1, true },
		{ "a/b-1.dist-info/METADATA", SPAN_INIT("Name: b\nVersion: 1\xff\n"), 1, true },
		{ "a/b-1.dist-info/METADATA", SPAN_INIT("Name: b\x01\nVersion: 1\n"), 1, true },
		{ "a/b-1.egg", SPAN_INIT("PK"), 1, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;

		look_init(&l);
		look_at(&l, span_str(cases[i].path), 0644, cases[i].in);
		check(cases[i].path, l.code == 0);
		check(cases[i].path, l.part.packages.n == cases[i].packages);
		check(cases[i].path, l.part.diags.n == cases[i].is_damaged);
		for (size_t k = 0; k < l.part.diags.n; k++) {
			assert_int_equal(l.part.diags.p[k].hides, HIDES_INVENTORY);
			assert_int_equal(l.part.diags.p[k].severity, DIAG_WARNING);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dpkg_databases),
		cmocka_unit_test(dpkg_fields_and_owners),
		cmocka_unit_test(apk_databases),
		cmocka_unit_test(a_real_alpine),
		cmocka_unit_test(real_rpm_databases),
		cmocka_unit_test(real_images),
		cmocka_unit_test(rpm_fields),
		cmocka_unit_test(damaged_rpm_databases),
		cmocka_unit_test(rpm_databases_with_a_reason),
		cmocka_unit_test(an_empty_log_hides_nothing),
		cmocka_unit_test(distroless_rpm_lists),
		cmocka_unit_test(chisel_manifests),
		cmocka_unit_test(records_of_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
