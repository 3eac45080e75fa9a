/* test_outfile.c - a file is written whole or not at all, and nothing takes its place.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/outfile.h"
#include "tests/unit/unit.h"

static char folder[] = "/tmp/scoville-outfile-XXXXXX";

static int enter(void **state)
{
	(void)state;
	return !mkdtemp(folder) || chdir(folder);
}

static int leave(void **state)
{
	(void)state;
	return chdir("/") || rmdir(folder);
}

static void put(const char *name, const char *text)
{
	scoped_fd int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_return_code(fd, 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static void assert_file(const char *name, const char *text)
{
	char got[64] = { 0 };
	scoped_fd int fd = open(name, O_RDONLY);

	assert_return_code(fd, 0);
	assert_return_code(fd_read_full(fd, got, sizeof(got) - 1), 0);
	assert_string_equal(got, text);
}

/* 0, or the code of the failure. */
static int write_out(const char *name, const char *text, bool commit)
{
	struct scov_err err;
	struct outfile f;
	int code = outfile_open(&f, name, &err);

	if (!code)
		code = outfile_write(&f, text, strlen(text));
	if (!code && commit)
		code = outfile_commit(&f, &err);
	outfile_release(&f);
	return code;
}

static ino_t inode(const char *name)
{
	struct stat st;

	assert_return_code(lstat(name, &st), 0);
	return st.st_ino;
}

static void kinds(void **state)
{
	(void)state;
	put("old", "old");
	assert_return_code(symlink("old", "link"), 0);
	assert_return_code(symlink("none", "dangling"), 0);
	assert_return_code(symlink("self", "self"), 0);
	assert_int_equal(write_out("link", "released", false), 0);
	assert_file("old", "old");

	ino_t link = inode("link"), before = inode("old");

	assert_int_equal(write_out("link", "by a link", true), 0);
	assert_file("old", "by a link");
	assert_int_equal(inode("link"), link);
	assert_int_not_equal(inode("old"), before); /* renamed over, so never half-written */
	assert_int_equal(write_out("dangling", "new", true), 0);
	assert_file("none", "new");
	assert_int_equal(write_out("self", "", true), SCOV_E_IO);
	assert_int_equal(write_out("no/such", "", true), SCOV_E_IO);
	assert_int_equal(write_out(".", "", true), SCOV_E_IO);
	assert_int_equal(write_out("/dev/null", "x", true), 0);

	assert_return_code(rename("none", "first"), 0);
	assert_return_code(linkat(AT_FDCWD, "first", AT_FDCWD, "second", 0), 0);
	before = inode("first");
	assert_int_equal(write_out("second", "longer than it was", true), 0);
	assert_file("first", "longer than it was");
	assert_int_equal(write_out("second", "short", true), 0);
	assert_file("first", "short");
	assert_int_equal(inode("second"), before);
	for (const char *const *n = (const char *const[]){ "old", "link", "dangling", "self",
		     "first", "second", NULL };
		*n; n++)
		assert_return_code(unlink(*n), 0);
}

static void descriptors(void **state)
{
	char name[64];

	(void)state;
	put("log", "");
	scoped_fd int fd = open("log", O_WRONLY), read_only = open("log", O_RDONLY);

	assert_int_equal(fd_write_all(fd, "one ", 4), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	assert_int_equal(write_out(name, "two ", true), 0);
	assert_int_equal(fd_write_all(fd, "three", 5), 0);
	assert_file("log", "one two three");
	snprintf(name, sizeof(name), "/proc/self/fd/%d", read_only);
	assert_int_equal(write_out(name, "", true), SCOV_E_IO);
	assert_int_equal(write_out("/dev/fd/999", "", true), SCOV_E_IO);
	assert_return_code(unlink("log"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(kinds),
		cmocka_unit_test(descriptors) };

	return cmocka_run_group_tests(tests, enter, leave);
}
