/* timestamp.c - RFC 3161 time stamp tokens.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/timestamp.h"

#include <openssl/err.h>
#include <openssl/ts.h>

#include "crypto/library.h"

static bool is_strong(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *type = NULL;

	X509_ALGOR_get0(&type, NULL, NULL, algorithm);
	switch (OBJ_obj2nid(type)) {
	case NID_sha256:
	case NID_sha384:
	case NID_sha512:
		return true;
	default:
		return false;
	}
}

/* Of a whole answer, or of a token without the status around it. */
static int parse(struct span der, PKCS7 **out, struct scov_err *err)
{
	const unsigned char *at = der.p;
	TS_RESP *answer = d2i_TS_RESP(NULL, &at, (long)der.len);
	long status = 0;

	if (answer) {
		status = ASN1_INTEGER_get(
			TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(answer)));
		PKCS7 *token = TS_RESP_get_token(answer);

		*out = token ? PKCS7_dup(token) : NULL;
		TS_RESP_free(answer);
	} else {
		at = der.p;
		*out = d2i_PKCS7(NULL, &at, (long)der.len);
	}
	ERR_clear_error();
	if (*out && at == der.p + der.len &&
		(status == TS_STATUS_GRANTED || status == TS_STATUS_GRANTED_WITH_MODS))
		return 0;
	PKCS7_free(*out);
	*out = NULL;
	if (status)
		return err_fail(err, SCOV_E_AUTH, "timestamp: refused by its authority");
	return err_fail(err, SCOV_E_FORMAT, "timestamp: not a token that can be read");
}

static bool is_signed_strongly(PKCS7 *token)
{
	STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(token);
	PKCS7_SIGNER_INFO *one = sk_PKCS7_SIGNER_INFO_num(signers) == 1
					 ? sk_PKCS7_SIGNER_INFO_value(signers, 0)
					 : NULL;
	X509_ALGOR *digest = NULL;

	if (!one)
		return false;
	PKCS7_SIGNER_INFO_get0_algs(one, NULL, &digest, NULL);
	return digest && is_strong(digest);
}

/* Signature, chain at the time of the token, and the hash of the text. */
static int check_token(PKCS7 *token, struct span text, const struct timestamp_trust *trust,
	int64_t at, struct scov_err *err)
{
	TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	X509_STORE *store = store_of(trust->roots, at);
	STACK_OF(X509) *helpers = stack_of(trust->helpers);
	BIO *data = BIO_new_mem_buf(text.p ? text.p : (const uint8_t *)"", (int)text.len);
	int rc = 0;

	if (!ctx || !store || !helpers || !data) {
		rc = err_memory(err);
		X509_STORE_free(store);
		sk_X509_free(helpers);
		BIO_free(data);
	} else {
		TS_VERIFY_CTX_set_flags(ctx, TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_DATA);
		TS_VERIFY_CTX_set_store(ctx, store);
		TS_VERIFY_CTX_set_certs(ctx, X509_chain_up_ref(helpers));
		TS_VERIFY_CTX_set_data(ctx, data);
		sk_X509_free(helpers);
		if (TS_RESP_verify_token(ctx, token) != 1) {
			unsigned long why = ERR_peek_last_error();

			rc = err_fail(err, SCOV_E_AUTH, "timestamp: %s",
				ERR_reason_error_string(why) ? ERR_reason_error_string(why)
							     : "it does not verify");
		}
	}
	TS_VERIFY_CTX_free(ctx);
	ERR_clear_error();
	return rc;
}

int timestamp_check(struct span der, struct span text, const struct timestamp_trust *trust,
	int64_t *out_time, struct scov_err *err)
{
	PKCS7 *token = NULL;
	int64_t at = 0;

	if (der.len > TIMESTAMP_MAX || text.len > INT32_MAX)
		return err_fail(err, SCOV_E_LIMIT, "timestamp: a token of more than %d bytes",
			TIMESTAMP_MAX);
	int rc = parse(der, &token, err);

	if (rc)
		return rc;
	TS_TST_INFO *info = PKCS7_to_TS_TST_INFO(token);

	if (!info || !time_of(TS_TST_INFO_get_time(info), &at))
		rc = err_fail(err, SCOV_E_FORMAT, "timestamp: the token holds no time");
	else if (!is_strong(TS_MSG_IMPRINT_get_algo(TS_TST_INFO_get_msg_imprint(info))) ||
		 !is_signed_strongly(token))
		rc = err_fail(err, SCOV_E_UNSUPPORTED,
			"timestamp: its hash is not SHA-256, SHA-384 or SHA-512");
	else if (at < trust->from || at > trust->until)
		rc = err_fail(err, SCOV_E_AUTH,
			"timestamp: its time is outside the time of use of its authority");
	if (!rc)
		rc = check_token(token, text, trust, at, err);
	TS_TST_INFO_free(info);
	PKCS7_free(token);
	ERR_clear_error();
	if (!rc)
		*out_time = at;
	return rc;
}
