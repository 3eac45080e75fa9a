/* fuzz_docker_manifest.c - any bytes as manifest.json of `docker save`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "source/docker_manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_arena struct arena a = { .limit = 64 << 20 };
	struct limits l = limits_default();
	docker_images list = { 0 };
	const struct docker_image *image = NULL, *same = NULL;
	struct scov_err err = { 0 };

	if (docker_manifest_parse(span_of(data, size), &l, &a, &list, &err))
		return 0;
	if (docker_manifest_pick(&list, (struct span){ 0 }, &image, &err))
		return 0;
	if (!image->config.len || image->layers.n > l.layers)
		abort();
	/* Each tag of the only image finds it. */
	for (size_t i = 0; i < image->tags.n; i++)
		if (docker_manifest_pick(&list, image->tags.p[i], &same, &err) || same != image)
			abort();
	return 0;
}
