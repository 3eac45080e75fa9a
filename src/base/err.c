/* err.c - filling a struct scov_err.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A message may quote bytes of an image: nothing of it may steer a terminal. Control bytes, C1
 * controls and the marks that turn the direction of text (U+061C, U+200E-F, U+2028-E, U+2066-9)
 * become '?'. Other bytes above 0x7f are kept. */
static void make_plain(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p; p++) {
		bool c1 = p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;
		bool letter_mark = p[0] == 0xd8 && p[1] == 0x9c;
		bool marks = p[0] == 0xe2 && p[1] == 0x80 &&
			     (p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae));
		bool isolates = p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9;

		if (*p < 0x20 || *p == 0x7f)
			*p = '?';
		for (int n = c1 || letter_mark ? 2 : marks || isolates ? 3 : 0; n > 0; n--)
			p[n - 1] = '?';
	}
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

int err_memory(struct scov_err *err)
{
	return err_fail(err, SCOV_E_MEMORY, "out of memory");
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
