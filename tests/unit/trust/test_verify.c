/* test_verify.c - bundles made here, whole and with one thing wrong in each: what they are worth
 * and why.
 *
 * A small sigstore of its own: an authority, a signer with a certificate, a log. With a folder as
 * argument all is written there, for the verifiers of others and as a corpus: bundles by whether
 * they count and the name of their row.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../crypto/openssl.h"

#include <time.h>

#include "base/date.h"
#include "syntax/base64.h"
#include "trust/dsse.h"
#include "trust/merkle.h"
#include "trust/note.h"
#include "trust/notary/notary.h"
#include "trust/parts.h"

enum { TEXT_MAX = 16 << 10 };

static struct arena arena;
static int64_t base; /* the certificate begins here */
static const char *corpus;

static struct {
	struct private_key *signer, *other, *log;
	struct span ca, leaf, leaf_pem, other_pem; /* DER, PEM */
	struct trust_roots *roots;
} world;

#define IDENTITY "https://ci.example/repo/workflow@main"
#define ISSUER "https://issuer.example"
#define LOG "log.example"

static const char *text_of(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *text_of(const char *fmt, ...)
{
	va_list ap;
	char *p = arena_alloc(&arena, TEXT_MAX);

	va_start(ap, fmt);
	vsnprintf(p, TEXT_MAX, fmt, ap);
	va_end(ap);
	return p;
}

static const char *base64_of(struct span s)
{
	scoped_buf struct buf b = { 0 };

	base64_encode(&b, s);
	return arena_cstr(&arena, buf_view(&b));
}

static const char *hex_of(struct span s)
{
	char *p = arena_alloc(&arena, 2 * s.len + 1);

	for (size_t i = 0; i < s.len; i++)
		snprintf(p + 2 * i, 3, "%02x", s.p[i]);
	return p;
}

static struct span sha256_of(struct span s)
{
	struct digest d = digest_of(DIGEST_SHA256, s);

	return arena_dup(&arena, span_of(d.bytes, 32));
}

static struct span sign(const struct private_key *k, struct span text)
{
	scoped_buf struct buf b = { 0 };

	assert_int_equal(private_key_sign(k, text, &b, NULL), 0);
	return arena_dup(&arena, buf_view(&b));
}

static struct span flipped(struct span s, size_t at)
{
	struct span copy = arena_dup(&arena, s);

	((uint8_t *)copy.p)[at] ^= 1;
	return copy;
}

static struct private_key *key(const char *name)
{
	struct private_key *k = NULL;

	must_run("key", text_of("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
				"-out %s.key;"
				"openssl pkey -in %s.key -pubout -out %s.pub",
				name, name, name));
	assert_int_equal(
		private_key_parse(content(text_of("%s.key", name)), (struct span){ 0 }, &k, NULL),
		0);
	return k;
}

static void certificate(const char *name, const char *extensions)
{
	must_run("certificate", text_of("printf '%s' > ext; openssl req -new -key %s.key -subj / "
					"-out csr 2>/dev/null;"
					"openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -days "
					"1 -extfile ext -out "
					"%s.pem; openssl x509 -in %s.pem -outform DER -out %s.der",
					extensions, name, name, name, name));
}

#define LEAF                                                                                       \
	"keyUsage=critical,digitalSignature\\nextendedKeyUsage=codeSigning\\n"                     \
	"subjectAltName=critical,URI:" IDENTITY "\\n1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:" ISSUER \
	"\\n"

static const char *root_text(const char *extra)
{
	struct span spki = public_key_spki(private_key_public(world.log));

	return text_of(
		"{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot.v0.1+json\","
		"\"tlogs\":[{\"baseUrl\":\"https://" LOG
		"\",\"publicKey\":{\"rawBytes\":\"%s\",\"keyDetails\":\"PKIX_ECDSA_P256_SHA_256\","
		"\"validFor\":{\"start\":\"2020-01-01T00:00:00Z\"%s}},\"logId\":{\"keyId\":\"%s\"}}"
		"],"
		"\"certificateAuthorities\":[{\"uri\":\"https://ca.example\",\"certChain\":"
		"{\"certificates\":[{\"rawBytes\":\"%s\"}]},\"validFor\":{\"start\":"
		"\"2020-01-01T00:00:00Z\"}}]}",
		base64_of(spki), extra, base64_of(sha256_of(spki)), base64_of(world.ca));
}

static int setup(void **state)
{
	if (folder_make(state))
		return -1;
	base = time(NULL);
	must_run("authority",
		"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca.key;"
		"openssl req -x509 -new -key ca.key -subj /CN=authority -days 2 -out ca.pem;"
		"openssl x509 -in ca.pem -outform DER -out ca.der");
	world.signer = key("signer");
	world.other = key("other");
	world.log = key("log");
	certificate("signer", LEAF);
	certificate("other", LEAF);
	world.ca = content("ca.der");
	world.leaf = content("signer.der");
	world.leaf_pem = content("signer.pem");
	world.other_pem = content("other.pem");
	world.roots = trust_roots_new();
	return trust_roots_add(world.roots, span_str(root_text("")), NULL);
}

static int teardown(void **state)
{
	trust_roots_free(world.roots);
	private_key_free(world.signer);
	private_key_free(world.other);
	private_key_free(world.log);
	arena_release(&arena);
	return folder_drop(state);
}

/* ---- a bundle -------------------------------------------------------------------------------- */

enum wrong {
	NOTHING,
	SIGNATURE,       /* one bit of it, everywhere */
	ENTRY_SIGNATURE, /* the log has another */
	ENTRY_HASH,      /* the log has another digest */
	ENTRY_KEY,       /* the log has another certificate, or key */
	ENTRY_KIND,      /* kindVersion differs from the body */
	UNKNOWN_KIND,
	PROMISE,
	NO_PROMISE,
	NO_PROOF,
	NO_CHECKPOINT,
	PROOF_INDEX,
	NEGATIVE_INDEX,
	PROOF_HASH,
	PROOF_SIZE,
	CHECKPOINT,
	CHECKPOINT_NAME,
	WITNESS, /* not wrong: another signature first, of somebody unknown */
	WITHOUT_ENTRY,
	ENTRY_TWICE,
	TWO_ENTRIES, /* the second has a wrong promise */
	TOO_EARLY,
	TOO_LATE, /* before the certificate begins, after it ends */
	FUTURE,
	SUBJECT, /* the statement is about another digest */
	PAYLOAD_TYPE,
	NOT_A_STATEMENT,
	TWO_SIGNATURES,
	MEDIA_TYPE,
	WITH_ROOT,    /* in the chain */
	OTHER_SIGNER, /* signed with a key that is not the certificate's */
};

struct make {
	enum wrong wrong;
	bool is_message, is_keyed;
	const char *version;   /* "0.1" ... */
	const char *predicate; /* type; NULL: provenance */
};

static struct span artifact;

static const char *statement(const struct make *m)
{
	return text_of("{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{"
		       "\"sha256\":\"%s\"}}],\"predicateType\":\"%s\",\"predicate\":{\"x\":1}}",
		hex_of(sha256_of(m->wrong == SUBJECT ? SPAN("another") : artifact)),
		m->predicate ? m->predicate : "https://slsa.dev/provenance/v1");
}

static const char *entry_body(const struct make *m, struct span payload, struct span signature)
{
	struct span hashed = m->wrong == ENTRY_HASH ? SPAN("another") : payload;
	struct span sig = m->wrong == ENTRY_SIGNATURE ? sign(world.signer, payload) : signature;
	struct span verifier = m->is_keyed
				       ? content(m->wrong == ENTRY_KEY ? "other.pub" : "signer.pub")
			       : m->wrong == ENTRY_KEY ? world.other_pem
						       : world.leaf_pem;

	if (m->wrong == UNKNOWN_KIND)
		return "{\"apiVersion\":\"0.0.1\",\"kind\":\"helm\",\"spec\":{}}";
	if (m->is_message)
		return text_of(
			"{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\",\"spec\":{\"data\":{"
			"\"hash\":{\"algorithm\":\"sha256\",\"value\":\"%s\"}},\"signature\":{"
			"\"content\":\"%s\",\"publicKey\":{\"content\":\"%s\"}}}}",
			hex_of(sha256_of(hashed)), base64_of(sig), base64_of(verifier));
	return text_of(
		"{\"apiVersion\":\"0.0.1\",\"kind\":\"dsse\",\"spec\":{\"payloadHash\":{"
		"\"algorithm\":\"sha256\",\"value\":\"%s\"},\"signatures\":[{\"signature\":\"%s\","
		"\"verifier\":\"%s\"}]}}",
		hex_of(sha256_of(hashed)), base64_of(sig), base64_of(verifier));
}

static const char *checkpoint(const struct make *m, const struct digest *root)
{
	const char *name = m->wrong == CHECKPOINT_NAME ? "another.example" : LOG;
	struct span text = span_str(text_of(LOG " - 1\n%d\n%s\n", m->wrong == PROOF_SIZE ? 3 : 2,
		base64_of(span_of(root->bytes, 32))));
	struct digest id = note_key_id(SPAN(LOG), private_key_public(world.log));
	struct span sig = sign(world.log, text);
	uint8_t line[128];

	memcpy(line, id.bytes, 4);
	memcpy(line + 4, sig.p, sig.len);
	line[10] ^= m->wrong == CHECKPOINT;
	return text_of("%.*s\n%s\xe2\x80\x94 %s %s\n", SPAN_ARG(text),
		m->wrong == WITNESS ? "\xe2\x80\x94 witness.example AAAAAAAA\n" : "", name,
		base64_of(span_of(line, sig.len + 4)));
}

static const char *escaped(const char *text)
{
	scoped_buf struct buf b = { 0 };

	json_quote(&b, span_str(text));
	return arena_cstr(&arena, buf_view(&b));
}

static const char *proof(const struct make *m, struct span body)
{
	struct digest leaf = merkle_leaf(body), other = merkle_leaf(SPAN("other")), root;
	uint8_t text[65] = { 1 };
	const char *note;

	if (m->wrong == NO_PROOF)
		return "";
	memcpy(text + 1, leaf.bytes, 32);
	memcpy(text + 33, other.bytes, 32);
	root = digest_of(DIGEST_SHA256, span_of(text, sizeof(text)));
	note = m->wrong == NO_CHECKPOINT ? ""
					 : text_of(",\"checkpoint\":{\"envelope\":%s}",
						   escaped(checkpoint(m, &root)));
	other.bytes[0] ^= m->wrong == PROOF_HASH;
	return text_of(
		",\"inclusionProof\":{\"logIndex\":\"%d\",\"treeSize\":\"2\",\"rootHash\":\"%s\","
		"\"hashes\":[\"%s\"]%s}",
		m->wrong == NEGATIVE_INDEX ? -1 : m->wrong == PROOF_INDEX,
		base64_of(span_of(root.bytes, 32)), base64_of(span_of(other.bytes, 32)), note);
}

static int entry_index = 7;

static const char *entry(const struct make *m, struct span payload, struct span signature)
{
	struct span body = span_str(entry_body(m, payload, signature));
	struct span id = sha256_of(public_key_spki(private_key_public(world.log)));
	int64_t at = base + (m->wrong == TOO_EARLY         ? -3600
				    : m->wrong == TOO_LATE ? 2 * DAY_SECONDS
				    : m->wrong == FUTURE   ? 2 * 3600
							   : 60);
	struct span set =
		sign(world.log, span_str(text_of("{\"body\":\"%s\",\"integratedTime\":%lld,"
						 "\"logID\":\"%s\",\"logIndex\":%d}",
					base64_of(body), (long long)at, hex_of(id), entry_index)));
	const char *promise = text_of(",\"inclusionPromise\":{\"signedEntryTimestamp\":\"%s\"}",
		base64_of(m->wrong == PROMISE ? flipped(set, 8) : set));

	return text_of(
		"{\"logIndex\":\"%d\",\"logId\":{\"keyId\":\"%s\"},\"kindVersion\":{\"kind\":\"%"
		"s\","
		"\"version\":\"0.0.1\"},\"integratedTime\":\"%lld\"%s%s,\"canonicalizedBody\":\"%"
		"s\"}",
		entry_index, base64_of(id),
		m->wrong == UNKNOWN_KIND                    ? "helm"
		: m->is_message == (m->wrong != ENTRY_KIND) ? "hashedrekord"
							    : "dsse",
		(long long)at, m->wrong == NO_PROMISE ? "" : promise, proof(m, body),
		base64_of(body));
}

static const char *certificates_of(const struct make *m)
{
	const char *leaf = base64_of(world.leaf);

	if (m->is_keyed)
		return "\"publicKey\":{\"hint\":\"a hint\"}";
	if (m->wrong == WITH_ROOT)
		return text_of("\"x509CertificateChain\":{\"certificates\":[{\"rawBytes\":\"%s\"},"
			       "{\"rawBytes\":\"%s\"}]}",
			leaf, base64_of(world.ca));
	return text_of("\"certificate\":{\"rawBytes\":\"%s\"}", leaf);
}

static struct span bundle(const struct make *m)
{
	const char *type = m->wrong == PAYLOAD_TYPE ? "text/plain" : "application/vnd.in-toto+json";
	struct span payload = m->is_message                 ? artifact
			      : m->wrong == NOT_A_STATEMENT ? SPAN("hello")
							    : span_str(statement(m));
	struct span text =
		m->is_message ? artifact : dsse_signed_text(span_str(type), payload, &arena);
	struct span sig = sign(m->wrong == OTHER_SIGNER ? world.other : world.signer, text);
	const char *content_text, *entries;

	if (m->wrong == SIGNATURE)
		sig = flipped(sig, sig.len - 1);
	if (m->is_message)
		content_text = text_of(
			"\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"SHA2_256\","
			"\"digest\":\"%s\"},\"signature\":\"%s\"}",
			base64_of(sha256_of(artifact)), base64_of(sig));
	else
		content_text =
			text_of("\"dsseEnvelope\":{\"payload\":\"%s\",\"payloadType\":\"%s\","
				"\"signatures\":[{\"sig\":\"%s\"}%s]}",
				base64_of(payload), type, base64_of(sig),
				m->wrong == TWO_SIGNATURES ? ",{\"sig\":\"AAAA\"}" : "");
	entries = m->wrong == WITHOUT_ENTRY ? "" : entry(m, payload, sig);
	if (m->wrong == TWO_ENTRIES) {
		struct make second = *m;

		second.wrong = PROMISE;
		entry_index = 8;
		entries = text_of("%s,%s", entries, entry(&second, payload, sig));
		entry_index = 7;
	} else if (m->wrong == ENTRY_TWICE) {
		entries = text_of("%s,%s", entries, entries);
	}
	return span_str(
		text_of("{\"mediaType\":\"application/vnd.dev.sigstore.bundle+json;version=%s\","
			"\"verificationMaterial\":{%s,\"tlogEntries\":[%s]},%s}",
			m->wrong == MEDIA_TYPE ? "9.9" : m->version, certificates_of(m), entries,
			content_text));
}

/* ---- what it is worth ------------------------------------------------------------------------ */

static const struct {
	const char *name;
	struct make make;
	enum trust_level level;
	bool is_bad;
	const char *why; /* a part of it */
} rows[] = {
	{ "envelope", { NOTHING, .version = "0.3" }, TRUST_TRANSPARENT, false, "" },
	{ "message", { NOTHING, .is_message = true, .version = "0.3" }, TRUST_TRANSPARENT, false,
		"" },
	{ "0.2", { NOTHING, .version = "0.2" }, TRUST_TRANSPARENT, false, "" },
	{ "0.1 without a proof", { NO_PROOF, .version = "0.1" }, TRUST_EXPECTED, false, "" },
	{ "a witness", { WITNESS, .version = "0.3" }, TRUST_TRANSPARENT, false, "" },
	{ "0.1 with a root", { WITH_ROOT, .version = "0.1" }, TRUST_TRANSPARENT, false, "" },
	{ "0.2 with a root", { WITH_ROOT, .version = "0.2" }, TRUST_NONE, true, "has a root" },
	{ "0.3 with a chain", { WITH_ROOT, .version = "0.3" }, TRUST_NONE, true, "not a chain" },
	{ "another version", { MEDIA_TYPE, .version = "0.3" }, TRUST_NONE, true, "media type" },
	{ "signature", { SIGNATURE, .version = "0.3" }, TRUST_NONE, true, "does not verify" },
	{ "signature of a message", { SIGNATURE, .is_message = true, .version = "0.3" }, TRUST_NONE,
		true, "does not verify" },
	{ "another signer", { OTHER_SIGNER, .version = "0.3" }, TRUST_NONE, true,
		"does not verify" },
	{ "entry: signature", { ENTRY_SIGNATURE, .version = "0.3" }, TRUST_NONE, true,
		"another signature" },
	{ "entry: hash", { ENTRY_HASH, .version = "0.3" }, TRUST_NONE, true, "hash differs" },
	{ "entry: hash of a message", { ENTRY_HASH, .is_message = true, .version = "0.3" },
		TRUST_NONE, true, "hash differs" },
	{ "entry: certificate", { ENTRY_KEY, .version = "0.3" }, TRUST_NONE, true,
		"another certificate" },
	{ "entry: kind", { ENTRY_KIND, .version = "0.3" }, TRUST_NONE, true, "its body of" },
	{ "entry: unknown kind", { UNKNOWN_KIND, .version = "0.3" }, TRUST_CLAIMED, false,
		"unknown kind" },
	{ "promise", { PROMISE, .version = "0.3" }, TRUST_NONE, true, "promise" },
	{ "no promise: no time", { NO_PROMISE, .version = "0.3" }, TRUST_CLAIMED, false,
		"no trusted time" },
	{ "no proof", { NO_PROOF, .version = "0.3" }, TRUST_NONE, true, "inclusion proof" },
	{ "no proof, message", { NO_PROOF, .is_message = true, .version = "0.2" }, TRUST_NONE, true,
		"inclusion proof" },
	{ "no checkpoint", { NO_CHECKPOINT, .version = "0.3" }, TRUST_NONE, true,
		"inclusion proof" },
	{ "0.1 without a checkpoint", { NO_CHECKPOINT, .version = "0.1" }, TRUST_NONE, true,
		"checkpoint" },
	{ "0.1 without a promise", { NO_PROMISE, .version = "0.1" }, TRUST_NONE, true, "promise" },
	{ "index of the proof", { PROOF_INDEX, .version = "0.3" }, TRUST_NONE, true, "root hash" },
	{ "negative index", { NEGATIVE_INDEX, .version = "0.3" }, TRUST_NONE, true, "negative" },
	{ "hash of the proof", { PROOF_HASH, .version = "0.3" }, TRUST_NONE, true, "root hash" },
	{ "0.1, hash of the proof", { PROOF_HASH, .version = "0.1" }, TRUST_NONE, true,
		"root hash" },
	{ "size of the checkpoint", { PROOF_SIZE, .version = "0.3" }, TRUST_NONE, true,
		"another tree" },
	{ "signature of the checkpoint", { CHECKPOINT, .version = "0.3" }, TRUST_NONE, true,
		"checkpoint" },
	{ "name in the checkpoint", { CHECKPOINT_NAME, .version = "0.3" }, TRUST_NONE, true,
		"no signature of the log" },
	{ "no entry", { WITHOUT_ENTRY, .version = "0.3" }, TRUST_CLAIMED, false,
		"no trusted time" },
	{ "a good and a bad entry", { TWO_ENTRIES, .version = "0.3" }, TRUST_NONE, true,
		"promise" },
	{ "an entry twice", { ENTRY_TWICE, .version = "0.3" }, TRUST_NONE, true, "twice" },
	{ "before the certificate", { TOO_EARLY, .version = "0.3" }, TRUST_NONE, true,
		"certificate" },
	{ "after the certificate", { TOO_LATE, .version = "0.3" }, TRUST_NONE, true, "expired" },
	{ "in the future", { FUTURE, .version = "0.3" }, TRUST_NONE, true, "future" },
	{ "another subject", { SUBJECT, .version = "0.3" }, TRUST_NONE, true, "another digest" },
	{ "type of the payload", { PAYLOAD_TYPE, .version = "0.3" }, TRUST_NONE, true,
		"not an in-toto statement" },
	{ "payload that is no statement", { NOT_A_STATEMENT, .version = "0.3" }, TRUST_NONE, true,
		"JSON" },
	{ "two signatures", { TWO_SIGNATURES, .version = "0.3" }, TRUST_NONE, true, "exactly one" },
	/* with a key of the user */
	{ "key", { NOTHING, .is_keyed = true, .version = "0.3" }, TRUST_TRANSPARENT, false, "" },
	{ "key, message", { NOTHING, .is_keyed = true, .is_message = true, .version = "0.3" },
		TRUST_TRANSPARENT, false, "" },
	{ "key without a log", { WITHOUT_ENTRY, .is_keyed = true, .version = "0.3" },
		TRUST_EXPECTED, false, "" },
	{ "key, proof is missing", { NO_PROOF, .is_keyed = true, .version = "0.3" }, TRUST_NONE,
		true, "inclusion proof" },
	{ "key, hash of the proof", { PROOF_HASH, .is_keyed = true, .version = "0.3" }, TRUST_NONE,
		true, "root hash" },
	{ "key, entry of another signature",
		{ ENTRY_SIGNATURE, .is_keyed = true, .version = "0.3" }, TRUST_NONE, true,
		"another signature" },
	{ "key, entry of another key", { ENTRY_KEY, .is_keyed = true, .version = "0.3" },
		TRUST_NONE, true, "another key" },
	{ "key, another signer", { OTHER_SIGNER, .is_keyed = true, .version = "0.3" },
		TRUST_CLAIMED, false, "none of the given keys" },
	{ "key, another subject", { SUBJECT, .is_keyed = true, .version = "0.3" }, TRUST_NONE, true,
		"another digest" },
};

static int64_t now;

static void verify(struct span text, const struct trust_rule *rule, const struct trust_roots *roots,
	struct trust *out)
{
	struct attached at = { .form = ATTACHED_FORM_BUNDLE, .bytes = text };
	struct trust_policy *p = trust_policy_new();
	struct trust_input in = {
		.manifest = digest_of(DIGEST_SHA256, artifact),
		.list = &at,
		.n = 1,
		.roots = roots,
		.policy = p,
		.now = now,
	};

	if (rule)
		assert_int_equal(trust_policy_add(p, rule, NULL), 0);
	assert_int_equal(trust_verify(&in, &arena, out, NULL), 0);
	assert_int_equal(out->list.n, 1);
	trust_policy_free(p);
}

static void test_rows(void **state)
{
	const struct trust_rule identity = { .identity = SPAN(IDENTITY), .issuer = SPAN(ISSUER) },
				signer_key = { .key = content("signer.pub") };

	(void)state;
	if (corpus) {
		put(text_of("%s/artifact", corpus), artifact);
		put(text_of("%s/key.pub", corpus), content("signer.pub"));
		put(text_of("%s/root", corpus), span_str(root_text("")));
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct span text = bundle(&rows[i].make);
		struct trust t = { 0 };
		const struct trust_evidence *e;

		now = base + (rows[i].make.wrong == TOO_LATE ? 3 * DAY_SECONDS : 3600);
		if (corpus)
			put(text_of("%s/%s %s.json", corpus,
				    rows[i].level < TRUST_EXPECTED ? "no" : "yes", rows[i].name),
				text);
		verify(text, rows[i].make.is_keyed ? &signer_key : &identity, world.roots, &t);
		e = t.list.p;
		if (e->level != rows[i].level || e->is_bad != rows[i].is_bad ||
			(*rows[i].why ? !span_has(e->why, span_str(rows[i].why)) : e->why.len))
			fail_msg("%s: level %d, bad %d: %.*s", rows[i].name, e->level, e->is_bad,
				SPAN_ARG(e->why));
		check(rows[i].name, !e->is_wrong_signer);
	}
}

static void test_who(void **state)
{
	const struct make m = { NOTHING, .version = "0.3" };
	const struct trust_rule other = { .identity = SPAN("mallory@example") },
				issuer = { .identity = SPAN(IDENTITY),
					.issuer = SPAN("https://x") },
				wrong_key = { .key = content("other.pub") },
				own_key = { .key = content("signer.pub"), .key_name = SPAN("k") };
	struct span text = bundle(&m);
	struct trust t[6] = { 0 };

	(void)state;
	verify(text, NULL, world.roots, &t[0]);
	assert_int_equal(t[0].list.p->level, TRUST_ROOTED);
	check_span("signer", t[0].list.p->signer, SPAN(IDENTITY));
	check_span("issuer", t[0].list.p->issuer, SPAN(ISSUER));
	check_span("log", t[0].list.p->log, SPAN(LOG ", entry 7"));
	check_span("payload", t[0].list.p->payload, SPAN("{\"x\":1}"));
	assert_int_equal(t[0].list.p->kind, ATTACHED_PROVENANCE);
	assert_int_equal(t[0].list.p->time, base + 60);
	verify(text, &other, world.roots, &t[1]);
	verify(text, &issuer, world.roots, &t[2]);
	verify(text, &wrong_key, world.roots, &t[3]);
	for (size_t i = 1; i < 4; i++) {
		assert_true(t[i].list.p->is_wrong_signer);
		assert_int_equal(t[i].list.p->level, TRUST_ROOTED);
	}
	verify(text, &own_key, world.roots, &t[4]);
	check_span("key", t[4].list.p->signer, SPAN("k"));
	assert_int_equal(t[4].list.p->level, TRUST_TRANSPARENT);
	verify(text, NULL, NULL, &t[5]);
	assert_int_equal(t[5].list.p->level, TRUST_INTACT);
	assert_true(t[5].list.p->why.len);
}

/* The log's key was out of use by then; a key of a log that is of a kind to come. */
static void test_windows(void **state)
{
	const struct make m = { NOTHING, .version = "0.3" };
	struct trust_roots *r = trust_roots_new();
	struct trust t = { 0 };

	(void)state;
	assert_int_equal(
		trust_roots_add(r, span_str(root_text(",\"end\":\"2021-01-01T00:00:00Z\"")), NULL),
		0);
	verify(bundle(&m), NULL, r, &t);
	assert_true(t.list.p->is_bad);
	assert_true(span_has(t.list.p->why, SPAN("log's key")));
	trust_roots_free(r);
}

/* Two roots: what verifies is never taken from both. */
static void test_roots_apart(void **state)
{
	const struct make m = { NOTHING, .version = "0.3" };
	struct trust_roots *r = trust_roots_new();
	const char *whole = root_text("");
	const char *split = strstr(whole, ",\"certificateAuthorities\"");
	struct trust t = { 0 };

	(void)state;
	assert_int_equal(
		trust_roots_add(r, span_str(text_of("%.*s}", (int)(split - whole), whole)), NULL),
		0);
	assert_int_equal(
		trust_roots_add(r,
			span_str(
				text_of("{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot."
					"v0.1+json\"%s",
					split)),
			NULL),
		0);
	verify(bundle(&m), NULL, r, &t);
	assert_int_equal(t.list.p->level, TRUST_CLAIMED);
	trust_roots_free(r);
}

/* ---- timestamps and Rekor v2 ----------------------------------------------------------------- */

enum v2_wrong {
	V2_NOTHING,
	V2_NO_ENTRY,
	V2_NO_TIME,
	V2_TIME_OF_OTHER, /* the timestamp is about another signature */
	V2_KEY_DETAILS,
	V2_ORIGIN,
	V2_NO_PROOF,
	V2_HASH,
	V2_OTHER_LOG, /* the checkpoint is signed with another key */
};

static struct private_key *v2_log;

static struct span timestamp_for(struct span signature)
{
	put("signature", signature);
	must_run("timestamp",
		"test -e tsa.pem || { openssl genpkey -algorithm EC -pkeyopt "
		"ec_paramgen_curve:P-256 -out "
		"tsa.key; openssl req -new -key tsa.key -subj /CN=tsa -out csr;"
		"printf "
		"'keyUsage=critical,digitalSignature\\nextendedKeyUsage=critical,timeStamping\\n' "
		">ext; openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -days 1 -extfile ext "
		"-out "
		"tsa.pem; openssl x509 -in tsa.pem -outform DER -out tsa.der;"
		"printf '[tsa]\\ndefault_tsa=t\\n[t]\\nserial=serial\\nsigner_digest=sha256\\n"
		"default_policy=1.2.3\\ndigests=sha256\\ness_cert_id_alg=sha256\\n' >ts.cnf; };"
		"openssl ts -query -data signature -sha256 -cert -out query;"
		"openssl ts -reply -queryfile query -signer tsa.pem -inkey tsa.key -config ts.cnf "
		"-out "
		"reply");
	return content("reply");
}

static const char *v2_entry(enum v2_wrong wrong, struct span text, struct span sig)
{
	const char *name = wrong == V2_ORIGIN ? "another.example" : LOG;
	const struct public_key *k = private_key_public(v2_log);
	struct digest id = note_key_id(SPAN(LOG), k), leaf;
	struct span body = span_str(text_of("{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\","
					    "\"spec\":{\"hashedRekordV002\":{"
					    "\"data\":{\"algorithm\":\"SHA2_256\",\"digest\":\"%"
					    "s\"},\"signature\":{\"content\":"
					    "\"%s\",\"verifier\":{\"keyDetails\":\"%s\","
					    "\"x509Certificate\":{\"rawBytes\":\"%s\"}}}"
					    "}}}",
		base64_of(sha256_of(wrong == V2_HASH ? SPAN("another") : text)), base64_of(sig),
		wrong == V2_KEY_DETAILS ? "PKIX_ED25519" : "PKIX_ECDSA_P256_SHA_256",
		base64_of(world.leaf)));
	struct span note, signature;
	uint8_t line[128];

	leaf = merkle_leaf(body);
	note = span_str(text_of("%s\n1\n%s\n", name, base64_of(span_of(leaf.bytes, 32))));
	signature = sign(v2_log, note);
	memcpy(line, id.bytes, 4);
	memcpy(line + 4, signature.p, signature.len);
	line[9] ^= wrong == V2_OTHER_LOG;
	return text_of("{\"logIndex\":\"0\",\"logId\":{\"keyId\":\"%s\"},\"kindVersion\":{\"kind\":"
		       "\"hashedrekord\",\"version\":\"0.0.2\"},\"canonicalizedBody\":\"%s\"%s}",
		base64_of(span_of(id.bytes, 32)), base64_of(body),
		wrong == V2_NO_PROOF
			? ""
			: text_of(",\"inclusionProof\":{\"logIndex\":\"0\",\"checkpoint\":{"
				  "\"envelope\":"
				  "%s}}",
				  escaped(text_of("%.*s\n\xe2\x80\x94 %s %s\n", SPAN_ARG(note),
					  name, base64_of(span_of(line, signature.len + 4))))));
}

static struct span v2_bundle(enum v2_wrong wrong)
{
	const struct make m = { NOTHING, .version = "0.3" };
	struct span payload = span_str(statement(&m)), text, sig;

	text = dsse_signed_text(SPAN("application/vnd.in-toto+json"), payload, &arena);
	sig = sign(world.signer, text);
	return span_str(text_of(
		"{\"mediaType\":\"application/"
		"vnd.dev.sigstore.bundle.v0.3+json\",\"verificationMaterial\":{"
		"\"certificate\":{\"rawBytes\":\"%s\"},\"tlogEntries\":[%s],"
		"\"timestampVerificationData\":{"
		"\"rfc3161Timestamps\":[%s]}},\"dsseEnvelope\":{\"payload\":\"%s\",\"payloadType\":"
		"\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"%s\"}]}}",
		base64_of(world.leaf), wrong == V2_NO_ENTRY ? "" : v2_entry(wrong, text, sig),
		wrong == V2_NO_TIME
			? ""
			: text_of("{\"signedTimestamp\":\"%s\"}",
				  base64_of(timestamp_for(
					  wrong == V2_TIME_OF_OTHER ? SPAN("another") : sig))),
		base64_of(payload), base64_of(sig)));
}

static struct trust_roots *v2_roots(bool has_log, const char *tsa_window)
{
	struct trust_roots *r = trust_roots_new();
	const struct public_key *k = private_key_public(v2_log);
	struct digest id = note_key_id(SPAN(LOG), k);
	const char *log =
		text_of("\"tlogs\":[{\"baseUrl\":\"https://" LOG
			"\",\"publicKey\":{\"rawBytes\":\"%s\",\"keyDetails\":\"PKIX_ED25519\","
			"\"validFor\":{\"start\":\"2020-01-01T00:00:00Z\"}},\"logId\":{\"keyId\":"
			"\"%s\"}}],",
			base64_of(public_key_spki(k)), base64_of(span_of(id.bytes, 32)));
	const char *tsa = text_of(
		"\"timestampAuthorities\":[{\"certChain\":{\"certificates\":[{\"rawBytes\":\"%s\"},"
		"{"
		"\"rawBytes\":\"%s\"}]},\"validFor\":{\"start\":\"2020-01-01T00:00:00Z\"%s}}],",
		base64_of(content("tsa.der")), base64_of(world.ca), tsa_window ? tsa_window : "");

	assert_int_equal(
		trust_roots_add(r,
			span_str(text_of(
				"{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot.v0.2+"
				"json\",%s%s\"certificateAuthorities\":[{\"certChain\":{"
				"\"certificates\":[{\"rawBytes\":\"%s\"}]}}]}",
				has_log ? log : "", tsa_window ? tsa : "", base64_of(world.ca))),
			NULL),
		0);
	return r;
}

static void test_v2(void **state)
{
	static const struct {
		const char *name;
		enum v2_wrong wrong;
		bool has_log;
		const char *tsa; /* window of the authority; NULL: none in the root */
		enum trust_level level;
		bool is_bad;
		const char *why;
	} cases[] = {
		{ "Rekor v2", V2_NOTHING, true, "", TRUST_TRANSPARENT, false, "" },
		{ "timestamp alone, instance without a log", V2_NO_ENTRY, false, "", TRUST_EXPECTED,
			false, "" },
		{ "timestamp alone, instance with a log", V2_NO_ENTRY, true, "", TRUST_CLAIMED,
			false, "no entry" },
		{ "no timestamp", V2_NO_TIME, true, "", TRUST_CLAIMED, false, "no trusted time" },
		{ "timestamp of nobody known", V2_NOTHING, true, NULL, TRUST_CLAIMED, false,
			"no trusted time" },
		{ "timestamp of another signature", V2_TIME_OF_OTHER, true, "", TRUST_NONE, true,
			"timestamp" },
		{ "timestamp after the time of its authority", V2_NOTHING, true,
			",\"end\":\"2021-01-01T00:00:00Z\"", TRUST_NONE, true, "timestamp" },
		{ "kind of key", V2_KEY_DETAILS, true, "", TRUST_NONE, true, "another kind" },
		{ "origin", V2_ORIGIN, true, "", TRUST_NONE, true, "another.example" },
		{ "no proof", V2_NO_PROOF, true, "", TRUST_NONE, true, "inclusion proof" },
		{ "hash", V2_HASH, true, "", TRUST_NONE, true, "hash differs" },
		{ "signature of the checkpoint", V2_OTHER_LOG, true, "", TRUST_NONE, true,
			"does not verify" },
	};
	const struct trust_rule identity = { .identity = SPAN(IDENTITY), .issuer = SPAN(ISSUER) };

	(void)state;
	must_run("log", "openssl genpkey -algorithm ED25519 -out v2.key");
	assert_int_equal(
		private_key_parse(content("v2.key"), (struct span){ 0 }, &v2_log, NULL), 0);
	timestamp_for(SPAN("x"));
	now = base + 3600;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct trust_roots *r = v2_roots(cases[i].has_log, cases[i].tsa);
		struct trust t = { 0 };
		const struct trust_evidence *e;

		struct span text = v2_bundle(cases[i].wrong);

		if (corpus && !i)
			put(text_of("%s/rekor2", corpus), text);
		verify(text, &identity, r, &t);
		e = t.list.p;
		if (e->level != cases[i].level || e->is_bad != cases[i].is_bad ||
			(*cases[i].why ? !span_has(e->why, span_str(cases[i].why)) : e->why.len))
			fail_msg("%s: level %d, bad %d: %.*s", cases[i].name, e->level, e->is_bad,
				SPAN_ARG(e->why));
		if (e->level >= TRUST_EXPECTED)
			check_span(cases[i].name, e->time_source, SPAN("timestamp"));
		trust_roots_free(r);
	}
	private_key_free(v2_log);
}

