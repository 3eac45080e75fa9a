/* One image in all its forms: config and layers have the right digests. Needs
 * $SCOVILLE_TEST_IMAGES.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "codec/codec.h"
#include "image/image.h"
#include "syntax/json.h"

static const char *images;

struct loaded {
	struct source *source;
	struct arena arena;
	struct image_choices choices;
	struct manifest manifest;
	struct digest diff_ids[16]; /* computed from the blobs */
	struct digest config;
};

/* Digest of the stream, and of what it holds decompressed. */
static int read_stream(
	struct stream *s, struct digest *blob, struct digest *plain, struct scov_err *err)
{
	struct limits l = limits_default();
	struct digester *h = digester_new(DIGEST_SHA256), *d = digester_new(DIGEST_SHA256);
	struct codec *c = NULL;
	uint8_t in[65536], out[65536];
	int64_t n;
	int code = 0;

	while (!code && (n = s->read(s, in, sizeof(in), err)) > 0) {
		struct span left = span_of(in, (size_t)n);
		struct codec_out o;

		if (!c)
			c = codec_open(codec_sniff(left), &l);
		digester_add(h, in, (size_t)n);
		do {
			o = (struct codec_out){ .p = out, .cap = sizeof(out) };
			code = codec_run(c, &left, &o, err);
			digester_add(d, out, o.len);
		} while (!code && o.len == o.cap);
	}
	if (!code && n < 0)
		code = (int)n;
	*blob = digester_end(h);
	*plain = digester_end(d);
	digester_free(h);
	digester_free(d);
	codec_free(c);
	s->close(s);
	return code;
}

/* is_deep: read the layers too. */
static int load(struct loaded *l, const char *reference, bool is_deep, struct scov_err *err)
{
	struct source_options opt = { .limits = limits_default() };
	const struct image_choice *choice;
	struct stream *s;
	struct digest blob;
	int code = source_open(reference, &opt, NULL, &l->source, err);

	if (!code)
		code = image_list(l->source, &opt.limits, NULL, &l->arena, &l->choices, err);
	if (!code)
		code = image_pick(&(struct image_reader){ l->source, &opt.limits, NULL, &l->arena },
			&l->choices, l->choices.from_index ? "linux/amd64" : NULL, &choice, err);
	if (!code)
		code = image_manifest(
			l->source, &opt.limits, choice, NULL, &l->arena, &l->manifest, err);
	for (size_t i = 0; is_deep && !code && i < l->manifest.layers.n && i < 16; i++) {
		code = l->source->ops->open(l->source, &l->manifest.layers.p[i], NULL, &s, err);
		if (!code)
			code = read_stream(s, &blob, &l->diff_ids[i], err);
		if (!code && l->manifest.layers.p[i].digest.algorithm &&
			!digest_eq(&blob, &l->manifest.layers.p[i].digest))
			code = err_fail(err, SCOV_E_DIGEST, "layer %zu", i);
	}
	if (!code)
		code = l->source->ops->open(l->source, &l->manifest.config, NULL, &s, err);
	if (!code)
		code = read_stream(s, &l->config, &blob, err);
	return code;
}

static void unload(struct loaded *l)
{
	source_free(l->source);
	arena_release(&l->arena);
	*l = (struct loaded){ 0 };
}

