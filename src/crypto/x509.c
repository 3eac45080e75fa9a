/* x509.c - certificates: what they say, and chains at a given time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/x509.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/date.h"
#include "crypto/library.h"
#include "syntax/utf8.h"

struct certificate {
	X509 *x;
	uint8_t *der;
	size_t der_len;
	struct public_key *key; /* NULL: of a kind that is not accepted */
	int64_t not_before, not_after;
};

enum {
	SECURITY_LEVEL = 2, /* of the library: signatures and keys of 112 bits */
	SIGNATURE_BITS_MIN = 112,
	EXTENSIONS_MAX = 256, /* of one certificate */
};

bool time_of(const ASN1_TIME *t, int64_t *out)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;
	bool is_time = epoch && t && ASN1_TIME_diff(&days, &seconds, epoch, t) == 1;

	ASN1_TIME_free(epoch);
	ERR_clear_error();
	if (is_time)
		*out = (int64_t)days * DAY_SECONDS + seconds;
	return is_time;
}

X509 *certificate_x509(const struct certificate *c)
{
	return c->x;
}

/* RFC 5280, 4.2: no extension twice. */
static bool has_twice(X509 *x)
{
	int n = X509_get_ext_count(x);

	for (int i = 0; i < n && n <= EXTENSIONS_MAX; i++) {
		const ASN1_OBJECT *type = X509_EXTENSION_get_object(X509_get_ext(x, i));

		if (X509_get_ext_by_OBJ(x, type, i) >= 0)
			return true;
	}
	return n > EXTENSIONS_MAX;
}

static int parse_der(struct span der, struct certificate **out, struct scov_err *err)
{
	if (der.len > CERTIFICATE_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "a certificate of more than %d bytes", CERTIFICATE_MAX);
	const unsigned char *at = der.p;
	struct certificate *c = mem_alloc(sizeof(*c));
	int rc = 0;

	if (!c)
		return err_memory(err);
	c->x = d2i_X509(NULL, &at, (long)der.len);
	c->der = mem_alloc(der.len ? der.len : 1);
	if (!c->x || at != der.p + der.len || !time_of(X509_get0_notBefore(c->x), &c->not_before) ||
		!time_of(X509_get0_notAfter(c->x), &c->not_after) || has_twice(c->x))
		rc = err_fail(err, SCOV_E_FORMAT, "a damaged certificate");
	else if (!c->der)
		rc = err_memory(err);
	ERR_clear_error();
	if (rc) {
		certificate_free(c);
		return rc;
	}
	memcpy(c->der, der.p, der.len);
	c->der_len = der.len;
	EVP_PKEY *key = X509_get_pubkey(c->x);
	unsigned char *spki = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(c->x), &spki);

	/* A CA that only helps to build a chain may have any key that the library knows. */
	if (key)
		rc = public_key_take(key, span_of(spki, len > 0 ? (size_t)len : 0), &c->key, NULL);
	OPENSSL_free(spki);
	ERR_clear_error();
	if (rc == SCOV_E_MEMORY) {
		certificate_free(c);
		return err_memory(err);
	}
	*out = c;
	return 0;
}

struct adding {
	struct certificates *list;
	size_t max;
};

static int add(void *ctx, const char *name, struct span der, struct scov_err *err)
{
	struct adding *to = ctx;
	struct certificates *l = to->list;

	if (strcmp(name, PEM_STRING_X509) != 0 && strcmp(name, PEM_STRING_X509_OLD) != 0)
		return 0;
	if (l->n == to->max)
		return err_fail(err, SCOV_E_LIMIT, "more than %zu certificates", to->max);
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 4;
		struct certificate **p = mem_alloc(cap * sizeof(struct certificate *));

		if (!p)
			return err_memory(err);
		if (l->n)
			memcpy(p, l->p, l->n * sizeof(struct certificate *));
		mem_free(l->p);
		l->p = p;
		l->cap = cap;
	}
	int rc = parse_der(der, &l->p[l->n], err);

	l->n += !rc;
	return rc;
}