/* A statement without a signature: worth what signs the index that lists its manifest, but not what
 * another attestation of the index is worth. */
static void test_bare(void **state)
{
	static const struct {
		const char *predicate;
		bool is_listed;
		enum trust_level level;
	} cases[] = {
		{ PREDICATE_SIGNATURE, true, TRUST_ROOTED },
		{ PREDICATE_SIGNATURE, false, TRUST_CLAIMED },
		{ NULL, true, TRUST_CLAIMED },
	};
	const struct digest image = digest_of(DIGEST_SHA256, SPAN("image")),
			    carrier = digest_of(DIGEST_SHA256, SPAN("carrier"));
	char hex[DIGEST_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct make m = { NOTHING, .version = "0.3",
			.predicate = cases[i].predicate };
		struct attached list[2] = {
			{ .form = ATTACHED_FORM_STATEMENT,
				.carrier = carrier,
				.is_listed = cases[i].is_listed },
			{ .form = ATTACHED_FORM_BUNDLE, .bytes = bundle(&m) },
		};
		struct trust_input in = { .manifest = image,
			.index = digest_of(DIGEST_SHA256, artifact),
			.list = list,
			.n = 2,
			.roots = world.roots,
			.now = base + 3600 };
		struct trust t = { 0 }, other = { 0 };

		list[0].bytes = span_str(text_of("{\"_type\":\"https://in-toto.io/Statement/"
						 "v0.1\",\"subject\":[{\"digest\":{"
						 "\"sha256\":\"%s\"}}],\"predicateType\":\"https://"
						 "slsa.dev/provenance/v0.2\","
						 "\"predicate\":{}}",
			digest_hex(&image, hex)));
		assert_int_equal(trust_verify(&in, &arena, &t, NULL), 0);
		assert_int_equal(t.list.p[0].level, cases[i].level);
		assert_true(t.list.p[1].is_of_index);
		assert_int_equal(t.list.p[1].level, TRUST_ROOTED);
		in.manifest = digest_of(DIGEST_SHA256, SPAN("another"));
		assert_int_equal(trust_verify(&in, &arena, &other, NULL), 0);
		assert_true(other.list.p[0].is_bad);
	}
}

