/* make_purl.c - of each line "TYPE<tab>NAME<tab>VERSION<tab>ARCH<tab>ID<tab>VERSION_ID", TYPE as a
 * report has it, the package URL.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "report/purl.h"

int main(void)
{
	enum { FIELDS = 6 };
	char *line = NULL;
	size_t room = 0;

	for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
		struct span rest = span_of(line, (size_t)n - 1), f[FIELDS] = { 0 };
		scoped_buf struct buf b = { 0 };
		struct package_fact p = { 0 };
		struct distribution d = { 0 };

		for (size_t i = 0; i < FIELDS; i++)
			span_split(&rest, '\t', &f[i]);
		while (p.type < PACKAGE_TYPES &&
			!span_eq(f[0], span_str(package_row(p.type)->name)))
			p.type++;
		p.name = f[1];
		p.version = f[2];
		p.arch = f[3];
		d.id = f[4];
		d.version_id = f[5];
		d.is_known = d.id.len;
		purl_of(&p, &d, &b);
		printf("%.*s\n", SPAN_ARG(buf_view(&b)));
	}
	free(line);
	return 0;
}
