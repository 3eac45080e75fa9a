/* join.c - part facts of all layers, bottom first, made into image facts.
 *
 * The steps run in an order: the file system first, then what is read from it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "join/join.h"

#include "base/date.h"
#include "base/err.h"
#include "join/steps.h"
#include "judge/judge.h"

/* ---- layers ---- */

static int copy_subject(struct join *j)
{
	const struct join_input *in = j->in;
	struct image_facts *out = j->out;

	out->index_digest = in->index_digest;
	out->manifest_digest = in->manifest_digest;
	out->config_digest = in->config_digest;
	out->manifest_type = in->manifest_type;
	out->platform = in->platform;
	out->config =
		in->config && in->config->kind == PART_CONFIG ? names_show(j, in->config) : NULL;
	out->base_config = names_show(j, in->base_config);
	out->documents = in->documents;
	out->documents_n = in->documents_n;
	if (in->index_annotations)
		out->index_annotations = *in->index_annotations;
	if (in->manifest_annotations)
		out->manifest_annotations = *in->manifest_annotations;
	if (!out->platform.os.len)
		out->platform.os = image_config(j->out->config, CONFIG_OS, (struct span){ 0 });
	if (!out->platform.architecture.len)
		out->platform.architecture =
			image_config(j->out->config, CONFIG_ARCHITECTURE, (struct span){ 0 });
	out->layers = arena_array(&out->arena, in->layers_n, sizeof(*out->layers));
	out->parts = arena_array(&out->arena, in->layers_n, sizeof(*out->parts));
	if (!out->layers || !out->parts)
		return err_memory(j->err);
	out->layers_n = in->layers_n;
	return 0;
}

/* A part of the wrong kind is not a layer. A layer that is there again has the same facts. */
static const struct part *shown_part(struct join *j, size_t layer)
{
	const struct join_layer *all = j->in->layers;

	if (!all[layer].part || all[layer].part->kind != PART_LAYER)
		return NULL;
	for (size_t i = 0; i < layer; i++)
		if (all[i].part == all[layer].part)
			return j->out->parts[i];
	return names_show(j, all[layer].part);
}

static void copy_layers(struct join *j)
{
	for (size_t i = 0; i < j->in->layers_n; i++) {
		const struct join_layer *from = &j->in->layers[i];
		const struct part *part = shown_part(j, i);

		j->out->parts[i] = part;
		j->out->layers[i] = (struct image_layer){
			.digest = from->digest,
			.diff_id = part && part->diff_id.algorithm ? part->diff_id : from->diff_id,
			.blob_size = from->blob_size,
			.size = part ? part->size : 0,
			.media_type = from->media_type,
			.history_index = -1,
			.readable = part && part->complete,
			.from_cache = from->from_cache,
			.problem = part                ? (struct span){ 0 }
				   : from->problem.len ? from->problem
						       : SPAN("not readable"),
		};
	}
}

/* The history lines that made a layer belong to the layers in order; if the counts differ, nothing
 * is known. */
static void map_history(struct join *j)
{
	const struct part *c = j->out->config;
	size_t n = 0, layer = 0;

	for (size_t i = 0; c && i < c->history.n; i++)
		n += !c->history.p[i].empty_layer;
	if (n != j->out->layers_n)
		return;
	for (size_t i = 0; c && i < c->history.n; i++) {
		const struct history_fact *h = &c->history.p[i];

		if (h->empty_layer)
			continue;
		struct image_layer *l = &j->out->layers[layer++];

		l->history = h->created_by;
		l->history_index = (int32_t)i;
		if (!date_parse_rfc3339(h->created, &l->history_created, NULL))
			l->history_created = 0;
	}
}

/* ---- files ---- */

/* Row + 1 of the record about each entry of a layer; NULL when it has none, or without memory. */
static uint32_t *rows_by_entry(struct join *j, const struct part *p, bool capabilities)
{
	size_t n = capabilities ? p->capabilities.n : p->execs.n;
	uint32_t *rows =
		n && p->entries.n ? arena_array(&j->scratch, p->entries.n, sizeof(*rows)) : NULL;

	for (size_t i = 0; rows && i < n; i++)
		rows[capabilities ? p->capabilities.p[i].entry : p->execs.p[i].entry] =
			(uint32_t)i + 1;
	return rows;
}

/* Of each entry of a layer: a bit of each kind of its markers. NULL as above. */
static uint16_t *markers_by_entry(struct join *j, const struct part *p)
{
	uint16_t *bits = p->markers.n && p->entries.n
				 ? arena_array(&j->scratch, p->entries.n, sizeof(*bits))
				 : NULL;

	for (size_t i = 0; bits && i < p->markers.n; i++)
		bits[p->markers.p[i].entry] |= (uint16_t)(1u << (p->markers.p[i].kind & 15));
	return bits;
}