/* A document that is attached, and a signature of the manifest that carries it: it counts when that
 * manifest names the image. */
static void test_document(void **state)
{
	const struct make m = { NOTHING, .version = "0.3", .predicate = PREDICATE_SIGNATURE };
	const struct digest image = digest_of(DIGEST_SHA256, SPAN("image"));

	(void)state;
	for (int is_bound = 0; is_bound < 2; is_bound++) {
		struct attached list[2] = {
			{ .form = ATTACHED_FORM_DOCUMENT,
				.bytes = SPAN("{}"),
				.artifact_type =
					SPAN("application/vnd.cncf.seccomp-profile.config.v1+json"),
				.carrier = digest_of(DIGEST_SHA256, artifact),
				.is_bound = is_bound,
				.subject = image },
			{ .form = ATTACHED_FORM_BUNDLE, .bytes = bundle(&m) },
		};
		struct trust_input in = { .manifest = image,
			.list = list,
			.n = 2,
			.roots = world.roots,
			.now = base + 3600 };
		struct trust t = { 0 };

		assert_int_equal(trust_verify(&in, &arena, &t, NULL), 0);
		assert_int_equal(t.list.p[0].kind, ATTACHED_PROFILE);
		assert_int_equal(t.list.p[0].level, is_bound ? TRUST_ROOTED : TRUST_CLAIMED);
		/* It is not a signature of the image. */
		assert_int_equal(t.list.p[1].kind, ATTACHED_OTHER);
		assert_false(t.list.p[1].is_bad);
		list[0].subject = digest_of(DIGEST_SHA256, SPAN("another"));
		t = (struct trust){ 0 };
		assert_int_equal(trust_verify(&in, &arena, &t, NULL), 0);
		assert_true(t.list.p[0].is_bad);
	}
}

