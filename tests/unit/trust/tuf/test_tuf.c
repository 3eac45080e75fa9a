/* test_tuf.c - a repository of our own, wrong in one thing at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/digest.h"
#include "crypto/verify.h"
#include "tests/unit/crypto/openssl.h"
#include "trust/tuf/parts.h"

enum { NOW = 1750000000 /* 2025-06-15 */ };

#define LATER "2025-12-01T00:00:00Z"
#define PAST "2025-06-01T00:00:00Z"

/* a to d: ECDSA, x the same key as a; e Ed25519; r RSA with PSS; q P-384. Ids are the letters. */
static struct span key_json[256];

/* The bytes that hex stands for are the last ones of the SPKI. */
static const char *bare(struct span spki, size_t len)
{
	scoped_buf struct buf b = { 0 };

	for (size_t i = spki.len - len; i < spki.len; i++)
		buf_printf(&b, "%02x", span_at(spki, i));
	return arena_cstr(&files, buf_view(&b));
}

static int make_keys(void **state)
{
	if (folder_make(state))
		return -1;
	must_run("keys",
		"for k in a b c d; do openssl genpkey -algorithm EC -pkeyopt "
		"ec_paramgen_curve:P-256 "
		"-out $k.key; done; openssl genpkey -algorithm EC -pkeyopt "
		"ec_paramgen_curve:secp384r1 -out q.key; openssl genpkey -algorithm ed25519 -out "
		"e.key; openssl genpkey -algorithm RSA -out r.key; for k in a b c d e q r; do "
		"openssl pkey -in $k.key -pubout -out $k.pub; openssl pkey -in $k.key -pubout "
		"-outform DER -out $k.der; done");
	for (const char *k = "abcdeqr"; *k; k++) {
		struct span pem = content(arena_printf(&files, "%c.pub", *k));
		struct span der = content(arena_printf(&files, "%c.der", *k));
		scoped_buf struct buf quoted = { 0 };
		const char *type = "ecdsa", *scheme = "ecdsa-sha2-nistp256";

		json_quote(&quoted, pem);
		if (*k == 'b')
			buf_release(&quoted), buf_printf(&quoted, "\"%s\"", bare(der, 65));
		if (*k == 'b')
			type = scheme;
		if (*k == 'e')
			buf_release(&quoted), buf_printf(&quoted, "\"%s\"", bare(der, 32));
		if (*k == 'e')
			type = scheme = "ed25519";
		if (*k == 'r')
			type = "rsa", scheme = "rsassa-pss-sha256";
		if (*k == 'q')
			scheme = "ecdsa-sha2-nistp384";
		key_json[(uint8_t)*k] = span_str(arena_printf(&files,
			"\"%c\":{\"keytype\":\"%s\",\"scheme\":\"%s\",\"keyval\":{\"public\":%.*s}"
			"}",
			*k, type, scheme, SPAN_ARG(buf_view(&quoted))));
	}
	key_json['x'] =
		span_str(arena_printf(&files, "\"x\"%.*s", SPAN_ARG(span_from(key_json['a'], 3))));
	key_json['z'] = SPAN("\"z\":{\"keytype\":\"sigstore-oidc\",\"scheme\":\"https://\","
			     "\"keyval\":{\"identity\":\"z\"}}");
	return 0;
}

static const char *keys(const char *letters)
{
	char *all = "";

	for (; *letters; letters++)
		all = arena_printf(&files, "%s%s%.*s", all, *all ? "," : "",
			SPAN_ARG(key_json[(uint8_t)*letters]));
	return all;
}

static const char *ids(const char *letters)
{
	char *all = "";

	for (; *letters; letters++)
		all = arena_printf(&files, "%s%s\"%c\"", all, *all ? "," : "", *letters);
	return all;
}

static const char *signature(char letter, struct span text)
{
	char *file = arena_printf(&files, "%c.key", letter == 'x' ? 'a' : letter);
	scoped_buf struct buf raw = { 0 };
	struct private_key *k = NULL;

	if (letter == '-' || letter == 'z') /* none yet */
		return "";
	if (letter == 'r') {
		put("text", text);
		must_run("pss",
			"openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sign r.key -out "
			"sig text");
		struct span s = content("sig");

		return bare(s, s.len);
	}
	assert_int_equal(private_key_parse(content(file), (struct span){ 0 }, &k, NULL), 0);
	assert_int_equal(private_key_sign(k, text, &raw, NULL), 0);
	private_key_free(k);
	return bare(buf_view(&raw), raw.len);
}

