/* part.c - one part: scanned here, or brought as bytes from elsewhere.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/api.h"

#include <string.h>

#include "base/err.h"
#include "facts/serial.h"

void api_document_job(
	const struct scov_image *i, const struct api_document *d, struct scan_job *job)
{
	*job = (struct scan_job){
		.kind = PART_DOCUMENT,
		.surface = d->surface,
		.source = i->origin->source,
		.descriptor = &d->descriptor,
		.given = d->given,
	};
}

void api_part_job(const struct scov_image *i, size_t index, struct scan_job *job)
{
	bool config = i->manifest.has_config && index == 0;
	size_t blobs = i->manifest.layers.n + i->manifest.has_config;

	if (index >= blobs) {
		api_document_job(i, &i->documents.p[index - blobs], job);
		return;
	}
	*job = (struct scan_job){
		.kind = config ? PART_CONFIG : PART_LAYER,
		.source = i->origin->source,
		.descriptor = config ? &i->manifest.config
				     : &i->manifest.layers.p[index - i->manifest.has_config],
		.given = config ? i->manifest.config_text : (struct span){ 0 },
	};
}

bool api_is_empty(const struct part *p)
{
	for (size_t i = 0; i < p->entries.n; i++)
		if (p->entries.p[i].type != ENTRY_DIR)
			return false;
	return p->complete;
}

void api_jobs_release(struct scan_job *jobs, size_t n)
{
	for (size_t k = 0; jobs && k < n; k++)
		scan_job_release(&jobs[k]);
	mem_free(jobs);
}

static void drop_layer(struct scan_job *job, size_t layer, const struct diff_id_fact *stated)
{
	char computed[DIGEST_TEXT];

	err_fail(&job->error, SCOV_E_DIGEST, "layer %zu: its diff_id is %s, the config states %.*s",
		layer, digest_format(&job->part->diff_id, computed), SPAN_ARG(stated->text));
	job->part = NULL;
}

int api_check_diff_ids(struct scov_image *i, struct scan_job *jobs, struct scov_err *err)
{
	const struct part *config = i->manifest.has_config ? jobs[0].part : NULL;

	if (!config)
		return 0;
	if (config->diff_ids.n != i->manifest.layers.n)
		return err_fail(err, SCOV_E_FORMAT,
			"the config states %zu diff_ids, the manifest %zu layers",
			config->diff_ids.n, i->manifest.layers.n);
	for (size_t k = 0; k < config->diff_ids.n; k++) {
		struct scan_job *job = &jobs[k + 1];
		struct digest stated;
		struct scov_err why;

		if (!job->part || !job->part->complete)
			continue; /* its own diagnostics say why */
		if (digest_parse(config->diff_ids.p[k].text, &stated, &why) ||
			!digest_eq(&stated, &job->part->diff_id))
			drop_layer(job, k, &config->diff_ids.p[k]);
	}
	return 0;
}

static int check_index(const struct scov_image *i, size_t index, struct scov_err *err)
{
	if (index < scov_image_parts(i))
		return 0;
	return err_fail(
		err, SCOV_E_USAGE, "part %zu: the image has %zu", index, scov_image_parts(i));
}

static int write_bytes(struct scov_part *p, const struct limits *l, struct scov_err *err)
{
	scoped_mem void *room = NULL;
	size_t len, cap = (size_t)l->answer_size;

	room = mem_alloc(cap);
	if (!room)
		return err_memory(err);
	int code = facts_write(p->job.part, room, cap, &len, err);

	if (code)
		return code;
	p->bytes = arena_dup(&p->job.arena, span_of(room, len));
	return p->bytes.p ? 0 : err_memory(err);
}

static int scan_one(struct scov_image *i, struct scov_part *p, const struct scov_call *given,
	struct scov_err *err)
{
	struct scan_options opt;
	struct api_call call;
	int code = api_call(i->context, given, &call, err);

	if (code)
		return code;
	api_scan_options(i->context, &call.call, &opt);
	code = scan_run(&opt, &p->job, 1, err);
	if (!code && !p->job.part) {
		*err = p->job.error;
		code = err->code;
	}
	return code ? code : write_bytes(p, &i->context->limits, err);
}

static int part_new(
	struct scov_image *i, size_t index, struct scov_part **out, struct scov_err *err)
{
	if (check_index(i, index, err))
		return err->code;
	*out = mem_alloc(sizeof(**out));
	if (!*out)
		return err_memory(err);
	api_part_job(i, index, &(*out)->job);
	return 0;
}

/* What was made, or none of it. */
static int part_give(struct scov_part *p, int code, struct scov_part **out)
{
	if (code)
		scov_part_free(p);
	else
		*out = p;
	return code;
}

int scov_part_scan(struct scov_image *i, size_t index, const struct scov_call *call,
	struct scov_part **out, struct scov_err *err)
{
	struct scov_err mine;
	struct scov_part *p = NULL;

	if (!err)
		err = &mine;
	int code = part_new(i, index, &p, err);

	return part_give(p, code ? code : scan_one(i, p, call, err), out);
}

const void *scov_part_bytes(const struct scov_part *p, size_t *len)
{
	*len = p->bytes.len;
	return p->bytes.p;
}

static int read_bytes(
	struct scov_image *i, struct scov_part *p, struct span bytes, struct scov_err *err)
{
	struct part *part = arena_alloc(&p->job.arena, sizeof(*part));

	p->bytes = arena_dup(&p->job.arena, bytes);
	if (!part || !p->bytes.p)
		return err_memory(err);
	int code = facts_read(p->bytes, &i->context->limits, &p->job.arena, part, err);

	if (code)
		return code;
	if (part->kind != p->job.kind)
		return err_fail(err, SCOV_E_FORMAT, "facts of another kind of part");
	p->job.part = part;
	return 0;
}

int scov_part_from_bytes(struct scov_image *i, size_t index, const void *p, size_t len,
	struct scov_part **out, struct scov_err *err)
{
	struct scov_err mine;
	struct scov_part *part = NULL;

	if (!err)
		err = &mine;
	int code = part_new(i, index, &part, err);

	return part_give(part, code ? code : read_bytes(i, part, span_of(p, len), err), out);
}

void scov_part_free(struct scov_part *p)
{
	if (!p)
		return;
	scan_job_release(&p->job);
	mem_free(p);
}
