/* progress.c - bytes, parts and rate on a terminal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
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

void progress_show(void *ctx, const struct scov_progress *p)
{
	double now = milliseconds(), since = now - bar.start;
	char drawn[BAR + 1];

	(void)ctx;
	if (!bar.wanted || since < FIRST_MS || (bar.shown && now - bar.last < NEXT_MS))
		return;
	double part = p->bytes_total ? (double)p->bytes / (double)p->bytes_total : 0;
	int full = part > 1 ? BAR : (int)(part * BAR);

	for (int i = 0; i < BAR; i++)
		drawn[i] = i < full ? '=' : ' ';
	drawn[BAR] = 0;
	fprintf(stderr, "\r[%s] %.1f of %.1f MB  %zu of %zu parts  %.0f MB/s\033[K", drawn,
		(double)p->bytes / 1e6, (double)p->bytes_total / 1e6, p->parts, p->parts_total,
		(double)p->bytes / 1e3 / since);
	bar.last = now;
	bar.shown = true;
}

void progress_end(void)
{
	if (bar.shown)
		fprintf(stderr, "\r\033[K");
	bar.shown = bar.wanted = false;
}
