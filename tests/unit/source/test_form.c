/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "source/form.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void forms(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int code;
		uint8_t kind;
		const char *name, *tag;
		bool digest;
	} cases[] = {
		{ "oci:d", 0, FORM_LAYOUT, "d", "", false },
		{ "oci:/a/b:1.2", 0, FORM_LAYOUT, "/a/b", "1.2", false },
		{ "oci:d:docker.io/library/x:1", 0, FORM_LAYOUT, "d", "docker.io/library/x:1",
			false },
		{ "oci:d@sha256:" HEX64, 0, FORM_LAYOUT, "d", "", true },
		{ "oci:d@2/e", 0, FORM_LAYOUT, "d@2/e", "", false },
		{ "oci-archive:-", 0, FORM_LAYOUT_ARCHIVE, "-", "", false },
		{ "oci-archive:f.tar:t", 0, FORM_LAYOUT_ARCHIVE, "f.tar", "t", false },
		{ "dir:d:e", 0, FORM_FOLDER, "d:e", "", false },
		{ "docker-archive:f.tar:nginx:1", 0, FORM_DOCKER_ARCHIVE, "f.tar", "nginx:1",
			false },
		{ "docker-archive:-", 0, FORM_DOCKER_ARCHIVE, "-", "", false },
		{ "rootfs:/", 0, FORM_ROOTFS, "/", "", false },
		{ "docker:nginx:1", 0, FORM_ENGINE, "nginx:1", "", false },
		{ "docker://nginx:1", 0, FORM_REGISTRY, "nginx:1", "", false },
		{ "nginx", 0, FORM_REGISTRY, "nginx", "", false },
		{ "host:5000/x", 0, FORM_REGISTRY, "host:5000/x", "", false },
		{ "./x", 0, FORM_PATH, "./x", "", false },
		{ "/x", 0, FORM_PATH, "/x", "", false },
		{ "~/x", 0, FORM_PATH, "~/x", "", false },
		{ "x.tar", 0, FORM_PATH, "x.tar", "", false },
		{ "x.tgz", 0, FORM_PATH, "x.tgz", "", false },
		{ "x.tar.gz", 0, FORM_PATH, "x.tar.gz", "", false },
		{ "", SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "oci:", SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "oci::t", SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "oci:d:", SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "oci:@sha256:" HEX64, SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "oci:d@sha256:beef", SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "oci:d:t@sha256:" HEX64, SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "oci:-", SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "dir:-", SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "docker:", SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "docker://", SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "https://x/y", SCOV_E_USAGE, 0, NULL, NULL, false },
		{ "docker-daemon:x", SCOV_E_USAGE, 0, NULL, NULL, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct form f = { .kind = 99 };
		struct scov_err err = { 0 };

		check(cases[i].in, form_parse(span_str(cases[i].in), &f, &err) == cases[i].code);
		check(cases[i].in, err.code == cases[i].code);
		if (cases[i].code) {
			check(cases[i].in, f.kind == 99);
			continue;
		}
		check(cases[i].in,
			f.kind == cases[i].kind && (f.digest.algorithm != 0) == cases[i].digest);
		check_span(cases[i].in, f.name, span_str(cases[i].name));
		check_span(cases[i].in, f.tag, span_str(cases[i].tag));
	}
}

static void tags(void **state)
{
	(void)state;
	static const struct {
		const char *asked, *have;
		bool same;
	} cases[] = {
		{ "nginx", "nginx:latest", true },
		{ "nginx:latest", "docker.io/library/nginx:latest", true },
		{ "a/b:1", "docker.io/a/b:1", true },
		{ "localhost:5000/x", "localhost:5000/x:latest", true },
		{ "nginx:1", "nginx:latest", false },
		{ "nginx", "localhost/nginx:latest", false },
		{ "x", "ghcr.io/library/x", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check(cases[i].asked, form_tag_matches(span_str(cases[i].asked),
					      span_str(cases[i].have)) == cases[i].same);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(forms), cmocka_unit_test(tags) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
