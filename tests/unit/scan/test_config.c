/* test_config.c - image configs as facts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/image.h"
#include "scoville/scoville.h"
#include "tests/unit/scan/look.h"

static struct span value_of(const struct look *l, enum config_key key, const char *name)
{
	for (size_t i = 0; i < l->part.configs.n; i++)
		if (l->part.configs.p[i].key == key &&
			span_eq(l->part.configs.p[i].name, span_str(name)))
			return l->part.configs.p[i].value;
	return SPAN("(absent)");
}

static size_t count_of(const struct look *l, enum config_key key)
{
	size_t n = 0;

	for (size_t i = 0; i < l->part.configs.n; i++)
		n += l->part.configs.p[i].key == key;
	return n;
}

static void a_whole_config(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	assert_int_equal(
		analyze_config(&l.out,
			SPAN("{\"architecture\":\"arm64\",\"variant\":\"v8\",\"os\":\"linux\","
			     "\"created\":\"2024-05-01T10:00:00.5Z\","
			     "\"author\":\"A\",\"config\":{\"User\":\"1000:1000\",\"Env\":[\"PATH=/"
			     "bin:/sbin\",\"DB_PASSWORD=hunter-two\","
			     "\"ALONE\",\"EMPTY=\",\"X=a=b\"],\"Entrypoint\":[\"/"
			     "e\",\"-x\"],\"Cmd\":null,\"Labels\":{\"b\":\"2\",\"a\":\"1\"},"
			     "\"Volumes\":{\"/data\":{}},\"ExposedPorts\":{\"80/"
			     "tcp\":{}},\"Healthcheck\":{\"Test\":[\"CMD\",\"/h\"],\"Interval\":5},"
			     "\"OnBuild\":[\"RUN "
			     "x\"],\"Shell\":[\"/bin/sh\",\"-c\"],\"WorkingDir\":\"/"
			     "w\",\"StopSignal\":\"SIGINT\"},"
			     "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:aa\",\"sha256:"
			     "bb\"]},"
			     "\"history\":[{\"created\":\"2024-05-01T10:00:00Z\",\"created_by\":"
			     "\"ADD x\"},{\"created_by\":\"CMD y\",\"empty_layer\":true}],"
			     "\"moby.buildkit.buildinfo.v0\":\"e30=\",\"unknown\":[1,2]}")),
		0);
	assert_int_equal(l.part.diags.n, 0);
	check_span("user", value_of(&l, CONFIG_USER, ""), SPAN("1000:1000"));
	check_span("path", value_of(&l, CONFIG_ENV, "PATH"), SPAN("/bin:/sbin"));
	check_span("value with =", value_of(&l, CONFIG_ENV, "X"), SPAN("a=b"));
	check_span("secret is masked", value_of(&l, CONFIG_ENV, "DB_PASSWORD"), SPAN("**********"));
	check_span("label", value_of(&l, CONFIG_LABEL, "a"), SPAN("1"));
	check_span("volume", value_of(&l, CONFIG_VOLUME, ""), SPAN("/data"));
	check_span("created", value_of(&l, CONFIG_CREATED, ""), SPAN("2024-05-01T10:00:00.5Z"));
	check_span("buildinfo", value_of(&l, CONFIG_BUILDINFO, ""), SPAN("e30="));
	assert_int_equal(count_of(&l, CONFIG_ENV), 5);
	assert_int_equal(count_of(&l, CONFIG_ENTRYPOINT), 2);
	assert_int_equal(count_of(&l, CONFIG_CMD), 0);
	assert_int_equal(count_of(&l, CONFIG_HEALTHCHECK), 2);
	assert_int_equal(l.part.diff_ids.n, 2);
	assert_int_equal(l.part.history.n, 2);
	assert_true(l.part.history.p[1].empty_layer);
	for (size_t i = 0; i < l.part.configs.n; i++) {
		const struct config_fact *f = &l.part.configs.p[i];

		if (f->key == CONFIG_ENV && span_eq(f->name, SPAN("ALONE")))
			assert_false(f->has_value);
		if (f->key == CONFIG_ENV && span_eq(f->name, SPAN("EMPTY")))
			assert_true(f->has_value && f->value.len == 0);
	}
}

static void odd_configs(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int code;
		const char *says;
	} cases[] = {
		{ "empty object", SPAN_INIT("{}"), 0, NULL },
		{ "all null",
			SPAN_INIT("{\"config\":null,\"history\":null,\"rootfs\":null,\"created\":"
				  "null}"),
			0, NULL },
		{ "fields null",
			SPAN_INIT("{\"config\":{\"User\":null,\"Env\":null,\"Labels\":null,"
				  "\"Healthcheck\":null}}"),
			0, NULL },
		{ "user is a number", SPAN_INIT("{\"config\":{\"User\":0}}"), 0,
			"User is not text" },
		{ "env is text", SPAN_INIT("{\"config\":{\"Env\":\"A=b\"}}"), 0,
			"Env is not a list" },
		{ "env holds a number", SPAN_INIT("{\"config\":{\"Env\":[1]}}"), 0,
			"Env is not a list of text" },
		{ "entrypoint is text", SPAN_INIT("{\"config\":{\"Entrypoint\":\"/e\"}}"), 0,
			"Entrypoint is not a list" },
		{ "labels are a list", SPAN_INIT("{\"config\":{\"Labels\":[]}}"), 0,
			"Labels is not an object" },
		{ "a label is a number", SPAN_INIT("{\"config\":{\"Labels\":{\"a\":1}}}"), 0,
			"Labels is not an object of text" },
		{ "volumes are a list", SPAN_INIT("{\"config\":{\"Volumes\":[]}}"), 0,
			"Volumes is not an object" },
		{ "healthcheck is a list", SPAN_INIT("{\"config\":{\"Healthcheck\":[]}}"), 0,
			"Healthcheck is not an object" },
		{ "config is a list", SPAN_INIT("{\"config\":[]}"), 0, "config is not an object" },
		{ "history is an object", SPAN_INIT("{\"history\":{}}"), 0,
			"history is not a list" },
		{ "history holds null", SPAN_INIT("{\"history\":[null]}"), 0,
			"history is not a list of objects" },
		{ "diff_ids hold a number", SPAN_INIT("{\"rootfs\":{\"diff_ids\":[1]}}"), 0,
			"diff_ids is not a list of text" },
		{ "key in another case",
			SPAN_INIT("{\"config\":{\"User\":\"1000\",\"user\":\"0\"}}"), SCOV_E_FORMAT,
			"the key 'User' twice" },
		{ "key with a long s",
			SPAN_INIT("{\"config\":{\"User\":\"1\",\"U\u017fer\":\"0\"}}"),
			SCOV_E_FORMAT, "the key 'User' twice" },
		{ "top key in another case",
			SPAN_INIT("{\"config\":{},\"Config\":{\"User\":\"0\"}}"), SCOV_E_FORMAT,
			"the key 'config' twice" },
		{ "a byte order mark", SPAN_INIT("\xef\xbb\xbf{}"), SCOV_E_FORMAT,
			"byte order mark" },
		{ "labels in any case",
			SPAN_INIT("{\"config\":{\"Labels\":{\"user\":\"\",\"User\":\"\"}}}"), 0,
			NULL },
		{ "a key twice", SPAN_INIT("{\"config\":{\"User\":\"1000\",\"User\":\"0\"}}"),
			SCOV_E_FORMAT, "config: " },
		{ "no object", SPAN_INIT("[]"), SCOV_E_FORMAT, "not an object" },
		{ "a page of HTML", SPAN_INIT("<html>"), SCOV_E_FORMAT, "config: " },
		{ "nothing", SPAN_INIT(""), SCOV_E_FORMAT, "config: " },
		{ "cut", SPAN_INIT("{\"config\":{\"User\":\"10"), SCOV_E_FORMAT, "config: " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;

		look_init(&l);
		check(cases[i].name, analyze_config(&l.out, cases[i].in) == cases[i].code);
		check(cases[i].name, l.part.diags.n == (cases[i].says != NULL));
		if (!cases[i].says)
			continue;
		check(cases[i].name, span_has(l.part.diags.p[0].text, span_str(cases[i].says)));
		check(cases[i].name, l.part.diags.p[0].hides == HIDES_ALL &&
					     l.part.diags.p[0].entry == NO_ENTRY);
	}
}

static void too_large(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	l.limits.document_size = 16;
	assert_int_equal(
		analyze_config(&l.out, SPAN("{\"config\":{\"User\":\"1000\"}}")), SCOV_E_LIMIT);
	assert_int_equal(l.part.diags.n, 1);
}

/* Go takes a key in any spelling. */
static void keys_in_another_case(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	assert_int_equal(
		analyze_config(&l.out,
			SPAN("{\"Config\":{\"U\u017fer\":\"0\",\"wor\u212aingdir\":\"/w\"}}")),
		0);
	check_span("user", image_config(&l.part, CONFIG_USER, SPAN("")), SPAN("0"));
	check_span("folder", image_config(&l.part, CONFIG_WORKDIR, SPAN("")), SPAN("/w"));
}

/* A history row stays when it is no object: layers are counted by rows. */
static void history_keeps_its_rows(void **state)
{
	(void)state;
	scoped_look struct look l;

	look_init(&l);
	assert_int_equal(
		analyze_config(&l.out,
			SPAN("{\"history\":[1,{\"created_by\":2},{\"created_by\":\"x\"}]}")),
		0);
	assert_int_equal(l.part.history.n, 3);
	check_span("the good one", l.part.history.p[2].created_by, SPAN("x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_config),
		cmocka_unit_test(keys_in_another_case),
		cmocka_unit_test(odd_configs),
		cmocka_unit_test(too_large),
		cmocka_unit_test(history_keeps_its_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
