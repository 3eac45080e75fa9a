/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "base/err.h"
#include "image/image.h"

static int no_root(struct source *s, const struct call *call, struct arena *a,
	struct descriptor *out, struct scov_err *err)
{
	(void)s, (void)call, (void)a, (void)out;
	return err_fail(err, SCOV_E_NOT_FOUND, "not there");
}

static int no_document(struct source *s, const struct descriptor *d, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	(void)s, (void)d, (void)call, (void)a, (void)out;
	return err_fail(err, SCOV_E_NOT_FOUND, "not there");
}

static const struct source_ops ops = {
	.transport = "fake", .root = no_root, .document = no_document
};
static struct source nowhere = { .ops = &ops };

static const struct image_reader *reader(struct arena *a)
{
	static struct limits limits;
	static struct image_reader r;

	limits = limits_default();
	r = (struct image_reader){ &nowhere, &limits, NULL, a };
	return &r;
}

static struct platform platform_of(const char *text)
{
	struct span rest = span_str(text);
	struct platform p = { 0 };

	span_split(&rest, '/', &p.os);
	span_split(&rest, '/', &p.architecture);
	p.variant = rest;
	return p;
}

/* The entries of one index, "" for one without a platform. Before it: '!' says that it is no image,
 * 'z' that it is compressed with zstd, '-' that it is not held, '=' the digest of the first, '+'
 * that it has os.features. */
static void choices(struct arena *a, const char *const *list, struct image_choices *out)
{
	static const struct image_index root;

	*out = (struct image_choices){ .root = &root };
	for (uint32_t n = 1; *list; list++, n++) {
		const char *text = *list + strspn(*list, "!z-=+");
		size_t marks = (size_t)(text - *list);
		struct image_choice c = {
			.platform = platform_of(text), .index = &root, .position = n
		};
		uint32_t like = memchr(*list, '=', marks) ? 1 : n;

		c.platform.has_features = memchr(*list, '+', marks);
		c.descriptor.platform = c.platform;
		c.descriptor.has_platform = *text != 0;
		c.descriptor.locator = n;
		c.descriptor.digest = digest_of(DIGEST_SHA256, span_of(&like, sizeof(like)));
		c.is_absent = memchr(*list, '-', marks);
		c.other = memchr(*list, '!', marks) ? "an attestation"
			  : c.is_absent             ? "not in the image's files"
						    : NULL;
		if (memchr(*list, 'z', marks))
			*(struct annotation *)vec_push(&c.descriptor.annotations, a) =
				(struct annotation){ SPAN("io.github.containers.compression.zstd"),
					SPAN("true") };
		*(struct image_choice *)vec_push(&out->entries, a) = c;
		if (!c.other)
			*(struct image_choice *)vec_push(&out->list, a) = c;
	}
}

