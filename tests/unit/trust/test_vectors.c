/* test_vectors.c - vectors and real signatures of others: Merkle proofs, DSSE, simple signing,
 * images as `cosign save` stores them, bundles of npm and of cosign.
 *
 * They are ../shared/data/provenance/dev.tar.zst beside the project (SCOVILLE_TEST_SHARED:
 * elsewhere); without it the test is skipped.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../crypto/openssl.h"

#include <dirent.h>

#include "tests/unit/trust/trust_shared.h"
#include "trust/merkle.h"
#include "trust/parts.h"

typedef VEC(struct attached) attached_list;

static struct arena arena;
static struct trust_roots *production;

static const struct json *parse(struct span text)
{
	const struct json *v = NULL;

	assert_int_equal(json_parse(text, 16 << 20, &arena, &v, NULL), 0);
	return v;
}

static struct span unbase64(struct span text)
{
	struct span out = { 0 };

	if (text.len)
		assert_int_equal(base64_need(text, true, "text", &arena, &out, NULL), 0);
	return out;
}

/* Names in the folder, in no order; hidden ones are left out. */
typedef VEC(const char *) names;
static names names_in(const char *path)
{
	names list = { 0 };
	DIR *d = opendir(path);

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.') {
			const char *name = arena_printf(&arena, "%s/%s", path, e->d_name);

			vec_add(&list, &arena, &name);
		}
	closedir(d);
	return list;
}

/* ---- Merkle ---------------------------------------------------------------------------------- */

static struct span proof_of(const struct json *v)
{
	const struct json *list = json_get(v, "proof");
	struct buf b = { 0 };
	struct span all;

	for (size_t i = 0; i < json_count(list); i++) {
		struct span h = unbase64(json_text(json_at(list, i)));

		/* One that is not of 32 bytes is refused where proofs are read. */
		buf_bytes(&b, h.len == 32 ? h.p : (const uint8_t *)"x", h.len == 32 ? 32 : 1);
	}
	all = arena_dup(&arena, buf_view(&b));
	buf_release(&b);
	return all;
}

static bool hash_of(const struct json *v, const char *key, struct digest *out)
{
	struct span h = unbase64(json_get_text(v, key));

	*out = (struct digest){ .algorithm = DIGEST_SHA256 };
	if (!h.len || h.len > 32)
		return false;
	memcpy(out->bytes, h.p, h.len); /* some have "don't care" for a root */
	return true;
}

static bool included(const struct json *v)
{
	struct digest leaf, root;
	int64_t at, size;

	return json_int(json_get(v, "leafIdx"), &at) && json_int(json_get(v, "treeSize"), &size) &&
	       hash_of(v, "leafHash", &leaf) && hash_of(v, "root", &root) &&
	       merkle_included(&leaf, (uint64_t)at, (uint64_t)size, proof_of(v), &root);
}

static bool consistent(const struct json *v)
{
	struct digest old, root;
	int64_t a, b;

	return json_int(json_get(v, "size1"), &a) && json_int(json_get(v, "size2"), &b) &&
	       hash_of(v, "root1", &old) && hash_of(v, "root2", &root) &&
	       merkle_consistent((uint64_t)a, &old, (uint64_t)b, &root, proof_of(v));
}

static size_t run_merkle(const char *path, bool (*check_one)(const struct json *))
{
	names list = names_in(path);
	size_t n = 0;

	for (size_t i = 0; i < list.n; i++) {
		const struct json *v = NULL;

		if (!span_ends(span_str(list.p[i]), SPAN(".json"))) {
			n += run_merkle(list.p[i], check_one);
			continue;
		}
		n++;
		/* Sizes over 63 bits are not read at all. */
		if (json_parse(content(list.p[i]), 16 << 20, &arena, &v, NULL))
			check(list.p[i], span_has(content(list.p[i]), SPAN("\"wantErr\": true")));
		else
			check(list.p[i], check_one(v) == !json_truth(json_get(v, "wantErr")));
	}
	return n;
}

static void test_merkle(void **state)
{
	size_t in = run_merkle("merkle/inclusion", included);
	size_t grown = run_merkle("merkle/consistency", consistent);

	(void)state;
	print_message("merkle: %zu of inclusion, %zu of consistency\n", in, grown);
	assert_in_range(in, 50, 1000);
	assert_in_range(grown, 50, 1000);
}

/* ---- DSSE ------------------------------------------------------------------------------------ */

