/* example.c - grade an image with libscoville.  cc example.c $(pkg-config --cflags --libs scoville)
 * SPDX-License-Identifier: Apache-2.0 */
#include <scoville/scoville.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct scov_options options = { .struct_size = sizeof(options), .no_cache = true };
	struct scov_call call = { .struct_size = sizeof(call), .timeout_ms = 60000 };
	struct scov_context *context = NULL;
	struct scov_image *image = NULL;
	struct scov_report *report = NULL;
	struct scov_err err = { 0 };

	if (argc != 2 || scov_context_new(&options, &context, &err) ||
		scov_image_open(context, argv[1], NULL, &call, &image, &err) ||
		scov_grade(image, NULL, &call, &report, &err))
		fprintf(stderr, "%s\n", argc == 2 ? err.text : "usage: example REFERENCE");
	else
		printf("overall %s\n", scov_report_grade(report, NULL));
	scov_report_free(report);
	scov_image_free(image);
	scov_context_free(context);
	return report ? 0 : 1;
}