struct body_rows {
	uint32_t *execs, *capabilities;
	uint16_t *markers;
	/* by hard links; NULL: none */
	uint16_t *modes;
	const struct capability_fact **set;
};

static bool has_rights(const struct capability_fact *c)
{
	return c && (c->malformed || c->permitted | c->inheritable);
}

/* Mode and capability of a hard link's own entry are set on the file that it names, and stay when
 * the link is gone. umoci alone does not set them: so they add to what the file has. */
static bool add_link(struct join *j, struct body_rows *rows, const struct link *l)
{
	const struct part *p = j->out->parts[l->layer], *body = j->out->parts[l->body_layer];
	const struct body_rows *own = &rows[l->layer];
	struct body_rows *r = &rows[l->body_layer];
	const struct entry *e = &p->entries.p[l->entry], *b = &body->entries.p[l->body_entry];
	const struct capability_fact *c =
		own->capabilities && own->capabilities[l->entry]
			? &p->capabilities.p[own->capabilities[l->entry] - 1]
			: NULL;

	if (b->type == ENTRY_SYMLINK)
		return true;
	if (e->mode & ~b->mode) {
		if (!r->modes)
			r->modes = arena_array(&j->scratch, body->entries.n, sizeof(*r->modes));
		if (!r->modes)
			return false;
		r->modes[l->body_entry] |= (uint16_t)e->mode;
		/* What is not executable by its own entry was not looked at, but for ELF. */
		if (e->mode & 0111 && !(b->mode & 0111) && b->size &&
			!(r->execs && r->execs[l->body_entry]))
			join_doubt(j, place_file((int32_t)l->layer, e->path),
				"a hard link that makes its target executable");
	}
	if (has_rights(c)) {
		if (!r->set)
			r->set = arena_array(&j->scratch, body->entries.n, sizeof(*r->set));
		if (!r->set)
			return false;
		r->set[l->body_entry] = c;
	}
	return true;
}

static void attach_rows(const struct join *j, const struct body_rows *rows, struct file *f)
{
	const struct body_rows *r = &rows[f->body_layer];
	const struct part *p = j->out->parts[f->body_layer];
	uint32_t body = join_body_index(j, f);

	if (r->execs && r->execs[body])
		f->exec = &p->execs.p[r->execs[body] - 1];
	if (r->capabilities && r->capabilities[body])
		f->capability = &p->capabilities.p[r->capabilities[body] - 1];
	f->markers = r->markers ? r->markers[body] : 0;
	if (r->set && r->set[body] && !has_rights(f->capability))
		f->capability = r->set[body];
	f->mode = f->body->mode | (r->modes ? r->modes[body] : 0);
}

static void attach_bodies(struct join *j)
{
	struct image_facts *out = j->out;
	struct body_rows *rows = arena_array(&j->scratch, out->layers_n, sizeof(*rows));

	if (!rows)
		return;
	for (size_t i = 0; i < out->layers_n; i++)
		if (out->parts[i])
			rows[i] = (struct body_rows){ rows_by_entry(j, out->parts[i], false),
				rows_by_entry(j, out->parts[i], true),
				markers_by_entry(j, out->parts[i]), NULL, NULL };
	for (size_t i = 0; i < j->links.n; i++)
		if (!add_link(j, rows, &j->links.p[i]))
			return;
	for (size_t i = 0; i < out->files.n && watch_on(out->watch); i++) {
		attach_rows(j, rows, &out->files.p[i]);
		if (out->files.p[i].entry->type == ENTRY_FILE)
			out->total_size += out->files.p[i].entry->size;
	}
	for (size_t i = 0; i < out->buried.n; i++)
		attach_rows(j, rows, &out->buried.p[i]);
}

/* The programs that etc/shells of the final file system lists. */
static void mark_shells(struct join *j)
{
	const struct file *f = image_find(j->out, SPAN("etc/shells"), true), *shell;
	const struct part *p = f ? j->out->parts[f->body_layer] : NULL;
	uint32_t body = f ? join_body_index(j, f) : 0;

	for (size_t i = 0; p && i < p->markers.n && watch_on(j->out->watch); i++) {
		const struct marker_fact *m = &p->markers.p[i];

		if (m->kind != MARKER_SHELLS || m->entry != body || span_at(m->text, 0) != '/')
			continue;
		shell = image_find(j->out, m->text, false);
		if (shell)
			j->out->files.p[shell - j->out->files.p].is_listed_shell = true;
	}
}

/* ---- diagnostics ---- */