static void picks(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *const list[5];
		const char *asked;
		size_t want;
		int code;
	} cases[] = {
		{ "exact", { "linux/arm64", "linux/amd64" }, "linux/amd64", 2, 0 },
		{ "uname's word", { "linux/arm64", "linux/amd64" }, "linux/x86_64", 2, 0 },
		{ "arm64 is v8", { "linux/arm64/v8" }, "linux/arm64", 1, 0 },
		{ "v8 is arm64", { "linux/amd64", "linux/arm64" }, "linux/arm64/v8", 2, 0 },
		{ "arm is v7", { "linux/arm/v6", "linux/arm/v7" }, "linux/arm", 2, 0 },
		{ "lower variant where none was asked", { "linux/arm/v5", "linux/arm/v6" },
			"linux/arm", 2, 0 },
		{ "written variant is exact", { "linux/arm/v6" }, "linux/arm/v7", 0,
			SCOV_E_NOT_FOUND },
		{ "podman alone takes a higher variant", { "linux/arm/v8", "linux/amd64" },
			"linux/arm", 0, SCOV_E_NOT_FOUND },
		{ "amd64/v1 is amd64", { "linux/amd64/v1" }, "linux/amd64", 1, 0 },
		{ "only higher ones: the lowest",
			{ "linux/amd64/v3", "linux/amd64/v2", "linux/arm64/v8" }, "linux/amd64", 2,
			0 },
		{ "a higher one as asked", { "linux/amd64/v2", "linux/amd64/v3" }, "linux/amd64/v3",
			2, 0 },
		{ "no variant before others", { "linux/amd64/v3", "linux/amd64/v2", "linux/amd64" },
			"linux/amd64", 3, 0 },
		{ "asked for more than there is", { "linux/amd64", "linux/amd64/v2" },
			"linux/amd64/v3", 0, SCOV_E_NOT_FOUND },
		{ "armv8", { "linux/amd64", "linux/arm64/armv8" }, "linux/arm64", 2, 0 },
		{ "armv8, but containerd takes another", { "linux/arm", "linux/arm64/armv8" },
			"linux/arm64", 0, SCOV_E_FORMAT },
		{ "no system is Linux", { "linux/arm64", "/amd64" }, "linux/amd64", 2, 0 },
		{ "no system is Linux, before", { "/amd64", "linux/amd64" }, "linux/amd64", 0,
			SCOV_E_FORMAT },
		{ "armhf is v7 whatever it says", { "linux/armhf/v6", "linux/arm/v6" },
			"linux/arm/v6", 2, 0 },
		{ "i386 has no variant", { "linux/i386/v5", "linux/s390x" }, "linux/386", 1, 0 },
		{ "the lower of two variants that are too high",
			{ "linux/arm64/v9", "linux/arm64/v8.1" }, "linux/arm64", 0,
			SCOV_E_NOT_FOUND },
		{ "8", { "linux/arm/6", "linux/arm/7", "linux/arm64/8" }, "linux/arm64", 3, 0 },
		{ "7", { "linux/arm/6", "linux/arm/7", "linux/arm64/8" }, "linux/arm/v7", 2, 0 },
		{ "x86_64 of an index", { "linux/x86_64", "linux/aarch64" }, "linux/amd64", 1, 0 },
		{ "aarch64 of an index", { "linux/x86_64", "linux/aarch64" }, "linux/arm64", 2, 0 },
		{ "capitals", { "Linux/AMD64", "linux/arm64" }, "linux/amd64", 1, 0 },
		{ "another system", { "windows/amd64" }, "linux/amd64", 0, SCOV_E_NOT_FOUND },
		{ "first of equals", { "windows/amd64", "windows/amd64" }, "windows/amd64", 1, 0 },
		{ "the only one", { "plan9/mips" }, NULL, 1, 0 },
		{ "the only one is not what was asked", { "plan9/mips" }, "linux/amd64", 0,
			SCOV_E_NOT_FOUND },
		{ "a related machine is not what was asked", { "linux/386" }, "linux/amd64", 0,
			SCOV_E_NOT_FOUND },
		{ "one without a platform", { "" }, "linux/amd64", 1, 0 },
		{ "the first without a platform", { "", "" }, "linux/amd64", 1, 0 },
		{ "one without a platform comes last", { "", "linux/amd64" }, "linux/amd64", 2, 0 },
		{ "two, none for us", { "plan9/mips", "plan9/386" }, NULL, 0, SCOV_E_NOT_FOUND },
		{ "none", { NULL }, NULL, 0, SCOV_E_NOT_FOUND },
		{ "no architecture", { "linux/amd64" }, "linux", 0, SCOV_E_USAGE },
		{ "empty", { "linux/amd64" }, "", 0, SCOV_E_USAGE },
		{ "empty system", { "linux/amd64" }, "/amd64", 0, SCOV_E_USAGE },
		{ "four parts", { "linux/amd64" }, "linux/arm/v7/x", 0, SCOV_E_USAGE },
		/* Runtimes look at the platform only. */
		{ "a marked one before ours", { "!linux/amd64", "linux/amd64" }, "linux/amd64", 0,
			SCOV_E_FORMAT },
		{ "a marked one after ours", { "linux/amd64", "!linux/amd64" }, "linux/amd64", 1,
			0 },
		{ "a marked one and ours are one", { "!linux/amd64", "=linux/amd64" },
			"linux/amd64", 1, 0 },
		{ "a marked one alone", { "!linux/amd64", "linux/arm64" }, "linux/amd64", 1, 0 },
		{ "a marked one for this machine", { "!linux/amd64", "linux/arm64" }, NULL, 0,
			SCOV_E_FORMAT },
		{ "a marked one for nothing", { "!unknown/unknown", "linux/amd64" }, "linux/amd64",
			2, 0 },
		{ "a marked one without a platform, after", { "", "!" }, "linux/amd64", 1, 0 },
		{ "a marked one without a platform, before", { "!", "" }, "linux/amd64", 0,
			SCOV_E_FORMAT },
		{ "containerd folds v1, podman does not", { "linux/amd64/v1", "linux/amd64" },
			"linux/amd64", 0, SCOV_E_FORMAT },
		{ "containerd folds v8, podman does not", { "linux/arm64/v8", "linux/arm64" },
			"linux/arm64", 0, SCOV_E_FORMAT },
		{ "containerd folds x86_64", { "linux/x86_64", "linux/amd64" }, "linux/amd64", 0,
			SCOV_E_FORMAT },
		{ "both take the plain one", { "linux/amd64", "linux/x86_64", "linux/amd64/v1" },
			"linux/amd64", 1, 0 },
		{ "podman 5 takes zstd", { "linux/amd64", "zlinux/amd64" }, "linux/amd64", 0,
			SCOV_E_FORMAT },
		{ "features of the system, first", { "+linux/amd64", "linux/amd64" }, "linux/amd64",
			0, SCOV_E_FORMAT },
		{ "features of the system, second", { "linux/amd64", "+linux/amd64" },
			"linux/amd64", 1, 0 },
		{ "features of the system, alone", { "+linux/amd64", "linux/arm64" }, "linux/amd64",
			1, 0 },
		{ "features of Windows, second", { "windows/amd64", "+windows/amd64" },
			"windows/amd64", 0, SCOV_E_FORMAT },
		{ "zstd first", { "zlinux/amd64", "linux/amd64" }, "linux/amd64", 1, 0 },
		{ "zstd for others", { "linux/amd64", "zlinux/arm64" }, "linux/amd64", 1, 0 },
		{ "what is not held does not count", { "-linux/amd64", "linux/arm64" }, NULL, 2,
			0 },
		{ "what is not held was asked", { "-linux/amd64", "linux/arm64" }, "linux/amd64", 0,
			SCOV_E_NOT_FOUND },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct image_choices c;
		const struct image_choice *got = NULL;
		struct scov_err err = { 0 };

		choices(&a, cases[i].list, &c);
		if (image_pick(reader(&a), &c, cases[i].asked, &got, &err) != cases[i].code)
			fail_msg("%s: %d %s", cases[i].name, err.code, err.text);
		check(cases[i].name, (got ? got->descriptor.locator : 0) == cases[i].want);
	}
}

