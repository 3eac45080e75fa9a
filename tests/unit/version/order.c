/* order.c - a program for the tests: reads lines "SCHEME<TAB>A<TAB>B", prints "<", "=" or ">", or
 * "?" where one of them is not a version.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "version/version.h"

int main(void)
{
	static char line[8192];

	while (fgets(line, sizeof(line), stdin)) {
		struct span rest = span_str(line), text, name = { 0 }, a = { 0 }, b = { 0 };
		int order;

		span_line(&rest, &text);
		span_split(&text, '\t', &name);
		span_split(&text, '\t', &a);
		b = text;
		if (!version_cmp(version_scheme_named(name), a, b, &order))
			puts("?");
		else
			puts(order < 0 ? "<" : order > 0 ? ">" : "=");
	}
	return 0;
}