/* signers: letters; "!" before one: its signature is of other bytes. */
static struct span sealed(const char *body, const char *signers)
{
	scoped_buf struct buf canonical = { 0 };
	struct arena a = { 0 };
	const struct json *v;
	char *all = "";

	assert_int_equal(json_parse(span_str(body), 1 << 20, &a, &v, NULL), 0);
	assert_int_equal(canonical_json(v, &canonical, NULL), 0);
	for (; *signers; signers++) {
		bool is_bad = *signers == '!' && signers++;
		struct span text = is_bad ? SPAN("other") : buf_view(&canonical);

		all = arena_printf(&files, "%s%s{\"keyid\":\"%c\",\"sig\":\"%s\"}", all,
			*all ? "," : "", *signers, signature(*signers, text));
	}
	arena_release(&a);
	return span_str(arena_printf(&files, "{\"signed\":%s,\"signatures\":[%s]}", body, all));
}

/* What differs from a good repository; NULL and 0 are the good one's. */
struct repo {
	const char *root1_keys, *root1_signers; /* 2 of them */
	const char *root2_keys, *root2_signers; /* no second root without signers */
	int root2_version;
	const char *root_expires, *root_type, *spec;
	const char *timestamp_key, *timestamp_signers, *timestamp_expires;
	int timestamp, snapshot, targets, threshold;
	const char *snapshot_meta, *snapshot_signers, *snapshot_expires, *snapshot_more;
	int snapshot_says; /* its own version, where it is not the one that is listed */
	const char *targets_signers, *targets_expires, *listed, *delegations;
	int targets_says;
	const char *site_signers;
	bool flat; /* no consistent_snapshot */
};

#define OR(v, good) ((v) ? (v) : (good))

static const struct span file = SPAN_INIT("{\"a\": 1}\n");
#define FILE_HASH "\"hashes\":{\"sha256\":\"%s\"}"

static struct span root(const struct repo *r, int version)
{
	const char *k = version == 1 ? OR(r->root1_keys, "abc") : OR(r->root2_keys, "abc");
	const char *s = version == 1 ? OR(r->root1_signers, "ab") : r->root2_signers;

	if (version > 1 && !s)
		return (struct span){ 0 };
	return sealed(
		arena_printf(&files,
			"{\"_type\":\"%s\",\"spec_version\":\"%s\",\"version\":%d,\"expires\":\"%"
			"s\","
			"\"consistent_snapshot\":%s,\"custom\":\"\\u00e9 \\\"\\\\ "
			"\\n\",\"keys\":{%s},"
			"\"roles\":{\"root\":{\"keyids\":[%s],\"threshold\":%d},"
			"\"timestamp\":{\"keyids\":[\"%s\"],\"threshold\":1},"
			"\"snapshot\":{\"keyids\":[\"d\"],\"threshold\":1},"
			"\"targets\":{\"keyids\":[\"e\",\"r\",\"q\"],\"threshold\":2}}}",
			version > 1 ? OR(r->root_type, "root") : "root",
			version > 1 ? OR(r->spec, "1.0.31") : "1.0",
			version > 1 ? OR(r->root2_version, 2) : 1,
			r->root_expires && (version > 1 || !r->root2_signers) ? r->root_expires
									      : LATER,
			r->flat ? "false" : "true", keys("abcdeqrxz"), ids(k), OR(r->threshold, 2),
			OR(r->timestamp_key, "d")),
		s);
}

static struct span timestamp(const struct repo *r)
{
	return sealed(arena_printf(&files,
			      "{\"_type\":\"timestamp\",\"spec_version\":\"1.0\",\"version\":%d,"
			      "\"expires\":\"%s\",\"meta\":{\"snapshot.json\":{\"version\":%d%s}}}",
			      OR(r->timestamp, 5), OR(r->timestamp_expires, LATER),
			      OR(r->snapshot, 3), OR(r->snapshot_meta, "")),
		OR(r->timestamp_signers, "d"));
}

