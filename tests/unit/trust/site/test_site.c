/* test_site.c - policies of a site: read, found for an image, applied to real signatures of cosign
 * and skopeo if they are there: ../shared/data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/crypto_paths.h"
#include "syntax/base64.h"
#include "tests/unit/crypto/openssl.h"
#include "trust/site/parts.h"

enum { NOW = 1735689600 /* 2025-01-01 */ };

static bool has_data;

static int unpack(void **state)
{
	if (folder_make(state))
		return -1;
	must_run("key", "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k; "
			"openssl pkey -in k -pubout -out own.pub; : >empty.pub");
	has_data = shell("for d in \"$SCOVILLE_TEST_SHARED\" " SHARED "; do f=$d/data/provenance/"
			 "dev.tar.zst; [ ! -e \"$f\" ] || break; done; tar --zstd -xf $f "
			 "dev/cosign-simplesigning; mv dev/cosign-simplesigning/* .");
	if (!has_data)
		puts("skipped: no signatures (../shared/data/provenance/dev.tar.zst)");
	return 0;
}

static int load(
	void *ctx, const char *path, struct arena *a, struct span *out, struct scov_err *err)
{
	(void)ctx;
	return fd_load(AT_FDCWD, path, SITE_FILE_MAX, a, out, err);
}

#define DEFAULT(more) "{\"default\":[" more "]}"
#define REJECT "{\"type\":\"reject\"}"
#define ANY "{\"type\":\"insecureAcceptAnything\"}"
#define KEY(more) "{\"type\":\"sigstoreSigned\"," more "}"
#define OWN_KEY "\"keyPath\":\"own.pub\""