static void cut(struct certificates *l, size_t n)
{
	while (l->n > n)
		certificate_free(l->p[--l->n]);
}

int certificates_add(struct certificates *list, struct span text, size_t max, struct scov_err *err)
{
	struct adding to = { .list = list, .max = max };
	size_t before = list->n;
	int rc = span_at(text, 0) == 0x30 ? add(&to, PEM_STRING_X509, text, err)
					  : pem_each(text, CERTIFICATES_TEXT_MAX, add, &to, err);

	if (!rc && list->n == before)
		rc = err_fail(err, SCOV_E_FORMAT, "no certificate in it");
	if (rc && before)
		cut(list, before);
	else if (rc)
		certificates_release(list);
	return rc;
}

void certificates_release(struct certificates *list)
{
	if (!list)
		return;
	cut(list, 0);
	mem_free(list->p);
	*list = (struct certificates){ 0 };
}

int certificate_parse(struct span text, struct certificate **out, struct scov_err *err)
{
	struct certificates list = { 0 };
	int rc = certificates_add(&list, text, 1, err);

	if (!rc) {
		*out = list.p[0];
		list.n = 0;
	}
	certificates_release(&list);
	return rc;
}

void certificate_free(struct certificate *c)
{
	if (!c)
		return;
	X509_free(c->x);
	public_key_free(c->key);
	mem_free(c->der);
	mem_free(c);
}

struct span certificate_der(const struct certificate *c)
{
	return span_of(c->der, c->der_len);
}

int64_t certificate_not_before(const struct certificate *c)
{
	return c->not_before;
}

int64_t certificate_not_after(const struct certificate *c)
{
	return c->not_after;
}

const struct public_key *certificate_key(const struct certificate *c)
{
	return c->key;
}

bool certificate_same(const struct certificate *a, const struct certificate *b)
{
	return span_eq(certificate_der(a), certificate_der(b));
}

bool certificate_is_ca(const struct certificate *c)
{
	return X509_check_ca(c->x) == 1;
}

bool certificate_is_self_signed(const struct certificate *c)
{
	bool is_self = X509_self_signed(c->x, 1) == 1;

	ERR_clear_error();
	return is_self;
}

static struct span name_text(const X509_NAME *name, struct arena *a)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL;
	struct span got = { 0 };

	if (out && X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		long len = BIO_get_mem_data(out, &text);

		got = arena_dup(a, span_of(text, len > 0 ? (size_t)len : 0));
	}
	BIO_free(out);
	ERR_clear_error();
	return got;
}

struct span certificate_subject(const struct certificate *c, struct arena *a)
{
	return name_text(X509_get_subject_name(c->x), a);
}

struct span certificate_issuer(const struct certificate *c, struct arena *a)
{
	return name_text(X509_get_issuer_name(c->x), a);
}

static struct span type_text(const ASN1_OBJECT *type, struct arena *a)
{
	int nid = OBJ_obj2nid(type);
	char digits[128];

	if (nid != NID_undef)
		return span_str(OBJ_nid2sn(nid)); /* static */
	int len = OBJ_obj2txt(digits, sizeof(digits), type, 1);

	if (len <= 0 || (size_t)len >= sizeof(digits))
		return (struct span){ 0 };
	return arena_dup(a, span_of(digits, (size_t)len));
}

int certificate_attributes(const struct certificate *c, struct arena *a,
	struct name_attributes *out, struct scov_err *err)
{
	const X509_NAME *name = X509_get_subject_name(c->x);
	struct name_attributes got = { 0 };
	int n = X509_NAME_entry_count(name);

	if (n > CERTIFICATE_NAMES_MAX)
		return err_fail(err, SCOV_E_LIMIT, "a subject of more than %d attributes",
			CERTIFICATE_NAMES_MAX);
	for (int i = 0; i < n; i++) {
		X509_NAME_ENTRY *e = X509_NAME_get_entry(name, i);
		struct name_attribute at = { .type = type_text(X509_NAME_ENTRY_get_object(e), a) };
		unsigned char *text = NULL;
		int len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(e));