static void take_diags(struct join *j, const struct part *p, int32_t layer)
{
	for (size_t i = 0; p && i < p->diags.n; i++) {
		const struct diag_fact *d = &p->diags.p[i];
		struct place at = layer == NO_LAYER ? place_config("")
				  : d->entry == NO_ENTRY
					  ? place_layer(layer)
					  : place_file(layer, p->entries.p[d->entry].path);

		join_diag(j, d->severity, at, d->text);
	}
}

static void collect_diags(struct join *j)
{
	take_diags(j, j->out->config, NO_LAYER);
	if (j->in->has_config && !j->out->config)
		join_diag(j, DIAG_ERROR, place_config(""),
			j->in->config_problem.len ? j->in->config_problem : SPAN("not readable"));
	for (size_t i = 0; i < j->out->layers_n; i++) {
		if (!j->out->parts[i])
			join_diag(
				j, DIAG_ERROR, place_layer((int32_t)i), j->out->layers[i].problem);
		else if (!j->out->parts[i]->complete)
			join_diag(j, DIAG_ERROR, place_layer((int32_t)i),
				SPAN("the layer ends early"));
		take_diags(j, j->out->parts[i], (int32_t)i);
	}
}

/* Diagnostics of documents are placed at the manifest or at the attestation's digest. */
static void collect_document_diags(struct join *j)
{
	for (size_t i = 0; i < j->out->documents_n; i++) {
		const struct image_document *d = &j->out->documents[i];
		struct place at = d->is_attestation ? (struct place){ .kind = PLACE_ATTESTATION,
			.layer = NO_LAYER,
			.path = d->name }
						    : place_manifest("");

		for (size_t k = 0; d->part && k < d->part->diags.n; k++)
			join_diag(j, d->part->diags.p[k].severity, at, d->part->diags.p[k].text);
		if (!d->part)
			join_diag(j, DIAG_WARNING, at,
				d->problem.len ? d->problem : SPAN("not readable"));
	}
}

static int judge_secrets(struct join *j)
{
	struct judge_options opt = {
		.now = j->in->now,
		.run_key = j->in->fingerprint_key,
		.rules = j->in->secret_rules,
	};
	uint64_t dropped = 0;
	int code = secrets_judge(j->out, &opt, &dropped, j->err);

	if (dropped) {
		j->secrets_dropped = join_text(j, "%llu possible secrets over the limit of %d",
			(unsigned long long)dropped, SECRETS_JUDGED_MAX);
		join_diag(j, DIAG_WARNING, place_image(), j->secrets_dropped);
	}
	return code;
}

static void close_diags(struct join *j)
{
	if (!j->diags_over)
		return;
	struct span text = join_text(
		j, "%zu more diagnostics, %zu of them errors", j->diags_over, j->errors_over);

	j->out->diags.p[DIAGS_MAX - 1] = (struct diagnostic){
		.severity = j->errors_over || j->out->diags.p[DIAGS_MAX - 1].severity == DIAG_ERROR
				    ? DIAG_ERROR
				    : DIAG_WARNING,
		.at = place_image(),
		.text = text,
	};
}

static int run_steps(struct join *j)
{
	int code = copy_subject(j);

	if (code)
		return code;
	copy_layers(j);
	map_history(j);
	collect_diags(j);
	collect_document_diags(j);
	code = overlay_apply(j);
	if (code)
		return code;
	attach_bodies(j);
	known_collect(j);
	if (arena_failed(&j->scratch))
		return err_memory(j->err);
	mark_shells(j);
	packages_collect(j);
	owners_resolve(j);
	system_describe(j);
	commands_resolve(j);
	bins_collect(j);
	dates_collect(j);
	base_identify(j);
	packages_settle(j);
	code = judge_secrets(j);
	if (code)
		return code;
	inputs_settle(j);
	close_diags(j);
	code = watch_check(j->out->watch, j->err);
	code = code ? code : arena_check(&j->out->arena, j->err);
	return code ? code : arena_check(&j->scratch, j->err);
}

int join_image(const struct join_input *in, struct image_facts *out, struct scov_err *err)
{
	struct join j = { .in = in, .out = out, .key = hash_random_key(), .err = err };

	if (in->layers_n > in->limits.layers)
		return err_fail(err, SCOV_E_LIMIT, "too many layers: %zu (limit %llu)",
			in->layers_n, (unsigned long long)in->limits.layers);
	uint64_t entries = 0;

	for (size_t i = 0; i < in->layers_n; i++)
		entries += in->layers[i].part ? in->layers[i].part->entries.n : 0;
	if (entries > in->limits.image_entries)
		return err_fail(err, SCOV_E_LIMIT,
			"too many entries in all layers: %llu (limit image_entries: %llu)",
			(unsigned long long)entries, (unsigned long long)in->limits.image_entries);
	int code = run_steps(&j);

	arena_release(&j.scratch);
	if (code)
		arena_release(&out->arena);
	return code;
}
