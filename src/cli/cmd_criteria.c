/* cmd_criteria.c - scoville criteria: the table, as text, JSON or Markdown.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "syntax/json.h"

static void text(void)
{
	struct scov_criterion c;

	for (size_t i = 0; scov_criterion_at(i, &c); i++)
		printf("%-16s %-16s %u %-13s %s\n", c.id, c.vector, c.level, c.level_name, c.title);
}

static void markdown(void)
{
	struct scov_criterion c;

	printf("| criterion | vector | level | what |\n|---|---|---|---|\n");
	for (size_t i = 0; scov_criterion_at(i, &c); i++)
		printf("| [%s](doc/criteria/%s.md) | %s | %u %s | %s |\n", c.id, c.id, c.vector,
			c.level, c.level_name, c.title);
}

static void member(struct json_out *w, const char *key, const char *value)
{
	json_out_key(w, key);
	json_out_str(w, value);
}

static int json(void)
{
	scoped_buf struct buf b = { 0 };
	struct json_out w = { .out = &b };
	struct scov_criterion c;

	json_out_list(&w);
	for (size_t i = 0; scov_criterion_at(i, &c); i++) {
		json_out_dict(&w);
		member(&w, "id", c.id);
		member(&w, "title", c.title);
		member(&w, "vector", c.vector);
		json_out_key(&w, "level");
		json_out_uint(&w, c.level);
		member(&w, "level_name", c.level_name);
		member(&w, "rule", c.rule);
		member(&w, "fix", c.fix);
		json_out_end(&w);
	}
	json_out_end(&w);
	if (b.failed)
		return EXIT_UNREADABLE;
	printf("%s\n", b.p);
	return EXIT_GRADED;
}

int cmd_criteria(struct options *o)
{
	if (o->format && !strcmp(o->format, "json"))
		return json();
	if (o->format && !strcmp(o->format, "markdown"))
		markdown();
	else
		text();
	return EXIT_GRADED;
}
