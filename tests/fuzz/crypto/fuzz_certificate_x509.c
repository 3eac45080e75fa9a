/* fuzz_certificate_x509.c - a list of certificates: its texts, chains and SCTs; the first is
 * checked against the others.
 *
 * What was parsed can be parsed again from its DER; a chain is of certificates of the list.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/x509.h"
#include "tests/fuzz/fuzz.h"

static void texts(const struct certificate *c)
{
	scoped_arena struct arena a = { .limit = 8 << 20 };
	struct name_attributes at = { 0 };
	struct sans s = { 0 };
	struct certificate *again = NULL;
	struct scov_err err;

	must(!certificate_parse(certificate_der(c), &again, &err));
	must(certificate_same(c, again));
	certificate_free(again);
	certificate_subject(c, &a);
	certificate_issuer(c, &a);
	certificate_is_self_signed(c);
	if (!certificate_attributes(c, &a, &at, &err))
		must(at.n <= CERTIFICATE_NAMES_MAX);
	if (!certificate_names(c, &a, &s, &err))
		must(s.n <= CERTIFICATE_NAMES_MAX);
}

static void chain(const struct certificates *list)
{
	const struct certificates roots = { .p = list->p + list->n - 1, .n = 1 };
	struct scov_err err;

	for (int purpose = CHAIN_ANY; purpose <= CHAIN_TIME_STAMPING; purpose++) {
		struct chain made = { 0 };

		if (certificate_chain(list->p[0], list, &roots, 1609459200, purpose, &made, &err))
			continue;
		must(made.n && made.n <= CHAIN_MAX && made.p[0] == list->p[0]);
		for (size_t i = 0; i < made.n; i++)
			must(made.p[i] != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct certificates list = { 0 };
	struct scov_err err;

	if (certificates_add(&list, span_of(data, size), 8, &err)) {
		must(!list.n);
		certificates_release(&list);
		return 0;
	}
	for (size_t i = 0; i < list.n; i++)
		texts(list.p[i]);
	chain(&list);
	struct certificate *last = list.p[list.n - 1];
	const struct ct_log log = { certificate_key(last), 0, INT64_MAX };
	int64_t at = -1;

	if (log.key && !certificate_sct_check(list.p[0], last, &log, 1, &at, &err))
		must(at >= 0);
	certificates_release(&list);
	return 0;
}
