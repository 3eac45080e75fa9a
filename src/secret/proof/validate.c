/* validate.c - the table of validators.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret/proof/validate.h"

#include "crypto/digest.h"
#include "crypto/key.h"
#include "secret/proof/proof.h"

const struct validator *const validators[] = {
	&check_asn1_key,
	&check_base64_key,
	&check_base64_len,
	&check_basic_auth,
	&check_bech32,
	&check_bks,
	&check_crc16_nkey,
	&check_crc32_base62,
	&check_crc32_hex,
	&check_crc32_le_hex,
	&check_docker_auth,
	&check_jks,
	&check_jwt,
	&check_known_key,
	&check_luhn,
	&check_macaroon,
	&check_milenage,
	&check_nss_keys,
	&check_openssh,
	&check_p256_pair,
	&check_pem_key,
	&check_pgp,
	&check_pkcs12,
	&check_ppk,
	&check_shadow,
	&check_url_expiry,
	&check_wireguard,
	&check_x25519_pair,
	NULL,
};

const struct validator *validator_find(struct span name)
{
	for (const struct validator *const *v = validators; *v; v++)
		if (span_eq(name, span_str((*v)->name)))
			return *v;
	return NULL;
}

void validators_warm(void)
{
	digest_warm();
	key_warm();
}
