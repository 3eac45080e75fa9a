/* cmd_explain.c - scoville explain: the page of a criterion.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static const char *page_of(const char *id)
{
	for (const struct page_text *p = pages; p->id; p++)
		if (!strcmp(p->id, id))
			return p->text;
	return NULL;
}

/* Markdown as it is, but for headings, which are bold on a terminal. */
static void show(const char *text, bool color)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		size_t marks = strspn(text, "#");

		if (color && marks && marks < n)
			printf("\033[1m%.*s\033[0m\n", (int)(n - marks - 1), text + marks + 1);
		else
			printf("%.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void list(void)
{
	struct scov_criterion c;

	for (size_t i = 0; scov_criterion_at(i, &c); i++)
		printf("%-16s %s\n", c.id, c.title);
}

int cmd_explain(struct options *o)
{
	int status = EXIT_GRADED;

	if (!o->arguments.n)
		list();
	for (size_t i = 0; i < o->arguments.n; i++) {
		const char *id = o->arguments.p[i], *text = page_of(id);
		char why[256];

		if (text) {
			show(text, cli_color(o, STDOUT_FILENO));
			continue;
		}
		snprintf(why, sizeof(why),
			"explain: no criterion '%s': scoville explain lists them", id);
		cli_complain(why);
		status = EXIT_USAGE;
	}
	return status;
}
