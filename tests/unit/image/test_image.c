/* Images over a source in memory: documents by digest, the first one the root.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/err.h"
#include "image/image.h"
#include "source/oci.h"

enum { DOCUMENTS = 32 };

struct fake {
	struct source source;
	struct arena arena;
	struct span documents[DOCUMENTS];
	size_t n, loads;
	struct descriptor root;
	bool is_loose; /* answers the last document whatever was asked */
};

static int root(struct source *s, const struct call *call, struct arena *a, struct descriptor *out,
	struct scov_err *err)
{
	(void)call;
	(void)a, (void)err;
	*out = ((struct fake *)s)->root;
	return 0;
}

static int document(struct source *s, const struct descriptor *d, const struct call *call,
	struct arena *a, struct span *out, struct scov_err *err)
{
	(void)call;
	struct fake *f = (struct fake *)s;

	(void)a;
	f->loads++;
	for (size_t i = 0; i < f->n; i++) {
		struct digest got = digest_of(DIGEST_SHA256, f->documents[i]);

		if (!d->digest.algorithm || digest_eq(&got, &d->digest) ||
			(f->is_loose && i + 1 == f->n)) {
			*out = f->documents[!d->digest.algorithm ? f->n - 1 : i];
			return 0;
		}
	}
	return err_fail(err, SCOV_E_NOT_FOUND, "no such blob");
}

static const struct source_ops ops = { .transport = "fake", .root = root, .document = document };

/* Adds a document; what was added last is what root() names, without a digest. Returns its
 * descriptor as JSON, more being further members. */
