/* criterion.h - one row per criterion of the Container Hardening Priorities.
 *
 * A judge is pure: dossier in, verdict and evidence out. It reports what it saw; the frame (grade/)
 * turns a verdict with incomplete inputs into NOT_ASSESSED, so that no judge can pass an image by
 * forgetting to check.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/image.h"
#include "facts/matches.h"
#include "facts/report.h"
#include "policy/policy.h"

struct trust;   /* who signed and attested what */
struct recipe;  /* a Dockerfile */
struct rebuild; /* the image built again */

/* Everything a judge may look at. */
struct dossier {
	const struct image_facts *image;
	const struct policy *policy;
	struct span reference; /* normalised, for trust globs; empty where the form has none */
	bool is_registry;      /* the reference names a registry */

	/* Known from outside the image; NULL: not looked for. Their rooms define the types. */
	const struct trust *trust;
	const struct recipe *recipe;
	const struct recipe *history; /* what the lines of the history show; NULL: none */
	const struct matches *matches;
	const struct rebuild *rebuild;
	struct span missing[INPUTS]; /* by bit number: why one of the four is NULL; empty: what the
					table of inputs says */
};

/* All complete inputs: the image's, and those from outside. */
uint32_t dossier_inputs(const struct dossier *d);
/* Why an input is missing: one clause, never empty. */
struct span dossier_missing(const struct dossier *d, uint32_t bit);

struct verdict_out {
	struct arena *arena;
	struct criterion_report *report; /* reason, remedies, evidence are filled by the judge */
	size_t *waiver_hits; /* by index in policy->waivers: findings taken out; NULL: not counted
			      */
};

struct criterion {
	const char *id;    /* stable: reports, badges and policies name it */
	const char *title; /* as the document's table has it */
	uint8_t vector;    /* enum vector */
	uint8_t level;     /* 1..5 */
	const char *rule;  /* how it is judged, one or two sentences */
	uint8_t remedy;    /* enum remedy_action of the general advice */
	const char *fix;   /* the general advice, one line */
	uint8_t effort;    /* 1 a line, 2 a rebuild, 3 a change of base, 4 a change of process */
	uint32_t needs;    /* enum input bits */
	/* What is needed when the judge could not decide with all needs met: in words, or an input
	 * that may help. Neither: its needs. */
	const char *settled_by;
	uint32_t settled_by_input; /* enum input bits */
	bool can_ignore;           /* it has findings, and the ignore file may list them */
	bool not_met_stands;       /* what the judge found decides even when a need is missing: it
				      is about a layer, not about the final file system */
	enum verdict (*judge)(const struct dossier *d, struct verdict_out *out);
};

extern const struct criterion *const criteria[]; /* document order, NULL-ended */
enum { CRITERIA = 23 };
const struct criterion *criterion_find(struct span id);
extern const char
	*const vector_names[]; /* "minimalism", "provenance", "configuration", "vulnerabilities" */
extern const char *const level_names[6]; /* [1] "Pimiento" ... [5] "Ghost" */
extern const char *const grade_names[];  /* "D", "C", "B", "A", "A+" */

/* Why no advisories were matched: one clause. */
struct span report_unmatched(const struct report *r);

/* For judges. say() sets the reason and a deciding evidence row; the others add rows. When the
 * arena fails all go on, and the frame returns its error. */
enum verdict say(struct verdict_out *out, enum verdict v, struct place at, const char *why, ...)
	__attribute__((format(printf, 4, 5)));
void evidence_file(
	struct verdict_out *out, enum ev_role role, const struct file *f, const char *why);
/* NULL: no more room, and it was counted. */
struct evidence *evidence_add(struct verdict_out *out, enum ev_kind kind, enum ev_role role,
	enum ev_class class, struct place at, struct span what, const char *why);

/* One more subject; kept as a view. */
void remedy_for(struct verdict_out *out, struct remedy *r, struct span subject);
void remedy_add(struct verdict_out *out, struct remedy r); /* after those that are there */
/* A remedy with one subject; NULL: the arena failed. */
void remedy_one(
	struct verdict_out *out, enum remedy_action action, const char *subject, const char *note);
/* "remove", "chmod" ... */
const char *remedy_name(unsigned action);

/* Steps in the order in which they work on one Dockerfile: what needs a shell before the shell
 * goes, and USER after what needs root. */
enum remedy_step {
	STEP_LABEL,
	STEP_UPGRADE, /* brings back modes and files, and needs the package manager */
	STEP_MODE,
	STEP_REMOVE,
	STEP_USER,
	STEP_REBUILD,
	STEP_OTHER, /* a step of its own for each criterion */
	STEP_BASE,
	REMEDY_STEPS,
};
enum remedy_step remedy_step(unsigned action);
/* The lines of all remedies of this step in the lists, together: files of several criteria go in
 * one RUN. REMEDY_STEPS: of all steps. */
void fix_lines_of(const struct image_facts *image, const remedies *const *lists, size_t n,
	enum remedy_step step, struct arena *a, fix_lines *out);
