/* SPDX-License-Identifier: Apache-2.0 */
#include "source/credentials.h"

#include "tests/unit/unit.h"

/* base64 of "me:pw", "hub:pw2", "ns:pw3", "me:pw\0\0" */
#define ME "bWU6cHc="
#define HUB "aHViOnB3Mg=="
#define NS "bnM6cHcz"
#define PADDED "bWU6cHcAAA=="
#define AUTHS(text) SPAN_INIT("{\"auths\":{" text "}}")

struct want {
	bool found;
	const char *user, *password, *identity, *registry, *helper, *key;
};

static void check_want(const char *name, const struct credentials_entry *e, const struct want *w)
{
	check(name, e->is_found == w->found);
	check_span(name, e->found.username, span_str(w->user));
	check_span(name, e->found.password, span_str(w->password));
	check_span(name, e->found.identity_token, span_str(w->identity));
	check_span(name, e->found.registry_token, span_str(w->registry));
	check_span(name, e->helper, span_str(w->helper));
	if (w->helper)
		check_span(name, e->helper_key, span_str(w->key));
}

static void files(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		const char *host, *path;
		struct want want;
	} cases[] = {
		{ "host", AUTHS("\"h:5000\":{\"auth\":\"" ME "\"}"), "h:5000", "a/b",
			{ true, "me", "pw" } },
		{ "another port is another host", AUTHS("\"h\":{\"auth\":\"" ME "\"}"), "h:5000",
			"a", { false } },
		{ "as a URL", AUTHS("\"https://h/v2/\":{\"auth\":\"" ME "\"}"), "h", "a",
			{ true, "me", "pw" } },
		{ "the hub's key", AUTHS("\"https://index.docker.io/v1/\":{\"auth\":\"" HUB "\"}"),
			"docker.io", "library/x", { true, "hub", "pw2" } },
		{ "the hub's name", AUTHS("\"docker.io\":{\"auth\":\"" HUB "\"}"), "docker.io",
			"library/x", { true, "hub", "pw2" } },
		{ "the hub's key is for the hub only",
			AUTHS("\"https://index.docker.io/v1/\":{\"auth\":\"" HUB "\"}"), "h", "x",
			{ false } },
		{ "longest name",
			AUTHS("\"h\":{\"auth\":\"" ME "\"},\"h/ns\":{\"auth\":\"" NS "\"}"), "h",
			"ns/x", { true, "ns", "pw3" } },
		{ "name by whole parts", AUTHS("\"h/ns\":{\"auth\":\"" NS "\"}"), "h", "nsx/y",
			{ false } },
		{ "name of the whole path", AUTHS("\"h/ns/x\":{\"auth\":\"" NS "\"}"), "h", "ns/x",
			{ true, "ns", "pw3" } },
		{ "name of more than the path", AUTHS("\"h/ns/x/y\":{\"auth\":\"" NS "\"}"), "h",
			"ns/x", { false } },
		{ "a host that starts alike", AUTHS("\"h.io.evil\":{\"auth\":\"" ME "\"}"), "h.io",
			"a", { false } },
		{ "padded password", AUTHS("\"h\":{\"auth\":\"" PADDED "\"}"), "h", "a",
			{ true, "me", "pw" } },
		{ "identity token", AUTHS("\"h\":{\"auth\":\"" ME "\",\"identitytoken\":\"it\"}"),
			"h", "a", { true, "me", "pw", "it" } },
		{ "registry token", AUTHS("\"h\":{\"registrytoken\":\"rt\"}"), "h", "a",
			{ true, NULL, NULL, NULL, "rt" } },
		{ "in the clear", AUTHS("\"h\":{\"username\":\"u\",\"password\":\"p\"}"), "h", "a",
			{ true, "u", "p" } },
		{ "empty entry", AUTHS("\"h\":{}"), "h", "a", { false } },
		{ "entry of another kind", AUTHS("\"h\":7"), "h", "a", { false } },
		{ "helper of the host",
			SPAN_INIT("{\"credHelpers\":{\"h\":\"one\"},\"credsStore\":\"two\"}"), "h",
			"a", { false, .helper = "one", .key = "h" } },
		{ "store for the rest",
			SPAN_INIT("{\"credHelpers\":{\"h\":\"one\"},\"credsStore\":\"two\"}"), "g",
			"a", { false, .helper = "two", .key = "g" } },
		{ "store and the hub", SPAN_INIT("{\"credsStore\":\"two\"}"), "docker.io",
			"library/a",
			{ false, .helper = "two", .key = "https://index.docker.io/v1/" } },
		{ "nothing", SPAN_INIT("{}"), "h", "a", { false } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct credentials_entry e = { 0 };
		struct scov_err err = { 0 };

		if (credentials_parse(cases[i].in, span_str(cases[i].host), span_str(cases[i].path),
			    &a, &e, &err))
			fail_msg("%s: %s", cases[i].name, err.text);
		check_want(cases[i].name, &e, &cases[i].want);
	}
}

