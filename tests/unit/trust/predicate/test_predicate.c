/* test_predicate.c - provenance of all versions, and an SBOM beside our own packages.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/predicate/predicate.h"

#include "facts/package.h"
#include "tests/unit/unit.h"

static const char v1[] =
	"{\"buildDefinition\":{\"buildType\":\"https://github.com/moby/buildkit/blob/master/docs/"
	"attestations/slsa-definitions.md\",\"externalParameters\":{\"configSource\":{\"uri\":"
	"\"https://git.example/app.git#main\",\"digest\":{\"sha1\":"
	"\"0123456789abcdef0123456789abcdef01234567\"},\"path\":\"sub/Dockerfile\"},\"request\":{"
	"\"frontend\":\"dockerfile.v0\",\"args\":{\"build-arg:VERSION\":\"1.2\",\"target\":\"x\"}}}"
	",\"resolvedDependencies\":[{\"uri\":\"pkg:docker/alpine@3.20?platform=linux%2Famd64\","
	"\"digest\":{\"md5\":\"00\",\"sha256\":"
	"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}}]},\"runDetails\":{"
	"\"builder\":{\"id\":\"\"},\"metadata\":{\"invocationId\":\"i\",\"startedOn\":"
	"\"2026-01-02T03:04:05Z\",\"finishedOn\":\"2026-01-02T03:05:05Z\",\"buildkit_metadata\":{"
	"\"source\":{\"infos\":[{\"filename\":\"other\",\"data\":\"eA==\"},{\"filename\":"
	"\"sub/Dockerfile\",\"data\":\"RlJPTSBhbHBpbmUK\"}]}},\"buildkit_hermetic\":true,"
	"\"buildkit_completeness\":{\"request\":true,\"resolvedDependencies\":true},"
	"\"buildkit_reproducible\":true}}}";
static const char v02[] =
	"{\"builder\":{\"id\":\"https://ci.example/"
	"b\"},\"buildType\":\"t\",\"materials\":[{\"uri\":"
	"\"git+https://git.example/app\",\"digest\":{\"sha1\":\"ab\"}}],\"invocation\":{"
	"\"configSource\":{\"uri\":\"https://git.example/app\",\"digest\":{\"sha1\":\"ab\"},"
	"\"entryPoint\":\"Dockerfile\"},\"parameters\":{\"args\":{\"build-arg:A\":\"b\"}}},"
	"\"metadata\":{\"buildFinishedOn\":\"2026-01-02T03:05:05Z\",\"reproducible\":true,"
	"\"completeness\":{\"materials\":true},\"https://mobyproject.org/"
	"buildkit@v1#hermetic\":true,"
	"\"https://mobyproject.org/buildkit@v1#metadata\":{\"source\":{\"infos\":[{\"filename\":"
	"\"Dockerfile\",\"data\":\"RlJPTSBhbHBpbmUK\"}]}}}}";
static const char v01[] =
	"{\"builder\":{\"id\":\"https://ci.example/b\"},\"recipe\":{\"type\":\"t\","
	"\"definedInMaterial\":0},\"materials\":[{\"uri\":\"git+https://git.example/app\","
	"\"digest\":{\"sha1\":\"ab\"}}],\"metadata\":{\"reproducible\":true}}";
static const char github[] =
	"{\"buildDefinition\":{\"buildType\":\"https://actions.github.io/buildtypes/workflow/v1\","
	"\"externalParameters\":{\"workflow\":{\"ref\":\"refs/heads/main\",\"repository\":"
	"\"https://github.com/o/r\",\"path\":\".github/workflows/x.yml\"}},"
	"\"resolvedDependencies\":[{\"uri\":\"git+https://github.com/o/r@refs/heads/main\","
	"\"digest\":{\"gitCommit\":\"cd\"}}]},\"runDetails\":{\"builder\":{\"id\":"
	"\"https://github.com/o/r/.github/workflows/x.yml@refs/heads/main\"}}}";

static void versions(void **state)
{
	static const struct {
		const char *type, *text, *version, *builder, *source, *hex, *recipe;
		int64_t finished;
		size_t inputs, arguments;
		bool claims;
	} rows[] = {
		{ "https://slsa.dev/provenance/v1", v1, "v1", "",
			"https://git.example/app.git#main",
			"0123456789abcdef0123456789abcdef01234567", "FROM alpine\n", 1767323105, 1,
			1, true },
		{ "https://slsa.dev/provenance/v0.2", v02, "v0.2", "https://ci.example/b",
			"https://git.example/app", "ab", "FROM alpine\n", 1767323105, 1, 1, true },
		{ "https://slsa.dev/provenance/v0.1", v01, "v0.1", "https://ci.example/b",
			"git+https://git.example/app", "ab", "", 0, 1, 0, false },
		{ "https://slsa.dev/provenance/v1", github, "v1",
			"https://github.com/o/r/.github/workflows/x.yml@refs/heads/main",
			"https://github.com/o/r", "cd", "", 0, 1, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		struct scov_err err = { 0 };
		struct provenance p;
		const char *name = rows[i].type;

		if (provenance_read(span_str(rows[i].text), span_str(rows[i].type), &a, &p, &err))
			fail_msg("%s: %s", name, err.text);
		check_span(name, p.version, span_str(rows[i].version));
		check(name, p.has_builder);
		check_span(name, p.builder, span_str(rows[i].builder));
		check_span(name, p.source.uri, span_str(rows[i].source));
		check_span(name, p.source.hex, span_str(rows[i].hex));
		check_span(name, p.recipe, span_str(rows[i].recipe));
		check(name, p.finished == rows[i].finished);
		check(name, p.inputs.n == rows[i].inputs);
		check(name, p.arguments.n == rows[i].arguments);
		check(name, p.is_hermetic == rows[i].claims && p.has_all_inputs == rows[i].claims);
	}
}

static void refused(void **state)
{
	static const struct {
		const char *name, *type, *text;
		int code;
	} rows[] = {
		{ "another type", "https://slsa.dev/provenance/v2", "{}", SCOV_E_UNSUPPORTED },
		{ "a longer version", "https://slsa.dev/provenance/v0.22", "{}",
			SCOV_E_UNSUPPORTED },
		{ "no JSON", "https://slsa.dev/provenance/v1", "{", SCOV_E_FORMAT },
		{ "a list", "https://slsa.dev/provenance/v1", "[]", SCOV_E_FORMAT },
		{ "a key twice", "https://slsa.dev/provenance/v0.2",
			"{\"builder\":{\"id\":\"a\"},\"builder\":{\"id\":\"b\"}}", SCOV_E_FORMAT },
		{ "v1 without a run", "https://slsa.dev/provenance/v1",
			"{\"buildDefinition\":{\"buildType\":\"t\"}}", SCOV_E_FORMAT },
		{ "v1 without a type", "https://slsa.dev/provenance/v1",
			"{\"buildDefinition\":{},\"runDetails\":{}}", SCOV_E_FORMAT },
		{ "a builder that is a number", "https://slsa.dev/provenance/v0.2",
			"{\"builder\":{\"id\":1}}", SCOV_E_FORMAT },
		{ "inputs that are no list", "https://slsa.dev/provenance/v0.2",
			"{\"materials\":{}}", SCOV_E_FORMAT },
		{ "a time that is none", "https://slsa.dev/provenance/v0.2",
			"{\"metadata\":{\"buildFinishedOn\":\"soon\"}}", SCOV_E_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		struct scov_err err = { 0 };
		struct provenance p;
		int code = provenance_read(
			span_str(rows[i].text), span_str(rows[i].type), &a, &p, &err);

		if (code != rows[i].code || !err.text[0])
			fail_msg("%s: %d '%s'", rows[i].name, code, err.text);
	}
}

/* ---- SBOMs ----------------------------------------------------------------------------------- */

