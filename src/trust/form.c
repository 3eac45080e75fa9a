/* form.c - what a file of JSON is: a bundle, an envelope, a statement or another document.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "syntax/json_stream.h"
#include "trust/trust.h"

enum { COSE_SIGN1 = 0xd2 /* the tag that a COSE message begins with */ };

static const struct {
	struct span key;
	uint8_t form;
} keys[] = {
	{ SPAN_INIT("verificationMaterial"), ATTACHED_FORM_BUNDLE },
	{ SPAN_INIT("payloadType"), ATTACHED_FORM_DSSE },
	{ SPAN_INIT("_type"), ATTACHED_FORM_STATEMENT },
	{ SPAN_INIT("protected"), ATTACHED_FORM_NOTARY_JWS },
};

static void found(uint8_t *form, const struct json_step *path, size_t steps)
{
	for (size_t i = 0; steps == 1 && i < sizeof(keys) / sizeof(*keys); i++)
		if (span_eq(path[0].name, keys[i].key))
			*form = keys[i].form;
}

static enum json_choice begins(
	void *ctx, const struct json_step *path, size_t steps, enum json_kind kind)
{
	(void)kind;
	found(ctx, path, steps);
	return steps ? JSON_PASS : JSON_ENTER;
}

static int value(void *ctx, const struct json_step *path, size_t steps, const struct json *v,
	struct scov_err *err)
{
	(void)v;
	(void)err;
	found(ctx, path, steps);
	return 0;
}

enum attached_form trust_form(struct span text)
{
	static const struct json_stream_events events = { .begins = begins, .value = value };
	uint8_t form = ATTACHED_FORM_DOCUMENT;
	struct json_stream *s = json_stream_open(&events, &form, 1 << 20, false);
	struct scov_err err;

	if (span_at(text, 0) == COSE_SIGN1)
		form = ATTACHED_FORM_NOTARY_COSE;
	/* What follows a damaged place does not matter: the reader of the form will name it. */
	int code = s ? json_stream_push(s, text, &err) : SCOV_E_MEMORY;

	(void)code;
	json_stream_free(s);
	return (enum attached_form)form;
}
