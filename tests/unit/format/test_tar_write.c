/* test_tar_write.c - what the writer of tar refuses, and that its bytes are always the same. That
 * it is read back is for fuzz_tar_write.c and test_tar_real.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/tar_write.h"

#include "../unit.h"
#include "crypto/digest.h"

#define LONG10 "0123456789"
#define LONG100 LONG10 LONG10 LONG10 LONG10 LONG10 LONG10 LONG10 LONG10 LONG10 LONG10

static const struct pax_xattr equals = { SPAN_INIT("user.a=b"), SPAN_INIT("c") },
			      no_name = { SPAN_INIT(""), SPAN_INIT("c") },
			      nul_name = { SPAN_INIT("user.\0a"), SPAN_INIT("c") },
			      good = { SPAN_INIT("user.a"), SPAN_INIT("\0=\n") };

static const struct {
	const char *name;
	struct tar_header h;
	bool good;
} cases[] = {
	{ "a file", { .path = SPAN_INIT("a/b"), .type = TAR_FILE }, true },
	{ "the root", { .type = TAR_DIR }, true },
	{ "an attribute",
		{ .path = SPAN_INIT("a"), .type = TAR_FILE, .xattrs = &good, .xattrs_n = 1 },
		true },
	{ "no type", { .path = SPAN_INIT("a") }, false },
	{ "a whiteout", { .path = SPAN_INIT("a"), .type = TAR_WHITEOUT }, false },
	{ "a file without a name", { .type = TAR_FILE }, false },
	{ "a rooted path", { .path = SPAN_INIT("/a"), .type = TAR_FILE }, false },
	{ "a path that leaves", { .path = SPAN_INIT("a/../../b"), .type = TAR_FILE }, false },
	{ "a slash at the end", { .path = SPAN_INIT("a/"), .type = TAR_DIR }, false },
	{ "a NUL in a path", { .path = SPAN_INIT("a\0b"), .type = TAR_FILE }, false },
	{ "a symlink anywhere",
		{ .path = SPAN_INIT("a"), .link = SPAN_INIT("../../b"), .type = TAR_SYMLINK },
		true },
	{ "a symlink to nothing", { .path = SPAN_INIT("a"), .type = TAR_SYMLINK }, false },
	{ "a NUL in a target",
		{ .path = SPAN_INIT("a"), .link = SPAN_INIT("b\0"), .type = TAR_SYMLINK }, false },
	{ "a hard link that leaves",
		{ .path = SPAN_INIT("a"), .link = SPAN_INIT("../b"), .type = TAR_HARDLINK },
		false },
	{ "a hard link to nothing", { .path = SPAN_INIT("a"), .type = TAR_HARDLINK }, false },
	{ "a size over 63 bits",
		{ .path = SPAN_INIT("a"), .type = TAR_FILE, .size = (uint64_t)1 << 63 }, false },
	{ "a device number over 21 bits",
		{ .path = SPAN_INIT("a"), .type = TAR_CHAR, .major = 1 << 21 }, false },
	{ "an attribute with '=' in its name",
		{ .path = SPAN_INIT("a"), .type = TAR_FILE, .xattrs = &equals, .xattrs_n = 1 },
		false },
	{ "an attribute without a name",
		{ .path = SPAN_INIT("a"), .type = TAR_FILE, .xattrs = &no_name, .xattrs_n = 1 },
		false },
	{ "an attribute with a NUL in its name",
		{ .path = SPAN_INIT("a"), .type = TAR_FILE, .xattrs = &nul_name, .xattrs_n = 1 },
		false },
};

static void what_tar_cannot_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_buf struct buf b = { 0 };
		struct scov_err err = { 0 };
		int code = tar_write_header(&b, &cases[i].h, &err);

		check(cases[i].name, cases[i].good ? !code && b.len && b.len % 512 == 0
						   : code == SCOV_E_UNSUPPORTED && err.text[0] &&
							     b.len == 0);
	}
}

/* A buffer that is full: an error, and nothing of the entry. */
static void without_room(void **state)
{
	(void)state;
	for (size_t limit = 1; limit < 2048; limit += 100) {
		scoped_buf struct buf b = { .limit = limit };
		struct tar_header h = { .path = SPAN(LONG100 LONG100), .type = TAR_FILE };
		struct scov_err err;
		int code = tar_write_header(&b, &h, &err);

		check("whole or nothing", code ? b.len == 0 : b.len == 3 * 512);
	}
}

static void always_the_same_bytes(void **state)
{
	(void)state;
	static const struct pax_xattr x = { SPAN_INIT("user.a"), SPAN_INIT("b") };
	const struct tar_header list[] = {
		{ .path = SPAN("d"), .type = TAR_DIR, .mode = 0755 },
		{ .path = SPAN("d/" LONG100), .type = TAR_FILE, .mode = 0644, .mtime = 1700000000 },
		{ .path = SPAN("d/l"), .link = SPAN(LONG100 LONG10), .type = TAR_SYMLINK },
		{ .path = SPAN("d/x"),
			.type = TAR_FILE,
			.uid = UINT32_MAX,
			.mtime = -1,
			.xattrs = &x,
			.xattrs_n = 1 },
	};
	scoped_buf struct buf b = { 0 };
	struct scov_err err;
	char text[DIGEST_TEXT];

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		assert_int_equal(tar_write(&b, list[i],
					 list[i].type == TAR_FILE ? SPAN("content") : SPAN(""),
					 &err),
			0);
	tar_write_end(&b);
	struct digest d = digest_of(DIGEST_SHA256, buf_view(&b));

	assert_string_equal(digest_hex(&d, text),
		"107f36835886f0e959a4bd044dd5e1e1"
		"eaf45e9080e28f6c8b5f6d251331d69e");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_tar_cannot_say),
		cmocka_unit_test(without_room),
		cmocka_unit_test(always_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
