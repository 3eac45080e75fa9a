/* err.c - filling a struct scov_err.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message may quote bytes of an image: nothing of it may steer a terminal. Bytes of UTF-8
 * above 0x7f are kept; the writer that shows the message judges them. */
static void make_plain(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

int err_fail(struct scov_err *err, int code, const char *fmt, ...)
{
	if (!err)
		return code;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	make_plain(err->text);
	err->code = code;
	return code;
}

int err_wrap(struct scov_err *err, const char *fmt, ...)
{
	if (!err)
		return SCOV_E_FORMAT;
	char head[256], old[sizeof(err->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(head, sizeof(head), fmt, ap);
	va_end(ap);
	make_plain(head);
	memcpy(old, err->text, sizeof(old));
	size_t n = strlen(head);

	memcpy(err->text, head, n);
	snprintf(err->text + n, sizeof(err->text) - n, ": %s", old);
	return err->code;
}
