/* test_match.c - packages against small databases: one case a rule, each named for what it shows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "advisory/db/build.h"
#include "advisory/match/match.h"
#include "advisory/match/vex.h"
#include "base/date.h"
#include "facts/symbols.h"

enum {
	TODAY = 20000,
	ROWS_MAX = 6,
	WANT_MAX = 4,
	PACKAGES_MAX = 3,
	CLASSES = FEED_FIXED | FEED_UNFIXED | FEED_NEGATIVE | FEED_RATING
};

/* One row, its bounds flat. */
struct row {
	const char *id, *ecosystem, *package;
	const char *introduced, *fixed, *last;
	uint8_t state, rating;
	const char *cvss, *module, *arch;
	bool is_unimportant;
};

struct record {
	const char *id, *alias, *cvss;
	uint8_t rating, rating_class;
	bool is_rejected, is_exploited;
};

struct want {
	const char *id;
	uint8_t status; /* + 1; 0 ends the list */
	const char *fixed;
	uint8_t rating;
	const char *why, *source; /* parts of it */
};

struct pack {
	struct package_fact fact;
	int owner;    /* number of its owner + 1 */
	bool is_data; /* no executable content */
};

#define S SPAN_INIT
#define DEB(n, v) .type = PACKAGE_DEB, .name = S(n), .version = S(v)
#define RPM(n, v) .type = PACKAGE_RPM, .name = S(n), .version = S(v), .arch = S("x86_64")
#define APK(n, v) .type = PACKAGE_APK, .name = S(n), .version = S(v)
#define OUT(status) (MATCH_##status + 1)

