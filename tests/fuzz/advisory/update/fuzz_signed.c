/* fuzz_signed.c - a signed manifest: the first byte says how many signatures follow, then a text
 * of what updates remember may follow the manifest after a NUL.
 *
 * Without the right signature nothing is read; with it, what is read is what manifest_parse reads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/update/signed.h"
#include "advisory/update/state.h"
#include "tests/fuzz/fuzz.h"

static void remember(struct span text)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	scoped_buf struct buf out = { 0 }, more = { 0 };
	struct update_state s, again;
	struct scov_err err;

	if (state_parse(text, &a, &s, &err))
		return;
	state_write(&out, &s);
	must(!state_parse(buf_view(&out), &a, &again, &err));
	state_write(&more, &again);
	must(span_eq(buf_view(&out), buf_view(&more)));
}

static void forward(const struct advisory_manifest *m)
{
	struct scov_err err;

	if (!signed_is_fresh(m, 5, 20000, &err))
		must(m->sequence >= 5 && m->expires >= 20000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t private[] = "-----BEGIN PRIVATE KEY-----\n"
					 "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM"
					 "9u1PuKb7\n-----END PRIVATE KEY-----\n";
	static const uint8_t public[] = "-----BEGIN PUBLIC KEY-----\n"
					"MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0"
					"Zgw=\n-----END PUBLIC KEY-----\n";
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct advisory_manifest m, plain;
	scoped_signed_keys struct signed_keys keys = { 0 };
	scoped_buf struct buf signature = { 0 };
	struct scov_err err;
	size_t which;
	struct span in = span_of(data, size), text = in;

	if (!size || signed_keys_add(&keys, span_str((const char *)public), &err))
		return 0;
	struct span given = span_sub(span_from(in, 1), 0, (size_t)(data[0] % 4) * SIGNED_SIZE / 2);

	text = span_from(in, 1 + given.len);
	remember(span_from(text, span_find(text, 0) + 1));
	text = span_sub(text, 0, span_find(text, 0));
	must(signed_open(text, given, &keys, &a, &m, &which, &err) != 0);
	if (text.len > MANIFEST_MAX ||
		signed_make(span_str((const char *)private), text, &signature, &err))
		return 0;
	int code = signed_open(text, buf_view(&signature), &keys, &a, &m, &which, &err);

	must(code == manifest_parse(text, &a, &plain, &err));
	if (!code)
		forward(&m);
	return 0;
}