static void test_dsse(void **state)
{
	const struct json *v = parse(content("dsse/vector.json"));
	struct span sig = unbase64(json_get_text(v, "sig_b64")), text = json_get_text(v, "pae");
	static const uint8_t head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03,
		0x42, 0x00, 0x04 };
	uint8_t spki[sizeof(head) + 64];
	struct public_key *k = NULL;
	char command[512];

	(void)state;
	memcpy(spki, head, sizeof(head));
	for (size_t i = 0; i < 2; i++) {
		struct span hex;

		snprintf(command, sizeof(command),
			"python3 -c \"print('%%064x' %% %.*s)\" > number",
			SPAN_ARG(json_get_text(v, i ? "y" : "x")));
		must_run("number", command);
		assert_true(hex_decode(span_trim(content("number")), &arena, &hex));
		memcpy(spki + sizeof(head) + 32 * i, hex.p, 32);
	}
	assert_int_equal(public_key_parse(span_of(spki, sizeof(spki)), &k, NULL), 0);
	assert_true(public_key_check(k, SIGNATURE_ECDSA_RAW, HASH_SHA256, text, sig));
	assert_false(
		public_key_check(k, SIGNATURE_ECDSA_RAW, HASH_SHA256, span_from(text, 1), sig));
	public_key_free(k);
}

/* ---- simple signing -------------------------------------------------------------------------- */

static void add_annotation(struct attached *at, const char *key, struct span value)
{
	struct annotation a = { .key = span_str(key), .value = value };

	vec_add(&at->annotations, &arena, &a);
}

static const struct trust_evidence *verify(struct trust_input *in, const struct trust_rule *rule)
{
	struct trust *t = arena_alloc(&arena, sizeof(*t));
	struct trust_policy *p = trust_policy_new();

	if (rule && trust_policy_add(p, rule, NULL))
		fail_msg("the rule is not read");
	in->policy = p;
	in->now = 1795910400; /* 2026-11-29 */
	assert_int_equal(trust_verify(in, &arena, t, NULL), 0);
	trust_policy_free(p);
	assert_int_equal(t->list.n, in->n);
	return t->list.p;
}

static struct attached signature_file(const char *path)
{
	struct span text = content(path);
	const struct json *v = parse(span_from(text, span_find(text, '{')));
	const struct json *list = json_get(v, "annotations");
	struct attached at = { .form = ATTACHED_FORM_SIMPLE,
		.bytes = unbase64(json_get_text(v, "payload")),
		.place = span_str(path) };

	for (size_t i = 0; i < json_count(list); i++) {
		struct annotation a = { .key = json_name(json_at(list, i)),
			.value = json_text(json_at(list, i)) };

		vec_add(&at.annotations, &arena, &a);
	}
	return at;
}

#define SIMPLE "cosign-simplesigning/"

