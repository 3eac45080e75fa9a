/* inputs.c - which inputs of the image are complete, and why the others are not. Inputs from
 * outside the image are in the dossier.
 *
 * A verdict that needs what is missing here is "not assessed"; so a bit is set only by
 * what was seen to be complete.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "join/steps.h"
#include "scan/analyzer.h"

static void settle(struct join *j, uint32_t input, bool is_there, struct span why_not)
{
	if (is_there)
		j->out->inputs |= input;
	else
		j->out->inputs_missing[input_number(input)] = why_not;
}

static struct span text_of(const struct diag_fact *d)
{
	return d->text.len ? d->text : SPAN("not all of it could be read");
}

/* The first diagnostic of a part that hides something of `hides`; .p NULL: none. */
static struct span hidden_by(const struct part *p, uint8_t hides)
{
	for (size_t i = 0; i < p->diags.n; i++)
		if (p->diags.p[i].hides & hides)
			return text_of(&p->diags.p[i]);
	return (struct span){ 0 };
}

/* Per layer, for those where one file could not be read: which entries are of the final file
 * system.
 */
enum { BODY_UNKNOWN, BODY_BURIED, BODY_SEEN };

static void mark_body(struct join *j, const struct file *f, uint8_t as)
{
	if (j->body_marks[f->body_layer])
		j->body_marks[f->body_layer][join_body_index(j, f)] = as;
}

static void mark_bodies(struct join *j)
{
	const struct image_facts *out = j->out;
	bool any = false;

	j->body_marks = arena_array(&j->scratch, out->layers_n, sizeof(*j->body_marks));
	for (size_t i = 0; j->body_marks && i < out->layers_n; i++) {
		const struct part *p = out->parts[i];

		for (size_t k = 0; p && k < p->diags.n && !j->body_marks[i]; k++)
			if (p->diags.p[k].entry != NO_ENTRY) {
				j->body_marks[i] = arena_alloc(&j->scratch, p->entries.n);
				any = any || j->body_marks[i];
			}
	}
	for (size_t i = 0; any && i < out->buried.n; i++)
		mark_body(j, &out->buried.p[i], BODY_BURIED);
	for (size_t i = 0; any && i < out->files.n; i++)
		mark_body(j, &out->files.p[i], BODY_SEEN);
}

/* Its content cannot be read, and nobody who runs the image reads it: a later entry took its place
 * and no hard link leads to it. */
static bool is_replaced(const struct join *j, size_t layer, const struct diag_fact *d)
{
	return d->entry != NO_ENTRY &&
	       !(d->hides & ~(HIDES_FILE | HIDES_PACKAGES | HIDES_INVENTORY)) &&
	       j->out->parts[layer]->entries.p[d->entry].type == ENTRY_FILE && j->body_marks &&
	       j->body_marks[layer] && j->body_marks[layer][d->entry] == BODY_BURIED;
}

/* Why a layer or a package database was not read completely; .len 0: all were, of the final file
 * system at least. */
static struct span layers_problem(struct join *j, uint8_t hides)
{
	const struct image_facts *out = j->out;

	for (size_t i = 0; i < out->layers_n; i++) {
		struct span why = { 0 };

		if (!out->parts[i])
			why = out->layers[i].problem.len ? out->layers[i].problem
							 : SPAN("not readable");
		else if (!out->parts[i]->complete)
			why = SPAN("it ends early");
		for (size_t k = 0; !why.len && k < out->parts[i]->diags.n; k++) {
			const struct diag_fact *d = &out->parts[i]->diags.p[k];

			/* A secret may be in what was replaced. */
			if (d->hides & hides && ((hides & HIDES_SECRETS) || !is_replaced(j, i, d)))
				why = text_of(d);
		}
		if (why.len)
			return join_text(j, "layer %zu: %.*s", i, SPAN_ARG(why));
	}
	return (struct span){ 0 };
}

/* The first analyzer that was skipped and covers what `hides` names; .len 0: none. */
static struct span skipped(struct join *j, uint8_t hides)
{
	for (size_t i = 0; analyzers[i]; i++)
		if ((analyzers[i]->bit & j->in->skip) && (analyzers[i]->hides & hides))
			return join_text(j, "the analyzer %s was skipped", analyzers[i]->name);
	return (struct span){ 0 };
}

