/* differ.c ORACLE CASES [SEED [KIND]] - our readers against Go's, on inputs made at random.
 *
 * The oracle is asked in batches, as one process that lives as long as the run. What it takes, we
 * must read as it does or refuse: facts that differ are a failure, and the input is written to
 * differ-KIND-NUMBER in the working folder. What we refuse and it takes, and what we alone take,
 * is counted. Of each kind CASES are made.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "differ.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = 256, SHOWN = 20 };

static const struct kind *const kinds[] = { &kind_tar, &kind_document, &kind_config, &kind_archive,
	&kind_user, &kind_index, &kind_dockerfile, &kind_word };

/* ---- chance ---- */

/* Source: xorshift64*, S. Vigna, "An experimental exploration of Marsaglia's xorshift generators".
 */
static uint64_t next(struct dice *d)
{
	d->state ^= d->state >> 12;
	d->state ^= d->state << 25;
	d->state ^= d->state >> 27;
	return d->state * 0x2545f4914f6cdd1d;
}

uint64_t dice_below(struct dice *d, uint64_t n)
{
	return n ? (next(d) >> 11) % n : 0;
}

bool dice_percent(struct dice *d, unsigned chance)
{
	return dice_below(d, 100) < chance;
}

const char *dice_word(struct dice *d, const char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return list[dice_below(d, n)];
}

void dice_spoil(struct dice *d, struct buf *b, size_t from)
{
	for (uint64_t n = 1 + dice_below(d, 3); n && b->len > from; n--)
		b->p[from + dice_below(d, b->len - from)] =
			(char)(dice_percent(d, 50) ? dice_below(d, 256) : 0x20 + dice_below(d, 95));
}

/* ---- texts ---- */

void put_text(struct buf *out, struct span s)
{
	for (int i = 0; i < 4; i++)
		buf_byte(out, (char)(s.len >> 8 * i));
	buf_span(out, s);
}

struct span take_text(struct cur *c)
{
	return cur_take(c, cur_le32(c));
}

static int by_bytes(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return span_cmp(*x, *y);
}

void sort_lines(struct buf *text)
{
	scoped_buf struct buf sorted = { 0 };
	struct span rest = buf_view(text), lines[512];
	size_t n = 0;

	while (n < sizeof(lines) / sizeof(*lines) && span_split(&rest, '\n', &lines[n]))
		n += lines[n].len > 0;
	qsort(lines, n, sizeof(*lines), by_bytes);
	for (size_t i = 0; i < n; i++) {
		buf_span(&sorted, lines[i]);
		buf_byte(&sorted, '\n');
	}
	text->len = 0;
	buf_span(text, buf_view(&sorted));
}

/* ---- the oracle ---- */

struct oracle {
	pid_t pid;
	FILE *to, *from;
};

static void die(const char *why)
{
	fprintf(stderr, "differ: %s\n", why);
	exit(1);
}

static struct oracle start(const char *program)
{
	struct oracle o;
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || (o.pid = fork()) < 0)
		die("cannot start the oracle");
	if (o.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	o.to = fdopen(in[1], "w");
	o.from = fdopen(out[0], "r");
	if (!o.to || !o.from)
		die("no memory");
	return o;
}

static void put_length(uint8_t out[4], size_t n)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(n >> 8 * i);
}

static void ask(struct oracle *o, uint8_t letter, struct span in)
{
	uint8_t head[5] = { letter };

	put_length(head + 1, in.len);
	if (fwrite(head, 1, sizeof(head), o->to) != sizeof(head) ||
		(in.len && fwrite(in.p, 1, in.len, o->to) != in.len))
		die("the oracle has ended");
}