static const struct {
	const char *name, *id, *version, *pretty;
	struct pack packages[PACKAGES_MAX];
	struct row rows[ROWS_MAX];
	struct record records[ROWS_MAX];
	struct want want[WANT_MAX];
	const char *gap; /* part of one; NULL: there must be none */
	uint8_t classes; /* of the feed; 0: all */
} cases[] = {
	{ "Debian goes by source", "debian", "13", "Debian 13",
		{ { { DEB("libssl3", "3.0.1-1"), .source = S("openssl") } } },
		{ { "CVE-1", "Debian:13", "openssl", NULL, "3.0.2-1", NULL, FIX_FIXED,
			RATING_HIGH } },
		{ { 0 } }, { { "CVE-1", OUT(AFFECTED), "3.0.2-1", RATING_HIGH, NULL, "feed" } },
		NULL },
	{ "a rebuilt binary has its source's version", "debian", "13", "Debian 13",
		{ { { DEB("libfoo1", "1.0-1+b2"), .source = S("foo"),
			.source_version = S("1.0-1") } } },
		{ { "CVE-1", "Debian:13", "foo", NULL, "1.0-1+b1", NULL, FIX_FIXED } }, { { 0 } },
		{ { "CVE-1", OUT(AFFECTED), "1.0-1+b1" } }, NULL },
	{ "what is fixed is not listed", "debian", "13", "Debian 13",
		{ { { DEB("bash", "5.2-3") } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, "5.2-3", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, NULL },
	{ "another release is another one", "debian", "12", "Debian 12",
		{ { { DEB("bash", "5.2-1") } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, "5.2-3", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "no advisories on Debian 12" },
	{ "no-dsa counts", "debian", "13", "Debian 13", { { { DEB("bash", "5.2-1") } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, NULL, NULL, FIX_DEFERRED, RATING_LOW } },
		{ { 0 } }, { { "CVE-1", OUT(AFFECTED), "", RATING_LOW } }, NULL },
	{ "unimportant is negligible", "debian", "13", "Debian 13",
		{ { { DEB("bash", "5.2-1") } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, NULL, NULL, FIX_NOT_FIXED, 0, NULL, NULL,
			NULL, true } },
		{ { 0 } }, { { "CVE-1", OUT(AFFECTED), "", RATING_NEGLIGIBLE } }, NULL },
	{ "fixes alone prove nothing where there are more", "debian", "13", "Debian 13",
		{ { { DEB("bash", "5.2-3") } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, "5.2-3", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "list fixes only", FEED_FIXED },
	{ "a chiselled package by its manifest", "ubuntu", "24.04", "Ubuntu 24.04",
		{ { { .type = PACKAGE_CHISEL, .name = S("bash"), .version = S("5.2-1") } } },
		{ { "CVE-1", "Ubuntu:24.04:LTS", "bash", NULL, "5.2-3", NULL, FIX_FIXED } },
		{ { 0 } }, { { "CVE-1", OUT(AFFECTED), "5.2-3" } }, "chiselled" },
	{ "a fix for paid support is said as one", "ubuntu", "24.04", "Ubuntu 24.04",
		{ { { DEB("bash", "5.2-1") } } },
		{ { "CVE-1", "Ubuntu:24.04:LTS", "bash", NULL, NULL, NULL, FIX_NOT_FIXED },
			{ "CVE-1", "Ubuntu:Pro:24.04:LTS", "bash", NULL, "5.2-1+esm1", NULL,
				FIX_EXTENDED } },
		{ { 0 } }, { { "CVE-1", OUT(AFFECTED), "5.2-1+esm1" } }, NULL },
	{ "a package of somebody else is not matched", "debian", "13", "Debian 13",
		{ { { DEB("nginx", "1.0-1"), .vendor = S("NGINX <nginx-packaging@f5.com>") } } },
		{ { "CVE-1", "Debian:13", "nginx", NULL, "1.2-1", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "nginx of nginx.org" },
	{ "nor by rpm's vendor", "almalinux", "9.4", "AlmaLinux 9.4",
		{ { { RPM("htop", "1-1"), .vendor = S("Fedora Project") } } },
		{ { "CVE-1", "AlmaLinux:9", "htop", NULL, "2-1", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "htop of Fedora Project" },
	{ "the distribution's vendor is", "almalinux", "9.4", "AlmaLinux 9.4",
		{ { { RPM("bash", "1-1"), .vendor = S("AlmaLinux") } } },
		{ { "CVE-1", "AlmaLinux:9", "bash", NULL, "2-1", NULL, FIX_FIXED } }, { { 0 } },
		{ { "CVE-1", OUT(AFFECTED), "2-1" } }, NULL },
	{ "rpm goes by binary, a missing epoch is 0", "almalinux", "9.4", "AlmaLinux 9.4",
		{ { { RPM("perl-Errno", "1.30-1"), .source = S("perl") } } },
		{ { "CVE-1", "AlmaLinux:9", "perl", NULL, "4:5.32-2", NULL, FIX_FIXED },
			{ "CVE-2", "AlmaLinux:9", "perl-Errno", NULL, "0:1.30-2", NULL,
				FIX_FIXED } },
		{ { 0 } }, { { "CVE-2", OUT(AFFECTED), "0:1.30-2" } }, NULL },
	{ "what has no fix is listed by the source rpm", "rhel", "9.4",
		"Red Hat Enterprise Linux 9.4",
		{ { { RPM("openssl-libs", "1:3.0.7-1.el9"), .source = S("openssl") } },
			{ { RPM("bash", "5.1-1.el9"), .source = S("bash") } } },
		{ { "CVE-1", "Red Hat:9", "openssl", NULL, NULL, NULL, FIX_WONT_FIX, 0, NULL, NULL,
			  "src" },
			{ "CVE-2", "Red Hat:9", "openssl", NULL, NULL, NULL, FIX_NOT_FIXED },
			{ "CVE-3", "Red Hat:9", "bash", NULL, NULL, NULL, FIX_DEFERRED, 0, NULL,
				NULL, "src" },
			{ "CVE-4", "Red Hat:9", "openssl-libs", NULL, NULL, NULL, FIX_NOT_FIXED },
			{ "CVE-4", "Red Hat:9", "openssl", NULL, NULL, NULL, FIX_NOT_AFFECTED, 0,
				NULL, NULL, "src" } },
		{ { 0 } }, { { "CVE-3", OUT(AFFECTED), "" }, { "CVE-1", OUT(AFFECTED), "" } },
		NULL },
	{ "a fix that is listed by the source rpm has its version, without an epoch", "fedora",
		"40", "Fedora Linux 40",
		{ { { RPM("perl-Errno", "0:1.37-502.fc40"), .source = S("perl"),
			  .source_version = S("5.38.2-502.fc40") } },
			{ { RPM("perl", "4:5.38.2-502.fc40"), .source = S("perl"),
				.source_version = S("5.38.2-502.fc40") } },
			{ { RPM("perl-libs", "4:5.38.2-502.fc40"), .source = S("perl"),
				.source_version = S("5.38.2-502.fc40") } } },
		{ { "CVE-1", "Fedora:40", "perl", NULL, "5.38.2-503.fc40", NULL, FIX_FIXED, 0, NULL,
			  NULL, "src" },
			{ "CVE-2", "Fedora:40", "perl", NULL, "5.38.2-502.fc40", NULL, FIX_FIXED, 0,
				NULL, NULL, "src" } },
		{ { 0 } },
		{ { "CVE-1", OUT(AFFECTED), "5.38.2-503.fc40" },
			{ "CVE-1", OUT(AFFECTED), "5.38.2-503.fc40" },
			{ "CVE-1", OUT(AFFECTED), "5.38.2-503.fc40" } },
		NULL },
	{ "nor with the epoch that a bill of materials gives the source, or gives the package only",
		"fedora", "40", "Fedora Linux 40",
		{ { { RPM("perl-libs", "4:5.38.2-502.fc40"), .source = S("perl"),
			  .source_version = S("4:5.38.2-502.fc40") } },
			{ { RPM("perl-base", "4:5.38.2-502.fc40"), .source = S("perl") } },
			{ { RPM("perl", "4:5.38.2-502.fc40") } } },
		{ { "CVE-1", "Fedora:40", "perl", NULL, "5.38.2-503.fc40", NULL, FIX_FIXED, 0, NULL,
			  NULL, "src" },
			{ "CVE-2", "Fedora:40", "perl", NULL, "5.38.2-502.fc40", NULL, FIX_FIXED, 0,
				NULL, NULL, "src" } },
		{ { 0 } },
		{ { "CVE-1", OUT(AFFECTED), "5.38.2-503.fc40" },
			{ "CVE-1", OUT(AFFECTED), "5.38.2-503.fc40" },
			{ "CVE-1", OUT(AFFECTED), "5.38.2-503.fc40" } },
		NULL },
	{ "an epoch decides", "almalinux", "9.4", "AlmaLinux 9.4",
		{ { { RPM("bind", "32:9.16-1") } } },
		{ { "CVE-1", "AlmaLinux:9", "bind", NULL, "9.18-1", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, NULL },
	{ "a row of another architecture", "almalinux", "9.4", "AlmaLinux 9.4",
		{ { { RPM("bash", "1-1") } } },
		{ { "CVE-1", "AlmaLinux:9", "bash", NULL, "2-1", NULL, FIX_FIXED, 0, NULL, NULL,
			  "aarch64 s390x" },
			{ "CVE-2", "AlmaLinux:9", "bash", NULL, "2-1", NULL, FIX_FIXED, 0, NULL,
				NULL, "aarch64 x86_64" } },
		{ { 0 } }, { { "CVE-2", OUT(AFFECTED), "2-1" } }, NULL },
	{ "a row of a module is for its stream", "almalinux", "8.9", "AlmaLinux 8.9",
		{ { { RPM("nodejs", "1:18.1-1.module_el8"),
			.module = S("nodejs:18:80:abc:x86_64") } } },
		{ { "CVE-1", "AlmaLinux:8", "nodejs", NULL, "1:20.1-1.module_el8", NULL, FIX_FIXED,
			  0, NULL, "nodejs:20" },
			{ "CVE-2", "AlmaLinux:8", "nodejs", NULL, "1:18.2-1.module_el8", NULL,
				FIX_FIXED, 0, NULL, "nodejs:18" },
			{ "CVE-3", "AlmaLinux:8", "nodejs", NULL, "1:18.2-1.module_el8", NULL,
				FIX_FIXED, 0, NULL, "nodejs:1" } },
		{ { 0 } }, { { "CVE-2", OUT(AFFECTED), "1:18.2-1.module_el8" } }, NULL },
	{ "a module's row without a stream is unsure", "almalinux", "8.9", "AlmaLinux 8.9",
		{ { { RPM("php", "8.0.1-1.module_el8") } } },
		{ { "CVE-1", "AlmaLinux:8", "php", NULL, "8.2.9-1.module_el8", NULL, FIX_FIXED },
			{ "CVE-2", "AlmaLinux:8", "php", NULL, "8.0.9-1.module_el8", NULL,
				FIX_FIXED } },
		{ { 0 } }, { { "CVE-2", OUT(AFFECTED), "8.0.9-1.module_el8" } }, "which stream" },
	{ "a plain row is not for a package of a module", "almalinux", "8.9", "AlmaLinux 8.9",
		{ { { RPM("php", "7.2-1.module_el8"), .module = S("php:7.2:80:abc:x86_64") } } },
		{ { "CVE-1", "AlmaLinux:8", "php", NULL, "7.9-1", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, NULL },
	{ "a package of another manager", "alpine", "3.20.1", "Alpine 3.20",
		{ { { DEB("bash", "1-1") } } },
		{ { "CVE-1", "Alpine:v3.20", "bash", NULL, "2", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "bash of deb" },
	{ "opkg is nobody's", "debian", "12", "Debian 12",
		{ { { .type = PACKAGE_OPKG, .name = S("bash"), .version = S("1-1") } } },
		{ { "CVE-1", "Debian:12", "bash", NULL, "2", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "bash of opkg" },
	{ "of several fixes the latest", "almalinux", "9.4", "AlmaLinux 9.4",
		{ { { RPM("bash", "1-1") } } },
		{ { "CVE-1", "AlmaLinux:9", "bash", NULL, "2-1", NULL, FIX_FIXED },
			{ "CVE-1", "AlmaLinux:9", "bash", "2-2", "3-1", NULL, FIX_FIXED },
			{ "ALSA-9", "AlmaLinux:9", "bash", NULL, "4-1", NULL, FIX_FIXED } },
		{ { "ALSA-9", "CVE-1" } }, { { "CVE-1", OUT(AFFECTED), "4-1" } }, NULL },
	{ "a relative stands in and never proves", "rocky", "9.4", "Rocky 9.4",
		{ { { RPM("bash", "1-1"), .vendor = S("Rocky Enterprise Software Foundation") } } },
		{ { "CVE-1", "AlmaLinux:9", "bash", NULL, "2-1", NULL, FIX_FIXED } }, { { 0 } },
		{ { "CVE-1", OUT(AFFECTED), "2-1", 0, "by the data of AlmaLinux:9" } },
		"those of AlmaLinux:9" },
	{ "RHEL's list of what has no fix counts for a rebuild", "almalinux", "9.4",
		"AlmaLinux 9.4", { { { RPM("bash", "1-1") } } },
		{ { "CVE-1", "AlmaLinux:9", "other", NULL, "2-1", NULL, FIX_FIXED },
			{ "CVE-2", "Red Hat:9", "bash", NULL, NULL, NULL, FIX_NOT_FIXED },
			{ "CVE-3", "Red Hat:9", "bash", NULL, "2-1", NULL, FIX_FIXED } },
		{ { 0 } }, { { "CVE-2", OUT(AFFECTED), "" } }, NULL },
	{ "gpg-pubkey is a key", "almalinux", "9.4", "AlmaLinux 9.4",
		{ { { RPM("gpg-pubkey", "1-1") } } },
		{ { "CVE-1", "AlmaLinux:9", "gpg-pubkey", NULL, "2-1", NULL, FIX_FIXED } },
		{ { 0 } }, { { 0 } }, NULL },
	{ "a negative row takes out", "wolfi", "20230201", "Wolfi",
		{ { { APK("curl", "8.1-r0") } } },
		{ { "CVE-1", "Wolfi", "curl", NULL, "8.2-r0", NULL, FIX_FIXED },
			{ "CVE-2", "Wolfi", "curl", NULL, "8.2-r0", NULL, FIX_FIXED },
			{ "CVE-2", "Wolfi", "curl", NULL, NULL, NULL, FIX_NOT_AFFECTED } },
		{ { 0 } }, { { "CVE-1", OUT(AFFECTED), "8.2-r0" } }, NULL },
	{ "what a package owns goes by its data", "wolfi", "20230201", "Wolfi",
		{ { { APK("awscli", "2.0-r0") } },
			{ { .type = PACKAGE_PYTHON, .name = S("Urllib_3"), .version = S("1.0") },
				1 } },
		{ { "CVE-1", "PyPI", "urllib-3", NULL, "1.1", NULL, FIX_FIXED },
			{ "CVE-1", "Wolfi", "awscli", NULL, NULL, NULL, FIX_NOT_AFFECTED } },
		{ { 0 } }, { { "CVE-1", OUT(SUPPRESSED), "1.1", 0, "owned by awscli" } }, NULL },
	{ "also where the database has none of its data", "debian", "13", "Debian 13",
		{ { { DEB("python3-six", "1.0-1") } },
			{ { .type = PACKAGE_PYTHON, .name = S("six"), .version = S("1.0") }, 1 } },
		{ { "CVE-1", "PyPI", "six", NULL, "1.1", NULL, FIX_FIXED } }, { { 0 } },
		{ { "CVE-1", OUT(SUPPRESSED), "1.1", 0, "owned by python3-six" } },
		"no advisories on Debian 13" },
	{ "not where the owner is somebody else's", "debian", "13", "Debian 13",
		{ { { DEB("app", "1.0-1"), .vendor = S("X <x@elastic.co>") } },
			{ { .type = PACKAGE_PYTHON, .name = S("six"), .version = S("1.0") }, 1 } },
		{ { "CVE-1", "PyPI", "six", NULL, "1.1", NULL, FIX_FIXED },
			{ "CVE-2", "Debian:13", "bash", NULL, "2", NULL, FIX_FIXED } },
		{ { 0 } }, { { "CVE-1", OUT(AFFECTED), "1.1" } }, "app of Elastic" },
	{ "data only stays, and says so", "debian", "13", "Debian 13",
		{ { { DEB("locales", "2.36-1"), .source = S("glibc") }, 0, true } },
		{ { "CVE-1", "Debian:13", "glibc", NULL, "2.36-2", NULL, FIX_FIXED } }, { { 0 } },
		{ { "CVE-1", OUT(AFFECTED), "2.36-2", 0, "no executable content" } }, NULL },
	{ "headers of the kernel are not the kernel", "debian", "13", "Debian 13",
		{ { { DEB("linux-libc-dev", "6.1-1"), .source = S("linux") }, 0, true } },
		{ { "CVE-1", "Debian:13", "linux", NULL, "6.2-1", NULL, FIX_FIXED } }, { { 0 } },
		{ { "CVE-1", OUT(SUPPRESSED), "6.2-1", 0, "headers only" } }, NULL },
	{ "a rejected CVE is none", "debian", "13", "Debian 13", { { { DEB("bash", "1-1") } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, "2-1", NULL, FIX_FIXED } },
		{ { "CVE-1", NULL, NULL, 0, 0, true } },
		{ { "CVE-1", OUT(SUPPRESSED), "2-1", 0, "rejected" } }, NULL },
	{ "one flaw is one finding", "", "", "",
		{ { { .type = PACKAGE_NPM, .name = S("@a/b"), .version = S("1.0.0") } } },
		{ { "GHSA-1", "npm", "@a/b", NULL, "1.1.0", NULL, FIX_FIXED },
			{ "CVE-1", "npm", "@a/b", NULL, "1.2.0", NULL, FIX_FIXED } },
		{ { "GHSA-1", "CVE-1" } }, { { "CVE-1", OUT(AFFECTED), "1.2.0" } }, NULL },
	{ "of GitHub and Go's own the range of GitHub", "", "", "",
		{ { { .type = PACKAGE_GO, .name = S("a.b/c"), .version = S("v1.0.0") } } },
		{ { "GHSA-1", "Go", "a.b/c", NULL, "1.1.0", NULL, FIX_FIXED },
			{ "GO-1", "Go", "a.b/c", NULL, "1.2.0", NULL, FIX_FIXED } },
		{ { "GHSA-1", "CVE-1" }, { "GO-1", "CVE-1" } },
		{ { "CVE-1", OUT(AFFECTED), "1.1.0" } }, NULL },
	{ "one row of GitHub holds, another does not", "", "", "",
		{ { { .type = PACKAGE_GO, .name = S("a.b/c"), .version = S("v1.0.0") } } },
		{ { "GHSA-1", "Go", "a.b/c", NULL, NULL, "1.0.5", FIX_UNKNOWN },
			{ "GHSA-2", "Go", "a.b/c", NULL, "0.9.0", NULL, FIX_FIXED },
			{ "GO-1", "Go", "a.b/c", NULL, "1.2.0", NULL, FIX_FIXED } },
		{ { "GHSA-1", "CVE-1" }, { "GHSA-2", "CVE-1" }, { "GO-1", "CVE-1" } },
		{ { "CVE-1", OUT(AFFECTED), "1.2.0" } }, NULL },
	{ "what GitHub's range denies", "", "", "",
		{ { { .type = PACKAGE_GO, .name = S("a.b/c"), .version = S("v1.1.5") } } },
		{ { "GHSA-1", "Go", "a.b/c", NULL, "1.1.0", NULL, FIX_FIXED },
			{ "GO-1", "Go", "a.b/c", NULL, "1.2.0", NULL, FIX_FIXED },
			{ "GO-2", "Go", "a.b/c", NULL, "1.2.0", NULL, FIX_FIXED },
			{ "GHSA-2", "Go", "a.b/other", NULL, "1.2.0", NULL, FIX_FIXED } },
		{ { "GHSA-1", "CVE-1" }, { "GO-1", "CVE-1" }, { "GO-2", "GHSA-2" } },
		{ { "GHSA-2", OUT(AFFECTED), "1.2.0" },
			{ "CVE-1", OUT(SUPPRESSED), "1.2.0", 0, "range of GHSA-1" } },
		NULL },
	{ "it does not of a commit after a release", "", "", "",
		{ { { .type = PACKAGE_GO,
			.name = S("a.b/c"),
			.version = S("v1.1.5-rc1.0.20230101000000-0123456789ab") } } },
		{ { "GHSA-1", "Go", "a.b/c", NULL, "1.1.0", NULL, FIX_FIXED },
			{ "GO-1", "Go", "a.b/c", NULL, "1.2.0", NULL, FIX_FIXED } },
		{ { "GHSA-1", "CVE-1" }, { "GO-1", "CVE-1" } },
		{ { "CVE-1", OUT(AFFECTED), "1.2.0" } }, NULL },
	{ "not of a commit", "", "", "",
		{ { { .type = PACKAGE_GO,
			.name = S("a.b/c"),
			.version = S("v0.0.0-20200101000000-0123456789ab") } } },
		{ { "GHSA-1", "Go", "a.b/c", NULL, "1.1.0", NULL, FIX_FIXED },
			{ "GO-1", "Go", "a.b/c", NULL, "1.2.0", NULL, FIX_FIXED } },
		{ { "GHSA-1", "CVE-1" }, { "GO-1", "CVE-1" } },
		{ { "CVE-1", OUT(AFFECTED), "1.2.0" } }, NULL },
	{ "Go's main module without a release", "", "", "",
		{ { { .type = PACKAGE_GO,
			.name = S("a.b/main"),
			.version = S("(devel)"),
			.is_main = true } } },
		{ { "GO-1", "Go", "a.b/main", NULL, "1.2.0", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "no version that can be compared" },
	{ "nobody publishes on it: nothing is missing", "", "", "",
		{ { { .type = PACKAGE_GO,
			.name = S("a.b/mine"),
			.version = S("(devel)"),
			.is_main = true } } },
		{ { "GO-1", "Go", "a.b/other", NULL, "1.2.0", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, NULL },
	{ "a jar without a group", "", "", "",
		{ { { .type = PACKAGE_MAVEN, .name = S(":common"), .version = S("1.0") } } },
		{ { "CVE-1", "Maven", "g:common", NULL, "1.2.0", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "without a group" },
	{ "an ecosystem without a feed", "", "", "",
		{ { { .type = PACKAGE_GEM, .name = S("rack"), .version = S("1.0") } } },
		{ { "CVE-1", "npm", "rack", NULL, "1.2.0", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "no advisories on gem packages (1 here)" },
	{ "a version that is none", "", "", "",
		{ { { .type = PACKAGE_PYTHON, .name = S("six"), .version = S("banana") } } },
		{ { "CVE-1", "PyPI", "six", NULL, "1.2.0", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "no version that can be compared" },
	{ "a program by its product", "", "", "",
		{ { { .type = PACKAGE_BINARY, .name = S("postgres"), .version = S("15.1.0") } } },
		{ { "BIT-1", "Bitnami", "postgresql", NULL, "15.2.0", NULL, FIX_FIXED } },
		{ { "BIT-1", "CVE-1" } }, { { "CVE-1", OUT(AFFECTED), "15.2.0" } }, NULL },
	{ "a program that nobody speaks of", "", "", "",
		{ { { .type = PACKAGE_BINARY, .name = S("busybox"), .version = S("1.36.0") } } },
		{ { "BIT-1", "Bitnami", "postgresql", NULL, "15.2.0", NULL, FIX_FIXED } },
		{ { 0 } }, { { 0 } }, "without a package: busybox" },
	{ "a distribution that nobody knows", "plan9", "4", "Plan 9", { { { DEB("bash", "1") } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, "2", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "no advisories are known for Plan 9" },
	{ "one out of support", "debian", "9", "Debian 9", { { { DEB("bash", "3") } } },
		{ { "CVE-1", "Debian:9", "bash", NULL, "2", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "out of support since 2022-06-30" },
	{ "no package at all", "", "", "", { { { 0 } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, "2", NULL, FIX_FIXED } }, { { 0 } },
		{ { 0 } }, "no package was found" },
	{ "Alpine goes by its release", "alpine", "3.20.3", "Alpine 3.20",
		{ { { APK("libcrypto3", "3.1-r0"), .source = S("openssl") } } },
		{ { "CVE-1", "Alpine:v3.20", "openssl", NULL, "3.1-r1", NULL, FIX_FIXED } },
		{ { 0 } }, { { "CVE-1", OUT(AFFECTED), "3.1-r1" } }, NULL },
	/* who rates */
	{ "the vendor's word before everything", "debian", "13", "Debian 13",
		{ { { DEB("bash", "1-1") } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, "2-1", NULL, FIX_FIXED, RATING_LOW,
			"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" } },
		{ { "CVE-1", NULL, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 0, RATED_CNA } },
		{ { "CVE-1", OUT(AFFECTED), "2-1", RATING_LOW, NULL, "feed" } }, NULL },
	{ "then the row's vector", "debian", "13", "Debian 13", { { { DEB("bash", "1-1") } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, "2-1", NULL, FIX_FIXED, 0,
			"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" } },
		{ { 0 } },
		{ { "CVE-1", OUT(AFFECTED), "2-1", RATING_CRITICAL, NULL, "CVSS 3.1 of feed" } },
		NULL },
	{ "then the CNA's", "debian", "13", "Debian 13", { { { DEB("bash", "1-1") } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, "2-1", NULL, FIX_FIXED } },
		{ { "CVE-1", NULL, "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 0, RATED_CNA } },
		{ { "CVE-1", OUT(AFFECTED), "2-1", RATING_LOW, NULL, "CVSS 3.1 of" } }, NULL },
	{ "none is unrated", "debian", "13", "Debian 13", { { { DEB("bash", "1-1") } } },
		{ { "CVE-1", "Debian:13", "bash", NULL, "2-1", NULL, FIX_FIXED } }, { { 0 } },
		{ { "CVE-1", OUT(AFFECTED), "2-1", RATING_UNRATED } }, NULL },
};
enum { CASES = sizeof(cases) / sizeof(*cases) };

/* A database without its file of records proves nothing. */
static const struct record some_record = { "CVE-0", .cvss = NULL };

/* ---- a database ------------------------------------------------------------------------------ */

struct world {
	struct arena arena;
	struct policy policy;
	struct image_facts image;
	struct advisory_db *db;
	struct matches found;
	char folder[64];
};

static void add_row(struct advisory_build *b, uint16_t source, const struct row *r)
{
	struct advisory_range range = { span_str(r->introduced), span_str(r->fixed),
		span_str(r->last) };
	struct scov_err err;
	const struct advisory_row row = { .id = span_str(r->id),
		.ecosystem = span_str(r->ecosystem),
		.package = span_str(r->package),
		.ranges = &range,
		.ranges_n = r->state == FIX_NOT_AFFECTED ? 0 : 1,
		.state = r->state,
		.rating = r->rating,
		.cvss = span_str(r->cvss),
		.module = span_str(r->module),
		.arch = span_str(r->arch),
		.is_unimportant = r->is_unimportant };

	if (advisory_build_row(b, source, &row, &err))
		fail_msg("%s", err.text);
}

static void add_record(struct advisory_build *b, uint16_t source, const struct record *r)
{
	struct span alias = span_str(r->alias);
	struct scov_err err;
	const struct advisory_record record = { .id = span_str(r->id),
		.aliases = &alias,
		.aliases_n = r->alias != NULL,
		.cvss = span_str(r->cvss),
		.rating = r->rating,
		.rating_class = r->rating_class,
		.is_rejected = r->is_rejected,
		.is_exploited = r->is_exploited };

	if (advisory_build_record(b, source, &record, &err))
		fail_msg("%s", err.text);
}

static void build(struct world *w, const struct row *rows, const struct record *records,
	uint8_t classes, const struct advisory_build_options *opt)
{
	struct advisory_source feed = { .name = SPAN("feed"), .day = TODAY, .classes = classes };
	struct advisory_source cve = { .name = SPAN("cve"), .day = TODAY, .classes = FEED_RATING };
	struct limits limits = limits_default();
	struct advisory_build *b = NULL;
	struct advisory_sum sum;
	struct scov_err err = { 0 };
	uint16_t from, rates;

	snprintf(w->folder, sizeof(w->folder), "/tmp/test-match-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	if (advisory_build_new(&b, &limits, &err) || advisory_build_source(b, &feed, &from, &err) ||
		advisory_build_source(b, &cve, &rates, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ROWS_MAX && rows[i].id; i++)
		add_row(b, from, &rows[i]);
	add_record(b, rates, &some_record);
	for (size_t i = 0; i < ROWS_MAX && records[i].id; i++)
		add_record(b, rates, &records[i]);
	if (advisory_build_write(b, w->folder, opt, &sum, &err) ||
		advisory_db_open(w->folder, &w->db, &err))
		fail_msg("%s", err.text);
	advisory_build_free(b);
}

/* A database of one row. */
static void build_rows(
	struct world *w, const struct advisory_row *row, const struct advisory_build_options *opt)
{
	struct advisory_source feed = { .name = SPAN("feed"), .day = TODAY, .classes = CLASSES };
	struct limits limits = limits_default();
	struct advisory_build *b = NULL;
	struct advisory_sum sum;
	struct scov_err err = { 0 };
	uint16_t from;

	snprintf(w->folder, sizeof(w->folder), "/tmp/test-match-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	if (advisory_build_new(&b, &limits, &err) || advisory_build_source(b, &feed, &from, &err) ||
		advisory_build_row(b, from, row, &err) ||
		advisory_build_write(b, w->folder, opt, &sum, &err) ||
		advisory_db_open(w->folder, &w->db, &err))
		fail_msg("%s", err.text);
	advisory_build_free(b);
}

static void release(struct world *w)
{
	char command[128];

	advisory_db_free(w->db);
	policy_release(&w->policy);
	arena_release(&w->image.arena);
	arena_release(&w->arena);
	snprintf(command, sizeof(command), "rm -rf %s", w->folder);
	if (*w->folder)
		assert_int_equal(system(command), 0);
}

/* ---- an image -------------------------------------------------------------------------------- */

static void start(struct world *w, const char *id, const char *version, const char *pretty)
{
	*w = (struct world){ 0 };
	policy_init(&w->policy);
	w->policy.now = (int64_t)TODAY * DAY_SECONDS;
	w->image.inputs = UINT32_MAX;
	w->image.distribution = (struct distribution){ .id = span_str(id),
		.version_id = span_str(version),
		.pretty_name = span_str(pretty),
		.is_known = *id != 0 };
}

static void add_packages(struct world *w, const struct pack *packages)
{
	for (size_t i = 0; i < PACKAGES_MAX && packages[i].fact.type; i++) {
		const struct pack *p = &packages[i];

		vec_add(&w->image.packages, &w->image.arena,
			&((struct image_package){ .fact = &p->fact,
				.copies = 1,
				.has_executable = !p->is_data,
				.owner = p->owner ? &packages[p->owner - 1].fact : NULL }));
		w->image.system_packages += package_is_system(p->fact.type);
	}
}

static void match(struct world *w, const struct match_options *opt)
{
	struct scov_err err = { 0 };

	if (match_image(&w->image, w->db, opt, &w->arena, &w->found, &err))
		fail_msg("%s", err.text);
}

static bool has_gap(const struct matches *m, const char *part)
{
	for (size_t i = 0; i < m->gaps.n; i++)
		if (span_has(m->gaps.p[i].text, span_str(part)))
			return true;
	return false;
}

static void check_case(size_t i)
{
	static const struct advisory_build_options today = { .day = TODAY };
	const char *name = cases[i].name;
	struct world w;

	start(&w, cases[i].id, cases[i].version, cases[i].pretty);
	add_packages(&w, cases[i].packages);
	build(&w, cases[i].rows, cases[i].records, cases[i].classes ? cases[i].classes : CLASSES,
		&today);
	match(&w, &(struct match_options){ .policy = &w.policy });
	size_t n = 0;

	for (; n < WANT_MAX && cases[i].want[n].status; n++) {
		const struct want *want = &cases[i].want[n];
		const struct vulnerability *v = &w.found.list.p[n];

		check(name, n < w.found.list.n);
		check_span(name, v->id, span_str(want->id));
		check_span(name, v->fixed_in, span_str(want->fixed));
		check(name, v->status == want->status - 1);
		if (v->rating != want->rating)
			fail_msg("%s: rated %s", name, rating_names[v->rating]);
		check(name, !want->why || span_has(v->why, span_str(want->why)));
		check(name, !want->source || span_has(v->rating_source, span_str(want->source)));
	}
	if (n != w.found.list.n)
		fail_msg("%s: %zu findings, one more: %.*s", name, w.found.list.n,
			SPAN_ARG(w.found.list.p[n].id));
	if (!cases[i].gap && w.found.gaps.n)
		fail_msg("%s: a gap: %.*s", name, SPAN_ARG(w.found.gaps.p[0].text));
	if (cases[i].gap && !has_gap(&w.found, cases[i].gap))
		fail_msg("%s: no gap '%s'; first: %.*s", name, cases[i].gap,
			SPAN_ARG(w.found.gaps.n ? w.found.gaps.p[0].text : SPAN("none")));
	release(&w);
}

static void rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++)
		check_case(i);
}

/* ---- age ------------------------------------------------------------------------------------- */

static void age_of_the_database(void **state)
{
	static const struct {
		const char *name;
		struct advisory_build_options opt;
		const char *gap;
	} ages[] = {
		{ "built today", { TODAY, false }, NULL },
		{ "a week", { TODAY - 7, false }, NULL },
		{ "a day more", { TODAY - 8, false }, "8 days old" },
		{ "of a year to come", { TODAY + 365, false }, "a day to come" },
		{ "built in", { TODAY, true }, "built-in ones of 2024-10-04" },
	};
	static const struct pack packages[PACKAGES_MAX] = { { { DEB("bash", "3-1") } } };
	static const struct row rows[ROWS_MAX] = { { "CVE-1", "Debian:13", "bash", NULL, "2-1",
		NULL, FIX_FIXED } };
	static const struct record none[ROWS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(ages) / sizeof(*ages); i++) {
		struct world w;

		start(&w, "debian", "13", "Debian 13");
		add_packages(&w, packages);
		build(&w, rows, none, CLASSES, &ages[i].opt);
		match(&w, &(struct match_options){ .policy = &w.policy });
		check(ages[i].name, ages[i].gap ? has_gap(&w.found, ages[i].gap) : !w.found.gaps.n);
		release(&w);
	}
}

/* ---- what a database must have --------------------------------------------------------------- */

struct known {
	const char *name, *ecosystem;
	int day;
	uint8_t classes;
};

/* A database of one row of each feed on the package. */
static void build_feeds(struct world *w, const struct known *feeds, size_t n, bool has_records)
{
	static const struct advisory_build_options today = { .day = TODAY };
	struct limits limits = limits_default();
	struct advisory_build *b = NULL;
	struct advisory_sum sum;
	struct scov_err err = { 0 };

	snprintf(w->folder, sizeof(w->folder), "/tmp/test-match-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	if (advisory_build_new(&b, &limits, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < n && feeds[i].name; i++) {
		const struct advisory_source s = { .name = span_str(feeds[i].name),
			.day = feeds[i].day,
			.classes = feeds[i].classes };
		uint16_t from;

		if (advisory_build_source(b, &s, &from, &err))
			fail_msg("%s", err.text);
		add_row(b, from,
			&(struct row){ "CVE-1", feeds[i].ecosystem, "bash", NULL, "1-1", NULL,
				FIX_FIXED });
		if (has_records)
			add_record(b, from, &some_record);
	}
	if (advisory_build_write(b, w->folder, &today, &sum, &err) ||
		advisory_db_open(w->folder, &w->db, &err))
		fail_msg("%s", err.text);
	advisory_build_free(b);
}

static void what_a_database_must_have(void **state)
{
	enum { BOTH = FEED_FIXED | FEED_UNFIXED, OLD = TODAY - 61 };
	static const struct {
		const char *name, *id, *version;
		struct known feeds[3];
		bool lacks_records;
		const char *gap; /* NULL: none at all */
	} rows[] = {
		{ "a whole feed", "debian", "13", { { "a", "Debian:13", TODAY, BOTH } }, false,
			NULL },
		{ "no file of records", "debian", "13", { { "a", "Debian:13", TODAY, BOTH } }, true,
			"no file of ratings" },
		{ "no day", "debian", "13", { { "a", "Debian:13", 0, BOTH } }, false,
			"not known how old" },
		{ "an old one", "debian", "13", { { "a", "Debian:13", OLD, BOTH } }, false,
			"end on" },
		{ "a part", "debian", "13", { { "a", "Debian:13", TODAY, BOTH | FEED_PARTIAL } },
			false, "a part of what is known" },
		{ "a part beside a whole one", "debian", "13",
			{ { "a", "Debian:13", TODAY, BOTH },
				{ "b", "Debian:13", TODAY, FEED_FIXED | FEED_PARTIAL } },
			false, NULL },
		{ "a part does not renew a whole one", "debian", "13",
			{ { "a", "Debian:13", OLD, BOTH },
				{ "b", "Debian:13", TODAY, BOTH | FEED_PARTIAL } },
			false, "end on" },
		{ "nor add what has no fix", "debian", "13",
			{ { "a", "Debian:13", TODAY, FEED_FIXED },
				{ "b", "Debian:13", TODAY, BOTH | FEED_PARTIAL } },
			false, "list fixes only" },
		{ "errata do not renew the list of what has no fix", "debian", "13",
			{ { "a", "Debian:13", TODAY, FEED_FIXED },
				{ "b", "Debian:13", OLD, FEED_UNFIXED } },
			false, "end on" },
		{ "RHEL's list has an age for a rebuild", "almalinux", "9.4",
			{ { "a", "AlmaLinux:9", TODAY, FEED_FIXED },
				{ "b", "Red Hat:9", OLD, BOTH } },
			false, "Red Hat:9 end on" },
		{ "and is not the rebuild's advisories", "almalinux", "9.4",
			{ { "b", "Red Hat:9", TODAY, BOTH } }, false, "no advisories on" },
		{ "Ubuntu's paid support alone", "ubuntu", "24.04",
			{ { "a", "Ubuntu:Pro:24.04:LTS", TODAY, BOTH } }, false,
			"no advisories on" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool is_rpm = rows[i].id[0] == 'a';
		const struct pack packages[PACKAGES_MAX] = { { { DEB("bash", "3-1"),
			.vendor = SPAN("Ubuntu Developers <x@lists.ubuntu.com>") } } };
		const struct pack rpms[PACKAGES_MAX] = {
			{ { RPM("bash", "3-1"), .vendor = SPAN("AlmaLinux") } }
		};
		struct world w;

		start(&w, rows[i].id, rows[i].version, "the system");
		add_packages(&w, is_rpm ? rpms : packages);
		build_feeds(&w, rows[i].feeds, 3, !rows[i].lacks_records);
		match(&w, &(struct match_options){ .policy = &w.policy });
		if (rows[i].gap ? !has_gap(&w.found, rows[i].gap) : w.found.gaps.n)
			fail_msg("%s: gap: %.*s", rows[i].name,
				SPAN_ARG(w.found.gaps.n ? w.found.gaps.p[0].text : SPAN("none")));
		release(&w);
	}
}

/* ---- the user's entries ---------------------------------------------------------------------- */

static void ignored_counts_all_the_same(void **state)
{
	static const struct pack packages[PACKAGES_MAX] = { { { DEB("bash", "1-1") } } };
	static const struct row rows[ROWS_MAX] = {
		{ "CVE-1", "Debian:13", "bash", NULL, "2-1", NULL, FIX_FIXED, RATING_HIGH },
		{ "CVE-2", "Debian:13", "bash", NULL, "2-1", NULL, FIX_FIXED, RATING_LOW },
		{ "CVE-3", "Debian:13", "bash", NULL, "2-1", NULL, FIX_FIXED, RATING_LOW },
	};
	static const struct record none[ROWS_MAX];
	static const struct advisory_build_options today = { .day = TODAY };
	const struct waiver waivers[] = {
		{ .id = SPAN("cve-1"), .layer = -1, .reason = SPAN("no network") },
		{ .id = SPAN("CVE-2"), .layer = -1, .purl = SPAN("pkg:deb/debian/bash@1-1") },
		{ .id = SPAN("CVE-3"), .layer = -1, .purl = SPAN("pkg:deb/debian/dash") },
	};
	struct world w;

	(void)state;
	start(&w, "debian", "13", "Debian 13");
	add_packages(&w, packages);
	build(&w, rows, none, CLASSES, &today);
	for (size_t i = 0; i < 3; i++)
		vec_add(&w.policy.waivers, &w.policy.arena, &waivers[i]);
	match(&w, &(struct match_options){ .policy = &w.policy });
	assert_int_equal(w.found.list.n, 3);
	check_span("its reason is said", w.found.list.p[0].why, SPAN("no network"));
	check("by any spelling", w.found.list.p[0].status == MATCH_IGNORED);
	check("by its package", w.found.list.p[1].status == MATCH_IGNORED);
	check("not by another's", w.found.list.p[2].status == MATCH_AFFECTED);
	check("it counts", vulnerability_counts(&w.found.list.p[0], false));
	assert_int_equal(w.found.waiver_hits[0], 1);
	assert_int_equal(w.found.waiver_hits[2], 0);
	release(&w);
}

/* ---- symbols of Go programs ------------------------------------------------------------------ */

static void symbols_of_a_program(void **state)
{
	static const struct {
		const char *name;
		const char *held; /* a symbol that the program has; NULL: it has no filter */
		bool is_out;
	} rows[] = {
		{ "another function of the package", "c.d/part.Other", true },
		{ "the function", "c.d/part.Bad", false },
		{ "no filter", NULL, false },
	};
	static const struct advisory_build_options today = { .day = TODAY };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		static uint8_t bits[SYMBOLS_BYTES_MIN];
		struct package_fact fact = { .entry = 3,
			.type = PACKAGE_GO,
			.name = SPAN("c.d/part"),
			.version = SPAN("v1.0.0") };
		struct symbols_fact filter = { 3, span_of(bits, sizeof(bits)) };
		struct part part = { .packages = { &fact, 1, 1 } };
		const struct part *parts[] = { &part };
		const struct span bad = SPAN("c.d/part.Bad");
		struct advisory_range range = { .fixed = SPAN("1.1.0") };
		const struct advisory_row row = { .id = SPAN("GO-1"),
			.ecosystem = SPAN("Go"),
			.package = SPAN("c.d/part"),
			.ranges = &range,
			.ranges_n = 1,
			.state = FIX_FIXED,
			.symbols = &bad,
			.symbols_n = 1 };
		const struct pack packages[PACKAGES_MAX] = { { .fact = fact } };
		struct world w;

		memset(bits, 0, sizeof(bits));
		if (rows[i].held) {
			symbols_add(bits, sizeof(bits), span_str(rows[i].held));
			part.symbols.p = &filter;
			part.symbols.n = 1;
		}
		start(&w, "", "", "");
		add_packages(&w, packages);
		w.image.parts = parts;
		w.image.layers_n = 1;
		build_rows(&w, &row, &today);
		match(&w, &(struct match_options){ .policy = &w.policy });
		assert_int_equal(w.found.list.n, 1);
		check(rows[i].name,
			(w.found.list.p[0].status == MATCH_SUPPRESSED) == rows[i].is_out);

		/* graded again, without the programs */
		w.image.parts = NULL;
		w.image.layers_n = 0;
		match(&w, &(struct match_options){ .policy = &w.policy });
		check(rows[i].name, w.found.list.p[0].status == MATCH_AFFECTED);
		struct absent_symbols absent = { SPAN("GO-1"), SPAN("c.d/part"), SPAN("v1.0.0"),
			symbols_digest(&bad, 1, &w.arena) };
		const struct match_options again = {
			.policy = &w.policy, .absent = &absent, .absent_n = 1
		};

		match(&w, &again);
		check(rows[i].name, w.found.list.p[0].status == MATCH_SUPPRESSED);
		check_span(rows[i].name, w.found.list.p[0].symbols, absent.symbols);
		/* other symbols than those that were looked for then */
		absent.symbols = symbols_digest(&SPAN("c.d/part.Old"), 1, &w.arena);
		match(&w, &again);
		check(rows[i].name, w.found.list.p[0].status == MATCH_AFFECTED);
		absent.symbols = SPAN("");
		match(&w, &again);
		check(rows[i].name, w.found.list.p[0].status == MATCH_AFFECTED);
		/* a document has no functions */
		match(&w, &(struct match_options){ .policy = &w.policy, .is_sbom = true });
		check(rows[i].name, w.found.list.p[0].status == MATCH_AFFECTED);
		release(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules),
		cmocka_unit_test(age_of_the_database),
		cmocka_unit_test(what_a_database_must_have),
		cmocka_unit_test(ignored_counts_all_the_same),
		cmocka_unit_test(symbols_of_a_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
