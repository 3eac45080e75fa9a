/* destination_probe.c - copies the first image of a source.
 *
 *   destination_probe FROM TO
 *
 * Prints "error CODE: text" on failure. tests/cases/forms/test_destination.py
 * lets other programs read what it wrote.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "copy_image.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct scov_err err;

	if (argc != 3)
		return 2;
	if (!copy_image(argv[1], argv[2], &err))
		return 0;
	printf("error %d: %s\n", err.code, err.text);
	return 1;
}