static struct span snapshot(const struct repo *r)
{
	return sealed(
		arena_printf(&files,
			"{\"_type\":\"snapshot\",\"spec_version\":\"1.0\",\"version\":%d,"
			"\"expires\":\"%s\",\"meta\":{\"targets.json\":{\"version\":%d},%s}}",
			OR(r->snapshot_says, OR(r->snapshot, 3)), OR(r->snapshot_expires, LATER),
			OR(r->targets, 2), OR(r->snapshot_more, "\"a/site.json\":{\"version\":1}")),
		OR(r->snapshot_signers, "d"));
}

static struct span targets(const struct repo *r)
{
	struct digest d = digest_of(DIGEST_SHA256, file);
	char hex[DIGEST_TEXT];
	char *good = arena_printf(&files, "\"dir/f.json\":{\"length\":%zu," FILE_HASH "}", file.len,
		digest_hex(&d, hex));

	return sealed(arena_printf(&files,
			      "{\"_type\":\"targets\",\"spec_version\":\"1.0\",\"version\":%d,"
			      "\"expires\":\"%s\",\"targets\":{%s},\"delegations\":{\"keys\":{%s},"
			      "\"roles\":[%s]}}",
			      OR(r->targets_says, OR(r->targets, 2)), OR(r->targets_expires, LATER),
			      OR(r->listed, good), keys("c"), OR(r->delegations, "")),
		OR(r->targets_signers, "er"));
}

static struct span site(const struct repo *r)
{
	struct repo own = { .targets = 1,
		.targets_signers = OR(r->site_signers, "c"),
		.delegations = "{\"name\":\"a/site\",\"keyids\":[\"c\"],\"threshold\":1,"
			       "\"paths\":[\"dir/*\"]}" };

	return targets(&own);
}

static struct span served(const struct repo *r, const struct tuf_want *want)
{
	struct span name = want->name;
	struct digest d = digest_of(DIGEST_SHA256, file);
	char hex[DIGEST_TEXT];
	char *hashed = arena_printf(&files, "dir/%s.f.json", digest_hex(&d, hex));

	if (span_ends(name, SPAN("2.root.json")))
		return root(r, 2);
	if (span_eq(name, SPAN("timestamp.json")))
		return timestamp(r);
	if (span_eq(name, span_str(r->flat ? "snapshot.json"
					   : arena_printf(&files, "%d.snapshot.json",
						     OR(r->snapshot, 3)))))
		return snapshot(r);
	if (span_eq(name,
		    span_str(r->flat ? "targets.json"
				     : arena_printf(&files, "%d.targets.json", OR(r->targets, 2)))))
		return targets(r);
	if (span_eq(name, SPAN("1.a%2Fsite.json")))
		return site(r);
	if (want->is_target && span_eq(name, r->flat ? SPAN("dir/f.json") : span_str(hashed)))
		return file;
	return (struct span){ 0 };
}

static int serve(struct tuf *t, const struct repo *r, size_t *n, struct scov_err *err)
{
	struct tuf_want want;
	int rc = 0;

	for (*n = 0; !rc && tuf_next(t, &want); ++*n) {
		struct span bytes = served(r, &want);

		rc = bytes.len > want.max ? SCOV_E_LIMIT : tuf_take(t, bytes, err);
	}
	return rc;
}

#define SITE(more) "{\"name\":\"a/site\",\"keyids\":[\"c\"],\"threshold\":1," more "}"
#define ELSEWHERE "\"other\":{\"length\":1,\"hashes\":{\"sha256\":\"00\"}}"