static const char *put(struct fake *f, const char *text, const char *type, const char *more)
{
	struct span doc = arena_dup(&f->arena, span_str(text));
	struct digest d = digest_of(DIGEST_SHA256, doc);
	char hex[DIGEST_TEXT];

	f->source.ops = &ops;
	f->documents[f->n++] = doc;
	return arena_printf(&f->arena, "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu%s}",
		type, digest_format(&d, hex), doc.len, more);
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BLOB(type) "{\"mediaType\":\"" type "\",\"digest\":\"sha256:" HEX64 "\",\"size\":7}"
#define LAYER BLOB("application/vnd.oci.image.layer.v1.tar+gzip")
#define CONFIG "\"config\":" BLOB(OCI_CONFIG)
#define IMAGE "{\"schemaVersion\":2," CONFIG ",\"layers\":[" LAYER "]}"

static int list_and_load(
	struct fake *f, struct image_choices *c, struct manifest *m, struct scov_err *err)
{
	struct limits l = limits_default();
	int code;

	f->source.ops = &ops;
	code = image_list(&f->source, &l, NULL, &f->arena, c, err);
	if (!code && m)
		code = image_manifest(&f->source, &l, &c->list.p[0], NULL, &f->arena, m, err);
	return code;
}

static void one_document(void **state)
{
	(void)state;
	static const struct {
		const char *name, *doc;
		int code;
		const char *says;
	} cases[] = {
		{ "an image", IMAGE, 0, NULL },
		{ "no layers", "{\"schemaVersion\":2," CONFIG "}", 0, NULL },
		{ "layers null", "{\"schemaVersion\":2," CONFIG ",\"layers\":null}", 0, NULL },
		{ "Docker's types",
			"{\"mediaType\":\"" DOCKER_MANIFEST
			"\",\"config\":" BLOB(DOCKER_CONFIG) ",\"layers\":[" BLOB(
				"application/vnd.docker.image.rootfs.diff.tar.gzip") "]}",
			0, NULL },
		{ "HTML", "<html>", SCOV_E_FORMAT, "HTML" },
		{ "empty", "", SCOV_E_FORMAT, "empty" },
		{ "no object", "[]", SCOV_E_FORMAT, "not an object" },
		{ "an empty object", "{}", SCOV_E_FORMAT, "neither an index nor a manifest" },
		{ "index and manifest at once", "{\"manifests\":[]," CONFIG ",\"layers\":[]}",
			SCOV_E_FORMAT, "both" },
		{ "manifest that says index",
			"{\"mediaType\":\"" OCI_INDEX "\"," CONFIG ",\"layers\":[]}", SCOV_E_FORMAT,
			"media type says otherwise" },
		{ "index that says manifest",
			"{\"mediaType\":\"" OCI_MANIFEST "\",\"manifests\":[]}", SCOV_E_FORMAT,
			"media type says otherwise" },
		{ "empty index", "{\"manifests\":[]}", SCOV_E_NOT_FOUND, "index is empty" },
		{ "index that is not a list", "{\"manifests\":{}}", SCOV_E_FORMAT, "not a list" },
		{ "schema 1", "{\"schemaVersion\":1,\"fsLayers\":[]}", SCOV_E_UNSUPPORTED,
			"schema 1" },
		{ "config without digest", "{\"config\":{\"size\":1},\"layers\":[]}", SCOV_E_FORMAT,
			"without a digest" },
		{ "config missing", "{\"layers\":[]}", SCOV_E_FORMAT, "not an object" },
		{ "digest of another algorithm", "{\"config\":{\"digest\":\"md5:00\",\"size\":1}}",
			SCOV_E_UNSUPPORTED, "" },
		{ "digest too short", "{\"config\":{\"digest\":\"sha256:00\",\"size\":1}}",
			SCOV_E_FORMAT, "" },
		{ "negative size", "{\"config\":{\"digest\":\"sha256:" HEX64 "\",\"size\":-1}}",
			SCOV_E_FORMAT, "size" },
		{ "size as text", "{\"config\":{\"digest\":\"sha256:" HEX64 "\",\"size\":\"1\"}}",
			SCOV_E_FORMAT, "size" },
		{ "giant config",
			"{\"config\":{\"digest\":\"sha256:" HEX64 "\",\"size\":99999999999}}",
			SCOV_E_LIMIT, "document_size" },
		{ "layer no object", "{" CONFIG ",\"layers\":[7]}", SCOV_E_FORMAT, "layer 0" },
		{ "layers no list", "{" CONFIG ",\"layers\":7}", SCOV_E_FORMAT, "not a list" },
		{ "Helm chart",
			"{\"config\":" BLOB(
				"application/vnd.cncf.helm.config.v1+json") ",\"layers"
									    "\":[" BLOB("ap"
											"pl"
											"ic"
											"at"
											"io"
											"n/"
											"vn"
											"d."
											"cn"
											"cf"
											".h"
											"el"
											"m."
											"ch"
											"ar"
											"t."
											"co"
											"nt"
											"en"
											"t."
											"v1"
											".t"
											"ar"
											"+g"
											"zi"
											"p") "]}",
			SCOV_E_UNSUPPORTED, "a Helm chart" },
		{ "cosign signature",
			"{" CONFIG ",\"layers\":[" BLOB(
				"application/vnd.dev.cosign.simplesigning.v1+json") "]}",
			SCOV_E_UNSUPPORTED, "a cosign signature" },
		{ "artifact by its type",
			"{\"artifactType\":\"application/vnd.cyclonedx+json\",\"config\":" BLOB(
				"application/vnd.oci.empty.v1+json") ",\"layers\":[]}",
			SCOV_E_UNSUPPORTED, "an SBOM" },
		{ "artifact by its layer",
			"{\"config\":" BLOB(
				"application/vnd.oci.empty.v1+json") ",\"layers\":"
								     "[" BLOB("applicat"
									      "ion/"
									      "wasm") "]"
										      "}",
			SCOV_E_UNSUPPORTED, "a WebAssembly module" },
		{ "Docker 1.10's config",
			"{\"config\":" BLOB("application/octet-stream") ",\"layers\":[" LAYER "]}",
			0, NULL },
		{ "a registry's config",
			"{\"config\":" BLOB("text/html") ",\"layers\":[" LAYER "]}", 0, NULL },
		{ "another one", "{\"config\":" BLOB("application/json") ",\"layers\":[" LAYER "]}",
			0, NULL },
		{ "an empty one", "{\"config\":" BLOB("") ",\"layers\":[" LAYER "]}", 0, NULL },
		{ "config with a parameter",
			"{\"config\":" BLOB(OCI_CONFIG "; charset=utf-8") ",\"layers\":[" LAYER
									  "]}",
			0, NULL },
		{ "Docker's manifest, any config",
			"{\"mediaType\":\"" DOCKER_MANIFEST
			"\",\"config\":" BLOB("text/plain") ",\"layers\":[" LAYER "]}",
			0, NULL },
		{ "Docker's plugin",
			"{\"mediaType\":\"" DOCKER_MANIFEST "\",\"config\":" BLOB(
				"application/vnd.docker.plugin.v1+json") ",\"layers\":[" LAYER "]}",
			SCOV_E_UNSUPPORTED, "a Docker engine plugin" },
		{ "an image that is called an SBOM",
			"{\"artifactType\":\"application/spdx+json\"," CONFIG ",\"layers\":[" LAYER
			"]}",
			0, NULL },
		{ "nothing but a name",
			"{\"artifactType\":\"application/spdx+json\"," CONFIG ",\"layers\":[]}",
			SCOV_E_UNSUPPORTED, "an SBOM" },
		{ "JSON for a config and no layer of an image",
			"{\"config\":" BLOB("application/json") ",\"layers\":[" BLOB(
				"application/wasm") "]}",
			SCOV_E_UNSUPPORTED, "a WebAssembly module" },
		{ "manifest's type with a parameter",
			"{\"mediaType\":\"" OCI_MANIFEST "; charset=utf-8\"," CONFIG
			",\"layers\":[]}",
			0, NULL },
		{ "index's type with a parameter, of a manifest",
			"{\"mediaType\":\"" OCI_INDEX ";v=1\"," CONFIG ",\"layers\":[]}",
			SCOV_E_FORMAT, "media type says otherwise" },
		{ "artifact nobody knows",
			"{\"config\":" BLOB("application/vnd.me+json") ",\"layers\":[]}",
			SCOV_E_UNSUPPORTED, "vnd.me" },
		{ "document nobody knows", "{\"mediaType\":\"text/x\"}", SCOV_E_UNSUPPORTED,
			"text/x" },
		{ "layers twice", "{" CONFIG ",\"layers\":[],\"layers\":[]}", SCOV_E_FORMAT,
			"a key twice" },
		{ "layers twice in another case", "{" CONFIG ",\"layers\":[],\"Layers\":[]}",
			SCOV_E_FORMAT, "the key 'layers' twice" },
		{ "keys in another case", "{\"Config\":" BLOB(OCI_CONFIG) ",\"LAYERS\":[]}", 0,
			NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fake f = { 0 };
		struct image_choices c = { 0 };
		struct manifest m = { 0 };
		struct scov_err err = { 0 };

		put(&f, cases[i].doc, "", "");
		if (list_and_load(&f, &c, &m, &err) != cases[i].code)
			fail_msg("%s: %d %s", cases[i].name, err.code, err.text);
		if (cases[i].says && !strstr(err.text, cases[i].says))
			fail_msg("%s: %s", cases[i].name, err.text);
		if (!cases[i].code)
			check(cases[i].name, m.has_config && m.digest.algorithm == DIGEST_SHA256);
		arena_release(&f.arena);
	}
}

static void an_index(void **state)
{
	(void)state;
	struct fake f = { 0 };
	struct image_choices c = { 0 };
	struct manifest m = { 0 };
	struct scov_err err = { 0 };
	const char *amd = put(&f, IMAGE, OCI_MANIFEST,
		",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"},"
		"\"annotations\":{\"a\":\"1\"}");
	const char *att = put(&f, IMAGE " ", OCI_MANIFEST,
		",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"},"
		"\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}");
	const char *inner = put(&f,
		arena_printf(&f.arena, "{\"manifests\":[%s,%s,%s]}", amd, att,
			BLOB("application/vnd.dev.sigstore.bundle.v0.3+json")),
		OCI_INDEX, "");

	put(&f, arena_printf(&f.arena, "{\"manifests\":[%s],\"annotations\":{\"b\":\"2\"}}", inner),
		"", "");
	assert_int_equal(0, list_and_load(&f, &c, &m, &err));
	assert_int_equal(c.list.n, 1);
	assert_int_equal(c.attestations.n, 1);
	assert_true(c.from_index);
	check_span("platform", c.list.p[0].platform.architecture, SPAN("amd64"));
	assert_int_equal(m.layers.n, 1);
	assert_int_equal(c.list.p[0].position, 1);
	assert_true(digest_eq(&m.digest, &c.list.p[0].descriptor.digest));
	assert_false(digest_eq(&c.root_digest, &c.list.p[0].index_digest));
	const struct image_index *x = c.list.p[0].index;

	assert_true(digest_eq(&x->digest, &c.list.p[0].index_digest));
	assert_true(span_has(x->raw, SPAN("sigstore")));
	assert_true(digest_eq(&x->above->digest, &c.root_digest));
	assert_null(x->above->above);
	check_span("raw", m.raw, span_str(IMAGE));
	arena_release(&f.arena);
}

