/* badge.c - badges drawn here: SVG, the endpoint form of shields, and the lines to paste.
 *
 * No outside service is needed to show a badge. Colours and labels follow the CHPs
 * document. Widths are those of Verdana at 11 pixels, from the advance widths of its hmtx table
 * (units of 2048 an em), rounded up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "criteria/criterion.h"
#include "report/escape.h"
#include "report/table.h"
#include "syntax/json.h"

enum { BADGES = 5, PAD = 6, HEIGHT = 20 };

static const char *const labels[BADGES] = { "overall", "minimalism", "provenance", "config",
	"CVEs" };
static const char *const colors[] = { "FE5B3C", "F6EB61", "BCF480", "81FEA0",
	"01A178" }; /* D to A+ */
static const char label_color[] = "3443F4";

/* The name of a badge's files: overall, then the vectors. */
static const char *file_stem(size_t badge)
{
	return badge ? vector_names[badge - 1] : "overall";
}

static const struct grade_report *grade_report_of(const struct report *r, size_t badge)
{
	return badge ? &r->vectors[badge - 1] : &r->overall;
}

/* Tenths of a pixel. Letters that our labels and grades use; others count as wide. */
static unsigned advance(char c)
{
	static const struct {
		const char *chars;
		unsigned tenths;
	} widths[] = {
		{ "ijl", 31 },
		{ "ft", 41 },
		{ "rJ", 49 },
		{ "szcI", 57 },
		{ "vyxk", 65 },
		{ "aeugnohbdpq", 69 },
		{ "CVABE", 76 },
		{ "DOGNU", 84 },
		{ "mM", 107 },
		{ "w", 90 },
		{ "+", 90 },
		{ ",", 41 },
		{ " ", 39 },
	};

	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++)
		if (c && strchr(widths[i].chars, c))
			return widths[i].tenths;
	return 107;
}

static unsigned text_width(const char *s)
{
	unsigned tenths = 0;

	for (; *s; s++)
		tenths += advance(*s);
	return (tenths + 9) / 10;
}

enum { MESSAGE = 16 };

static void message(const struct grade_report *g, char out[MESSAGE])
{
	bool same = g->ceiling == g->grade;

	(void)snprintf(out, MESSAGE, "%s%s%s", grade_names[g->grade], same ? "" : ", up to ",
		same ? "" : grade_names[g->ceiling]);
}

static void label_text(
	struct buf *out, unsigned centre, unsigned width, const char *fill, const char *text)
{
	buf_printf(out, "<text x=\"%u\" y=\"14\" textLength=\"%u\" fill=\"#%s\">%s</text>", centre,
		width, fill, text);
}

static void svg(const struct report *r, size_t badge, struct buf *out)
{
	const struct grade_report *g = grade_report_of(r, badge);
	char grade[MESSAGE];

	message(g, grade);
	unsigned lw = text_width(labels[badge]), gw = text_width(grade);
	unsigned left = lw + 2 * PAD, right = gw + 2 * PAD;

	buf_printf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%d\" role=\"img\" "
		"aria-label=\"%s: %s\">",
		left + right, HEIGHT, labels[badge], grade);
	buf_printf(out, "<title>%s: %s (%u of %u met, %u not assessed", labels[badge], grade,
		g->met, g->total, g->total - g->assessed);
	if (g->settles.len) {
		buf_str(out, "; ");
		escape_markup(out, g->settles);
	}
	buf_printf(out, ")</title><rect width=\"%u\" height=\"%d\" fill=\"#%s\"/>", left, HEIGHT,
		label_color);
	buf_printf(out, "<rect x=\"%u\" width=\"%u\" height=\"%d\" fill=\"#%s\"/>", left, right,
		HEIGHT, colors[g->grade]);
	buf_str(out, "<g font-family=\"Verdana,Geneva,DejaVu Sans,sans-serif\" font-size=\"11\" "
		     "text-anchor=\"middle\">");
	label_text(out, left / 2, lw, "fff", labels[badge]);
	/* Dark on all five: 5.7 to 1 on the green of A+ (white would have 3.3), more on the others.
	 */
	label_text(out, left + right / 2, gw, "111", grade);
	buf_str(out, "</g></svg>\n");
}

/* Source: shields.io, endpoint badge, schemaVersion 1. */
static void endpoint(const struct report *r, size_t badge, struct buf *out)
{
	const struct grade_report *g = grade_report_of(r, badge);
	struct json_out w = { .out = out };
	char grade[MESSAGE];

	message(g, grade);
	json_out_dict(&w);
	json_out_key(&w, "schemaVersion");
	json_out_int(&w, 1);
	json_out_key(&w, "label");
	json_out_str(&w, labels[badge]);
	json_out_key(&w, "message");
	json_out_str(&w, grade);
	json_out_key(&w, "color");
	json_out_str(&w, colors[g->grade]);
	json_out_key(&w, "labelColor");
	json_out_str(&w, label_color);
	json_out_end(&w);
	buf_byte(out, '\n');
}

static void markdown(const struct report *r, struct buf *out)
{
	char grade[MESSAGE];

	for (size_t i = 0; i < BADGES; i++) {
		message(grade_report_of(r, i), grade);
		buf_printf(out, "![%s: %s](%s.svg)%s", labels[i], grade, file_stem(i),
			i + 1 < BADGES ? " " : "\n");
	}
}

static bool file(const struct report *r, size_t i, const char **name, struct buf *out)
{
	static const char *const svgs[BADGES] = { "overall.svg", "minimalism.svg", "provenance.svg",
		"configuration.svg", "vulnerabilities.svg" };
	static const char *const jsons[BADGES] = { "overall.json", "minimalism.json",
		"provenance.json", "configuration.json", "vulnerabilities.json" };

	if (i > 2 * BADGES)
		return false;
	*name = i < BADGES ? svgs[i] : i < 2 * BADGES ? jsons[i - BADGES] : "badges.md";
	if (i < BADGES)
		svg(r, i, out);
	else if (i < 2 * BADGES)
		endpoint(r, i - BADGES, out);
	else
		markdown(r, out);
	return true;
}

const struct writer badge_writer = {
	.name = "badge",
	.help = "badges as SVG and JSON, in a folder: badge=DIR",
	.is_folder = true,
	.file = file,
};
