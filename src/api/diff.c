/* diff.c - two images read and compared.
 *
 * What both have by digest is not read, unless the final file systems are asked for, or the images
 * are equal: of both then every blob was read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diff/diff.h"

#include <string.h>
#include <sys/random.h>

#include "api/api.h"
#include "base/err.h"
#include "join/join.h"
#include "report/report.h"

/* One of the two. */
struct side {
	struct scov_image *image;
	const char *name;           /* "A", "B": for messages */
	struct descriptor document; /* the manifest as a part */
	struct diff_layer *layers;
	struct scan_job **jobs; /* by layer; NULL: not read */
	struct scan_job *config, *manifest;
	struct diff_image compared;
	struct image_facts files;
};

struct diff {
	struct side a, b;
	const struct api_call *call;
	struct arena *arena;
	struct difference_report *out;
	struct watch watch;
	struct scan_job *list; /* all parts that are read */
	size_t n, done;
	struct scov_err ended; /* why the call cannot go on; code 0: it can */
	bool is_one_place;     /* both references name it */
	uint8_t key[CACHE_KEY];
};

struct scov_diff {
	struct arena arena;
	struct difference_report report;
};

/* ---- reading --------------------------------------------------------------------------------- */

static void show_progress(void *ctx, const struct scan_progress *p)
{
	const struct diff *d = ctx;
	api_show_progress(d->call, d->b.image, p);
}

static struct scan_job *add_job(struct diff *d, const struct side *s, uint8_t kind,
	const struct descriptor *what, struct span given)
{
	struct scan_job *job = &d->list[d->n++];

	*job = (struct scan_job){
		.kind = kind,
		.surface = SURFACE_ANNOTATION,
		.source = s->image->origin->source,
		.descriptor = what,
		.given = given,
	};
	return job;
}

/* Config and manifest: a few KB, always read. */
static void add_documents(struct diff *d, struct side *s)
{
	struct manifest *m = &s->image->manifest;

	if (m->has_config)
		s->config = add_job(d, s, PART_CONFIG, &m->config, m->config_text);
	if (!m->raw.len)
		return;
	s->document = (struct descriptor){ .media_type = m->media_type,
		.digest = m->digest,
		.size = m->raw.len,
		.has_size = true };
	s->manifest = add_job(d, s, PART_DOCUMENT, &s->document, m->raw);
}

/* The layer of a with the same digest, which is read already; NULL: none. */
static struct scan_job *same_layer(const struct diff *d, const struct digest *digest)
{
	const struct manifest *m = &d->a.image->manifest;

	for (size_t i = 0; i < m->layers.n; i++)
		if (d->a.jobs[i] && digest_eq(&m->layers.p[i].digest, digest))
			return d->a.jobs[i];
	return NULL;
}

/* all: those that both have too. */
static void add_layers(struct diff *d, struct side *s, bool all)
{
	const struct manifest *m = &s->image->manifest;

	for (size_t i = 0; i < m->layers.n; i++) {
		const struct descriptor *what = &m->layers.p[i];

		if (s->jobs[i] || (s->layers[i].is_shared && !all))
			continue;
		s->jobs[i] = same_layer(d, &what->digest);
		if (!s->jobs[i])
			s->jobs[i] = add_job(d, s, PART_LAYER, what, (struct span){ 0 });
	}
}

static int side_init(struct diff *d, struct side *s, struct scov_err *err)
{
	size_t n = s->image->manifest.layers.n;

	s->layers = arena_array(d->arena, n + 1, sizeof(*s->layers));
	s->jobs = arena_array(d->arena, n + 1, sizeof(*s->jobs));
	if (!s->layers || !s->jobs)
		return arena_check(d->arena, err);
	for (size_t i = 0; i < n; i++) {
		const struct descriptor *l = &s->image->manifest.layers.p[i];

		s->layers[i].media_type = api_masked(d->arena, l->media_type);
		s->layers[i].blob = l->digest;
	}
	return arena_check(d->arena, err);
}

static void find_shared(struct diff *d)
{
	const struct manifest *x = &d->a.image->manifest, *y = &d->b.image->manifest;

	for (size_t i = 0; x->layers.n == y->layers.n && i < x->layers.n; i++) {
		bool is = digest_eq(&x->layers.p[i].digest, &y->layers.p[i].digest);

		d->a.layers[i].is_shared = d->b.layers[i].is_shared = is;
		d->out->layers_shared += is;
	}
}

/* The same key for both: what is keyed is compared. */
static int take_key(struct diff *d, struct scov_err *err)
{
	const struct scov_context *c = d->a.image->context;

	if ((!c->keys || !cache_key(c->keys, d->key)) &&
		getrandom(d->key, sizeof(d->key), 0) != sizeof(d->key))
		return err_fail(err, SCOV_E_IO, "no random bytes for a key");
	return 0;
}

