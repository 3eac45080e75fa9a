/* score.c - a program for the tests: reads vectors of CVSS, a line each, and prints base scores in
 * tenths, or "?".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "advisory/cvss.h"

int main(void)
{
	static char line[4096];

	while (fgets(line, sizeof(line), stdin)) {
		struct span rest = span_str(line), vector = { 0 };
		struct cvss c;

		span_line(&rest, &vector);
		if (cvss_parse(vector, &c))
			printf("%u\n", c.tenths);
		else
			puts("?");
	}
	return 0;
}
