/* replay.c - main of a fuzz target without libFuzzer: runs it over the files of its corpus folder.
 *
 * Fails when the folder is missing or empty: a target without a corpus proves nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/fd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 16 << 20 };

int main(int argc, char **argv)
{
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *e;
	size_t n = 0;

	if (!dir) {
		fprintf(stderr, "replay: no corpus folder '%s'\n", argc == 2 ? argv[1] : "");
		return 1;
	}
	while ((e = readdir(dir))) {
		scoped_arena struct arena a = { .limit = 2 * INPUT_MAX };
		struct scov_err err;
		struct span in;

		if (e->d_name[0] == '.')
			continue;
		if (fd_load(dirfd(dir), e->d_name, INPUT_MAX, &a, &in, &err)) {
			fprintf(stderr, "replay: %s\n", err.text);
			return 1;
		}
		/* An exact copy on the heap, so that ASan sees one byte too far. */
		uint8_t *copy = malloc(in.len ? in.len : 1);

		if (!copy)
			return 1;
		for (size_t i = 0; i < in.len; i++)
			copy[i] = in.p[i];
		LLVMFuzzerTestOneInput(copy, in.len);
		free(copy);
		n++;
	}
	closedir(dir);
	printf("%zu inputs\n", n);
	return n == 0;
}
