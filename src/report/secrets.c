/* secrets.c - names, counts and places of secrets, as all writers have them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/secrets.h"

#include "base/table.h"

#define NAME(names, i) ((i) < sizeof(names) / sizeof(*(names)) ? (names)[i] : (names)[0])

const char *secrets_proof_name(uint8_t proof)
{
	static const char *const names[] = { "none", "format", "checksum", "parsed", "pair",
		"certificate", "known", "decoded", "opened" };

	ROWS(names, PROOFS);
	return NAME(names, proof);
}

const char *secrets_surface_name(uint8_t surface)
{
	static const char *const names[] = { "", "content", "name", "link", "xattr", "env",
		"command", "label", "healthcheck", "onbuild", "history", "annotation",
		"attestation", "setting" };

	ROWS(names, SURFACES);
	return NAME(names, surface);
}

const char *secrets_encoding_name(uint8_t encoding)
{
	static const char *const names[] = { "plain", "base64", "escaped", "url", "utf-16", "hex" };

	ROWS(names, ENCODINGS);
	return NAME(names, encoding);
}

static struct span missing(const struct image_facts *f, uint32_t input)
{
	struct span why = f->inputs_missing[__builtin_ctz(input)];

	return why.len ? why : SPAN("not all of the image could be read");
}

void secrets_sum(const struct report *r, struct secrets_summary *out)
{
	const struct image_facts *f = r->image;
	/* A file tree without a config has none to be searched. */
	const uint32_t needs[] = { INPUT_SECRETS, INPUT_FILES, f->config ? INPUT_CONFIG : 0 };

	*out = (struct secrets_summary){ .is_complete = true };
	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++) {
		if ((f->inputs & needs[i]) == needs[i])
			continue;
		if (out->is_complete)
			out->missing = missing(f, needs[i]);
		out->is_complete = false;
	}
	for (size_t i = 0; i < f->secrets.n; i++) {
		const struct secret_finding *s = &f->secrets.p[i];

		if (s->waived)
			out->ignored++;
		else
			out->levels[s->level < SECRET_LEVELS ? s->level : SECRET_HIGH]++;
	}
}

void secret_path(const struct secret_finding *s, struct buf *out)
{
	uint8_t surface = s->fact->surface;

	if (s->at.kind != PLACE_FILE)
		return;
	buf_span(out, s->at.path);
	/* Of an attribute the member is the attribute's name. */
	if (s->at.member.len && (surface == SURFACE_CONTENT || surface == SURFACE_NAME)) {
		buf_byte(out, '!');
		buf_span(out, s->at.member);
	}
}