static void settle_config(struct join *j)
{
	const struct part *c = j->out->config;
	struct span why = { 0 };

	if (!c)
		why = !j->in->has_config          ? SPAN("this image format has no config")
		      : j->in->config_problem.len ? j->in->config_problem
						  : SPAN("the config is not readable");
	else if (!c->complete)
		why = SPAN("the config ends early");
	else
		why = hidden_by(c, HIDES_ALL | HIDES_FILE | HIDES_PACKAGES | HIDES_READING);
	settle(j, INPUT_CONFIG, why.len == 0, why);
}

static void settle_files(struct join *j)
{
	struct image_facts *out = j->out;
	struct span files = layers_problem(j, HIDES_ALL | HIDES_FILE | HIDES_READING), packages,
		    inventory;

	if (!files.len && j->dangling)
		files = j->dangling_why;
	if (!files.len && j->has_broken_path)
		files = j->broken_why;
	if (!files.len)
		files = j->files_unread;
	if (!files.len)
		files = skipped(j, HIDES_ALL | HIDES_FILE);
	settle(j, INPUT_FILES, files.len == 0, files);
	packages = files.len ? files : layers_problem(j, HIDES_PACKAGES);
	if (!packages.len)
		packages = skipped(j, HIDES_PACKAGES);
	if (!packages.len)
		packages = j->packages_unread;
	settle(j, INPUT_PACKAGES, packages.len == 0, packages);
	inventory = packages.len ? packages : layers_problem(j, HIDES_INVENTORY);
	if (!inventory.len)
		inventory = skipped(j, HIDES_INVENTORY);
	if (!inventory.len)
		inventory = j->inventory_unread;
	settle(j, INPUT_INVENTORY, inventory.len == 0, inventory);
	if (!packages.len && !out->has_package_database)
		packages = SPAN("no package database shows which package owns a file");
	settle(j, INPUT_OWNERS, packages.len == 0, packages);
	settle(j, INPUT_XATTRS, files.len == 0 && !j->in->incomplete_xattrs,
		j->in->incomplete_xattrs ? j->in->xattrs_reason : files);
}

static struct span documents_problem(struct join *j, uint8_t hides)
{
	for (size_t i = 0; i < j->out->documents_n; i++) {
		const struct image_document *d = &j->out->documents[i];
		struct span why = d->part          ? hidden_by(d->part, hides)
				  : d->problem.len ? d->problem
						   : SPAN("not readable");

		if (!why.len && d->part && !d->part->complete)
			why = SPAN("it ends early");
		if (why.len)
			return join_text(j, "%s: %.*s",
				d->is_attestation ? "an attestation" : "the manifest",
				SPAN_ARG(why));
	}
	return (struct span){ 0 };
}

/* Every byte of every part was looked at. A form without a config has none to look at. */
static void settle_secrets(struct join *j)
{
	const uint8_t hides = HIDES_ALL | HIDES_FILE | HIDES_SECRETS;
	const struct part *c = j->out->config;
	struct span why = j->in->has_secrets          ? (struct span){ 0 }
			  : j->in->secrets_reason.len ? j->in->secrets_reason
						      : SPAN("secrets were not searched for");

	if (!why.len && j->secrets_dropped.len)
		why = j->secrets_dropped;
	if (!why.len && j->in->has_config && (!c || !c->complete))
		why = SPAN("the config could not be read completely");
	if (!why.len && c)
		why = hidden_by(c, hides);
	if (!why.len)
		why = layers_problem(j, hides);
	if (!why.len)
		why = documents_problem(j, hides);
	settle(j, INPUT_SECRETS, why.len == 0, why);
}

void inputs_settle(struct join *j)
{
	const struct join_input *in = j->in;

	settle_config(j);
	mark_bodies(j);
	settle_files(j);
	settle(j, INPUT_ANNOTATIONS, in->has_annotations,
		in->annotations_reason.len ? in->annotations_reason
					   : SPAN("this image format has no annotations"));
	settle(j, INPUT_LINUX, !span_eq_nocase(j->out->platform.os, SPAN("windows")),
		SPAN("a Windows image"));
	settle_secrets(j);
}
