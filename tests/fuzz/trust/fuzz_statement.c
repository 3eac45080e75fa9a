/* fuzz_statement.c - in-toto statements, and DSSE envelopes.
 *
 * The predicate is a view of the text and a JSON value itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"
#include "trust/dsse.h"
#include "trust/statement.h"
#include "trust/trust.h"

static void envelope(struct span text)
{
	scoped_arena struct arena a = { .limit = 16 << 20 };
	const struct json *v;
	struct dsse d;

	if (json_parse(text, 1 << 20, &a, &v, NULL) || dsse_read(v, &a, &d, NULL))
		return;
	must(d.n >= 1 && d.n <= DSSE_SIGNATURES_MAX && d.payload_type.len);
	for (size_t i = 0; i < d.n; i++)
		must(d.signatures[i].len != 0);
	if (dsse_signed_text(d.payload_type, d.payload, &a).len)
		must(dsse_signed_text(d.payload_type, d.payload, &a).len >
			d.payload.len + d.payload_type.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 16 << 20 };
	scoped_arena struct arena again = { .limit = 64 << 20 };
	struct span text = span_of(data, size);
	struct digest d = digest_of(DIGEST_SHA256, SPAN("x"));
	const struct json *v;
	struct statement s;
	struct scov_err err = { 0 };

	envelope(text);
	if (statement_read(text, &a, &s, &err))
		return 0;
	must(s.subjects.n && s.subjects.n <= TRUST_SUBJECTS_MAX && s.predicate_type.len);
	must_lie_in(s.predicate, text);
	statement_names(&s, &d);
	if (s.predicate.len && json_parse(s.predicate, 1 << 20, &again, &v, &err) == SCOV_E_FORMAT)
		/* What the reader of whole values refuses besides: keys twice, numbers out of
		 * range, text that is not UTF-8. Its ends are right all the same. */
		must(strchr("{[\"", s.predicate.p[0]) ||
			span_find(s.predicate, ',') == s.predicate.len);
	return 0;
}
