/* proof.h - what the validators share. Inside secret/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "crypto/key.h"
#include "secret/proof/validate.h"

enum {
	KEY_TEXT_MAX = 128 << 10, /* bytes of a key container that a validator reads */
	KEY_BYTES_MAX = 4096,     /* bytes of one number of a key */
};

/* The row of a family's file; validate.c lists them. */
extern const struct validator check_asn1_key, check_base64_key, check_base64_len, check_basic_auth,
	check_bech32, check_bks, check_crc16_nkey, check_crc32_base62, check_crc32_hex,
	check_crc32_le_hex, check_docker_auth, check_jks, check_jwt, check_known_key, check_luhn,
	check_macaroon, check_milenage, check_nss_keys, check_openssh, check_p256_pair,
	check_pem_key, check_pgp, check_pkcs12, check_ppk, check_shadow, check_url_expiry,
	check_wireguard, check_x25519_pair;

/* Each sets validity, how, flags and detail, and returns 0, so that a check can end with it. */
int proof_proven(struct proof *out, enum secret_proof how, const char *detail);
int proof_invalid(struct proof *out, const char *detail);
int proof_harmless(struct proof *out, uint32_t flags, const char *detail);
int proof_unknown(struct proof *out, const char *detail);

/* An asymmetric key's public half, as its SubjectPublicKeyInfo would hash; then the list of known
 * keys is asked. False: no memory, or a number of more than KEY_BYTES_MAX. */
bool proof_rsa(struct span n, struct span e, struct arena *a, struct proof *out);
bool proof_dsa(struct span p, struct span q, struct span g, struct span y, struct arena *a,
	struct proof *out);
bool proof_point(enum key_curve curve, struct span public, struct arena *a, struct proof *out);
/* Sets known, validity and how when the material is on the list of publicly known keys. */
void proof_known(struct span material, struct proof *out);
/* The same of a whole container, of any length. */
void proof_known_whole(struct span container, struct proof *out);
void proof_known_hash(const uint8_t hash[32], struct proof *out);
/* The blob of an SSH public key: type and numbers (RFC 4253, 6.6). False when it is damaged. */
bool proof_ssh_public(struct span blob, struct arena *a, struct proof *out);

/* PKCS#1, PKCS#8, SEC1 or the DSA form, one element and nothing after it. plain: a closed key is
 * not one. */
int proof_key_der(struct span der, const struct candidate *c, struct proof *out);
int proof_key_plain(struct span der, const struct candidate *c, struct proof *out);
int proof_openssh(struct span bytes, const struct candidate *c, struct proof *out);
int proof_pgp(struct span packets, struct arena *a, struct proof *out);

struct pem {
	struct span label, body; /* body: after the lines of an old encrypted key */
	struct span dek;         /* the value of its line "DEK-Info" */
	bool has_end, encrypted; /* encrypted: by those lines */
};

/* The first block between BEGIN and END. False: no BEGIN line. */
bool pem_find(struct span text, struct pem *out);
/* p, q, g, y and x of DSA: the halves belong together, and the public one is set. */
int proof_dsa_pair(const struct span v[5], struct arena *a, struct proof *out);

enum key_curve curve_of_oid(struct span oid);
enum key_curve curve_of_ssh(struct span name);

/* Base64 with blanks, line ends and their escapes (\n, \r, \t) left out. False: another byte, too
 * long, no memory. */
bool text_base64(struct span text, struct arena *a, struct span *out);
/* Base64 in lines that are dressed: after the marks of comments, the quotes of strings, the times
 * of a log. The last run of its characters in each line. */
bool text_base64_lines(struct span text, struct arena *a, struct span *out);
/* One 5-bit value into the checksum of bech32. Source: BIP 173, "Checksum". */
uint32_t bech32_step(uint32_t sum, uint32_t v);
/* Exactly 2 * len hex digits. */
bool text_hex(struct span text, uint8_t *out, size_t len);
/* Wipes what a view shows: only for memory of our own arenas. */
void wipe(struct span s);