static void an_attestation_is_for_one_manifest(void **state)
{
	(void)state;
	static const struct {
		const char *name, *document;
		int code;
		size_t layers;
	} cases[] = {
		{ "one layer", IMAGE "  ", 0, 1 },
		{ "an index", "{\"manifests\":[]}", SCOV_E_FORMAT, 0 },
		{ "no JSON", "{", SCOV_E_FORMAT, 0 },
		{ "layers that are no list", "{\"config\":{},\"layers\":{}}", SCOV_E_FORMAT, 0 },
		{ "a layer without a digest", "{\"config\":{},\"layers\":[{\"size\":1}]}",
			SCOV_E_FORMAT, 0 },
	};
	struct limits l = limits_default();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fake f = { 0 };
		struct image_choices c = { 0 };
		struct manifest m = { 0 }, a = { 0 };
		struct scov_err err = { 0 };
		struct digest of_image = digest_of(DIGEST_SHA256, span_str(IMAGE));
		struct digest other = digest_of(DIGEST_SHA256, SPAN("other"));
		struct digest none = { 0 };
		char text[DIGEST_TEXT];
		const char *amd = put(&f, IMAGE, OCI_MANIFEST, "");
		const char *att = put(&f, cases[i].document, OCI_MANIFEST,
			arena_printf(&f.arena,
				",\"annotations\":{\"vnd.docker.reference.type\":"
				"\"attestation-manifest\",\"vnd.docker.reference.digest\":\"%s\"}",
				digest_format(&of_image, text)));

		put(&f, arena_printf(&f.arena, "{\"manifests\":[%s,%s]}", amd, att), "", "");
		assert_int_equal(0, list_and_load(&f, &c, &m, &err));
		assert_int_equal(c.attestations.n, 1);
		assert_true(image_attestation_of(&c.attestations.p[0], &m.digest));
		assert_false(image_attestation_of(&c.attestations.p[0], &other));
		assert_false(image_attestation_of(&c.attestations.p[0], &none));
		int code = image_attestation(
			&f.source, &l, &c.attestations.p[0], NULL, &f.arena, &a, &err);

		if (code != cases[i].code)
			fail_msg("%s: %d %s", cases[i].name, code, err.text);
		assert_int_equal(a.layers.n, cases[i].layers);
		arena_release(&f.arena);
	}
}

