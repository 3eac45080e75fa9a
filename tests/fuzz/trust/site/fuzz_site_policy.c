/* fuzz_site_policy.c - a policy of a site, of either form, applied to two images: one that is
 * rejected expects somebody, and one that nothing signed never counts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/fuzz/fuzz.h"
#include "trust/site/parts.h"

/* Made for this. */
static const struct span key =
	SPAN_INIT("-----BEGIN PUBLIC KEY-----\n"
		  "MCowBQYDK2VwAyEACeHBoqGZdbJ06S/VqA+Wmf1RiE6UYmURTU/vx2Vc+ww=\n"
		  "-----END PUBLIC KEY-----\n");

static int load(
	void *ctx, const char *path, struct arena *a, struct span *out, struct scov_err *err)
{
	(void)ctx;
	(void)a;
	if (*path == '!')
		return err_fail(err, SCOV_E_NOT_FOUND, "no file");
	*out = key;
	return 0;
}

static void apply(const struct site_policy *p, const char *transport, struct span reference)
{
	const struct attached unsigned_one = { .form = ATTACHED_FORM_SIMPLE,
		.bytes = SPAN("{\"critical\":{\"type\":\"cosign container image signature\"}}") };
	const struct trust_input in = { .list = &unsigned_one, .n = 1, .now = 1750000000 };
	struct arena a = { .limit = 64 << 20 };
	struct trust out = { 0 };
	struct site_rules *r = NULL;

	if (!site_apply(p, transport, reference, load, NULL, &r, NULL) &&
		!site_verify(r, &in, &a, &out, NULL)) {
		must(out.list.n == 1 && !trust_counts(&out.list.p[0], TRUST_CLAIMED));
		for (size_t i = 0; i < r->list.n; i++)
			must(r->list.p[i].kind != REQUIRE_REJECT || out.has_policy);
	}
	site_rules_free(r);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct site_policy *p = NULL;

	if (!site_policy_read(span_of(data, size), &p, NULL)) {
		apply(p, "docker", SPAN("a.b.example:5000/r/s:1"));
		apply(p, "oci", SPAN("/f/g:1"));
	}
	site_policy_free(p);
	return 0;
}