static const struct {
	const char *name;
	struct repo repo;
	int code;
	const char *why;
} rounds[] = {
	{ "good", { 0 }, 0, "" },
	{ "without consistent names", { .flat = true }, 0, "" },
	{ "a new root", { .root2_signers = "ab" }, 0, "" },
	{ "a new root with other keys", { .root2_keys = "cx", .root2_signers = "bcx" }, 0, "" },
	{ "signatures that are not there yet and unknown keys",
		{ .root1_keys = "abz", .root1_signers = "az-b" }, 0, "" },
	{ "delegated", { .listed = ELSEWHERE, .delegations = SITE("\"paths\":[\"dir/*.json\"]") },
		0, "" },
	{ "delegated by hash",
		{ .listed = ELSEWHERE, .delegations = SITE("\"path_hash_prefixes\":[\"\"]") }, 0,
		"" },
	{ "delegated, hash and length are listed",
		{ .snapshot_more = "\"a/site.json\":{\"version\":1,\"length\":9999}" }, 0, "" },

	{ "the old root's keys did not sign", { .root2_keys = "cd", .root2_signers = "cd" },
		SCOV_E_AUTH, "by the keys of the root before it: signed by 1 of the 2 keys" },
	{ "its own keys did not sign", { .root2_keys = "cd", .root2_signers = "abc" }, SCOV_E_AUTH,
		"2.root.json: signed by 1 of the 2 keys" },
	{ "one key under two ids", { .root2_keys = "abx", .root2_signers = "ax" }, SCOV_E_AUTH,
		"signed by 1 of" },
	{ "one id twice", { .root2_signers = "aab" }, SCOV_E_FORMAT,
		"two signatures have one key" },
	{ "one id twice in a role", { .root2_keys = "aab", .root2_signers = "ab" }, SCOV_E_FORMAT,
		"a key id is listed twice" },
	{ "a signature of other bytes", { .root2_signers = "a!b" }, SCOV_E_AUTH, "signed by 1 of" },
	{ "the root skips a version", { .root2_signers = "ab", .root2_version = 3 }, SCOV_E_AUTH,
		"version 3 instead of 2" },
	{ "the same root again", { .root2_signers = "ab", .root2_version = 1 }, SCOV_E_AUTH,
		"version 1 instead of 2" },
	{ "the root is something else", { .root2_signers = "ab", .root_type = "targets" },
		SCOV_E_FORMAT, "_type is not root" },
	{ "another specification", { .root2_signers = "ab", .spec = "2.0" }, SCOV_E_UNSUPPORTED,
		"spec_version '2.0'" },
	{ "the root has expired", { .root_expires = PAST }, SCOV_E_AUTH,
		"root.json: version 1 expired on 2025-06-01" },
	{ "the new root has expired", { .root2_signers = "ab", .root_expires = PAST }, SCOV_E_AUTH,
		"root.json: version 2 expired" },

	{ "the timestamp has another's signature", { .timestamp_signers = "a" }, SCOV_E_AUTH,
		"timestamp.json: signed by 0 of the 1" },
	{ "the timestamp has expired", { .timestamp_expires = PAST }, SCOV_E_AUTH,
		"timestamp.json: version 5 expired" },
	{ "expires this second", { .timestamp_expires = "2025-06-15T15:06:40Z" }, SCOV_E_AUTH,
		"expired" },
	{ "no expiry", { .timestamp_expires = "never" }, SCOV_E_FORMAT, "expires is not a time" },
	{ "the snapshot is another version", { .snapshot_says = 4 }, SCOV_E_AUTH,
		"3.snapshot.json: version 4, not 3" },
	{ "the snapshot has another length", { .snapshot_meta = ",\"length\":9999" }, SCOV_E_AUTH,
		"bytes, not the 9999" },
	{ "the snapshot has another hash", { .snapshot_meta = ",\"hashes\":{\"sha256\":\"00\"}" },
		SCOV_E_AUTH, "its sha256 is not the one" },
	{ "an unknown hash alone", { .snapshot_meta = ",\"hashes\":{\"md5\":\"00\"}" },
		SCOV_E_UNSUPPORTED, "without sha256" },
	{ "the snapshot has another's signature", { .snapshot_signers = "b" }, SCOV_E_AUTH,
		"3.snapshot.json: signed by 0" },
	{ "the snapshot has expired", { .snapshot_expires = PAST }, SCOV_E_AUTH,
		"3.snapshot.json: version 3 expired" },
	{ "one signature of two", { .targets_signers = "e" }, SCOV_E_AUTH,
		"2.targets.json: signed by 1 of the 2" },
	{ "P-384 and a bad PSS", { .targets_signers = "q!r" }, SCOV_E_AUTH,
		"signed by 1 of the 2" },
	{ "the targets are another version", { .targets_says = 1 }, SCOV_E_AUTH,
		"version 1, not 2" },
	{ "the targets have expired", { .targets_expires = PAST }, SCOV_E_AUTH,
		"2.targets.json: version 2 expired" },
	{ "the file is in no role", { .listed = ELSEWHERE }, SCOV_E_NOT_FOUND,
		"no role lists dir/f.json" },
	{ "the file has another hash",
		{ .flat = true,
			.listed = "\"dir/f.json\":{\"length\":9,\"hashes\":{\"sha256\":\"00\"}}" },
		SCOV_E_AUTH, "f.json: its sha256" },
	{ "the file has no hash", { .flat = true, .listed = "\"dir/f.json\":{\"length\":9}" },
		SCOV_E_UNSUPPORTED, "without sha256" },
	{ "the file has another length",
		{ .flat = true,
			.listed = "\"dir/f.json\":{\"length\":10,\"hashes\":{\"sha256\":\"00\"}}" },
		SCOV_E_AUTH, "9 bytes, not the 10" },
	{ "the file is gone",
		{ .listed = "\"dir/f.json\":{\"length\":9,\"hashes\":{\"sha256\":"
			    "\"00\"}}" },
		SCOV_E_NOT_FOUND, "dir/00.f.json: not there" },

	{ "delegated for other folders",
		{ .listed = ELSEWHERE,
			.delegations = SITE("\"paths\":[\"*\",\"dir\",\"dir/*/*\"]") },
		SCOV_E_NOT_FOUND, "no role lists" },
	{ "a delegated role has another's signature",
		{ .listed = ELSEWHERE,
			.delegations = SITE("\"paths\":[\"dir/*\"]"),
			.site_signers = "d" },
		SCOV_E_AUTH, "1.a%2Fsite.json: signed by 0 of the 1 keys of the role a/site" },
	{ "a delegated role is not in the snapshot",
		{ .listed = ELSEWHERE,
			.delegations = SITE("\"paths\":[\"dir/*\"]"),
			.snapshot_more = "\"b.json\":{\"version\":1}" },
		SCOV_E_FORMAT, "a/site.json in the snapshot" },
	{ "an end before the role that has it",
		{ .listed = ELSEWHERE,
			.delegations =
				"{\"name\":\"targets\",\"keyids\":[\"c\"],\"threshold\":1,"
				"\"paths\":[\"*/*\"]},{\"name\":\"b\",\"keyids\":[\"c\"],"
				"\"threshold\":1,\"terminating\":true,\"paths\":[\"*/*\"]}," SITE(
					"\"paths\":[\"dir/*\"]") },
		SCOV_E_FORMAT, "b.json in the snapshot" },
};