		if (len >= 0)
			at.value = arena_dup(a, span_of(text, (size_t)len));
		OPENSSL_free(text);
		ERR_clear_error();
		if (len < 0 || !at.type.len)
			return err_fail(err, SCOV_E_FORMAT, "a subject that cannot be read");
		vec_add(&got, a, &at);
	}
	if (arena_failed(a))
		return arena_check(a, err);
	*out = got;
	return 0;
}

static bool is_plain(struct span s)
{
	for (size_t i = 0; i < s.len;) {
		size_t step = utf8_step(s, i, NULL);

		if (!step || span_at(s, i) < ' ' || span_at(s, i) == 0x7f)
			return false;
		i += step;
	}
	return true;
}

/* False: a name of Fulcio whose value is not what it should be. */
static bool take_name(const GENERAL_NAME *g, struct san *out)
{
	static const uint8_t fulcio[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01,
		0x07 };
	const ASN1_STRING *text = NULL;

	out->kind = SAN_OTHER;
	switch (g->type) {
	case GEN_EMAIL:
		out->kind = SAN_EMAIL;
		text = g->d.rfc822Name;
		break;
	case GEN_URI:
		out->kind = SAN_URI;
		text = g->d.uniformResourceIdentifier;
		break;
	case GEN_DNS:
		out->kind = SAN_DNS;
		text = g->d.dNSName;
		break;
	case GEN_OTHERNAME:
		if (!span_eq(span_of(OBJ_get0_data(g->d.otherName->type_id),
				     OBJ_length(g->d.otherName->type_id)),
			    span_of(fulcio, sizeof(fulcio))))
			break;
		out->kind = SAN_FULCIO;
		if (g->d.otherName->value->type != V_ASN1_UTF8STRING)
			return false;
		text = g->d.otherName->value->value.utf8string;
		break;
	}
	if (text)
		out->text = span_of(ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text));
	return is_plain(out->text);
}

int certificate_names(
	const struct certificate *c, struct arena *a, struct sans *out, struct scov_err *err)
{
	struct sans got = { 0 };
	struct span raw = certificate_extension(c, "2.5.29.17");
	const unsigned char *at = raw.p;
	GENERAL_NAMES *names = raw.p ? d2i_GENERAL_NAMES(NULL, &at, (long)raw.len) : NULL;
	int n = names ? sk_GENERAL_NAME_num(names) : 0, rc = 0;

	ERR_clear_error();
	if (raw.p && (!names || at != raw.p + raw.len))
		rc = err_fail(
			err, SCOV_E_FORMAT, "the alternative names of the certificate are damaged");
	if (n > CERTIFICATE_NAMES_MAX)
		rc = err_fail(
			err, SCOV_E_LIMIT, "more than %d alternative names", CERTIFICATE_NAMES_MAX);
	for (int i = 0; i < n && !rc; i++) {
		struct san s = { 0 };

		if (!take_name(sk_GENERAL_NAME_value(names, i), &s))
			rc = err_fail(err, SCOV_E_FORMAT,
				"an alternative name of the certificate that is not plain text");
		s.text = arena_dup(a, s.text);
		if (!rc)
			vec_add(&got, a, &s);
	}
	GENERAL_NAMES_free(names);
	if (!rc && arena_failed(a))
		rc = arena_check(a, err);
	if (!rc)
		*out = got;
	return rc;
}

struct span certificate_extension(const struct certificate *c, const char *oid)
{
	ASN1_OBJECT *type = OBJ_txt2obj(oid, 1);
	int at = type ? X509_get_ext_by_OBJ(c->x, type, -1) : -1;
	const ASN1_OCTET_STRING *value =
		at >= 0 ? X509_EXTENSION_get_data(X509_get_ext(c->x, at)) : NULL;