/* Ed25519 signs the file itself, so its digest alone does not do. */
static void test_ed25519(void **state)
{
	struct private_key *k = NULL;
	struct trust_policy *p = trust_policy_new();
	struct attached at = { .form = ATTACHED_FORM_BUNDLE };
	struct trust_input in = { .manifest = digest_of(DIGEST_SHA256, artifact),
		.list = &at,
		.n = 1,
		.policy = p,
		.now = base };
	struct trust t = { 0 };
	struct trust_rule rule;

	(void)state;
	must_run("key", "openssl genpkey -algorithm ED25519 -out ed.key; openssl pkey -in ed.key "
			"-pubout -out ed.pub");
	assert_int_equal(private_key_parse(content("ed.key"), (struct span){ 0 }, &k, NULL), 0);
	rule = (struct trust_rule){ .key = content("ed.pub") };
	assert_int_equal(trust_policy_add(p, &rule, NULL), 0);
	at.bytes = span_str(text_of(
		"{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\","
		"\"verificationMaterial\":{\"publicKey\":{}},\"messageSignature\":{\"signature\":"
		"\"%s\"}}",
		base64_of(sign(k, artifact))));
	assert_int_equal(trust_verify(&in, &arena, &t, NULL), 0);
	assert_int_equal(t.list.p[0].level, TRUST_CLAIMED);
	assert_true(span_has(t.list.p[0].why, SPAN("needs the file")));
	in.artifact = artifact;
	assert_int_equal(trust_verify(&in, &arena, &t, NULL), 0);
	assert_int_equal(t.list.p[1].level, TRUST_EXPECTED);
	in.artifact = SPAN("another");
	assert_int_equal(trust_verify(&in, &arena, &t, NULL), 0);
	assert_int_equal(t.list.p[2].level, TRUST_CLAIMED);
	private_key_free(k);
	trust_policy_free(p);
}