static void only_attestations(void **state)
{
	(void)state;
	struct fake f = { 0 };
	struct image_choices c = { 0 };
	struct scov_err err = { 0 };
	const char *att = put(
		&f, IMAGE, OCI_MANIFEST, ",\"annotations\":{\"vnd.docker.reference.type\":\"x\"}");

	put(&f, arena_printf(&f.arena, "{\"manifests\":[%s]}", att), "", "");
	assert_int_equal(SCOV_E_UNSUPPORTED, list_and_load(&f, &c, NULL, &err));
	assert_non_null(strstr(err.text, "an attestation"));
	arena_release(&f.arena);
}

static void lies(void **state)
{
	(void)state;
	static const struct {
		const char *name, *size;
		bool loose;
		int code;
	} cases[] = {
		{ "other bytes of the same size", NULL, true, SCOV_E_DIGEST },
		{ "size too small", "5", false, SCOV_E_DIGEST },
		{ "size over the limit", "104857600", false, SCOV_E_LIMIT },
	};

	for (size_t i = 0; i < 3; i++) {
		struct fake f = { .is_loose = cases[i].loose };
		struct image_choices c = { 0 };
		struct manifest m = { 0 };
		struct scov_err err = { 0 };
		struct limits l = limits_default();
		const char *d = put(&f, IMAGE, OCI_MANIFEST, "");

		put(&f, arena_printf(&f.arena, "{\"manifests\":[%s]}", d), "", "");
		assert_int_equal(0, image_list(&f.source, &l, NULL, &f.arena, &c, &err));
		if (cases[i].size)
			span_number(span_str(cases[i].size), 10, UINT64_MAX,
				&c.list.p[0].descriptor.size);
		if (cases[i].loose) {
			f.n = 1;
			f.documents[0] = arena_dup(&f.arena, f.documents[0]);
			((uint8_t *)f.documents[0].p)[1] = ' ';
		}
		check(cases[i].name, image_manifest(&f.source, &l, &c.list.p[0], NULL, &f.arena, &m,
					     &err) == cases[i].code);
		arena_release(&f.arena);
	}
}