	ASN1_OBJECT_free(type);
	ERR_clear_error();
	return value ? span_of(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value))
		     : (struct span){ 0 };
}

/* The last second counts, which the library denies (RFC 5280, 4.1.2.5: "inclusive"). */
static int at_last_second(int is_good, X509_STORE_CTX *ctx)
{
	X509 *x = X509_STORE_CTX_get_current_cert(ctx);
	int64_t last;

	if (is_good || X509_STORE_CTX_get_error(ctx) != X509_V_ERR_CERT_HAS_EXPIRED || !x ||
		!time_of(X509_get0_notAfter(x), &last) ||
		last != X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(ctx)))
		return is_good;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

X509_STORE *store_of(const struct certificates *roots, int64_t at)
{
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param = store ? X509_STORE_get0_param(store) : NULL;

	if (!store)
		return NULL;
	for (size_t i = 0; roots && i < roots->n; i++)
		X509_STORE_add_cert(store, roots->p[i]->x);
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	X509_STORE_set_depth(store, CHAIN_MAX - 2); /* certificates between leaf and root */
	X509_STORE_set_verify_cb(store, at_last_second);
	X509_VERIFY_PARAM_set_time(param, at);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	ERR_clear_error();
	return store;
}

STACK_OF(X509) * stack_of(const struct certificates *list)
{
	STACK_OF(X509) *stack = sk_X509_new_null();

	for (size_t i = 0; stack && list && i < list->n; i++)
		sk_X509_push(stack, list->p[i]->x);
	return stack;
}

/* Its extended key usage, if it has one, is that of what it issues. */
static bool may_issue(X509 *ca, enum chain_purpose purpose)
{
	return purpose != CHAIN_CODE_SIGNING || !(X509_get_extension_flags(ca) & EXFLAG_XKUSAGE) ||
	       (X509_get_extended_key_usage(ca) & (XKU_CODE_SIGN | XKU_ANYEKU));
}

/* The library of 3.0 has no purpose for code signing. */
static const char *purpose_fault(STACK_OF(X509) * chain, enum chain_purpose purpose)
{
	if (purpose != CHAIN_CODE_SIGNING)
		return NULL;
	X509 *leaf = sk_X509_value(chain, 0);

	if (!(X509_get_extension_flags(leaf) & EXFLAG_XKUSAGE) ||
		!(X509_get_extended_key_usage(leaf) & XKU_CODE_SIGN))
		return "the certificate is not for code signing (extended key usage)";
	if (!(X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE))
		return "the certificate is not for signatures (key usage)";
	for (int i = 1; i < sk_X509_num(chain); i++)
		if (!may_issue(sk_X509_value(chain, i), purpose))
			return "a CA of the certificate is not for code signing (extended key "
			       "usage)";
	return NULL;
}

static const struct certificate *ours(const struct certificates *list, X509 *x)
{
	for (size_t i = 0; list && i < list->n; i++)
		if (list->p[i]->x == x || X509_cmp(list->p[i]->x, x) == 0)
			return list->p[i];
	return NULL;
}

static int check_chain(X509_STORE_CTX *ctx, const struct certificate *leaf,
	const struct certificates *helpers, const struct certificates *roots,
	enum chain_purpose purpose, struct chain *out, struct scov_err *err)
{
	struct chain made = { 0 };

	if (purpose == CHAIN_TIME_STAMPING)
		X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_TIMESTAMP_SIGN);
	if (X509_verify_cert(ctx) != 1)
		return err_fail(err, SCOV_E_AUTH, "certificate chain: %s",
			X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	const char *fault = purpose_fault(chain, purpose);

	if (fault)
		return err_fail(err, SCOV_E_AUTH, "%s", fault);
	for (int i = 0; i < sk_X509_num(chain) && i < CHAIN_MAX; i++) {
		X509 *x = sk_X509_value(chain, i);
		const struct certificate *c = i ? ours(helpers, x) : leaf;

		made.p[made.n++] = c ? c : ours(roots, x);
	}
	if (out)
		*out = made;
	return 0;
}

