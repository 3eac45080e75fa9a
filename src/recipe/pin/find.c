/* find.c - which finder a file is for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/pin/parts.h"

bool pin_is_dockerfile(const char *path)
{
	struct span base = span_base(span_str(path));
	size_t dot = span_find(base, '.'), dash = span_find(base, '-');
	struct span head = span_sub(base, 0, dot < dash ? dot : dash);

	if (span_ends_nocase(base, SPAN(".dockerfile")) ||
		span_ends_nocase(base, SPAN(".containerfile")))
		return true;
	if (span_ends_nocase(base, SPAN(".yaml")) || span_ends_nocase(base, SPAN(".yml")) ||
		span_ends_nocase(base, SPAN(".json")))
		return false;
	return span_eq_nocase(head, SPAN("dockerfile")) ||
	       span_eq_nocase(head, SPAN("containerfile"));
}

int pin_find(
	struct span file, const char *path, struct arena *a, pin_spots *out, struct scov_err *err)
{
	struct scov_err mine;
	struct pin_finding f = { .file = file, .path = path, .a = a, .out = out };

	if (!err)
		err = &mine;
	if (file.len > PIN_FILE_MAX)
		return err_fail(err, SCOV_E_LIMIT, "too large: %zu bytes (limit %d)", file.len,
			PIN_FILE_MAX);
	if (span_find(file, 0) < file.len)
		return err_fail(err, SCOV_E_FORMAT, "not a text: it holds a NUL byte");
	int code = pin_is_dockerfile(path) ? pin_find_dockerfile(&f, err) : pin_find_yaml(&f, err);

	if (!code && f.is_full)
		return err_fail(err, SCOV_E_LIMIT, "it names more than %d images", PIN_SPOTS_MAX);
	return code ? code : arena_check(a, err);
}
