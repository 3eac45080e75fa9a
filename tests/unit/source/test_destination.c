/* test_destination.c - images written as layout and as archive: read back by our own sources, added
 * to what is there, refused, and gone after every failure.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "copy_image.h"
#include "source/oci.h"

#define LAYER "application/vnd.oci.image.layer.v1.tar"

static char work[] = "/tmp/scoville-destination-XXXXXX";
static struct limits limits;

/* Each test works in an empty folder of its own, the current one. */
static int enter(void **state)
{
	(void)state;
	limits = limits_default();
	memcpy(work + sizeof(work) - 7, "XXXXXX", 6);
	return !mkdtemp(work) || chdir(work);
}

static int leave(void **state)
{
	scoped_arena struct arena a = { 0 };

	(void)state;
	return chdir("/") || system(arena_printf(&a, "rm -rf %s", work));
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static size_t entries(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static struct descriptor describe(const char *type, struct span bytes)
{
	return (struct descriptor){ .media_type = span_str(type),
		.digest = digest_of(DIGEST_SHA256, bytes),
		.size = bytes.len,
		.has_size = true };
}

static struct destination *open_at(const char *reference)
{
	struct destination *d = NULL;
	struct scov_err err;

	if (destination_open(reference, &limits, &d, &err))
		fail_msg("%s: %s", reference, err.text);
	return d;
}

/* An image of one layer, which holds `content`, as far as its manifest. Its digest. */
static struct digest write_image(struct destination *d, const char *content)
{
	scoped_arena struct arena a = { 0 };
	struct scov_err err;
	struct span layer = span_str(content);
	struct descriptor l = describe(LAYER, layer), c, m;
	char text[2][DIGEST_TEXT];
	char *config = arena_printf(&a,
		"{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":"
		"{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}",
		digest_format(&l.digest, text[0]));
	char *manifest;

	c = describe(OCI_CONFIG, span_str(config));
	manifest = arena_printf(&a,
		"{\"schemaVersion\":2,\"mediaType\":\"" OCI_MANIFEST
		"\",\"config\":{\"mediaType\":\"" OCI_CONFIG
		"\",\"digest\":\"%s\",\"size\":%zu},\"layers\":[{\"mediaType\":\"" LAYER
		"\",\"digest\":\"%s\",\"size\":%zu}]}",
		digest_format(&c.digest, text[1]), strlen(config), text[0], layer.len);
	m = describe(OCI_MANIFEST, span_str(manifest));
	if (destination_document(d, &l, layer, &err) ||
		destination_document(d, &c, span_str(config), &err) ||
		destination_root(d, &m, span_str(manifest), &err))
		fail_msg("%s: %s", content, err.text);
	return m.digest;
}

static struct digest make_image(const char *reference, const char *content)
{
	struct destination *d = open_at(reference);
	struct digest digest = write_image(d, content);
	struct scov_err err;

	if (destination_commit(d, &err))
		fail_msg("%s: %s", reference, err.text);
	destination_free(d);
	return digest;
}

/* Our own source reads this image, with the bytes of its layer. */
static void check_reads(const char *reference, struct digest want, const char *content)
{
	struct source_options opt = { .limits = limits_default() };
	scoped_arena struct arena a = { 0 };
	struct image_choices choices = { 0 };
	struct manifest m = { 0 };
	struct source *s = NULL;
	struct stream *in = NULL;
	struct scov_err err;
	char bytes[4096];

	if (source_open(reference, &opt, NULL, &s, &err) ||
		image_list(s, &opt.limits, NULL, &a, &choices, &err) ||
		image_manifest(s, &opt.limits, &choices.list.p[0], NULL, &a, &m, &err) ||
		s->ops->open(s, &m.layers.p[0], NULL, &in, &err))
		fail_msg("%s: %s", reference, err.text);
	check(reference, digest_eq(&choices.list.p[0].descriptor.digest, &want));
	int64_t n = in->read(in, bytes, sizeof(bytes), &err);

	check(reference, n >= 0);
	check_span(reference, span_of(bytes, (size_t)n), span_str(content));
	in->close(in);
	source_free(s);
}

/* ---- what is written is read */

static void test_copy(void **state)
{
	static const char *const ways[][2] = {
		{ "oci:first", "oci-archive:a.tar" },
		{ "oci-archive:a.tar", "oci:second:1.0" },
		{ "oci:second:1.0", "oci-archive:b.tar:dir/name:1.0" },
		{ "oci-archive:b.tar:dir/name:1.0", "oci:third" },
	};
	struct digest digest = make_image("oci:first", "bytes of a layer");
	struct scov_err err;
	struct stat st;

	(void)state;
	check_reads("oci:first", digest, "bytes of a layer");
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (copy_image(ways[i][0], ways[i][1], &err))
			fail_msg("%s: %s", ways[i][1], err.text);
		check_reads(ways[i][1], digest, "bytes of a layer");
	}
	assert_int_equal(entries("."), 5); /* no temporary file is left */
	assert_int_equal(entries("first"), 3);
	assert_int_equal(entries("first/blobs/sha256"), 3);
	assert_int_equal(stat("a.tar", &st), 0);
	assert_int_equal(st.st_size % 512, 0);
}

static void test_same_bytes(void **state)
{
	scoped_arena struct arena a = { 0 };
	struct span one, two;
	struct scov_err err;

	(void)state;
	make_image("oci-archive:a.tar:t", "x");
	make_image("oci-archive:b.tar:t", "x");
	assert_int_equal(fd_load(AT_FDCWD, "a.tar", 1 << 20, &a, &one, &err), 0);
	assert_int_equal(fd_load(AT_FDCWD, "b.tar", 1 << 20, &a, &two, &err), 0);
	check_span("archive", one, two);
}

/* ---- index.json */

#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ENTRY(name, more)                                                                          \
	"{\"mediaType\":\"" OCI_MANIFEST "\",\"digest\":\"" DIGEST_A "\",\"size\":7" more          \
	",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" name "\"}}"

static void make_layout(const char *index)
{
	assert_int_equal(mkdir("l", 0755), 0);
	write_file("l/oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
	write_file("l/index.json", index);
}

static void test_index(void **state)
{
	scoped_arena struct arena a = { 0 };
	struct digest digest;
	struct span text;
	struct scov_err err;
	char hex[DIGEST_TEXT];

	(void)state;
	make_layout("{\"schemaVersion\":2,\"x\":{\"y\":[1]},\"manifests\":[" ENTRY(
		"old", ",\"z\":1.5") "," ENTRY("t", "") "," ENTRY("new", "") "]}");
	digest = make_image("oci:l:t", "x");
	assert_int_equal(fd_load(AT_FDCWD, "l/index.json", 1 << 20, &a, &text, &err), 0);
	check_span("index.json", text,
		span_str(arena_printf(&a,
			"{\"schemaVersion\":2,\"x\":{\"y\":[1]},\"manifests\":[" ENTRY(
				"old", ",\"z\":1.5") "," ENTRY("new",
				"") ",{\"mediaType\":"
				    "\"" OCI_MANIFEST
				    "\",\"digest\":\"%s\",\"size\":%d,\"annotations\":"
				    "{\"org.opencontainers.image.ref.name\":\"t\"}}]}",
			digest_format(&digest, hex), 394)));
	check_reads("oci:l:t", digest, "x");
}

static size_t count(const char *path, const char *word)
{
	scoped_arena struct arena a = { 0 };
	struct span text;
	struct scov_err err;
	size_t n = 0;

	assert_int_equal(fd_load(AT_FDCWD, path, 1 << 20, &a, &text, &err), 0);
	while (span_has(text, span_str(word))) {
		text = span_from(text, span_find_span(text, span_str(word)) + 1);
		n++;
	}
	return n;
}

static void test_tags(void **state)
{
	struct digest one, two;

	(void)state;
	one = make_image("oci:l:1", "x");
	two = make_image("oci:l:2", "y");
	check_reads("oci:l:1", one, "x");
	make_image("oci:l:1", "z");
	check_reads("oci:l:2", two, "y");
	assert_int_equal(count("l/index.json", "\"size\""), 2);
	make_image("oci:l", "z"); /* without a tag: once, however often it is written */
	make_image("oci:l", "z");
	assert_int_equal(count("l/index.json", "\"size\""), 3);
}

/* A name that our reader takes for the tag is the tag. */
static void test_containerd_name(void **state)
{
	struct digest digest;

	(void)state;
	make_layout("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" OCI_MANIFEST
		    "\",\"digest\":\"" DIGEST_A "\",\"size\":7,\"annotations\":"
		    "{\"io.containerd.image.name\":\"docker.io/library/nginx:latest\"}}]}");
	digest = make_image("oci:l:nginx", "x");
	assert_int_equal(count("l/index.json", "\"size\""), 1);
	check_reads("oci:l:nginx", digest, "x");
}

/* ---- blobs */

static int64_t read_never(struct stream *s, void *p, size_t len, struct scov_err *err)
{
	(void)s, (void)p, (void)len;
	return err_fail(err, SCOV_E_NET, "was read");
}

static void test_there_already(void **state)
{
	struct stream never = { .read = read_never };
	struct descriptor b = describe(LAYER, SPAN("x"));
	static const char *const forms[] = { "oci:l", "oci-archive:a.tar" };
	struct destination *d;
	struct scov_err err;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		d = open_at(forms[i]);
		assert_int_equal(destination_blob(d, &b, &never, NULL, &err), SCOV_E_NET);
		write_image(d, "x");
		check(forms[i], destination_blob(d, &b, &never, NULL, &err) == 0);
		check(forms[i], destination_commit(d, &err) == 0);
		check(forms[i], destination_commit(d, &err) == SCOV_E_USAGE);
		destination_free(d);
	}
	d = open_at("oci:l");
	assert_int_equal(destination_blob(d, &b, &never, NULL, &err), 0);
	b.size = 2; /* the blob that is there has another size */
	assert_int_equal(destination_blob(d, &b, &never, NULL, &err), SCOV_E_DIGEST);
	destination_free(d);
	assert_int_equal(entries("l"), 3);
}

static const struct {
	const char *name;
	struct span stated, bytes;
	const char *word;
} damages[] = {
	{ "another byte", SPAN_INIT("abc"), SPAN_INIT("abd"), "another digest" },
	{ "cut short", SPAN_INIT("abc"), SPAN_INIT("ab"), "cut short" },
	{ "nothing", SPAN_INIT("abc"), SPAN_INIT(""), "cut short" },
	{ "more", SPAN_INIT("abc"), SPAN_INIT("abcd"), "longer" },
};

/* Refused; the destination goes on, or leaves nothing. */
static void test_damaged(void **state)
{
	static const char *const forms[] = { "oci:out", "oci-archive:out" };

	(void)state;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
			struct destination *d = open_at(forms[k]);
			struct descriptor b = describe(LAYER, damages[i].stated);
			struct scov_err err;

			check(damages[i].name, destination_document(d, &b, damages[i].bytes,
						       &err) == SCOV_E_DIGEST);
			check(damages[i].name, strstr(err.text, damages[i].word) != NULL);
			if (i) { /* then the image is made without it */
				struct digest digest = write_image(d, "x");

				check(damages[i].name, destination_commit(d, &err) == 0);
				check_reads(forms[k], digest, "x");
				assert_int_equal(system("rm -r out"), 0);
			}
			destination_free(d);
			check(damages[i].name, entries(".") == 0);
		}
}

