/* digest.c - content digests: sha256 and sha512 as OCI writes them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

static const struct algorithm {
	const char *name;    /* as OCI writes it */
	const char *library; /* as OpenSSL calls it */
	size_t size;
} algorithms[] = {
	[DIGEST_NONE] = { "", "", 0 },
	[DIGEST_SHA256] = { "sha256", "SHA256", 32 },
	[DIGEST_SHA512] = { "sha512", "SHA512", 64 },
};

enum { ALGORITHMS = sizeof(algorithms) / sizeof(*algorithms) };

struct digester {
	EVP_MD_CTX *ctx;
	const EVP_MD *md;
	enum digest_algorithm algorithm;
	bool failed;
};

static const struct algorithm *algorithm_of(const struct digest *d)
{
	return &algorithms[d->algorithm < ALGORITHMS ? d->algorithm : DIGEST_NONE];
}

size_t digest_size(const struct digest *d)
{
	return algorithm_of(d)->size;
}

bool digest_eq(const struct digest *a, const struct digest *b)
{
	size_t n = digest_size(a);

	return n && a->algorithm == b->algorithm && memcmp(a->bytes, b->bytes, n) == 0;
}

static bool parse_hex(struct span hex, struct digest *d)
{
	for (size_t i = 0; i < hex.len; i++) {
		uint8_t c = span_at(hex, i);
		bool lower = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
		uint8_t half = (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);

		if (!lower)
			return false;
		d->bytes[i / 2] = (uint8_t)(d->bytes[i / 2] << 4 | half);
	}
	return true;
}

int digest_parse(struct span text, struct digest *out, struct scov_err *err)
{
	struct digest d = { 0 };
	struct span shown = span_sub(text, 0, DIGEST_TEXT);
	size_t colon = span_find(text, ':');
	struct span name = span_sub(text, 0, colon), hex = span_from(text, colon + 1);

	if (colon == text.len || name.len == 0 || hex.len == 0)
		return err_fail(err, SCOV_E_FORMAT, "digest '%.*s': must be ALGORITHM:HEX",
			SPAN_ARG(shown));
	for (uint8_t i = DIGEST_SHA256; i < ALGORITHMS; i++)
		if (span_eq(name, span_str(algorithms[i].name)))
			d.algorithm = i;
	if (d.algorithm == DIGEST_NONE)
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"digest '%.*s': algorithm must be sha256 or sha512", SPAN_ARG(shown));
	if (hex.len != 2 * digest_size(&d) || !parse_hex(hex, &d))
		return err_fail(err, SCOV_E_FORMAT,
			"digest '%.*s': must be %zu lower-case hex digits", SPAN_ARG(shown),
			2 * digest_size(&d));
	*out = d;
	return 0;
}

const char *digest_hex(const struct digest *d, char out[DIGEST_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = digest_size(d);

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[d->bytes[i] >> 4];
		out[2 * i + 1] = digits[d->bytes[i] & 15];
	}
	out[2 * n] = '\0';
	return out;
}

const char *digest_format(const struct digest *d, char out[DIGEST_TEXT])
{
	size_t n = strlen(algorithm_of(d)->name);

	memcpy(out, algorithm_of(d)->name, n);
	if (n)
		out[n++] = ':';
	digest_hex(d, out + n);
	return out;
}

/* Fetched once a process and kept: a fetch takes locks and, the first time, opens files. */
static EVP_MD *method(enum digest_algorithm a)
{
	static _Atomic(EVP_MD *) kept[ALGORITHMS];

	if (a == DIGEST_NONE || (size_t)a >= ALGORITHMS)
		return NULL;
	EVP_MD *have = atomic_load(&kept[a]);

	if (have)
		return have;
	EVP_MD *made = EVP_MD_fetch(NULL, algorithms[a].library, NULL);

	if (made && !atomic_compare_exchange_strong(&kept[a], &have, made)) {
		EVP_MD_free(made); /* another thread was first */
		return have;
	}
	return made;
}

struct digester *digester_new(enum digest_algorithm a)
{
	struct digester *h = mem_alloc(sizeof(*h));

	if (!h)
		return NULL;
	h->algorithm = a;
	h->md = method(a);
	h->ctx = EVP_MD_CTX_new();
	if (!h->md || !h->ctx || EVP_DigestInit_ex2(h->ctx, h->md, NULL) != 1) {
		digester_free(h);
		return NULL;
	}
	return h;
}

void digester_add(struct digester *h, const void *p, size_t len)
{
	if (len && EVP_DigestUpdate(h->ctx, p, len) != 1)
		h->failed = true;
}

struct digest digester_end(struct digester *h)
{
	struct digest d = { .algorithm = (uint8_t)h->algorithm };

	if (h->failed || EVP_DigestFinal_ex(h->ctx, d.bytes, NULL) != 1)
		d = (struct digest){ 0 };
	h->failed = EVP_DigestInit_ex2(h->ctx, h->md, NULL) != 1;
	return d;
}

void digester_free(struct digester *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	mem_free(h);
}

struct digest digest_of(enum digest_algorithm a, struct span s)
{
	struct digester *h = digester_new(a);
	struct digest d = { 0 };

	if (h) {
		digester_add(h, s.p, s.len);
		d = digester_end(h);
	}
	digester_free(h);
	return d;
}

/* The system's openssl.cnf is about TLS and providers that are not used here: not reading it saves
 * a file and half of the time. */
void digest_warm(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	digest_of(DIGEST_SHA256, SPAN("warm"));
	digest_of(DIGEST_SHA512, SPAN("warm"));
}
