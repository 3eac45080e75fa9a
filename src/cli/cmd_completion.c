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

static void format_words(const struct command *c)
{
	const char *format;

	printf(" %s", c->formats ? c->formats : "");
	for (size_t i = 0; !c->formats && (format = scov_format_name(i, NULL, NULL)); i++)
		printf(" %s", format);
}

/* Gates of `grade`; of `secrets` the first two. */
#define GATES_SECRETS "secrets\\>=high secrets\\>=medium requirements"
#define GATES_GRADE "grade\\<A grade\\<B grade\\<C level\\<1 level\\<2"

/* Values that are known: choices, formats, gates. */
static void bash_values(const struct command *commands)
{
	for (size_t i = 0; i < options_n; i++)
		if (options[i].choices && !options[i].letter)
			printf("\t--%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n",
				options[i].name, options[i].choices);
	printf("\t-o|--output) case \"${COMP_WORDS[1]}\" in\n"
	       "\t\tcriteria) COMPREPLY=($(compgen -W 'text json markdown' -- \"$cur\")) ;;\n");
	for (const struct command *c = commands; c->name; c++) {
		if (!(c->groups & FOR_IMAGES))
			continue;
		printf("\t\t%s) COMPREPLY=($(compgen -W '", c->name);
		format_words(c);
		printf("' -- \"$cur\")) ;;\n");
	}
	printf("\t\tesac; return ;;\n"
	       "\t--fail-on) if [ \"${COMP_WORDS[1]}\" = secrets ]; then COMPREPLY=($(compgen -W "
	       "'" GATES_SECRETS "' -- \"$cur\")); return; fi\n"
	       "\t\tCOMPREPLY=($(compgen -W '" GATES_SECRETS " " GATES_GRADE);
	criterion_words();
	printf("' -- \"$cur\")); return ;;\n");
}

static void bash(const struct command *commands)
{
	printf("# bash completion of scoville; made by `scoville completion bash`\n_scoville() "
	       "{\n");
	printf("\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n");
	/* ':' and '=' end a word for bash, and are one. */
	printf("\tcase \"$cur\" in [:=]) cur= ;; esac\n");
	printf("\tif [ \"$COMP_CWORD\" -eq 1 ]; then COMPREPLY=($(compgen -W '");
	for (const struct command *c = commands; c->name; c++)
		printf("%s ", c->name);
	printf("' -- \"$cur\")); return; fi\n\tcase \"$prev\" in\n");
	bash_values(commands);
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

static const char *zsh_action(const struct option *o)
{
	static const struct {
		const char *argument, *action;
	} rows[] = {
		{ "FILE", "_files" },
		{ "DIR", "_files -/" },
		{ "EXPR", "_scoville_gate" },
		{ "FORMAT[=FILE]", "_scoville_output" },
		{ "REF", "_scoville_reference" },
		{ "ANALYZER", "_scoville_analyzer" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(o->argument, rows[i].argument))
			return rows[i].action;
	return " ";
}

static void zsh_options(unsigned groups)
{
	for (size_t i = 0; i < options_n; i++) {
		const struct option *o = &options[i];

		if (!(o->group & groups))
			continue;
		/* Each name is a row: "-o" alone, then "--output=". */
		for (int is_long = !o->letter; is_long < 2; is_long++) {
			printf("\t\t\t'%s", o->kind == OPT_LIST || o->kind == OPT_EACH ? "*" : "");
			if (is_long)
				printf("--%s%s[", o->name, o->kind == OPT_FLAG ? "" : "=");
			else
				printf("-%c%s[", o->letter, o->kind == OPT_FLAG ? "" : "+");
			zsh_text(o->help);
			putchar(']');
			if (o->choices) {
				printf(":value:(%s)", o->choices);
			} else if (o->argument) {
				putchar(':');
				zsh_text(o->argument);
				printf(":%s", zsh_action(o));
			}
			printf("' \\\n");
		}
	}
}

/* Completions of values that have parts, or characters that the shell knows. */
static void zsh_values(const struct command *commands)
{
	const char *name;

	printf("_scoville_reference() {\n\tif compset -P '*:'; then _files; return; fi\n"
	       "\t_alternative 'forms:form:compadd -S \"\" oci\\: oci-archive\\: dir\\: "
	       "docker-archive\\: rootfs\\: docker\\: sbom\\:' 'files:file:_files'\n}\n");
	printf("_scoville_output() {\n\tif compset -P '*='; then _files; return; fi\n"
	       "\tcase $words[2] in\n");
	for (const struct command *c = commands; c->name; c++) {
		if (!(c->groups & FOR_IMAGES))
			continue;
		printf("\t%s) compadd --", c->name);
		format_words(c);
		printf(" ;;\n");
	}
	printf("\tesac\n}\n_scoville_gate() {\n\tcompadd -- 'secrets>=high' 'secrets>=medium' "
	       "requirements\n\t[[ $words[2] = secrets ]] || compadd -- 'grade<A' 'grade<B' "
	       "'grade<C' 'level<1' 'level<2'");
	criterion_words();
	printf("\n}\n_scoville_analyzer() {\n\tcompadd --");
	for (size_t i = 0; (name = scov_analyzer_name(i)); i++)
		printf(" %s", name);
	printf("\n}\n");
}

static void zsh(const struct command *commands)
{
	printf("#compdef scoville\n# zsh completion of scoville; made by `scoville completion "
	       "zsh`\n");
	zsh_values(commands);
	printf("_scoville() {\n");
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
				printf("\t\t\t'2:verb:(list test)' \\\n");
			printf("\t\t\t'*:argument:%s' ;;\n",
				!strcmp(c->name, "completion") ? "(bash zsh)"
				: !strcmp(c->name, "cache")    ? "(clear)"
				: c->groups & FOR_IMAGES       ? "_scoville_reference"
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