static void test_full_disk(void **state)
{
	static const char *const forms[] = { "oci:out", "oci-archive:out" };
	struct rlimit old, small;
	char *p = mem_alloc(1 << 20);
	struct span bytes = span_of(p, 1 << 20);
	struct descriptor b = describe(LAYER, bytes);
	struct scov_err err;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_IGN);
	small = (struct rlimit){ .rlim_cur = 200000, .rlim_max = old.rlim_max };
	for (size_t k = 0; k < 2; k++) {
		struct destination *d = open_at(forms[k]);

		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		check(forms[k], destination_document(d, &b, bytes, &err) == SCOV_E_IO);
		check(forms[k], strstr(err.text, "free some space") != NULL);
		check(forms[k], strstr(err.text, "'out'") != NULL);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		destination_free(d);
		check(forms[k], entries(".") == 0);
	}
	mem_free(p);
}

/* ---- failures at the end */

static void test_commit_fails(void **state)
{
	static const char *const forms[] = { "oci:out", "oci-archive:out" };
	struct destination *d;
	struct scov_err err;

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		d = open_at(forms[k]);
		check(forms[k], destination_commit(d, &err) == SCOV_E_USAGE); /* no manifest */
		destination_free(d);
		check(forms[k], entries(".") == 0);
	}
	/* A file that came meanwhile is left alone. */
	d = open_at("oci-archive:out");
	write_image(d, "x");
	write_file("out", "mine");
	assert_int_equal(destination_commit(d, &err), SCOV_E_IO);
	destination_free(d);
	assert_int_equal(count("out", "mine"), 1);
	assert_int_equal(entries("."), 1);
	/* After the first blobs are moved: a folder where index.json would go. */
	d = open_at("oci:l");
	write_image(d, "x");
	assert_int_equal(mkdir("l/index.json", 0755), 0);
	assert_int_equal(destination_commit(d, &err), SCOV_E_IO);
	destination_free(d);
	assert_int_equal(entries("l"), 1);
}