static void errors_list_what_there_is(void **state)
{
	(void)state;
	static const struct {
		const char *const list[4];
		const char *asked;
		const char *says[3];
	} cases[] = {
		{ { "linux/amd64", "linux/arm/v7" }, "linux/s390x",
			{ "no image for linux/s390x; available: linux/amd64, linux/arm/v7" } },
		{ { "-linux/s390x", "linux/arm/v7" }, "linux/s390x",
			{ "available: linux/arm/v7; listed, but not in the image's files: "
			  "linux/s390x" } },
		{ { "!linux/amd64", "linux/amd64" }, "linux/amd64",
			{ "not clear which image runs", "runtimes take entry 1 (sha256:67abdd7",
				"an attestation) of the index, beside it is entry 2 (sha256:" } },
		{ { "linux/amd64/v1", "linux/amd64" }, "linux/amd64",
			{ "one runtime takes entry 1 (", "another takes entry 2 (",
				"name one by its digest" } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct image_choices c;
		const struct image_choice *got;
		struct scov_err err = { 0 };

		choices(&a, cases[i].list, &c);
		assert_int_not_equal(0, image_pick(reader(&a), &c, cases[i].asked, &got, &err));
		for (size_t k = 0; k < 3 && cases[i].says[k]; k++)
			if (!strstr(err.text, cases[i].says[k]))
				fail_msg("'%s' lacks '%s'", err.text, cases[i].says[k]);
	}
}

static void what_was_passed_over(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *const list[5];
		const char *says[3];
	} cases[] = {
		{ "nothing", { "linux/amd64", "linux/arm64", "linux/amd64/v2" }, { NULL } },
		{ "the same twice", { "linux/amd64", "=linux/amd64" }, { NULL } },
		{ "an equal", { "linux/amd64", "linux/arm64", "linux/amd64/v1" },
			{ "entry 1 (sha256:", "was chosen; passed over: entry 3 (sha256:" } },
		{ "marked", { "linux/amd64", "!linux/amd64" },
			{ "passed over: entry 2 (", ", an attestation)" } },
		{ "without a platform", { "linux/amd64", "!", "" },
			{ "passed over: entry 2 (", "), entry 3 (" } },
		{ "for nothing", { "linux/amd64", "unknown/unknown" }, { "entry 2 (" } },
		{ "not held", { "linux/amd64", "-linux/arm64", "-linux/s390x" },
			{ "listed, but not in the image's files: linux/arm64, linux/s390x" } },
		{ "both", { "linux/amd64", "-linux/arm64", "linux/amd64" },
			{ "passed over: entry 3 (", "); listed, but not" } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct image_choices c;
		struct scov_err err;
		struct span text;

		choices(&a, cases[i].list, &c);
		assert_int_equal(0, image_passed_over(&c, &c.list.p[0], &a, &text, &err));
		check(cases[i].name, !text.len == !cases[i].says[0]);
		for (size_t k = 0; k < 3 && cases[i].says[k]; k++)
			if (!span_has(text, span_str(cases[i].says[k])))
				fail_msg("%s: '%.*s' lacks '%s'", cases[i].name, SPAN_ARG(text),
					cases[i].says[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks),
		cmocka_unit_test(errors_list_what_there_is),
		cmocka_unit_test(what_was_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
