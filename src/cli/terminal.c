/* terminal.c - what the terminal can show: colour, columns, marks beyond ASCII.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"

bool cli_color(const struct options *o, int fd)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	if (o->color && !strcmp(o->color, "always"))
		return true;
	if ((o->color && !strcmp(o->color, "never")) || (no_color && *no_color))
		return false;
	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

size_t cli_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	char *end = NULL;
	long n = columns ? strtol(columns, &end, 10) : 0;

	if (end && end != columns && !*end && n > 0)
		return (size_t)n;
	return !ioctl(fd, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 80;
}

/* As setlocale would find it, whether or not the locale is installed. */
bool cli_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
	}
	return false;
}
