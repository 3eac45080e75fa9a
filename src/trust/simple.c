/* simple.c - read payloads of simple signing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/simple.h"

#include "trust/parts.h"

int simple_read(struct span text, struct arena *a, struct simple_payload *out, struct scov_err *err)
{
	const struct json *root;
	struct simple_payload p = { 0 };
	int code = json_parse(text, TRUST_PAYLOAD_MAX, a, &root, err);

	if (code)
		return err_wrap(err, "the payload");
	if (!span_eq(json_text(json_walk(root, "critical.type")),
		    SPAN("cosign container image signature")))
		return err_fail(err, SCOV_E_FORMAT,
			"the type of the payload is '%.*s', not a cosign image signature",
			SPAN_ARG(json_text(json_walk(root, "critical.type"))));
	code = digest_parse(json_text(json_walk(root, "critical.image.docker-manifest-digest")),
		&p.manifest, err);
	if (code)
		return err_wrap(err, "the digest in the payload");
	p.reference = json_text(json_walk(root, "critical.identity.docker-reference"));
	*out = p;
	return 0;
}