static void test_simple(void **state)
{
	static const struct {
		const char *image, *file, *key;
		enum trust_level level;
		bool is_bad;
	} rows[] = {
		{ "valid", "signature-1", "cosign.pub", TRUST_EXPECTED, false },
		{ "valid", "signature-1", "cosign2.pub", TRUST_CLAIMED, false },
		{ "valid", "signature-1", "some-rsa-key.pub", TRUST_CLAIMED, false },
		{ "valid", "signature-1", NULL, TRUST_CLAIMED, false },
		{ "valid-with-tag", "signature-1", "cosign.pub", TRUST_EXPECTED, false },
		{ "modified-manifest", "signature-1", "cosign.pub", TRUST_NONE, true },
		{ "mixed", "signature-1", "cosign.pub", TRUST_CLAIMED, false },
		{ "mixed", "signature-2", "cosign.pub", TRUST_EXPECTED, false },
		{ "pki-valid", "signature-1", NULL, TRUST_INTACT, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *at =
			arena_printf(&arena, SIMPLE "cases/dir-img-cosign-%s", rows[i].image);
		struct attached file =
			signature_file(arena_printf(&arena, "%s/%s", at, rows[i].file));
		struct trust_input in = { .list = &file, .n = 1, .roots = production };
		struct trust_rule rule = { 0 };
		const struct trust_evidence *e;

		in.manifest = digest_of(
			DIGEST_SHA256, content(arena_printf(&arena, "%s/manifest.json", at)));
		if (rows[i].key)
			rule.key = content(arena_printf(&arena, SIMPLE "keys/%s", rows[i].key));
		e = verify(&in, rows[i].key ? &rule : NULL);
		if (e->level != rows[i].level || e->is_bad != rows[i].is_bad)
			fail_msg("%s/%s %s: level %d, %.*s", rows[i].image, rows[i].file,
				rows[i].key, e->level, SPAN_ARG(e->why));
	}
}

/* Certificates of a company, and the identity in them. */
static void test_simple_pki(void **state)
{
	struct attached file = signature_file(SIMPLE "cases/dir-img-cosign-pki-valid/signature-1");
	struct trust_input in = { .list = &file, .n = 1 };
	struct trust_roots *roots = trust_roots_new();
	const struct trust_rule rule = { .identity = SPAN("qiwan@redhat.com") },
				other = { .identity = SPAN("other@redhat.com") };
	const struct trust_evidence *e;

	(void)state;
	in.manifest = digest_of(
		DIGEST_SHA256, content(SIMPLE "cases/dir-img-cosign-pki-valid/manifest.json"));
	assert_int_equal(trust_roots_add(roots, content(SIMPLE "keys/pki_root_crts.pem"), NULL), 0);
	in.roots = roots;
	e = verify(&in, NULL);
	check_span("why", e->why, SPAN(""));
	assert_int_equal(e->level, TRUST_ROOTED);
	assert_int_equal(verify(&in, &rule)->level, TRUST_EXPECTED);
	assert_true(verify(&in, &other)->is_wrong_signer);
	trust_roots_free(roots);
}

/* Fulcio and Rekor as containers/image keeps them apart: certificate, chain, SET, payload. */
static void test_simple_keyless(void **state)
{
	struct attached at = { .form = ATTACHED_FORM_SIMPLE,
		.bytes = content(SIMPLE "keys/rekor-payload") };
	struct trust_input in = { .list = &at, .n = 1, .roots = production };
	const struct trust_evidence *e;

	(void)state;
	add_annotation(&at, "dev.cosignproject.cosign/signature", content(SIMPLE "keys/rekor-sig"));
	add_annotation(&at, "dev.sigstore.cosign/certificate", content(SIMPLE "keys/fulcio-cert"));
	add_annotation(&at, "dev.sigstore.cosign/chain", content(SIMPLE "keys/fulcio-chain"));
	add_annotation(&at, "dev.sigstore.cosign/bundle", content(SIMPLE "keys/rekor-set"));
	assert_int_equal(digest_parse(json_text(json_walk(parse(at.bytes),
					      "critical.image.docker-manifest-digest")),
				 &in.manifest, NULL),
		0);
	e = verify(&in, NULL);
	check_span("why", e->why, SPAN(""));
	assert_int_equal(e->level, TRUST_ROOTED);
	assert_true(e->signer.len && e->issuer.len && e->time);
	print_message("simple signing: %.*s by %.*s\n", SPAN_ARG(e->signer), SPAN_ARG(e->issuer));
}

/* ---- cosign save ----------------------------------------------------------------------------- */

static struct span blob(const char *layout, struct span digest)
{
	return content(arena_printf(&arena, "%s/blobs/sha256/%.*s", layout, (int)(digest.len - 7),
		(const char *)digest.p + 7));
}

static void add_layers(const char *layout, struct span digest, uint8_t form, attached_list *out)
{
	const struct json *m = parse(blob(layout, digest)), *layers = json_get(m, "layers");

	for (size_t i = 0; i < json_count(layers); i++) {
		const struct json *l = json_at(layers, i), *a = json_get(l, "annotations");
		struct attached at = { .form = form,
			.bytes = blob(layout, json_get_text(l, "digest")),
			.is_listed = true };

		assert_int_equal(digest_parse(digest, &at.carrier, NULL), 0);
		for (size_t k = 0; k < json_count(a); k++) {
			struct annotation row = { .key = json_name(json_at(a, k)),
				.value = json_text(json_at(a, k)) };

			vec_add(&at.annotations, &arena, &row);
		}
		vec_add(out, &arena, &at);
	}
}

/* Of the index, the entry that is no attestation; the others are read. */
static struct span read_index(const char *layout, struct span digest, attached_list *out)
{
	const struct json *list = json_get(parse(blob(layout, digest)), "manifests");
	struct span found = digest;

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *d = json_at(list, i);

		if (json_get(json_get(d, "annotations"), "vnd.docker.reference.type"))
			add_layers(
				layout, json_get_text(d, "digest"), ATTACHED_FORM_STATEMENT, out);
		else
			found = json_get_text(d, "digest");
	}
	return found;
}

static size_t check_layout(const char *layout)
{
	const struct json *list = json_get(
		parse(content(arena_printf(&arena, "%s/index.json", layout))), "manifests");
	attached_list found = { 0 };
	struct trust_input in = { .roots = production };
	const struct trust_evidence *e;
	size_t rooted = 0;

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *d = json_at(list, i);
		struct span kind = json_get_text(json_get(d, "annotations"), "kind");
		struct span digest = json_get_text(d, "digest"), manifest = digest;

		if (span_ends(kind, SPAN("/atts"))) {
			add_layers(layout, digest, ATTACHED_FORM_DSSE, &found);
			continue;
		}
		if (span_ends(kind, SPAN("/imageIndex"))) {
			assert_int_equal(digest_parse(digest, &in.index, NULL), 0);
			manifest = read_index(layout, digest, &found);
		}
		assert_int_equal(digest_parse(manifest, &in.manifest, NULL), 0);
	}
	in.list = found.p;
	in.n = found.n;
	e = verify(&in, NULL);
	for (size_t i = 0; i < found.n; i++) {
		bool is_signed = found.p[i].form == ATTACHED_FORM_DSSE;

		if (e[i].is_bad || e[i].level != (is_signed ? TRUST_ROOTED : TRUST_CLAIMED))
			fail_msg("%s: level %d, %.*s", layout, e[i].level, SPAN_ARG(e[i].why));
		if (!is_signed)
			continue;
		rooted++;
		check(layout, e[i].kind == ATTACHED_PROVENANCE && e[i].payload.len);
		print_message("%s: %.*s, %.*s, %.*s\n", layout, SPAN_ARG(e[i].signer),
			SPAN_ARG(e[i].issuer), SPAN_ARG(e[i].log));
	}
	return rooted;
}

