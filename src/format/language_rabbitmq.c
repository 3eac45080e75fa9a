/* language_rabbitmq.c - rabbit.app, the application resource file of RabbitMQ: {vsn, "VERSION"}.
 *
 * Source: app(4) of Erlang/OTP.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

int language_rabbitmq(const struct language_record *r, struct scov_err *err)
{
	static const struct span key = SPAN_INIT("{vsn");
	struct language_package p = { .name = SPAN("rabbitmq"), .is_main = true };
	struct span value = span_from(r->data, span_find_span(r->data, key) + key.len);

	value = span_trim(span_from(value, span_find(value, ',') + 1));
	if (span_at(value, 0) == '"')
		p.version = span_sub(value, 1, span_find(span_from(value, 1), '"'));
	return language_found(r, &p, err);
}
