/* dates.c - when the content was made, and when the image claims it was.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"
#include "join/steps.h"
#include "known/dates.h"

static void push(struct join *j, uint8_t kind, bool is_claim, int64_t seconds, struct place at,
	struct span what)
{
	vec_add(&j->out->dates, &j->out->arena,
		&(struct dated){ kind, is_claim, seconds, at, what });
}

static void newest_package(struct join *j)
{
	const struct image_package *newest = NULL;

	for (size_t i = 0; i < j->out->packages.n; i++) {
		const struct image_package *p = &j->out->packages.p[i];

		if (known_date_is_real(p->fact->built, j->in->now) &&
			(!newest || p->fact->built > newest->fact->built))
			newest = p;
	}
	if (!newest)
		return;
	push(j, DATE_PACKAGE, false, newest->fact->built, newest->at,
		join_text(j, "package %.*s %.*s", SPAN_ARG(newest->fact->name),
			SPAN_ARG(newest->fact->version)));
}

static void newest_file(struct join *j)
{
	const struct file *newest = NULL;

	for (const struct file *f = NULL; (f = file_next(j->out, f));)
		if (f->entry->type == ENTRY_FILE &&
			(!newest || f->entry->mtime > newest->entry->mtime) &&
			known_date_is_real(f->entry->mtime, j->in->now))
			newest = f;
	if (newest)
		push(j, DATE_FILE, false, newest->entry->mtime,
			place_file((int32_t)newest->layer, newest->path), SPAN("newest file"));
}

static void claims(struct join *j)
{
	const struct part *config = j->out->config;
	struct place at = place_config("/created");
	int64_t seconds, newest = 0;
	size_t newest_line = 0;

	if (date_parse_rfc3339(image_config(j->out->config, CONFIG_CREATED, (struct span){ 0 }),
		    &seconds, NULL) &&
		known_date_is_real(seconds, j->in->now))
		push(j, DATE_CREATED, true, seconds, at, SPAN("created in the config"));
	if (date_parse_rfc3339(join_annotation(j, SPAN("org.opencontainers.image.created"), &at),
		    &seconds, NULL) &&
		known_date_is_real(seconds, j->in->now))
		push(j, DATE_ANNOTATION, true, seconds, at,
			SPAN("org.opencontainers.image.created"));
	for (size_t i = 0; config && i < config->history.n; i++)
		if (date_parse_rfc3339(config->history.p[i].created, &seconds, NULL) &&
			seconds > newest && known_date_is_real(seconds, j->in->now)) {
			newest = seconds;
			newest_line = i;
		}
	if (newest)
		push(j, DATE_HISTORY, true, newest, place_history((uint32_t)newest_line),
			SPAN("newest history line"));
}

void dates_collect(struct join *j)
{
	newest_package(j);
	newest_file(j);
	claims(j);
}