static void test_abort(void **state)
{
	struct destination *d;

	(void)state;
	assert_int_equal(mkdir("empty", 0755), 0);
	make_image("oci:l", "x");
	static const char *const forms[] = { "oci:empty", "oci:l", "oci:new", "oci-archive:new" };

	for (size_t k = 0; k < 4; k++) {
		d = open_at(forms[k]);
		write_image(d, "y");
		destination_free(d);
	}
	destination_free(NULL);
	assert_int_equal(entries("."), 2);
	assert_int_equal(entries("empty"), 0);
	assert_int_equal(entries("l"), 3);
	assert_int_equal(entries("l/blobs/sha256"), 3);
	make_image("oci:empty", "x"); /* and it is still fit to write to */
}

/* What a killed writer leaves is not an image, and can be written to. */
static void test_killed(void **state)
{
	struct digest digest;
	pid_t child = fork();
	int status;

	(void)state;
	if (!child) {
		write_image(open_at("oci:l:1"), "x");
		write_image(open_at("oci-archive:a.tar"), "x");
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(access("l/index.json", F_OK) & access("a.tar", F_OK), -1);
	digest = make_image("oci:l:2", "y");
	check_reads("oci:l:2", digest, "y");
	digest = make_image("oci-archive:a.tar", "y");
	check_reads("oci-archive:a.tar", digest, "y");
}

/* ---- refusals */

static const struct {
	const char *reference;
	int code;
	const char *word;
} refusals[] = {
	{ "docker-archive:a.tar", SCOV_E_USAGE,
		"can only be read; write to oci:FOLDER[:TAG] or oci-archive:FILE[:TAG]" },
	{ "dir:a", SCOV_E_USAGE, "can only be read" },
	{ "rootfs:a", SCOV_E_USAGE, "can only be read" },
	{ "docker:a", SCOV_E_USAGE, "can only be read" },
	{ "docker://a", SCOV_E_USAGE, "can only be read" },
	{ "containers-storage:a", SCOV_E_USAGE, "can only be read" },
	{ "./a.tar", SCOV_E_USAGE, "can only be read" },
	{ "alpine", SCOV_E_USAGE, "can only be read" },
	{ "", SCOV_E_USAGE, "can only be read" },
	{ "oci:", SCOV_E_USAGE, "names nothing" },
	{ "oci:a:", SCOV_E_USAGE, "empty tag" },
	{ "oci:a:b c", SCOV_E_USAGE, "letters" },
	{ "oci:a:\xff", SCOV_E_USAGE, "letters" },
	{ "oci:a@" DIGEST_A, SCOV_E_USAGE, "write to oci:FOLDER" },
	{ "oci-archive:-", SCOV_E_USAGE, "write to oci-archive:FILE" },
	{ "oci:file", SCOV_E_USAGE, "name a folder" },
	{ "oci:full", SCOV_E_USAGE, "neither an OCI layout nor empty" },
	{ "oci:no/where", SCOV_E_IO, "No such file" },
	{ "oci:future", SCOV_E_UNSUPPORTED, "version '2.0.0'" },
	{ "oci:broken", SCOV_E_FORMAT, "'broken'" },
	{ "oci:linked", SCOV_E_FORMAT, "symbolic link" },
	{ "oci:strange", SCOV_E_IO, "making blobs/sha256" },
	{ "oci-archive:file", SCOV_E_USAGE, "delete it or name another" },
	{ "oci-archive:full", SCOV_E_USAGE, "delete it or name another" },
	{ "oci-archive:no/where.tar", SCOV_E_IO, "No such file" },
};

static void test_refusals(void **state)
{
	struct destination *d = NULL;
	struct scov_err err;

	(void)state;
	write_file("file", "mine");
	assert_int_equal(mkdir("full", 0755) | mkdir("future", 0755) | mkdir("broken", 0755), 0);
	write_file("full/file", "mine");
	write_file("future/oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}");
	write_file("broken/oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
	write_file("broken/index.json", "{\"manifests\":[{}]}");
	assert_int_equal(mkdir("linked", 0755) | mkdir("strange", 0755), 0);
	write_file("linked/oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
	assert_int_equal(symlink("../broken/index.json", "linked/index.json"), 0);
	write_file("strange/oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
	write_file("strange/blobs", "mine");
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		int code = destination_open(refusals[i].reference, &limits, &d, &err);

		if (code != refusals[i].code || !strstr(err.text, refusals[i].word))
			fail_msg("%s: %d %s", refusals[i].reference, code, err.text);
	}
	assert_null(d);
	assert_int_equal(entries("."), 6);
	assert_int_equal(entries("strange"), 2);
	assert_int_equal(entries("full"), 1);
	assert_int_equal(count("file", "mine"), 1);
	d = open_at("oci:new");
	struct destination *second = NULL;

	assert_int_equal(destination_open("oci:new", &limits, &second, &err), SCOV_E_IO);
	assert_non_null(strstr(err.text, "another process"));
	destination_free(d);
}

static void test_limits(void **state)
{
	struct descriptor b = describe(OCI_MANIFEST, SPAN("{\"a\":1}")), odd = b;
	struct destination *d;
	struct scov_err err;

	(void)state;
	make_image("oci:l:1", "x");
	limits.layer_size = 6;
	d = open_at("oci:l:2");
	assert_int_equal(destination_document(d, &b, SPAN("{\"a\":1}"), &err), SCOV_E_LIMIT);
	assert_non_null(strstr(err.text, "layer_size"));
	odd.digest.algorithm = DIGEST_SHA512;
	assert_int_equal(destination_document(d, &odd, SPAN(""), &err), SCOV_E_UNSUPPORTED);
	destination_free(d);
	limits = limits_default();
	limits.archive_entries = 2;
	d = open_at("oci:l:2");
	assert_int_equal(destination_document(d, &b, SPAN("{\"a\":1}"), &err), SCOV_E_LIMIT);
	assert_non_null(strstr(err.text, "archive_entries"));
	destination_free(d);
	limits = limits_default();
	limits.index_entries = 1;
	d = open_at("oci:l:2");
	assert_int_equal(destination_root(d, &b, SPAN("{\"a\":1}"), &err), SCOV_E_LIMIT);
	assert_non_null(strstr(err.text, "index_entries"));
	destination_free(d);
	limits = limits_default();
	limits.document_size = 300;
	d = open_at("oci:l:2");
	assert_int_equal(destination_root(d, &b, SPAN("{\"a\":1}"), &err), SCOV_E_LIMIT);
	assert_non_null(strstr(err.text, "document_size"));
	destination_free(d);
	assert_int_equal(entries("l"), 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_copy),
		TEST(test_same_bytes),
		TEST(test_index),
		TEST(test_tags),
		TEST(test_containerd_name),
		TEST(test_there_already),
		TEST(test_damaged),
		TEST(test_full_disk),
		TEST(test_commit_fails),
		TEST(test_abort),
		TEST(test_killed),
		TEST(test_refusals),
		TEST(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