static void one_round(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rounds) / sizeof(*rounds); i++) {
		const char *name = rounds[i].name;
		struct tuf *t = NULL;
		struct scov_err err = { 0 };
		struct tuf_want want;
		size_t n;

		if (tuf_new(root(&rounds[i].repo, 1), SPAN("dir/f.json"), &t, &err))
			fail_msg("%s: %s", name, err.text);
		tuf_begin(t, NOW);
		int rc = serve(t, &rounds[i].repo, &n, &err);

		if (rc != rounds[i].code || (rc && !strstr(err.text, rounds[i].why)))
			fail_msg("%s: %d %s", name, rc, err.text);
		check(name, !tuf_next(t, &want));
		check_span(name, tuf_state(t).target, rc ? (struct span){ 0 } : file);
		tuf_free(t);
	}
}

static void first_roots(void **state)
{
	static const struct {
		const char *name;
		struct repo repo;
		int code;
	} rows[] = {
		{ "good", { 0 }, 0 },
		{ "too few signatures", { .root1_signers = "a" }, SCOV_E_AUTH },
		{ "of keys of other roles", { .root1_signers = "ade" }, SCOV_E_AUTH },
		{ "a threshold of none", { .threshold = -1 }, SCOV_E_FORMAT },
		{ "a threshold without end", { .threshold = 1000 }, SCOV_E_FORMAT },
	};
	struct tuf *t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		t = NULL;
		int rc = tuf_new(root(&rows[i].repo, 1), SPAN("f"), &t, NULL);

		if (rc != rows[i].code)
			fail_msg("%s: %d", rows[i].name, rc);
		tuf_free(t);
	}
	assert_int_equal(tuf_new(SPAN("{}"), SPAN("f"), &t, NULL), SCOV_E_FORMAT);
	assert_int_equal(tuf_new((struct span){ 0 }, SPAN("f"), &t, NULL), SCOV_E_FORMAT);
}

