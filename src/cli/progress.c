/* progress.c - which image, how many layers and bytes of it, on one line of a terminal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

enum { FIRST_MS = 500, NEXT_MS = 100, BAR = 24 };

static struct {
	bool wanted, shown;
	double start, last;
} bar;

static double milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

void progress_start(bool wanted)
{
	bar.wanted = wanted && isatty(STDERR_FILENO);
	bar.shown = false;
	bar.start = bar.last = milliseconds();
}

/* The end of a name says most. */
static void draw_name(char *out, size_t room, const struct scov_progress *p)
{
	char name[512];
	size_t n;

	snprintf(name, sizeof(name), "%s%s%s", p->reference, *p->platform ? " " : "", p->platform);
	n = strlen(name);
	for (size_t i = 0; i < n; i++)
		if (name[i] < 0x20 || name[i] >= 0x7f)
			name[i] = '?';
	if (n <= room)
		snprintf(out, room + 1, "%s", name);
	else
		snprintf(out, room + 1, "...%s", name + n - (room - 3));
}

/* The name, then what there is room for, in this order. One column stays free: a full line wraps.
 */
static void draw(const struct scov_progress *p, double since, size_t width, char *out)
{
	enum { PIECES = 4, NAME = 24, LINE = 200 };
	double part = p->bytes_total ? (double)p->bytes / (double)p->bytes_total : 0;
	int full = part > 1 ? BAR : (int)(part * BAR);
	char pieces[PIECES][64];
	size_t left, n = 0;

	width = width > LINE ? LINE : width < NAME + 1 ? NAME + 1 : width;
	left = width - 1 - NAME;
	pieces[0][0] = 0;
	if (p->layers_total)
		snprintf(pieces[0], sizeof(*pieces), "  %zu of %zu layers", p->layers,
			p->layers_total);
	snprintf(pieces[1], sizeof(*pieces), "  [%.*s%*s]", full,
		"========================", BAR - full, "");
	snprintf(pieces[2], sizeof(*pieces), "  %.1f of %.1f MB", (double)p->bytes / 1e6,
		(double)p->bytes_total / 1e6);
	snprintf(pieces[3], sizeof(*pieces), "  %.0f MB/s", (double)p->bytes / 1e3 / since);
	for (; n < PIECES && strlen(pieces[n]) <= left; n++)
		left -= strlen(pieces[n]);
	draw_name(out, NAME + left, p);
	for (size_t i = 0; i < n; i++)
		snprintf(out + strlen(out), sizeof(pieces[i]), "%s", pieces[i]);
}

void progress_show(void *ctx, const struct scov_progress *p)
{
	double now = milliseconds(), since = now - bar.start;
	char line[256];

	(void)ctx;
	if (!bar.wanted || since < FIRST_MS || (bar.shown && now - bar.last < NEXT_MS))
		return;
	draw(p, since, cli_width(STDERR_FILENO), line);
	fprintf(stderr, "\r%s\033[K", line);
	bar.last = now;
	bar.shown = true;
}

void progress_end(void)
{
	if (bar.shown)
		fprintf(stderr, "\r\033[K");
	bar.shown = bar.wanted = false;
}