static int chain_of_library(const struct certificate *leaf, const struct certificates *helpers,
	const struct certificates *roots, int64_t at, enum chain_purpose purpose, struct chain *out,
	struct scov_err *err)
{
	X509_STORE *store = store_of(roots, at);
	STACK_OF(X509) *untrusted = stack_of(helpers);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int rc;

	if (store && untrusted && ctx && X509_STORE_CTX_init(ctx, store, leaf->x, untrusted) == 1)
		rc = check_chain(ctx, leaf, helpers, roots, purpose, out, err);
	else
		rc = err_memory(err);
	X509_STORE_CTX_free(ctx);
	sk_X509_free(untrusted);
	X509_STORE_free(store);
	ERR_clear_error();
	return rc;
}

/* Names, and the signature. A CA with constraints on names is left to the library. */
static bool is_issued_by(const struct certificate *leaf, const struct certificate *ca)
{
	EVP_PKEY *key = X509_get0_pubkey(ca->x);
	int bits = 0;
	bool is_it =
		X509_NAME_cmp(X509_get_issuer_name(leaf->x), X509_get_subject_name(ca->x)) == 0 &&
		certificate_is_ca(ca) && (X509_get_key_usage(ca->x) & KU_KEY_CERT_SIGN) &&
		X509_get_ext_by_NID(ca->x, NID_name_constraints, -1) < 0 && key &&
		X509_get_signature_info(leaf->x, NULL, NULL, &bits, NULL) == 1 &&
		bits >= SIGNATURE_BITS_MIN && X509_verify(leaf->x, key) == 1;

	ERR_clear_error();
	return is_it;
}

/* The library takes a leaf that has the name of its CA, and no key identifier, for one that signed
 * itself, and looks no further. So the leaf is checked alone, and its CA as the library does. */
static int chain_of_namesake(const struct certificate *leaf, const struct certificates *helpers,
	const struct certificates *roots, int64_t at, enum chain_purpose purpose, struct chain *out,
	struct scov_err *err)
{
	struct certificate *own[] = { (struct certificate *)(uintptr_t)leaf };
	const struct certificates alone = { .p = own, .n = 1 };
	const struct certificates *lists[] = { roots, helpers ? helpers : &alone };
	int rc = chain_of_library(leaf, NULL, &alone, at, purpose, NULL, err);

	for (size_t i = 0; !rc && i < lists[0]->n + lists[1]->n; i++) {
		const struct certificate *ca =
			i < lists[0]->n ? lists[0]->p[i] : lists[1]->p[i - lists[0]->n];
		struct chain rest = { 0 };

		if (!is_issued_by(leaf, ca) || !may_issue(ca->x, purpose) ||
			chain_of_library(ca, helpers, roots, at, CHAIN_ANY, &rest, err) ||
			rest.n == CHAIN_MAX)
			continue;
		if (out) {
			*out = (struct chain){ .p = { leaf }, .n = 1 + rest.n };
			memcpy(out->p + 1, rest.p, rest.n * sizeof(*rest.p));
		}
		return 0;
	}
	return rc ? rc : err_fail(err, SCOV_E_AUTH, "certificate chain: it ends at no root");
}

int certificate_chain(const struct certificate *leaf, const struct certificates *helpers,
	const struct certificates *roots, int64_t at, enum chain_purpose purpose, struct chain *out,
	struct scov_err *err)
{
	int rc = chain_of_library(leaf, helpers, roots, at, purpose, out, err);
	bool is_namesake = X509_self_signed(leaf->x, 0) == 1 && !certificate_is_self_signed(leaf);

	if (rc != SCOV_E_AUTH || !is_namesake || purpose == CHAIN_TIME_STAMPING)
		return rc;
	return chain_of_namesake(leaf, helpers, roots, at, purpose, out, err);
}