/* Two things are one when nothing that decides is different. */
static void test_same(void **state)
{
	const struct make m = { NOTHING, .version = "0.3", .predicate = PREDICATE_SIGNATURE };
	const struct digest image = digest_of(DIGEST_SHA256, artifact),
			    other = digest_of(DIGEST_SHA256, SPAN("other"));
	const struct attached bundled = { .form = ATTACHED_FORM_BUNDLE,
		.bytes = bundle(&m),
		.digest = image,
		.subject = image },
			      document = { .form = ATTACHED_FORM_DOCUMENT,
				      .bytes = SPAN("{}"),
				      .digest = other,
				      .artifact_type = SPAN("application/spdx+json"),
				      .subject = image },
			      notary = { .form = ATTACHED_FORM_NOTARY_JWS,
				      .bytes = SPAN("{}"),
				      .digest = other,
				      .subject = image },
			      unread = { .form = ATTACHED_FORM_DOCUMENT,
				      .why = SPAN("gone"),
				      .place = SPAN("a") };
	struct attached pairs[][2] = {
		{ bundled, bundled },   /* one */
		{ bundled, bundled },   /* one: at another place */
		{ bundled, bundled },   /* the first could not be fetched */
		{ document, document }, /* one */
		{ document, document }, /* carried by another manifest */
		{ document, document }, /* of another subject */
		{ notary, notary },     /* one: carried by another manifest */
		{ notary, notary },     /* of another subject */
		{ unread, unread },     /* at another place */
		{ unread, unread },     /* for another reason */
	};
	static const size_t wanted[] = { 1, 1, 2, 1, 2, 2, 1, 2, 2, 2 };

	(void)state;
	pairs[1][1].subject = other;
	pairs[1][1].carrier = other;
	pairs[1][1].place = SPAN("elsewhere");
	pairs[2][0].bytes = (struct span){ 0 };
	pairs[2][0].why = SPAN("gone");
	pairs[4][1].carrier = other;
	pairs[5][1].subject = other;
	pairs[6][1].carrier = other;
	pairs[7][1].subject = other;
	pairs[8][1].place = SPAN("b");
	pairs[9][1].why = SPAN("another");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		struct trust_input in = { .manifest = image,
			.list = pairs[i],
			.n = 2,
			.roots = world.roots,
			.now = base + 3600 };
		struct trust t = { 0 };

		assert_int_equal(trust_verify(&in, &arena, &t, NULL), 0);
		if (t.list.n != wanted[i])
			fail_msg("pair %zu: %zu rows", i, t.list.n);
		assert_true(i != 2 || t.list.p[1].level == TRUST_ROOTED);
	}
}