static void test_layouts(void **state)
{
	names versions = names_in("cosign-saved-layouts");

	(void)state;
	assert_in_range(versions.n, 3, 100);
	for (size_t i = 0; i < versions.n; i++) {
		names layouts = names_in(versions.p[i]);
		size_t n = 0;

		for (size_t k = 0; k < layouts.n; k++)
			if (!span_ends(span_str(layouts.p[k]), SPAN(".digest")))
				n += check_layout(layouts.p[k]);
		check(versions.p[i], n > 0);
	}
}

/* ---- bundles --------------------------------------------------------------------------------- */

static void test_bundles(void **state)
{
	static const struct {
		const char *bundle, *root, *digest;
		bool is_npm; /* signed with the key of the registry */
		enum attached_kind kind;
	} rows[] = {
		{ "sigstore-go/examples/bundle-provenance.json",
			"sigstore-go/trusted-roots/public-good.json", "sha512:", false,
			ATTACHED_PROVENANCE },
		{ "sigstore-go/examples/bundle-publish.json",
			"sigstore-go/trusted-roots/public-good.json", "sha512:", true,
			ATTACHED_OTHER },
		{ "cosign-testdata/oci-attestation.sigstore.json",
			"cosign-testdata/trusted_root_pgi.json", "sha256:", false, ATTACHED_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct attached at = { .form = ATTACHED_FORM_BUNDLE,
			.bytes = content(rows[i].bundle) };
		struct trust_roots *roots = trust_roots_new();
		struct trust_input in = { .list = &at, .n = 1, .roots = roots };
		const struct json *statement = parse(
			unbase64(json_text(json_walk(parse(at.bytes), "dsseEnvelope.payload"))));
		struct span hex = json_text(json_at(json_walk(statement, "subject.0.digest"), 0));
		struct trust_rule key = {
			.key = unbase64(json_text(json_walk(
				parse(content(
					"sigstore-root/targets/registry.npmjs.org/keys.json")),
				"keys.1.publicKey.rawBytes")))
		};
		const struct trust_evidence *e;

		assert_int_equal(trust_roots_add(roots, content(rows[i].root), NULL), 0);
		assert_int_equal(digest_parse(span_str(arena_printf(&arena, "%s%.*s",
						      rows[i].digest, SPAN_ARG(hex))),
					 &in.manifest, NULL),
			0);
		e = verify(&in, rows[i].is_npm ? &key : NULL);
		if (e->is_bad || e->kind != rows[i].kind ||
			e->level != (rows[i].is_npm ? TRUST_EXPECTED : TRUST_ROOTED))
			fail_msg("%s: level %d, kind %d, %.*s", rows[i].bundle, e->level, e->kind,
				SPAN_ARG(e->why));
		print_message("%s: %.*s\n", rows[i].bundle, SPAN_ARG(e->signer));
		trust_roots_free(roots);
	}
}

static int unpack(void **state)
{
	const char *shared = getenv("SCOVILLE_TEST_SHARED");

	if (folder_make(state))
		return -1;
	production = trust_roots_new();
	return trust_roots_builtin(production, NULL) ||
	       !shell(arena_printf(&arena,
		       "tar --zstd --strip-components=1 -xf %s/data/provenance/dev.tar.zst",
		       shared ? shared : TRUST_SHARED));
}

static int drop(void **state)
{
	trust_roots_free(production);
	arena_release(&arena);
	return folder_drop(state);
}

int main(void)
{
	const char *shared = getenv("SCOVILLE_TEST_SHARED");
	char path[4096];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merkle),
		cmocka_unit_test(test_dsse),
		cmocka_unit_test(test_simple),
		cmocka_unit_test(test_simple_pki),
		cmocka_unit_test(test_simple_keyless),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_bundles),
	};

	snprintf(path, sizeof(path), "%s/data/provenance/dev.tar.zst",
		shared ? shared : TRUST_SHARED);
	if (access(path, R_OK)) {
		printf("skipped: no vectors (../shared/data/provenance/dev.tar.zst)\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, unpack, drop);
}
