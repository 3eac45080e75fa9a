/* compile_main.c - secret-compile, a program of the build: the database of the built-in rules as a
 * C array, so that no start of a worker compiles one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "secret/find/pattern.h"

enum { ROW = 24 };

static int write_array(const char *path, struct span bytes)
{
	FILE *out = fopen(path, "w");

	if (!out)
		return -1;
	fputs("#include \"secret/find/pattern.h\"\nstatic const uint8_t bytes[] = {", out);
	for (size_t i = 0; i < bytes.len; i++)
		fprintf(out, "%s%u,", i % ROW ? "" : "\n", span_at(bytes, i));
	fputs("\n};\nconst struct span pattern_builtin = { bytes, sizeof(bytes) };\n", out);
	return fclose(out);
}

int main(int argc, char **argv)
{
	struct scov_err err = { 0 };
	struct span bytes = { 0 };

	if (argc != 2) {
		fputs("usage: secret-compile OUT.c\n", stderr);
		return 2;
	}
	if (pattern_compile(rules_builtin(), &bytes, &err)) {
		fprintf(stderr, "secret-compile: %s\n", err.text);
		return 1;
	}
	int rc = write_array(argv[1], bytes);

	pattern_release(&bytes);
	if (rc)
		perror(argv[1]);
	return rc != 0;
}