/* Whoever has named a trust policy of notation expects somebody: a keyless signature of anybody
 * does not do. */
static void test_notation_expects(void **state)
{
	const struct make m = { NOTHING, .version = "0.3", .predicate = PREDICATE_SIGNATURE };
	const struct attached at = { .form = ATTACHED_FORM_BUNDLE, .bytes = bundle(&m) };
	struct trust_input in = { .manifest = digest_of(DIGEST_SHA256, artifact),
		.list = &at,
		.n = 1,
		.roots = world.roots,
		.now = base + 3600 };
	struct notary_config *config = NULL;
	struct trust t = { 0 };

	(void)state;
	assert_int_equal(trust_verify(&in, &arena, &t, NULL), 0);
	assert_true(!t.has_policy && trust_counts(&t.list.p[0], trust_least(&t, false)));
	assert_int_equal(
		notary_config_parse(SPAN("{\"version\":\"1.0\",\"trustPolicies\":[{\"name\":\"a\","
					 "\"registryScopes\":[\"*\"],\"signatureVerification\":{"
					 "\"level\":\"skip\"}}]}"),
			&config, NULL),
		0);
	in.notary = config;
	t = (struct trust){ 0 };
	assert_int_equal(trust_verify(&in, &arena, &t, NULL), 0);
	assert_true(t.has_policy && !trust_counts(&t.list.p[0], trust_least(&t, false)));
	assert_true(t.list.p[0].why.len);
	notary_config_free(config);
}

