/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "source/docker_manifest.h"

#define ONE                                                                                        \
	"{\"Config\":\"a.json\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"l/layer.tar\",\"m/"           \
	"layer.tar\"]}"
#define TWO "{\"Config\":\"b.json\",\"RepoTags\":null,\"Layers\":null}"

static void reads(void **state)
{
	(void)state;
	static const struct {
		const char *name, *in, *tag;
		int code;
		const char *config;
	} cases[] = {
		{ "one", "[" ONE "]", "", 0, "a.json" },
		{ "by tag", "[" TWO "," ONE "]", "x:1", 0, "a.json" },
		{ "by tag with docker.io", "[" ONE "]", "docker.io/library/x:1", 0, "a.json" },
		{ "without tags", "[" TWO "]", "", 0, "b.json" },
		{ "several", "[" ONE "," TWO "]", "", SCOV_E_USAGE, NULL },
		{ "tag of none", "[" ONE "," TWO "]", "x:2", SCOV_E_NOT_FOUND, NULL },
		{ "empty list", "[]", "", SCOV_E_NOT_FOUND, NULL },
		{ "an object", "{}", "", SCOV_E_FORMAT, NULL },
		{ "keys in another case", "[{\"config\":\"a.json\",\"layers\":[]}]", "", 0,
			"a.json" },
		{ "a key twice in another case", "[{\"Config\":\"a.json\",\"config\":\"b.json\"}]",
			"", SCOV_E_FORMAT, NULL },
		{ "no object inside", "[1]", "", SCOV_E_FORMAT, NULL },
		{ "no config", "[{\"Layers\":[]}]", "", SCOV_E_FORMAT, NULL },
		{ "layers no list", "[{\"Config\":\"a\",\"Layers\":\"x\"}]", "", SCOV_E_FORMAT,
			NULL },
		{ "a layer no text", "[{\"Config\":\"a\",\"Layers\":[1]}]", "", SCOV_E_FORMAT,
			NULL },
		{ "an empty layer", "[{\"Config\":\"a\",\"Layers\":[\"\"]}]", "", SCOV_E_FORMAT,
			NULL },
		{ "HTML", "<html>", "", SCOV_E_FORMAT, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct limits l = limits_default();
		docker_images list = { 0 };
		const struct docker_image *image = NULL;
		struct scov_err err;
		int code = docker_manifest_parse(span_str(cases[i].in), &l, &a, &list, &err);

		if (!code)
			code = docker_manifest_pick(&list, span_str(cases[i].tag), &image, &err);
		check(cases[i].name, code == cases[i].code);
		if (!code)
			check_span(cases[i].name, image->config, span_str(cases[i].config));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(reads) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