static void answer(struct oracle *o, struct buf *out)
{
	uint8_t head[4], piece[4096];
	size_t left = 0;

	if (fread(head, 1, sizeof(head), o->from) != sizeof(head))
		die("the oracle has ended");
	for (int i = 0; i < 4; i++)
		left |= (size_t)head[i] << 8 * i;
	for (out->len = 0; left;) {
		size_t n = fread(piece, 1, left < sizeof(piece) ? left : sizeof(piece), o->from);

		if (!n)
			die("the oracle has ended");
		buf_bytes(out, piece, n);
		left -= n;
	}
}

/* ---- the run ---- */

struct counts {
	size_t same, both_refuse, we_refuse, we_alone, differ;
};

static void show(
	const struct kind *k, size_t number, struct span in, struct span ours, struct span theirs)
{
	char name[64];

	snprintf(name, sizeof(name), "differ-%s-%zu", k->name, number);
	FILE *f = fopen(name, "w");

	if (f && in.len)
		fwrite(in.p, 1, in.len, f);
	if (f)
		fclose(f);
	printf("%s\n--- ours\n%.*s\n--- Go's\n%.*s\n", name, SPAN_ARG(ours), SPAN_ARG(theirs));
}

static void compare(const struct kind *k, size_t number, struct span in, bool taken,
	struct span ours, struct span theirs, struct counts *c)
{
	bool refused = span_starts(theirs, SPAN("refused: "));

	if (taken && refused && k->cautious && span_starts(ours, span_str(k->cautious)))
		taken = false;
	if (taken && refused && c->we_alone++ < SHOWN && getenv("DIFFER_ALONE"))
		show(k, number, in, ours, theirs);
	if (!taken && !refused && c->we_refuse < SHOWN && getenv("DIFFER_REFUSED"))
		show(k, number, in, ours, theirs);
	if (!taken && refused)
		c->both_refuse++;
	else if (!taken)
		c->we_refuse++;
	else if (!refused && span_eq(ours, theirs))
		c->same++;
	else if (!refused && k->cautious && span_starts(ours, span_str(k->cautious)))
		c->we_refuse++;
	else if (!refused && c->differ++ < SHOWN)
		show(k, number, in, ours, theirs);
}

static bool run_kind(const struct kind *k, struct oracle *o, size_t cases, uint64_t seed)
{
	static struct buf in[BATCH], ours[BATCH], theirs;
	static bool taken[BATCH];
	struct dice d = { .state = seed * 0x9e3779b97f4a7c15 + k->letter };
	struct counts c = { 0 };

	for (size_t done = 0; done < cases;) {
		size_t n = cases - done < BATCH ? cases - done : BATCH;

		for (size_t i = 0; i < n; i++) {
			in[i].len = 0;
			k->make(&d, &in[i]);
			ask(o, k->letter, buf_view(&in[i]));
		}
		ask(o, 'F', (struct span){ 0 });
		fflush(o->to);
		for (size_t i = 0; i < n; i++) { /* while the oracle works */
			ours[i].len = 0;
			taken[i] = k->read(buf_view(&in[i]), &ours[i]);
		}
		for (size_t i = 0; i < n; i++) {
			answer(o, &theirs);
			compare(k, done + i, buf_view(&in[i]), taken[i], buf_view(&ours[i]),
				buf_view(&theirs), &c);
		}
		done += n;
	}
	printf("%-10s %8zu cases: %zu the same, %zu refused by both, %zu by us, %zu by Go alone, "
	       "%zu differ\n",
		k->name, cases, c.same, c.both_refuse, c.we_refuse, c.we_alone, c.differ);
	return !c.differ;
}

int main(int argc, char **argv)
{
	bool good = true;

	if (argc < 3 || argc > 5)
		die("usage: differ ORACLE CASES [SEED [KIND]]");
	struct oracle o = start(argv[1]);
	size_t cases = strtoul(argv[2], NULL, 10);
	uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (argc < 5 || !strcmp(argv[4], kinds[i]->name))
			good &= run_kind(kinds[i], &o, cases, seed);
	fclose(o.to);
	waitpid(o.pid, NULL, 0);
	return good ? 0 : 1;
}