/* A thousand of them: the rest is counted, and no two rows for the same bytes. */
static void test_many(void **state)
{
	enum { MANY = TRUST_ATTACHED_MAX + 50 };
	struct attached *list = arena_array(&arena, MANY, sizeof(*list));
	struct trust_input in = {
		.manifest = digest_of(DIGEST_SHA256, artifact), .list = list, .n = MANY, .now = base
	};
	struct trust t = { 0 };
	int cancelled = 1;
	struct call call = { .cancelled = &cancelled };

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		list[i] = (struct attached){ .form = ATTACHED_FORM_BUNDLE,
			.bytes = span_str(text_of("{\"x\":%zu}", i)) };
		list[i].digest = digest_of(DIGEST_SHA256, list[i == 7 ? 6 : i].bytes);
	}
	assert_int_equal(trust_verify(&in, &arena, &t, NULL), 0);
	assert_int_equal(t.passed_over, 50);
	assert_int_equal(t.list.n, TRUST_ATTACHED_MAX - 1);
	for (size_t i = 0; i < t.list.n; i++)
		assert_true(t.list.p[i].is_bad && t.list.p[i].why.len);
	in.call = &call;
	assert_int_equal(trust_verify(&in, &arena, &t, NULL), SCOV_E_CANCELLED);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_roots_apart),
		cmocka_unit_test(test_v2),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_document),
		cmocka_unit_test(test_ed25519),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_notation_expects),
		cmocka_unit_test(test_many),
	};

	corpus = argc > 1 ? argv[1] : NULL;
	artifact = SPAN("what is signed");
	return cmocka_run_group_tests(tests, setup, teardown);
}