static void depth_and_width(void **state)
{
	(void)state;
	struct fake f = { 0 };
	struct image_choices c = { 0 };
	struct scov_err err = { 0 };
	struct limits l = limits_default();
	const char *d = put(&f, IMAGE, OCI_MANIFEST, "");
	scoped_buf struct buf many = { 0 };

	for (uint64_t i = 0; i < l.index_depth; i++)
		d = put(&f, arena_printf(&f.arena, "{\"manifests\":[%s]}", d), OCI_INDEX, "");
	assert_int_equal(0, list_and_load(&f, &c, NULL, &err));
	put(&f, arena_printf(&f.arena, "{\"manifests\":[%s]}", d), OCI_INDEX, "");
	assert_int_equal(SCOV_E_LIMIT, list_and_load(&f, &c, NULL, &err));
	/* Each index names the one below it 100 times. */
	d = put(&f, IMAGE, OCI_MANIFEST, "");
	for (int depth = 0; depth < 3; depth++) {
		buf_release(&many);
		many = (struct buf){ 0 };
		for (int i = 0; i < 100; i++)
			buf_printf(&many, "%s%s", i ? "," : "", d);
		d = put(&f, arena_printf(&f.arena, "{\"manifests\":[%s]}", many.p), OCI_INDEX, "");
	}
	f.loads = 0;
	assert_int_equal(SCOV_E_LIMIT, list_and_load(&f, &c, NULL, &err));
	assert_true(f.loads < 100);
	arena_release(&f.arena);
}

static void many_layers(void **state)
{
	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		struct fake f = { 0 };
		struct image_choices c = { 0 };
		struct manifest m = { 0 };
		struct scov_err err = { 0 };
		scoped_buf struct buf b = { 0 };

		buf_str(&b, "{" CONFIG ",\"layers\":[");
		for (size_t i = 0; i < 512 + extra; i++)
			buf_printf(&b, "%s" LAYER, i ? "," : "");
		buf_str(&b, "]}");
		put(&f, b.p, "", "");
		assert_int_equal(extra ? SCOV_E_LIMIT : 0, list_and_load(&f, &c, &m, &err));
		assert_int_equal(m.layers.n, extra ? 0 : 512);
		arena_release(&f.arena);
	}
}

static void the_platform_is_in_the_config(void **state)
{
	static const struct {
		const char *name, *config, *asked;
		int code;
		const char *says;
	} cases[] = {
		{ "as asked, with settings",
			"{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"User\":\"1\"}}",
			"linux/amd64", 0, NULL },
		{ "settings that are null",
			"{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":null}",
			"linux/amd64", 0, NULL },
		{ "without settings",
			"{\"architecture\":\"arm\",\"variant\":\"v7\",\"os\":\"linux\"}",
			"linux/arm/v7", 0, NULL },
		{ "another", "{\"architecture\":\"arm64\",\"os\":\"linux\",\"config\":{}}",
			"linux/amd64", SCOV_E_NOT_FOUND, "available: linux/arm64" },
		{ "settings that are a text",
			"{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":\"x\"}",
			"linux/amd64", SCOV_E_FORMAT, "config" },
		{ "no object", "[]", "linux/amd64", SCOV_E_NOT_FOUND, "available" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fake f = { 0 };
		struct limits l = limits_default();
		struct image_reader r = { &f.source, &l, NULL, &f.arena };
		struct image_choices c = { 0 };
		struct manifest m = { 0 };
		struct scov_err err = { 0 };

		put(&f,
			arena_printf(&f.arena, "{\"config\":%s,\"layers\":[]}",
				put(&f, cases[i].config, OCI_CONFIG, "")),
			OCI_MANIFEST, "");
		assert_int_equal(list_and_load(&f, &c, &m, &err), 0);
		check_span("not read yet", m.config_text, SPAN(""));
		f.loads = 0;
		check(cases[i].name,
			image_check_platform(&r, &m, cases[i].asked, &err) == cases[i].code);
		check(cases[i].name, f.loads == 1);
		check(cases[i].name, !cases[i].says || strstr(err.text, cases[i].says));
		if (!cases[i].code)
			check_span(cases[i].name, m.config_text, span_str(cases[i].config));
		arena_release(&f.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_document),
		cmocka_unit_test(an_index),
		cmocka_unit_test(an_attestation_is_for_one_manifest),
		cmocka_unit_test(only_attestations),
		cmocka_unit_test(lies),
		cmocka_unit_test(depth_and_width),
		cmocka_unit_test(many_layers),
		cmocka_unit_test(the_platform_is_in_the_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