struct one {
	uint8_t type;
	const char *name, *version;
};

static void make(const struct one *list, size_t n, struct arena *a, struct image_facts *out)
{
	*out = (struct image_facts){ 0 };
	for (size_t i = 0; i < n; i++) {
		struct package_fact *f = arena_alloc(a, sizeof(*f));
		struct image_package p = { .fact = f };

		f->type = list[i].type;
		f->name = span_str(list[i].name);
		f->version = span_str(list[i].version);
		vec_add(&out->packages, a, &p);
	}
}

static void agreement(void **state)
{
	static const struct one ours[] = { { PACKAGE_DEB, "curl", "1:8.5-2" },
		{ PACKAGE_DEB, "zlib1g", "1.3" }, { PACKAGE_CHISEL, "libc6", "2.36" },
		{ PACKAGE_PYTHON, "Foo_Bar", "1.0" }, { PACKAGE_GO, "github.com/A/b", "v1.2.3" },
		{ PACKAGE_GO, "stdlib", "go1.22" }, { PACKAGE_NPM, "@x/y", "1.0.0" },
		{ PACKAGE_NPM, "@x/y", "1.0.0" }, { PACKAGE_BINARY, "nginx", "1.2" } };
	static const struct one theirs[] = { { PACKAGE_DEB, "curl", "8.5-2" },
		{ PACKAGE_DEB, "zlib1g", "1.2" }, { PACKAGE_DEB, "libc6", "2.36" },
		{ PACKAGE_PYTHON, "foo-bar", "1.0" }, { PACKAGE_GO, "github.com/a/b", "1.2.3" },
		{ PACKAGE_GO, "stdlib", "1.22" }, { PACKAGE_GEM, "rake", "" } };
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct image_facts x, y;
	struct sbom_truth t = { 0 };
	struct scov_err err;

	(void)state;
	make(ours, sizeof(ours) / sizeof(*ours), &a, &x);
	make(theirs, sizeof(theirs) / sizeof(*theirs), &a, &y);
	assert_int_equal(sbom_compare(&x, &y, &a, &t, &err), 0);
	assert_int_equal(t.ours, 7); /* npm once, the program not */
	assert_int_equal(t.theirs, 7);
	assert_int_equal(t.versions, 6);
	assert_int_equal(t.found, 5);
	assert_int_equal(t.missing.n, 2);
	assert_int_equal(t.extra.n, 2);
	check_span("missing", t.missing.p[0]->name, SPAN("zlib1g"));
	check_span("missing", t.missing.p[1]->name, SPAN("@x/y"));
	check_span("extra", t.extra.p[0]->name, SPAN("zlib1g"));
	check_span("extra", t.extra.p[1]->name, SPAN("rake"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(versions),
		cmocka_unit_test(refused), cmocka_unit_test(agreement) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
