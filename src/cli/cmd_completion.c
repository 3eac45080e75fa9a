/* cmd_completion.c - scoville completion: scripts for bash and zsh, from the tables of commands and
 * options.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static void option_words(unsigned groups)
{
	for (size_t i = 0; i < options_n; i++)
		if (options[i].group & groups)
			printf(" --%s", options[i].name);
}

static void criterion_words(void)
{
	struct scov_criterion c;

	for (size_t i = 0; scov_criterion_at(i, &c); i++)
		printf(" %s", c.id);
}

/* Values that are known: choices, formats, criteria. */
static void bash_values(void)
{
	const char *format;

	for (size_t i = 0; i < options_n; i++)
		if (options[i].choices)
			printf("\t--%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n",
				options[i].name, options[i].choices);
	printf("\t-o|--output) COMPREPLY=($(compgen -W '");
	for (size_t i = 0; (format = scov_format_name(i, NULL, NULL)); i++)
		printf("%s ", format);
	printf("' -- \"$cur\")); return ;;\n\t--fail-on) COMPREPLY=($(compgen -W '");
	criterion_words();
	printf("' -- \"$cur\")); return ;;\n");
}

static void bash(const struct command *commands)
{
	printf("# bash completion of scoville; made by `scoville completion bash`\n_scoville() "
	       "{\n");
	printf("\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n");
	printf("\tif [ \"$COMP_CWORD\" -eq 1 ]; then COMPREPLY=($(compgen -W '");
	for (const struct command *c = commands; c->name; c++)
		printf("%s ", c->name);
	printf("' -- \"$cur\")); return; fi\n\tcase \"$prev\" in\n");
	bash_values();
	printf("\tesac\n\tcase \"${COMP_WORDS[1]}\" in\n\texplain) COMPREPLY=($(compgen -W '");
	criterion_words();
	printf("' -- \"$cur\")); return ;;\n\tcompletion) COMPREPLY=($(compgen -W 'bash zsh' -- "
	       "\"$cur\")); return ;;\n");
	printf("\trules) if [ \"$COMP_CWORD\" -eq 2 ]; then COMPREPLY=($(compgen -W 'list test' "
	       "-- \"$cur\")); return; fi ;;\n");
	printf("\tcache) COMPREPLY=($(compgen -W 'clear' -- \"$cur\")); return ;;\n\tesac\n");
	printf("\tcase \"$cur\" in -*)\n\t\tcase \"${COMP_WORDS[1]}\" in\n");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t\t%s) COMPREPLY=($(compgen -W '", c->name);
		option_words(c->groups);
		printf("' -- \"$cur\")) ;;\n");
	}
	printf("\t\tesac; return ;;\n\tesac\n\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete "
	       "-o filenames -F _scoville scoville\n");
}

/* Text of a zsh specification: brackets, colons and quotes are escaped. */
static void zsh_text(const char *s)
{
	for (; *s; s++) {
		if (strchr("[]:\\", *s))
			putchar('\\');
		if (*s == '\'')
			printf("'\\'");
		putchar(*s);
	}
}

static void zsh_options(unsigned groups)
{
	for (size_t i = 0; i < options_n; i++) {
		const struct option *o = &options[i];

		if (!(o->group & groups))
			continue;
		printf("\t\t\t'%s--%s%s[", o->kind == OPT_LIST ? "*" : "", o->name,
			o->kind == OPT_FLAG ? "" : "=");
		zsh_text(o->help);
		putchar(']');
		if (o->choices)
			printf(":value:(%s)", o->choices);
		else if (o->argument)
			printf(":%s:%s", o->argument,
				!strcmp(o->argument, "FILE")  ? "_files"
				: !strcmp(o->argument, "DIR") ? "_files -/"
							      : "");
		printf("' \\\n");
	}
}

static void zsh(const struct command *commands)
{
	printf("#compdef scoville\n# zsh completion of scoville; made by `scoville completion "
	       "zsh`\n_scoville() {\n");
	printf("\tif (( CURRENT == 2 )); then\n\t\tlocal -a commands=(\n");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t\t\t'%s:", c->name);
		zsh_text(c->help);
		printf("'\n");
	}
	printf("\t\t)\n\t\t_describe command commands\n\t\treturn\n\tfi\n\tcase $words[2] in\n");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t%s) _arguments \\\n", c->name);
		zsh_options(c->groups);
		if (!strcmp(c->name, "explain")) {
			printf("\t\t\t'*:criterion:(");
			criterion_words();
			printf(")' ;;\n");
		} else {
			if (!strcmp(c->name, "rules"))
				printf("\t\t\t'1:verb:(list test)' \\\n");
			printf("\t\t\t'*:argument:%s' ;;\n",
				!strcmp(c->name, "completion") ? "(bash zsh)"
				: !strcmp(c->name, "cache")    ? "(clear)"
							       : "_files");
		}
	}
	printf("\tesac\n}\n_scoville \"$@\"\n");
}

int cmd_completion(struct options *o)
{
	const char *shell = o->arguments.n == 1 ? o->arguments.p[0] : "";

	if (!strcmp(shell, "bash"))
		bash(o->commands);
	else if (!strcmp(shell, "zsh"))
		zsh(o->commands);
	else {
		cli_complain("completion: name the shell, bash or zsh");
		return EXIT_USAGE;
	}
	return EXIT_GRADED;
}
