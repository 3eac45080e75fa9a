/* steps.c - what the steps of the join share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "join/steps.h"

#include <stdarg.h>
#include <stdio.h>

enum { TEXT_MAX = 65536 };

struct span join_text(struct join *j, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof(text), fmt, ap);

	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(text))
		return arena_dup(&j->out->arena, span_of(text, (size_t)n));
	char *wide = n >= 0 && n < TEXT_MAX ? arena_alloc(&j->out->arena, (size_t)n + 1) : NULL;

	if (!wide)
		return (struct span){ 0 };
	va_start(ap, fmt);
	vsnprintf(wide, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return span_of(wide, (size_t)n);
}

void join_diag(struct join *j, uint8_t severity, struct place at, struct span text)
{
	if (j->out->diags.n >= DIAGS_MAX) {
		j->diags_over++;
		j->errors_over += severity == DIAG_ERROR;
		return;
	}
	vec_add(&j->out->diags, &j->out->arena,
		&(struct diagnostic){ .severity = severity, .at = at, .text = text });
}

void join_doubt(struct join *j, struct place at, const char *why)
{
	struct span text = join_text(j, READ_DIFFERENTLY "%s", why);

	j->has_broken_path = true;
	j->broken_why = text;
	join_diag(j, DIAG_ERROR, at, text);
}

uint32_t join_body_index(const struct join *j, const struct file *f)
{
	return (uint32_t)(f->body - j->out->parts[f->body_layer]->entries.p);
}

static struct span annotation_of(const annotations *list, struct span key)
{
	for (size_t i = 0; i < list->n; i++)
		if (span_eq(list->p[i].key, key))
			return list->p[i].value;
	return (struct span){ 0 };
}

struct span join_annotation(const struct join *j, struct span key, struct place *at)
{
	struct span value = annotation_of(&j->out->manifest_annotations, key);

	*at = place_manifest("/annotations");
	if (!value.len)
		value = annotation_of(&j->out->index_annotations, key);
	if (!value.len) {
		*at = place_config("/config/Labels");
		value = image_config(j->out->config, CONFIG_LABEL, key);
	}
	return value;
}