static void broken_files(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
	} cases[] = {
		{ "empty", SPAN_INIT("") },
		{ "no JSON", SPAN_INIT("hunter2") },
		{ "a list", SPAN_INIT("[]") },
		{ "cut", SPAN_INIT("{\"auths\":{\"h\":{\"auth\":\"hunter2") },
		{ "no base64", AUTHS("\"h\":{\"auth\":\"hunter2!\"}") },
		{ "no colon", AUTHS("\"h\":{\"auth\":\"aHVudGVyMg==\"}") },
		{ "line break in the password", AUTHS("\"h\":{\"auth\":\"bWU6aHVudGVyMgoK\"}") },
		{ "line break in a token", AUTHS("\"h\":{\"identitytoken\":\"hunter2\\nx\"}") },
		{ "colon in the user name",
			AUTHS("\"h\":{\"username\":\"a:hunter2\",\"password\":\"p\"}") },
		{ "helper with a path", SPAN_INIT("{\"credsStore\":\"../../bin/hunter2\"}") },
		{ "helper with a blank", SPAN_INIT("{\"credHelpers\":{\"h\":\"hunter2 x\"}}") },
		{ "key twice",
			SPAN_INIT("{\"auths\":{},\"auths\":{\"h\":{\"auth\":\"hunter2\"}}}") },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct credentials_entry e = { 0 };
		struct scov_err err = { 0 };

		check(cases[i].name, credentials_parse(cases[i].in, SPAN("h"), SPAN("a"), &a, &e,
					     &err) == SCOV_E_FORMAT);
		check(cases[i].name,
			!e.is_found && !strstr(err.text, "hunter2") && !strstr(err.text, "aHVu"));
	}
}

static void helper_answers(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int code;
		const char *user, *password, *identity;
	} cases[] = {
		{ "password",
			SPAN_INIT("{\"ServerURL\":\"h\",\"Username\":\"me\",\"Secret\":\"pw\"}\n"),
			0, "me", "pw", NULL },
		{ "identity token", SPAN_INIT("{\"Username\":\"<token>\",\"Secret\":\"it\"}"), 0,
			NULL, NULL, "it" },
		{ "no JSON", SPAN_INIT("credentials missing"), SCOV_E_FORMAT, NULL, NULL, NULL },
		{ "a list", SPAN_INIT("[\"me\",\"pw\"]"), SCOV_E_FORMAT, NULL, NULL, NULL },
		{ "line break", SPAN_INIT("{\"Username\":\"me\",\"Secret\":\"a\\r\\nb\"}"),
			SCOV_E_FORMAT, NULL, NULL, NULL },
		{ "colon in the user name", SPAN_INIT("{\"Username\":\"m:e\",\"Secret\":\"a\"}"),
			SCOV_E_FORMAT, NULL, NULL, NULL },
		{ "empty", SPAN_INIT(""), SCOV_E_FORMAT, NULL, NULL, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct credentials c = { 0 };

		check(cases[i].name,
			credentials_parse_helper(cases[i].in, &a, &c, NULL) == cases[i].code);
		check_span(cases[i].name, c.username, span_str(cases[i].user));
		check_span(cases[i].name, c.password, span_str(cases[i].password));
		check_span(cases[i].name, c.identity_token, span_str(cases[i].identity));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),
		cmocka_unit_test(broken_files),
		cmocka_unit_test(helper_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