/* The parts that were added since. */
static int scan(struct diff *d, struct scov_err *err)
{
	struct scan_options opt;
	size_t from = d->done;

	api_scan_options(d->a.image->context, &d->call->call, &opt);
	opt.skip = UINT32_MAX;
	opt.has_details = true;
	opt.fingerprint_key = span_of(d->key, sizeof(d->key));
	if (d->call->progress) {
		opt.progress = show_progress;
		opt.progress_ctx = d;
	}
	d->done = d->n;
	return d->n > from ? scan_run(&opt, d->list + from, d->n - from, err) : 0;
}

/* ---- what could not be read ------------------------------------------------------------------ */

static void unread(struct diff *d, const struct side *s, const char *what, const char *why)
{
	char *text = arena_printf(d->arena, "%s: %s: %s", s->name, what, why);
	struct span masked = api_masked(d->arena, span_str(text));

	if (!vec_add(&d->out->unread, d->arena, &masked))
		arena_fail(d->arena);
}

static const char *why_unread(struct diff *d, const struct scan_job *job)
{
	const struct part *p = job->part;

	if (!p)
		return job->error.code ? job->error.text : "not readable";
	for (size_t i = 0; i < p->diags.n; i++)
		if (p->diags.p[i].hides & HIDES_ALL)
			return arena_printf(d->arena, "%.*s", SPAN_ARG(p->diags.p[i].text));
	return p->complete ? NULL : "read only in part";
}

/* The config states what each layer is. */
static const char *check_stated(struct diff *d, const struct side *s, size_t layer)
{
	const struct part *config = s->config ? s->config->part : NULL,
			  *part = s->jobs[layer]->part;
	struct digest stated;
	struct scov_err err;

	if (!config)
		return NULL;
	if (config->diff_ids.n != s->image->manifest.layers.n)
		return "the config states another number of layers";
	if (digest_parse(config->diff_ids.p[layer].text, &stated, &err) ||
		!digest_eq(&stated, &part->diff_id))
		return arena_printf(d->arena, "its diff_id is not the one that the config states");
	return NULL;
}

static void take_parts(struct diff *d, struct side *s)
{
	const char *why = s->config ? why_unread(d, s->config) : NULL;

	if (why)
		unread(d, s, "config", why);
	why = s->manifest ? why_unread(d, s->manifest) : NULL;
	if (why)
		unread(d, s, "manifest", why);
	for (size_t i = 0; i < s->image->manifest.layers.n; i++) {
		if (!s->jobs[i] || s->layers[i].part)
			continue;
		why = why_unread(d, s->jobs[i]);
		why = why ? why : check_stated(d, s, i);
		if (why)
			unread(d, s, arena_printf(d->arena, "layer %zu", i), why);
		s->layers[i].part = s->jobs[i]->part;
	}
	s->compared = (struct diff_image){
		.config = s->config ? s->config->part : NULL,
		.manifest = s->manifest ? s->manifest->part : NULL,
		.layers = s->layers,
		.layers_n = s->image->manifest.layers.n,
	};
}

/* ---- comparing ------------------------------------------------------------------------------- */

static int join(struct diff *d, struct side *s, struct scov_err *err)
{
	size_t n = s->compared.layers_n;
	struct join_layer *layers = arena_array(d->arena, n + 1, sizeof(*layers));
	struct join_input in = {
		.config = s->compared.config,
		.has_config = s->compared.config != NULL,
		.layers = layers,
		.layers_n = n,
		.skip = UINT32_MAX,
		.limits = s->image->context->limits,
	};

	if (!layers)
		return arena_check(d->arena, err);
	for (size_t i = 0; i < n; i++)
		layers[i] = (struct join_layer){ .part = s->layers[i].part };
	s->files.watch = &d->watch;
	int code = join_image(&in, &s->files, err);

	if (!code)
		s->compared.files = &s->files;
	return code;
}

static int compare(struct diff *d, struct difference_report *out, struct scov_err *err)
{
	return diff_images(&d->a.compared, &d->b.compared, &d->watch, d->arena, out, err);
}

/* All layers, those that both have too, put together. */
static int compare_final(struct diff *d, struct difference_report *out, struct scov_err *err)
{
	int code;

	add_layers(d, &d->a, true);
	add_layers(d, &d->b, true);
	code = scan(d, err);
	if (code)
		return code;
	take_parts(d, &d->a);
	take_parts(d, &d->b);
	if (d->out->unread.n)
		return 0;
	code = join(d, &d->a, err);
	if (!code)
		code = join(d, &d->b, err);
	return code ? code : compare(d, out, err);
}