static void reading(void **state)
{
	static const struct {
		const char *name, *text;
		int code, apply;
		const char *why;
	} rows[] = {
		{ "the smallest", DEFAULT(REJECT), 0, 0, "" },
		{ "a key", DEFAULT(KEY(OWN_KEY)), 0, 0, "" },
		{ "two keys", DEFAULT(KEY("\"keyPaths\":[\"own.pub\",\"own.pub\"]")), 0, 0, "" },
		{ "ours",
			"[{\"scope\":\"**\",\"any\":[{\"key\":\"own.pub\"},{\"keyless\":{"
			"\"issuer\":"
			"\"i\",\"subjectRegex\":\"s\"}}],\"require\":{\"signature\":4,"
			"\"sbom\":\"rooted\"}}]",
			0, 0, "" },
		{ "ours, empty", "[]", 0, 0, "" },

		{ "not JSON", "{", SCOV_E_FORMAT, 0, "" },
		{ "neither form", "1", SCOV_E_FORMAT, 0, "not an object" },
		{ "no default", "{}", SCOV_E_FORMAT, 0, "default" },
		{ "an empty default", DEFAULT(""), SCOV_E_FORMAT, 0, "default" },
		{ "an unknown key", "{\"default\":[" REJECT "],\"x\":1}", SCOV_E_FORMAT, 0,
			"unknown key 'x'" },
		{ "a key twice", "{\"default\":[" REJECT "],\"default\":[" ANY "]}", SCOV_E_FORMAT,
			0, "" },
		{ "an unknown type", DEFAULT("{\"type\":\"accept\"}"), SCOV_E_FORMAT, 0,
			"unknown type 'accept'" },
		{ "another case", DEFAULT("{\"Type\":\"reject\"}"), SCOV_E_FORMAT, 0,
			"unknown type" },
		{ "an empty scope",
			"{\"default\":[" REJECT "],\"transports\":{\"docker\":{\"a\":[]}}}",
			SCOV_E_FORMAT, 0, "scope 'a'" },
		{ "more than reject", DEFAULT("{\"type\":\"reject\",\"keyPath\":\"k\"}"),
			SCOV_E_FORMAT, 0, "unknown key 'keyPath'" },
		{ "ours with a typing error", "[{\"scope\":\"a\",\"requires\":{}}]", SCOV_E_FORMAT,
			0, "entry 1: unknown key 'requires'" },
		{ "ours without a scope", "[{\"any\":[{\"key\":\"k\"}]}]", SCOV_E_FORMAT, 0,
			"scope" },
		{ "ours with an empty list", "[{\"scope\":\"a\",\"any\":[]}]", SCOV_E_FORMAT, 0,
			"any" },
		{ "ours with a level of none", "[{\"scope\":\"a\",\"require\":{\"sbom\":0}}]",
			SCOV_E_FORMAT, 0, "1 to 5" },
		{ "ours without an issuer",
			"[{\"scope\":\"a\",\"any\":[{\"keyless\":{\"subject\":\"s\"}}]}]",
			SCOV_E_FORMAT, 0, "issuer" },
		{ "ours with notation", "[{\"scope\":\"a\",\"any\":[{\"notation\":{}}]}]",
			SCOV_E_UNSUPPORTED, 0, "--notation-config" },

		{ "no key", DEFAULT("{\"type\":\"sigstoreSigned\"}"), 0, SCOV_E_FORMAT, "missing" },
		{ "two kinds of keys", DEFAULT(KEY(OWN_KEY ",\"keyData\":\"\"")), 0, SCOV_E_FORMAT,
			"at once" },
		{ "no file", DEFAULT(KEY("\"keyPath\":\"none.pub\"")), 0, SCOV_E_NOT_FOUND,
			"none.pub" },
		{ "an empty file", DEFAULT(KEY("\"keyPath\":\"empty.pub\"")), 0, SCOV_E_FORMAT,
			"empty" },
		{ "not a key", DEFAULT(KEY("\"keyData\":\"AAAA\"")), 0, SCOV_E_FORMAT, "keyData" },
		{ "no keys", DEFAULT(KEY("\"keyPaths\":[]")), 0, SCOV_E_FORMAT, "empty" },
		{ "fulcio without a log",
			DEFAULT(KEY("\"fulcio\":{\"caPath\":\"own.pub\",\"oidcIssuer\":\"i\","
				    "\"subjectEmail\":\"s\"}")),
			0, SCOV_E_FORMAT, "rekorPublicKeyPath" },
		{ "fulcio without a subject",
			DEFAULT(KEY("\"fulcio\":{\"caPath\":\"own.pub\",\"oidcIssuer\":\"i\"}")), 0,
			SCOV_E_FORMAT, "subjectEmail" },
		{ "pki without a subject", DEFAULT(KEY("\"pki\":{\"caRootsPath\":\"own.pub\"}")), 0,
			SCOV_E_FORMAT, "subjectHostname" },
		{ "an unknown identity",
			DEFAULT(KEY(OWN_KEY ",\"signedIdentity\":{\"type\":\"x\"}")), 0,
			SCOV_E_FORMAT, "unknown type 'x'" },
		{ "an identity without its reference",
			DEFAULT(KEY(OWN_KEY ",\"signedIdentity\":{\"type\":\"exactReference\"}")),
			0, SCOV_E_FORMAT, "without its reference" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct site_policy *p = NULL;
		struct site_rules *r = NULL;
		struct scov_err err = { 0 };
		int rc = site_policy_read(span_str(rows[i].text), &p, &err), apply = 0;

		if (!rc)
			apply = site_apply(
				p, "docker", SPAN("host/repo:tag"), load, NULL, &r, &err);
		if (rc != rows[i].code || apply != rows[i].apply || !strstr(err.text, rows[i].why))
			fail_msg("%s: %d %d %s", rows[i].name, rc, apply, err.text);
		site_rules_free(r);
		site_policy_free(p);
	}
}

/* The scope that rejects is the one that is found. */
static void scopes(void **state)
{
	static const struct {
		const char *transport, *reference, *rejects;
		bool found;
	} rows[] = {
		{ "docker", "host:5000/a/b:1", "host:5000/a/b:1", true },
		{ "docker", "host:5000/a/b:1", "host:5000/a/b:2", false },
		{ "docker", "host:5000/a/b:1", "host:5000/a/b", true },
		{ "docker", "host:5000/a/b:1", "host:5000/a", true },
		{ "docker", "host:5000/a/b:1", "host:5000", true },
		{ "docker", "host:5000/a/b:1", "host", false },
		{ "docker", "host:5000/a/bc:1", "host:5000/a/b", false },
		{ "docker", "a.b.example/r:1", "*.b.example", true },
		{ "docker", "a.b.example/r:1", "*.example", true },
		{ "docker", "example/r:1", "*.example", false },
		{ "docker", "h.x/a@sha256:00", "h.x/a@sha256:00", true },
		{ "docker", "h.x/a:1@sha256:00", "h.x/a@sha256:00", true },
		{ "docker", "h.x/a:1@sha256:00", "h.x/a", true },
		{ "docker", "alpine:3", "docker.io/library/alpine", true },
		{ "docker", "docker.io/alpine:3", "docker.io/library/alpine:3", true },
		{ "docker", "h.x/a:1", "", true },
		{ "oci", "/a/b:tag", "/a/b:tag", true },
		{ "oci", "/a/b:tag", "/a/b", true },
		{ "oci", "/a/b:tag", "/a", true },
		{ "oci", "/a/b:tag", "/", true },
		{ "oci", "/a/bc:tag", "/a/b", false },
		{ "oci", "h.x/a:1", "h.x/a", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = arena_printf(&files,
			"{\"default\":[" ANY "],\"transports\":{\"%s\":{\"%s\":[" REJECT
			"],\"no.such\":[" ANY "]},\"atomic\":{\"\":[" REJECT "]}}}",
			rows[i].transport, rows[i].rejects);
		const struct trust_input in = { .now = NOW };
		struct trust out = { 0 };
		struct site_policy *p;
		struct site_rules *r;

		assert_int_equal(site_policy_read(span_str(text), &p, NULL), 0);
		assert_int_equal(site_apply(p, rows[i].transport, span_str(rows[i].reference), load,
					 NULL, &r, NULL),
			0);
		assert_int_equal(site_verify(r, &in, &files, &out, NULL), 0);
		if (out.has_policy != rows[i].found)
			fail_msg(
				"%s in %s: %d", rows[i].reference, rows[i].rejects, out.has_policy);
		site_rules_free(r);
		site_policy_free(p);
	}
}

static void identities(void **state)
{
	static const struct {
		uint8_t match;
		const char *wanted, *signed_as, *image, *signer;
		bool fits;
	} rows[] = {
		{ MATCH_EXACT, "", "", "h.x/a:1", "h.x/a:1", true },
		{ MATCH_EXACT, "", "", "h.x/a:1", "h.x/a:2", false },
		{ MATCH_EXACT, "", "", "h.x/a:1", "h.x/a", false },
		{ MATCH_EXACT, "", "", "h.x/a@sha256:0", "h.x/a:1", false },
		{ MATCH_REPO_DIGEST_OR_EXACT, "", "", "h.x/a@sha256:0", "h.x/a:1", true },
		{ MATCH_REPO_DIGEST_OR_EXACT, "", "", "h.x/a@sha256:0", "h.x/b:1", false },
		{ MATCH_REPO_DIGEST_OR_EXACT, "", "", "h.x/a:1", "h.x/a", false },
		{ MATCH_REPO_DIGEST_OR_EXACT, "", "", "h.x/a:1", "h.x/a:1", true },
		{ MATCH_REPOSITORY, "", "", "h.x/a:1", "h.x/a", true },
		{ MATCH_REPOSITORY, "", "", "h.x/a:1", "h.x/a/b", false },
		{ MATCH_REPOSITORY, "", "", "alpine:3", "docker.io/library/alpine", true },
		{ MATCH_REPOSITORY, "", "", "h.x/a:1", "", false },
		{ EXACT_REFERENCE, "h.x/o:1", "", "h.x/a:1", "h.x/o:1", true },
		{ EXACT_REFERENCE, "h.x/o:1", "", "h.x/a:1", "h.x/a:1", false },
		{ EXACT_REPOSITORY, "h.x/o", "", "h.x/a:1", "h.x/o:7", true },
		{ EXACT_REPOSITORY, "h.x/o", "", "h.x/a:1", "h.x/oo:7", false },
		{ REMAP_IDENTITY, "m.x/p", "h.x/q", "m.x/p/a:1", "h.x/q/a:1", true },
		{ REMAP_IDENTITY, "m.x/p", "h.x/q", "m.x/pp/a:1", "h.x/qp/a:1", false },
		{ REMAP_IDENTITY, "m.x/p", "h.x/q", "m.x/pp/a:1", "m.x/pp/a:1", true },
		{ REMAP_IDENTITY, "m.x", "h.x", "m.x/a:1", "m.x/a:1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct requirement q = { .match = rows[i].match,
			.wanted = span_str(rows[i].wanted),
			.signed_as = span_str(rows[i].signed_as) };
		const struct site_rules r = { .reference = span_str(rows[i].image),
			.is_docker = true };

		if (identity_fits(&q, &r, span_str(rows[i].signer), &files) != rows[i].fits)
			fail_msg("row %zu: %s, %s", i, rows[i].image, rows[i].signer);
	}
}

/* ---- real signatures */

/* A signature as dir: has it; false: one of GPG. */
static bool read_signature(const char *path, struct attached *out)
{
	struct span text = content(path);
	const struct json *v, *list;
	size_t at = span_find(text, '{');

	*out = (struct attached){ .form = ATTACHED_FORM_SIMPLE, .place = span_str(path) };
	if (at > 20)
		return false;
	assert_int_equal(json_parse(span_from(text, at), 1 << 20, &files, &v, NULL), 0);
	assert_int_equal(base64_decode(json_get_text(v, "payload"), &files, &out->bytes, NULL), 0);
	list = json_get(v, "annotations");
	for (size_t i = 0; i < json_count(list); i++)
		vec_add(&out->annotations, &files,
			&(struct annotation){ .key = json_name(json_at(list, i)),
				.value = json_text(json_at(list, i)) });
	out->digest = digest_of(DIGEST_SHA256, out->bytes);
	return true;
}

static void annotate(struct attached *at, const char *key, const char *file)
{
	vec_add(&at->annotations, &files,
		&(struct annotation){ .key = span_str(key), .value = content(file) });
}

/* Fulcio and Rekor: the pieces are files of their own. */
static void read_pieces(struct attached *out)
{
	*out = (struct attached){ .form = ATTACHED_FORM_SIMPLE,
		.bytes = content("keys/rekor-payload") };
	annotate(out, "dev.cosignproject.cosign/signature", "keys/rekor-sig");
	annotate(out, "dev.sigstore.cosign/certificate", "keys/fulcio-cert");
	annotate(out, "dev.sigstore.cosign/chain", "keys/fulcio-chain");
	annotate(out, "dev.sigstore.cosign/bundle", "keys/rekor-set");
	out->digest = digest_of(DIGEST_SHA256, out->bytes);
}

#define REPO "192.168.64.2:5000/"
#define COSIGN "\"keyPath\":\"keys/cosign.pub\""
#define OF_REPOSITORY ",\"signedIdentity\":{\"type\":\"matchRepository\"}"
#define FULCIO(email, issuer)                                                                      \
	KEY("\"fulcio\":{\"caPath\":\"keys/fulcio_v1.crt.pem\",\"oidcIssuer\":\"" issuer           \
	    "\",\"subjectEmail\":\"" email                                                         \
	    "\"},\"rekorPublicKeyPath\":\"keys/rekor.pub\"" OF_REPOSITORY)
#define GITHUB "https://github.com/login/oauth"
#define OWN_PKI(names)                                                                             \
	KEY("\"pki\":{\"caRootsPath\":\"keys/pki_root_crts.pem\",\"caIntermediatesPath\":"         \
	    "\"keys/pki_intermediate_crts.pem\"," names "}" OF_REPOSITORY)
#define SINGLE REPO "cosign-signed-single-sample"
#define TEST_REPO REPO "test-repo-2100826901021538654/alpine:1"

static void real(void **state)
{
	static const struct {
		const char *name, *image, *reference, *policy;
		bool is_met;
		const char *why;
	} rows[] = {
		{ "a key", "cosign-valid", SINGLE ":1", DEFAULT(KEY(COSIGN OF_REPOSITORY)), true,
			"" },
		{ "by its digest", "cosign-valid", SINGLE "@sha256:0", DEFAULT(KEY(COSIGN)), true,
			"" },
		{ "by a tag that cosign did not sign", "cosign-valid", SINGLE ":1",
			DEFAULT(KEY(COSIGN)), false, "another reference" },
		{ "another repository", "cosign-valid", REPO "other:1",
			DEFAULT(KEY(COSIGN OF_REPOSITORY)), false, "another reference" },
		{ "remapped", "cosign-valid", "mirror.example/cosign-signed-single-sample@sha256:0",
			DEFAULT(KEY(COSIGN
				",\"signedIdentity\":{\"type\":\"remapIdentity\",\"prefix\":"
				"\"mirror.example\",\"signedPrefix\":\"192.168.64.2:5000\"}")),
			true, "" },
		{ "another key", "cosign-valid", SINGLE ":1",
			DEFAULT(KEY("\"keyPath\":\"own.pub\"" OF_REPOSITORY)), false,
			"none of the given keys" },
		{ "one of two keys", "cosign-valid", SINGLE ":1",
			DEFAULT(KEY(
				"\"keyPaths\":[\"own.pub\",\"keys/cosign.pub\"]" OF_REPOSITORY)),
			true, "" },
		{ "two requirements, one of them met", "cosign-valid", SINGLE ":1",
			DEFAULT(KEY(COSIGN OF_REPOSITORY) "," KEY(
				"\"keyPath\":\"own.pub\"" OF_REPOSITORY)),
			false, "another requirement" },
		{ "two requirements, both met", "cosign-valid", SINGLE ":1",
			DEFAULT(KEY(COSIGN OF_REPOSITORY) "," ANY "," KEY(COSIGN OF_REPOSITORY)),
			true, "" },
		{ "rejected", "cosign-valid", SINGLE ":1",
			DEFAULT(KEY(COSIGN OF_REPOSITORY) "," REJECT), false, "" },
		{ "a log is asked for", "cosign-valid", SINGLE ":1",
			DEFAULT(KEY(
				COSIGN ",\"rekorPublicKeyPath\":\"keys/rekor.pub\"" OF_REPOSITORY)),
			false, "no entry of the log" },
		{ "a GPG signature is asked for too", "cosign-valid", SINGLE ":1",
			DEFAULT(KEY(COSIGN OF_REPOSITORY) ",{\"type\":\"signedBy\",\"keyType\":"
							  "\"GPGKeys\",\"keyPath\":\"own.pub\"}"),
			false, "another requirement" },
		{ "with a tag", "cosign-valid-with-tag", REPO "skopeo-signed:tag",
			DEFAULT(KEY(COSIGN)), true, "" },
		{ "with another tag", "cosign-valid-with-tag", REPO "skopeo-signed:other",
			DEFAULT(KEY(COSIGN)), false, "another reference" },
		{ "exactly", "cosign-valid-with-tag", REPO "skopeo-signed:tag",
			DEFAULT(KEY(COSIGN ",\"signedIdentity\":{\"type\":\"matchExact\"}")), true,
			"" },
		{ "mixed", "cosign-mixed", SINGLE ":1", DEFAULT(KEY(COSIGN OF_REPOSITORY)), true,
			"" },
		{ "mixed, the other key", "cosign-mixed", SINGLE ":1",
			DEFAULT(KEY("\"keyPath\":\"own.pub\"" OF_REPOSITORY)), false, "none of" },
		{ "a changed manifest", "cosign-modified-manifest", SINGLE ":1",
			DEFAULT(KEY(COSIGN OF_REPOSITORY)), false, "another digest" },
		{ "a private PKI", "cosign-pki-valid", "localhost:5000/test:1",
			DEFAULT(OWN_PKI("\"subjectEmail\":\"qiwan@redhat.com\"")), true, "" },
		{ "by its host", "cosign-pki-valid", "localhost:5000/test:1",
			DEFAULT(OWN_PKI("\"subjectEmail\":\"qiwan@redhat.com\",\"subjectHostname\":"
					"\"myhost.example.com\"")),
			true, "" },
		{ "another host", "cosign-pki-valid", "localhost:5000/test:1",
			DEFAULT(OWN_PKI(
				"\"subjectEmail\":\"qiwan@redhat.com\",\"subjectHostname\":\"h\"")),
			false, "other names" },
		{ "a root of others", "cosign-pki-valid", "localhost:5000/test:1",
			DEFAULT(KEY("\"pki\":{\"caRootsPath\":\"keys/fulcio_v1.crt.pem\","
				    "\"subjectEmail\":\"qiwan@redhat.com\"}" OF_REPOSITORY)),
			false, "" },
		{ "Fulcio and Rekor", NULL, TEST_REPO, DEFAULT(FULCIO("mitr@redhat.com", GITHUB)),
			true, "" },
		{ "another email", NULL, TEST_REPO, DEFAULT(FULCIO("a@redhat.com", GITHUB)), false,
			"not expected" },
		{ "another issuer", NULL, TEST_REPO,
			DEFAULT(FULCIO("mitr@redhat.com", "https://i")), false, "not expected" },
		{ "ours: a key", "cosign-valid", SINGLE ":1",
			"[{\"scope\":\"192.168.64.2:5000/*\",\"any\":[{\"key\":\"keys/"
			"cosign.pub\"}]}]",
			true, "" },
		{ "ours: two entries", "cosign-valid", SINGLE ":1",
			"[{\"scope\":\"**\",\"any\":[{\"key\":\"own.pub\"}]},{\"scope\":"
			"\"192.168.64.2:5000/*\",\"any\":[{\"key\":\"keys/cosign.pub\"}]}]",
			false, "another requirement" },
		{ "ours: a level", "cosign-valid", SINGLE ":1",
			"[{\"scope\":\"**\",\"any\":[{\"key\":\"keys/cosign.pub\"}],\"require\":"
			"{\"signature\":\"transparent\"}}]",
			false, "below the level" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows) && has_data; i++) {
		const char *name = rows[i].name;
		struct trust_input in = { .now = NOW };
		struct attached list[4];
		struct trust out = { 0 };
		struct site_policy *p = NULL;
		struct site_rules *r = NULL;
		struct scov_err err = { 0 };
		bool met = false, has_why = !*rows[i].why;

		if (rows[i].image) {
			char *dir = arena_printf(&files, "cases/dir-img-%s", rows[i].image);

			in.manifest = digest_of(DIGEST_SHA256,
				content(arena_printf(&files, "%s/manifest.json", dir)));
			for (; in.n < 2; in.n++) {
				char *path =
					arena_printf(&files, "%s/signature-%zu", dir, in.n + 1);

				if (access(path, R_OK))
					break;
				check(name, read_signature(path, &list[in.n]));
			}
		} else {
			read_pieces(&list[in.n++]);
			assert_int_equal(
				digest_parse(SPAN("sha256:fa93b01658e3a5a1686dc3ae55f170d8de"
						  "487006fb53a28efcd12ab0710a2e5f"),
					&in.manifest, NULL),
				0);
		}
		in.list = list;
		if (site_policy_read(span_str(rows[i].policy), &p, &err) ||
			site_apply(
				p, "docker", span_str(rows[i].reference), load, NULL, &r, &err) ||
			site_verify(r, &in, &files, &out, &err))
			fail_msg("%s: %s", name, err.text);
		assert_int_equal(out.list.n, in.n);
		check(name, out.has_policy);
		for (size_t k = 0; k < out.list.n; k++) {
			met = met || trust_counts(&out.list.p[k], TRUST_EXPECTED);
			has_why = has_why || span_has(out.list.p[k].why, span_str(rows[i].why));
		}
		if (met != rows[i].is_met || !has_why)
			fail_msg("%s: %d %s, %.*s", name, met,
				trust_level_names[out.list.p[0].level],
				SPAN_ARG(out.list.p[0].why));
		check(name, !strstr(rows[i].policy, "signedBy") == !out.not_searched.len);
		site_rules_free(r);
		site_policy_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(reading), cmocka_unit_test(scopes),
		cmocka_unit_test(identities), cmocka_unit_test(real) };

	int rc = cmocka_run_group_tests(tests, unpack, folder_drop);

	return rc || has_data ? rc : 77;
}
