/* pkcs12.c - does a password open a PKCS#12 store?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/pkcs12.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <string.h>

enum { DER_BYTES_MAX = 1 << 20 };

bool pkcs12_opens(struct span der, const char *password)
{
	const unsigned char *p = der.p;
	PKCS12 *store =
		der.len && der.len <= DER_BYTES_MAX ? d2i_PKCS12(NULL, &p, (long)der.len) : NULL;
	bool good = store && PKCS12_mac_present(store) &&
		    PKCS12_verify_mac(store, password, (int)strlen(password)) == 1;

	/* Without a password some writers leave it out altogether, others write an empty one. */
	if (!good && store && !*password && PKCS12_mac_present(store))
		good = PKCS12_verify_mac(store, NULL, 0) == 1;
	PKCS12_free(store);
	return good;
}

static void warm_with(const EVP_MD *md)
{
	unsigned char salt[8] = { 1 }, *der = NULL;
	PKCS12 *store = PKCS12_init(NID_pkcs7_data);
	STACK_OF(PKCS7) *safes = sk_PKCS7_new_null();

	if (store && safes && PKCS12_pack_authsafes(store, safes) == 1 &&
		PKCS12_set_mac(store, "", 0, salt, sizeof(salt), 1, md) == 1) {
		int len = i2d_PKCS12(store, &der);

		pkcs12_opens(span_of(der, len > 0 ? (size_t)len : 0), "warm");
	}
	OPENSSL_free(der);
	sk_PKCS7_free(safes);
	PKCS12_free(store);
}

void pkcs12_warm(void)
{
	warm_with(EVP_sha1());
	warm_with(EVP_sha256());
	warm_with(EVP_sha384());
	warm_with(EVP_sha512());
}