/* Files that one layer lacks may be in another: then only the layers differ. */
static int look_elsewhere(struct diff *d, struct scov_err *err)
{
	struct difference_report other = { 0 };
	int code = compare_final(d, &other, err);

	if (code || d->out->unread.n || other.kinds[DIFFER_UNREAD].count ||
		other.kinds[DIFFER_CONTENT].count || other.kinds[DIFFER_ONLY].count ||
		other.kinds[DIFFER_TYPE].count || other.kinds[DIFFER_LINK].count)
		return code;
	memcpy(d->out->kinds, other.kinds, sizeof(other.kinds));
	d->out->is_final = true;
	return 0;
}

/* Of the image that a form without a manifest has: the config, and each layer as it states. */
static bool is_same_content(const struct diff *d)
{
	const struct side *a = &d->a, *b = &d->b;

	if (!a->config != !b->config ||
		(a->config && !digest_eq(&a->config->blob, &b->config->blob)))
		return false;
	if (a->compared.layers_n != b->compared.layers_n)
		return false;
	for (size_t i = 0; i < a->compared.layers_n; i++)
		if (!a->layers[i].is_shared && (!a->layers[i].part || !b->layers[i].part ||
						       !digest_eq(&a->layers[i].part->diff_id,
							       &b->layers[i].part->diff_id)))
			return false;
	return true;
}

/* The blob is read whole and has the digest that names it. NULL: it has. */
static const char *why_not_whole(
	struct diff *d, const struct side *s, const struct descriptor *what)
{
	static const uint64_t piece = 256 << 10;
	struct source *source = s->image->origin->source;
	struct digester *h = digester_new((enum digest_algorithm)what->digest.algorithm);
	uint8_t *bytes = mem_alloc(piece);
	struct stream *in = NULL;
	struct scov_err err = { 0 };
	int64_t n = h && bytes ? 0 : err_memory(&err);

	if (!n)
		n = source->ops->open(source, what, &d->call->call, &in, &err);
	while (!n && (n = in->read(in, bytes, piece, &err)) > 0) {
		digester_add(h, bytes, (size_t)n);
		n = call_check(&d->call->call, &err);
	}
	if (!n) {
		struct digest is = digester_end(h);

		if (!digest_eq(&is, &what->digest))
			n = err_fail(&err, SCOV_E_DIGEST, "its bytes have another digest");
	}
	if (in)
		in->close(in);
	mem_free(bytes);
	digester_free(h);
	if (n)
		d->ended = n == SCOV_E_CANCELLED || n == SCOV_E_TIMEOUT || n == SCOV_E_MEMORY
				   ? err
				   : d->ended;
	return n ? arena_printf(d->arena, "%s", err.text) : NULL;
}

/* Equal digests say that the images are equal where all of them is there. What was not read from
 * this image itself, but from the other or from the cache, is read now. */
static int check_whole(struct diff *d, struct side *s, struct scov_err *err)
{
	const struct manifest *m = &s->image->manifest;
	const char *why = m->has_config && digest_size(&m->config.digest)
				  ? why_not_whole(d, s, &m->config)
				  : NULL;

	if (why)
		unread(d, s, "config", why);
	for (size_t i = 0; i < m->layers.n && !d->ended.code; i++) {
		const struct scan_job *job = s->jobs[i];
		bool is_read = job && !job->from_cache && job->source == s->image->origin->source;

		if (is_read || !digest_size(&m->layers.p[i].digest))
			continue;
		why = why_not_whole(d, s, &m->layers.p[i]);
		if (why)
			unread(d, s, arena_printf(d->arena, "layer %zu", i), why);
	}
	*err = d->ended.code ? d->ended : *err;
	return d->ended.code;
}

/* A tree of folders at most is most likely the wrong path. */
static bool is_empty(const struct side *s)
{
	for (size_t i = 0; i < s->compared.layers_n; i++) {
		const struct part *p = s->layers[i].part;

		if (!p || !api_is_empty(p))
			return false;
	}
	return !s->image->manifest.has_config;
}

static int read_and_compare(struct diff *d, struct scov_err *err)
{
	const struct digest *x = &d->a.image->manifest.digest, *y = &d->b.image->manifest.digest;
	bool is_same = digest_eq(x, y), have_manifests = digest_size(x) && digest_size(y);
	int code = side_init(d, &d->a, err);

	if (!code)
		code = side_init(d, &d->b, err);
	if (!code)
		code = take_key(d, err);
	if (code)
		return code;
	find_shared(d);
	if (!is_same) {
		bool is_final = d->a.image->manifest.layers.n != d->b.image->manifest.layers.n;

		add_documents(d, &d->a);
		add_documents(d, &d->b);
		add_layers(d, &d->a, is_final);
		add_layers(d, &d->b, is_final);
		code = scan(d, err);
		if (code)
			return code;
		take_parts(d, &d->a);
		take_parts(d, &d->b);
		if (!d->out->unread.n)
			code = is_final ? compare_final(d, d->out, err) : compare(d, d->out, err);
		if (!code && !is_final && d->out->kinds[DIFFER_ONLY].count &&
			d->a.compared.layers_n > 1 && !d->out->unread.n)
			code = look_elsewhere(d, err);
		is_same = !have_manifests && is_same_content(d);
		for (unsigned i = 0; i < 2 && !d->out->unread.n; i++)
			if (is_empty(i ? &d->b : &d->a))
				unread(d, i ? &d->b : &d->a, "the tree", API_EMPTY_TREE);
	}
	if (!code && is_same)
		code = check_whole(d, &d->a, err);
	if (!code && is_same && !d->is_one_place)
		code = check_whole(d, &d->b, err);
	if (!code)
		diff_settle(d->out, is_same, d->is_one_place, d->arena);
	return code ? code : arena_check(d->arena, err);
}