static const struct {
	const char *name;
	struct repo then;
	int code;
	const char *why;
	size_t asked; /* documents */
} second[] = {
	{ "nothing new", { 0 }, 0, "", 2 },
	{ "a new timestamp", { .timestamp = 6 }, 0, "", 2 },
	{ "a new snapshot", { .timestamp = 6, .snapshot = 4 }, 0, "", 3 },
	{ "new targets", { .timestamp = 6, .snapshot = 4, .targets = 3 }, 0, "", 4 },
	{ "more documents",
		{ .timestamp = 6,
			.snapshot = 4,
			.snapshot_more =
				"\"b.json\":{\"version\":1},\"a/site.json\":{\"version\":2}" },
		0, "", 3 },
	{ "an old timestamp", { .timestamp = 4 }, SCOV_E_AUTH, "version 4 is older than 5", 2 },
	{ "an old snapshot", { .timestamp = 6, .snapshot = 2 }, SCOV_E_AUTH,
		"version 2 is older than 3", 2 },
	{ "an old document in the snapshot", { .timestamp = 6, .snapshot = 4, .targets = 1 },
		SCOV_E_AUTH, "'targets.json': version 1 is older than 2", 3 },
	{ "a document is gone from the snapshot",
		{ .timestamp = 6, .snapshot = 4, .snapshot_more = "\"b.json\":{\"version\":1}" },
		SCOV_E_AUTH, "'a/site.json' is not listed any more", 3 },
	{ "the keys of the timestamp are others",
		{ .root2_signers = "ab",
			.timestamp_key = "c",
			.timestamp_signers = "c",
			.timestamp = 1 },
		0, "", 3 },
	{ "the old keys of the timestamp",
		{ .root2_signers = "ab", .timestamp_key = "c", .timestamp = 7 }, SCOV_E_AUTH,
		"timestamp.json: signed by 0", 3 },
};

static void two_rounds(void **state)
{
	static const struct repo first = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(second) / sizeof(*second); i++) {
		const char *name = second[i].name;
		struct tuf *t = NULL;
		struct scov_err err = { 0 };
		size_t n;

		assert_int_equal(tuf_new(root(&first, 1), SPAN("dir/f.json"), &t, NULL), 0);
		tuf_begin(t, NOW);
		assert_int_equal(serve(t, &first, &n, NULL), 0);
		tuf_begin(t, NOW);
		int rc = serve(t, &second[i].then, &n, &err);

		if (rc != second[i].code || (rc && !strstr(err.text, second[i].why)))
			fail_msg("%s: %d %s", name, rc, err.text);
		if (n != second[i].asked)
			fail_msg("%s: %zu documents asked for", name, n);
		check_span(name, tuf_state(t).target, file);
		check(name, tuf_state(t).timestamp == (rc ? 5 : OR(second[i].then.timestamp, 5)));
		tuf_begin(t, NOW + 365 * 86400); /* what is kept expires too */
		assert_int_equal(serve(t, &first, &n, NULL), SCOV_E_AUTH);
		tuf_free(t);
	}
}

static void canonical(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "{\"b\": [1, -2, true, null], \"a\": {}, \"\": \"\\\"\\\\\\n\\u00e9/\"}",
			"{\"\":\"\\\"\\\\\n\xc3\xa9/\",\"a\":{},\"b\":[1,-2,true,null]}" },
		{ "{\"a\": 1.5}", NULL },
		{ "[{\"B\":1,\"a\":2,\"A\":3,\"\\u00e9\":4,\"aa\":5}]",
			"[{\"A\":3,\"B\":1,\"a\":2,\"aa\":5,\"\xc3\xa9\":4}]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_buf struct buf b = { 0 };
		const struct json *v;

		assert_int_equal(json_parse(span_str(rows[i].in), 4096, &files, &v, NULL), 0);
		assert_int_equal(canonical_json(v, &b, NULL), rows[i].out ? 0 : SCOV_E_FORMAT);
		if (rows[i].out)
			check_span(rows[i].in, buf_view(&b), span_str(rows[i].out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(one_round),
		cmocka_unit_test(first_roots), cmocka_unit_test(two_rounds),
		cmocka_unit_test(canonical) };

	return cmocka_run_group_tests(tests, make_keys, folder_drop);
}