static void same_image_in_all_forms(void **state)
{
	(void)state;
	static const struct {
		const char *reference;
		bool from_stdin;
		const char *transport;
		bool is_deep;
	} forms[] = {
		{ "oci:%s/oci/nginx", false, "oci", false },
		{ "oci:%s/oci/nginx:latest", false, "oci", false },
		{ "%s/oci/nginx", false, "oci", false },
		{ "oci-archive:%s/forms/nginx.oci.tar", false, "oci-archive", true },
		{ "%s/forms/nginx.oci.tar", false, "oci-archive", false },
		{ "%s/forms/nginx.oci.tar", true, "oci-archive", true },
		{ "dir:%s/forms/nginx.dir", false, "dir", false },
		{ "%s/forms/nginx.dir", false, "dir", false },
		{ "dir:%s/forms/nginx.v2s2.dir", false, "dir", false },
		{ "docker-archive:%s/forms/nginx.docker.tar", false, "docker-archive", true },
		{ "docker-archive:%s/forms/nginx.docker.tar:localhost/nginx", false,
			"docker-archive", false },
		{ "%s/forms/nginx.docker.tar", false, "docker-archive", false },
		{ "%s/forms/nginx.docker.tar", true, "docker-archive", true },
	};
	struct loaded want = { 0 }, got = { 0 };
	char text[4096];
	struct scov_err err = { 0 };

	snprintf(text, sizeof(text), "oci:%s/oci/nginx", images);
	if (load(&want, text, true, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		snprintf(text, sizeof(text), forms[i].reference, images);
		if (forms[i].from_stdin) {
			int fd = open(text, O_RDONLY | O_CLOEXEC);

			assert_true(fd >= 0);
			dup2(fd, STDIN_FILENO);
			close(fd);
			snprintf(text, sizeof(text), "%s:-", forms[i].transport);
		}
		if (load(&got, text, forms[i].is_deep, &err))
			fail_msg("%s: %s", text, err.text);
		assert_string_equal(got.source->ops->transport, forms[i].transport);
		assert_int_equal(got.manifest.layers.n, want.manifest.layers.n);
		check(text, digest_eq(&got.config, &want.config));
		for (size_t k = 0; forms[i].is_deep && k < want.manifest.layers.n; k++)
			check(text, digest_eq(&got.diff_ids[k], &want.diff_ids[k]));
		unload(&got);
	}
	unload(&want);
}

static void compressed_whole(void **state)
{
	(void)state;
	static const char *const with[] = { "gzip -c", "zstd -qc", "xz -0c", "bzip2 -c" };
	struct loaded want = { 0 }, got = { 0 };
	char text[4096], command[8192], made[] = "/tmp/test_local.XXXXXX";
	struct scov_err err = { 0 };

	assert_true(close(mkstemp(made)) == 0);
	snprintf(text, sizeof(text), "oci-archive:%s/forms/busybox.multi.oci.tar", images);
	if (load(&want, text, true, &err))
		fail_msg("%s", err.text);
	assert_true(want.choices.list.n > 1);
	for (size_t i = 0; i < sizeof(with) / sizeof(*with); i++) {
		snprintf(command, sizeof(command), "%s <'%s' >%s 2>/dev/null", with[i], text + 12,
			made);
		if (system(command))
			continue; /* the tool is absent */
		for (int from_stdin = 0; from_stdin < 2; from_stdin++) {
			char reference[64];
			int fd = open(made, O_RDONLY | O_CLOEXEC);

			dup2(fd, STDIN_FILENO);
			close(fd);
			snprintf(reference, sizeof(reference), "oci-archive:%s",
				from_stdin ? "-" : made);
			if (load(&got, reference, true, &err))
				fail_msg("%s %s: %s", with[i], reference, err.text);
			check(with[i], digest_eq(&got.manifest.digest, &want.manifest.digest));
			check(with[i], digest_eq(&got.diff_ids[0], &want.diff_ids[0]));
			unload(&got);
		}
	}
	unlink(made);
	unload(&want);
}

static void platforms_of_an_index(void **state)
{
	(void)state;
	struct loaded l = { 0 };
	char text[4096];
	struct scov_err err = { 0 };
	const struct image_choice *choice;

	snprintf(text, sizeof(text), "oci:%s/oci/busybox", images);
	if (load(&l, text, false, &err))
		fail_msg("%s", err.text);
	assert_true(l.choices.from_index);
	assert_int_equal(SCOV_E_NOT_FOUND, image_pick(&(struct image_reader){ .source = l.source },
						   &l.choices, "linux/sparc", &choice, &err));
	assert_non_null(strstr(err.text, "linux/amd64, linux/arm64"));
	unload(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_image_in_all_forms),
		cmocka_unit_test(compressed_whole),
		cmocka_unit_test(platforms_of_an_index),
	};
	struct stat st;

	images = getenv("SCOVILLE_TEST_IMAGES");
	if (!images)
		images = "/tmp/images";
	char text[4096];

	snprintf(text, sizeof(text), "%s/forms/nginx.oci.tar", images);
	if (stat(text, &st)) {
		printf("no test images in '%s' (set SCOVILLE_TEST_IMAGES)\n", images);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