static void describe(const struct diff *d, const struct side *s, struct compared *out)
{
	const struct scov_image *i = s->image;

	*out = (struct compared){
		.reference = api_masked(d->arena, span_str(i->origin->reference)),
		.platform = arena_dup(d->arena, span_str(i->platform_text)),
		.transport = span_str(i->origin->source->ops->transport),
		.manifest = i->manifest.digest,
		.config = i->manifest.config.digest,
		.layers = i->manifest.layers.n,
	};
	if (s->config && s->config->part)
		out->config = s->config->blob;
}

int api_diff(struct scov_image *a, struct scov_image *b, const struct api_call *call,
	struct arena *arena, struct difference_report *out, struct scov_err *err)
{
	struct diff d = {
		.a = { .image = a, .name = "A" },
		.b = { .image = b, .name = "B" },
		.call = call,
		.arena = arena,
		.out = out,
		.watch = { .call = &call->call },
		.is_one_place = source_same(a->origin->reference, b->origin->reference),
	};
	size_t most = a->manifest.layers.n + b->manifest.layers.n + 4;

	d.list = mem_alloc(most * sizeof(*d.list));
	if (!d.list)
		return err_memory(err);
	int code = read_and_compare(&d, err);

	if (!code) {
		describe(&d, &d.a, &out->a);
		describe(&d, &d.b, &out->b);
		code = arena_check(arena, err);
	}
	explicit_bzero(d.key, sizeof(d.key));
	arena_release(&d.a.files.arena);
	arena_release(&d.b.files.arena);
	api_jobs_release(d.list, d.n);
	return code;
}

/* ---- the public calls ------------------------------------------------------------------------ */

static int open_side(struct scov_context *c, const char *reference, const char *platform,
	const struct api_call *call, const char *name, struct scov_image **out,
	struct scov_err *err)
{
	if (api_sbom_file(reference))
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"%s: '%s': an SBOM has no files to compare", name, reference);
	int code = api_image_open(c, reference, platform, false, &call->call, out, err);

	return code ? err_wrap(err, "%s: %s", name, reference) : 0;
}

int scov_diff(struct scov_context *c, const char *a, const char *b, const char *platform,
	const struct scov_call *given, struct scov_diff **out, struct scov_err *err)
{
	struct scov_image *x = NULL, *y = NULL;
	struct scov_diff *d = NULL;
	struct api_call call;
	struct scov_err mine;

	if (!err)
		err = &mine;
	int code = api_call(c, given, &call, err);

	if (!code)
		code = open_side(c, a, platform, &call, "A", &x, err);
	if (!code)
		code = open_side(c, b, platform, &call, "B", &y, err);
	if (!code && !(d = mem_alloc(sizeof(*d))))
		code = err_memory(err);
	if (!code)
		code = api_diff(x, y, &call, &d->arena, &d->report, err);
	scov_image_free(x);
	scov_image_free(y);
	if (code)
		scov_diff_free(d);
	else
		*out = d;
	return code;
}

int scov_diff_result(const struct scov_diff *d)
{
	return d->report.verdict == DIFF_SAME         ? SCOV_DIFF_EQUAL
	       : d->report.verdict == DIFF_UNREADABLE ? SCOV_DIFF_UNKNOWN
						      : SCOV_DIFF_DIFFERENT;
}

int scov_diff_write(const struct scov_diff *d, const char *format,
	const struct scov_format_options *given, scov_write write, void *ctx, struct scov_err *err)
{
	scoped_buf struct buf b = { 0 };
	struct scov_err mine;

	if (!err)
		err = &mine;
	struct write_options o;
	int code = api_write_options(given, &o, err);

	if (!code)
		code = report_difference(&d->report, span_str(format), &o, &b, err);
	return code ? code : api_deliver(&b, write, ctx, err);
}

void scov_diff_free(struct scov_diff *d)
{
	if (!d)
		return;
	arena_release(&d->arena);
	mem_free(d);
}
