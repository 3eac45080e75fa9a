/* fuzz_tuf.c - a round of TUF over bodies that are signed here, so that what is after the
 * signature is reached: bodies with a zero byte between two, given in the order in which they are
 * asked for; an empty one is a document that is not there. A round that fails leaves what was
 * taken before.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/verify.h"
#include "tests/fuzz/fuzz.h"
#include "trust/tuf/parts.h"

/* Made for this; its public half is key "k" of the corpus. */
static const struct span key =
	SPAN_INIT("-----BEGIN PRIVATE KEY-----\n"
		  "MC4CAQAwBQYDK2VwBCIEIJI6SeC9w1kc2Zw7kPvbjbVbVoRypKSlpO4sFcBTSwIJ\n"
		  "-----END PRIVATE KEY-----\n");

/* As it is where it cannot be signed. */
static struct span sealed(struct span body, struct arena *a)
{
	scoped_buf struct buf canonical = { .limit = 1 << 20 }, signature = { 0 }, all = { 0 };
	struct private_key *k = NULL;
	const struct json *v;

	if (json_parse(body, 1 << 20, a, &v, NULL) || canonical_json(v, &canonical, NULL))
		return body;
	must(!private_key_parse(key, (struct span){ 0 }, &k, NULL));
	must(!private_key_sign(k, buf_view(&canonical), &signature, NULL));
	private_key_free(k);
	buf_str(&all, "{\"signed\":");
	buf_span(&all, body);
	buf_str(&all, ",\"signatures\":[{\"keyid\":\"k\",\"sig\":\"");
	for (size_t i = 0; i < signature.len; i++)
		buf_printf(&all, "%02x", span_at(buf_view(&signature), i));
	buf_str(&all, "\"}]}");
	return arena_dup(a, buf_view(&all));
}

static void give(struct tuf *t, struct span rest, struct arena *a)
{
	struct tuf_want want;
	struct span body, name;

	while (tuf_next(t, &want)) {
		struct tuf_state before = tuf_state(t);

		must(want.max <= TUF_TARGETS_MAX && !memchr(want.name.p, 0, want.name.len));
		name = want.name;
		for (struct span part; span_split(&name, '/', &part);)
			must(!span_eq(part, SPAN("..")));
		if (!span_split(&rest, 0, &body))
			body = (struct span){ 0 };
		struct span bytes = want.is_target ? body : body.len ? sealed(body, a) : body;

		if (tuf_take(t, bytes.len ? bytes : (struct span){ 0 }, NULL)) {
			must(!tuf_next(t, &want));
			must(tuf_state(t).target.p == before.target.p);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size), body = { 0 };
	struct arena a = { .limit = 64 << 20 };
	struct tuf *t = NULL;

	(void)span_split(&rest, 0, &body);
	if (!tuf_new(sealed(body, &a), SPAN("d/f.json"), &t, NULL)) {
		struct span document;
		size_t n = 0;

		tuf_begin(t, 1750000000);
		give(t, rest, &a);
		while (tuf_document(t, n, &document))
			n++;
		must(tuf_state(t).target.p ? n >= 5 : n == 1);
		tuf_begin(t, INT64_MIN); /* again, over what was taken */
		give(t, rest, &a);
	}
	tuf_free(t);
	arena_release(&a);
	return 0;
}
