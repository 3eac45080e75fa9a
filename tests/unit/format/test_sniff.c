/* test_sniff.c - what files are by their first bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/sniff.h"

#include "../unit.h"

static const struct {
	const char *name;
	struct span head;
	uint8_t kind;
} rows[] = {
	{ "nothing", SPAN_INIT(""), KIND_OTHER },
	{ "prose", SPAN_INIT("Package managers: a list\n"), KIND_OTHER },
	{ "dpkg status",
		SPAN_INIT("Package: a\nStatus: install ok installed\nVersion: 1\n"),
		KIND_DPKG_STATUS },
	{ "stanza of distroless", SPAN_INIT("Package: a\nVersion: 1\n"), KIND_DPKG_STANZA },
	{ "list of an archive", SPAN_INIT("Package: a\nVersion: 1\nFilename: pool/a.deb\n"),
		KIND_OTHER },
	{ "apk", SPAN_INIT("C:Q1abc=\nP:a\nV:1\n"), KIND_APK },
	{ "apk without a checksum", SPAN_INIT("P:a\nV:1\n"), KIND_APK },
	{ "SQLite", SPAN_INIT("SQLite format 3\0..."), KIND_RPM },
	{ "ndb", SPAN_INIT("RpmP...."), KIND_RPM },
	{ "Berkeley DB, hash", SPAN_INIT("\0\0\0\0\0\0\0\0\0\0\0\0\x61\x15\x06\0"), KIND_RPM },
	{ "Berkeley DB, the other byte order",
		SPAN_INIT("\0\0\0\0\0\0\0\0\0\0\0\0\0\x06\x15\x61"), KIND_RPM },
	{ "os-release", SPAN_INIT("NAME=\"Fedora Linux\"\nID=fedora\n"), KIND_OS_RELEASE },
	{ "os-release after comments and a byte order mark",
		SPAN_INIT("\xef\xbb\xbf# made by hand\n\nID=x\n"), KIND_OS_RELEASE },
	{ "other settings", SPAN_INIT("PATH=/bin\nHOME=/\n"), KIND_OTHER },
	{ "redhat-release", SPAN_INIT("CentOS release 6.10 (Final)\n"), KIND_RELEASE },
	{ "debian_version", SPAN_INIT("8.11\n"), KIND_RELEASE },
	{ "a number", SPAN_INIT("8\n"), KIND_OTHER },
	{ "passwd", SPAN_INIT("root:x:0:0:root:/root:/bin/sh\n"), KIND_PASSWD },
	{ "passwd without a shell", SPAN_INIT("app:x:1:1::/:\n"), KIND_PASSWD },
	{ "group", SPAN_INIT("wheel:x:10:a,b\n"), KIND_GROUP },
	{ "group without members", SPAN_INIT("wheel:x:10:\n"), KIND_GROUP },
	{ "shadow", SPAN_INIT("root:*:19000:0:99999:7:::\n"), KIND_OTHER },
	{ "slim", SPAN_INIT("# This is the \"slim\" variant of the base\n"), KIND_DPKG_SLIM },
	{ "shells", SPAN_INIT("# /etc/shells: valid login shells\n/bin/sh\n"), KIND_SHELLS },
	{ "machine-id", SPAN_INIT("0123456789abcdef0123456789abcdef\n"), KIND_MACHINE_ID },
};

static void kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check(rows[i].name, file_sniff(rows[i].head, rows[i].head.len) == rows[i].kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(kinds) };

	return cmocka_run_group_tests_name("sniff", tests, NULL, NULL);
}
