/* yaml.c - the images that YAML files name: compose, Kubernetes, Helm's values, GitHub's workflows.
 *
 * Which of these a document is, its keys say. An alias is not followed: what it names is looked at
 * where it is, and is left when it is not an image's in every place that it is used in.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "recipe/pin/parts.h"
#include "syntax/yaml_tree.h"

static const char shared[] = "an anchor that other places use",
		  aliased[] = "an alias: pin what its anchor names",
		  unplaced[] = "in a block, or written with escapes: not edited";

static bool is_text(const struct yaml_node *n)
{
	return n && n->kind == YAML_NODE_TEXT;
}

/* Empty, ~ or null. */
static bool is_nothing(const struct yaml_node *n)
{
	return is_text(n) &&
	       (!n->text.len || (n->is_plain && (span_eq(n->text, SPAN("~")) ||
							span_eq(n->text, SPAN("null")))));
}

static const char *why_left(const struct yaml_node *n)
{
	return !n->has_place ? unplaced : n->is_shared ? shared : NULL;
}

/* A name of an image after `skip` bytes of the scalar. */
static void add_image(struct pin_finding *f, const struct yaml_node *n, size_t skip)
{
	struct span text = span_from(n->text, skip);

	if (n->kind == YAML_NODE_ALIAS)
		pin_add(f,
			&(struct pin_spot){ .line = n->line, .image = n->name, .left = aliased });
	else if (is_text(n) && !is_nothing(n))
		pin_add_name(f, n->line, text, n->from + skip, why_left(n));
}

/* ---- a name in pieces: repository, tag, digest ----------------------------------------------- */

struct pieces {
	const struct yaml_node *registry, *repository, *tag, *digest;
	bool is_hex; /* the digest is `sha` */
	bool is_kustomize;
};

static const struct yaml_node *first_of(
	const struct yaml_node *n, const char *a, const char *b, const char *c)
{
	const struct yaml_node *v = yaml_node_get(n, a);

	v = v ? v : yaml_node_get(n, b);
	return v ? v : yaml_node_get(n, c);
}

static struct span text_of(const struct yaml_node *n)
{
	return is_text(n) && !is_nothing(n) ? n->text : (struct span){ 0 };
}

/* The name as it is asked for. */
static struct span joined(struct pin_finding *f, const struct pieces *p)
{
	struct span registry = text_of(p->registry), tag = text_of(p->tag);
	const char *all;

	tag = span_sub(tag, 0, span_find(tag, '@'));
	all = arena_printf(f->a, "%.*s%s%.*s%s%.*s", SPAN_ARG(registry), registry.len ? "/" : "",
		SPAN_ARG(p->repository->text), tag.len ? ":" : "", SPAN_ARG(tag));
	return span_str(all);
}

/* With a key for the digest that has nothing yet. */
static const char *place_digest(const struct pieces *p, struct pin_finding *f, struct pin_spot *s)
{
	const struct yaml_node *d = p->digest;

	s->form = p->is_hex ? PIN_HEX : PIN_DIGEST;
	s->line = d->line;
	s->from = d->from;
	s->to = d->to;
	/* An empty value is after its colon, but in {digest}, which has none. */
	bool is_empty = d->is_plain && d->from == d->to;
	size_t at = d->from;

	while (at && ascii_is_blank(span_at(f->file, at - 1)))
		at--;
	if (is_empty && (!at || span_at(f->file, at - 1) != ':'))
		return unplaced;
	s->needs_blank = is_empty && at == d->from;
	return why_left(d);
}

static const char *place_tag(const struct pieces *p, struct pin_spot *s)
{
	const struct yaml_node *t = p->tag;

	if (!t || is_nothing(t))
		return "no tag, the chart has its own: write the tag, or `digest:`";
	if (p->is_kustomize)
		return "kustomize takes it from `digest:`, which is not there";
	s->line = t->line;
	s->from = s->to = t->to;
	return why_left(t);
}

static void add_pieces(struct pin_finding *f, const struct pieces *p)
{
	struct span digest = text_of(p->digest), tag = text_of(p->tag);
	struct pin_spot s = { .line = p->repository->line, .image = joined(f, p) };
	struct pin_name n;

	if (p->is_hex && digest.len)
		digest = span_str(arena_printf(f->a, "sha256:%.*s", SPAN_ARG(digest)));
	if (!digest.len && span_find(tag, '@') < tag.len) {
		digest = span_from(tag, span_find(tag, '@') + 1);
		s.from = p->tag->to - digest.len - 1;
		s.to = p->tag->to;
		s.line = p->tag->line;
	} else if (digest.len) {
		s.form = p->is_hex ? PIN_HEX : PIN_DIGEST;
		s.from = p->digest->from;
		s.to = p->digest->to;
		s.line = p->digest->line;
	}
	s.has_tag = tag.len && span_at(tag, 0) != '@';
	if (pin_is_variable(s.image) || pin_is_variable(digest))
		s.left = "a variable or a template is in it";
	else if (!pin_name_parse(s.image, &n))
		s.left = "not the name of an image";
	else if (recipe_is_digest(digest))
		s.digest = digest;
	else if (digest.len)
		s.left = "its digest is not sha256: and 64 digits in lower case";
	else if ((p->tag && !is_text(p->tag)) || (p->digest && !is_text(p->digest)))
		s.left = aliased;
	else
		s.left = p->digest ? place_digest(p, f, &s) : place_tag(p, &s);
	if (s.digest.len && (why_left(p->digest && digest.len ? p->digest : p->tag)))
		s.has_tag = false; /* pinned, and not to be changed */
	pin_add(f, &s);
}

static bool is_image_key(struct span key)
{
	return span_ends_nocase(key, SPAN("image"));
}

/* What of a mapping is one image; its key is the mapping's name. */
static bool take_pieces(struct pin_finding *f, const struct yaml_node *n)
{
	struct pieces p = {
		.registry = yaml_node_get(n, "registry"),
		.repository = yaml_node_get(n, "repository"),
		.tag = first_of(n, "tag", "newTag", "imageTag"),
		.digest = first_of(n, "digest", "sha", "imageDigest"),
	};

	if (!p.repository)
		p.repository =
			first_of(n, "image", is_image_key(n->name) ? "name" : "image", "image");
	if (!is_text(p.repository) || is_nothing(p.repository))
		return false;
	if (!p.tag && !p.digest && !(is_image_key(n->name) && yaml_node_get(n, "repository")))
		return false;
	p.is_hex = p.digest && span_eq(p.digest->name, SPAN("sha"));
	/* A whole name under `image`, with a stray key beside it. */
	if (!span_eq(p.repository->name, SPAN("repository")) &&
		span_find(p.repository->text, ':') < p.repository->text.len)
		return false;
	if (p.registry && is_nothing(p.registry))
		p.registry = NULL;
	if (p.registry && !is_text(p.registry)) /* of some chart: an object */
		return false;
	add_pieces(f, &p);
	return true;
}

/* ---- Helm's values, Kubernetes, and what is like them ---------------------------------------- */

static bool is_picture(struct span s)
{
	static const char *const ends[] = { ".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp",
		".ico", ".iso", ".qcow2", ".img" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (span_ends_nocase(s, span_str(ends[i])))
			return true;
	return false;
}

/* `image` names one; a key that ends so only where the value looks it. */
static void take_key(struct pin_finding *f, const struct yaml_node *n)
{
	struct pin_name name;

	if (n->kind == YAML_NODE_ALIAS) {
		if (span_eq(n->name, SPAN("image")))
			add_image(f, n, 0);
		return;
	}
	if (!is_text(n) || is_nothing(n) || is_picture(n->text))
		return;
	bool is_name = pin_name_parse(n->text, &name);
	bool is_exact = span_eq(n->name, SPAN("image"));

	if (is_exact ? is_name || pin_is_variable(n->text)
		     : is_name && (name.tag.len || name.digest.len))
		add_image(f, n, 0);
}

static const struct span kube_skipped[] = { SPAN_INIT("metadata"), SPAN_INIT("data"),
	SPAN_INIT("stringData"), SPAN_INIT("binaryData"), SPAN_INIT("status") };

static bool is_skipped(struct span key)
{
	for (size_t i = 0; i < sizeof(kube_skipped) / sizeof(*kube_skipped); i++)
		if (span_eq(key, kube_skipped[i]))
			return true;
	return false;
}

/* is_kube: n is an object of Kubernetes. */
static void walk(struct pin_finding *f, const struct yaml_node *n, bool is_kube)
{
	bool is_taken = n->kind == YAML_NODE_DICT && take_pieces(f, n);

	for (const struct yaml_node *c = n->first; c; c = c->next) {
		if (is_kube && is_skipped(c->name))
			continue;
		/* image: {name: a:1, entrypoint: []} */
		bool is_whole = is_image_key(n->name) && span_eq(c->name, SPAN("name"));

		if (n->kind == YAML_NODE_DICT && (is_image_key(c->name) || is_whole) && !is_taken)
			take_key(f, c);
		if (span_eq(n->name, SPAN("image")) && span_eq(c->name, SPAN("reference")))
			add_image(f, c, 0); /* a volume that is an image */
		walk(f, c, yaml_node_get(c, "apiVersion") && yaml_node_get(c, "kind"));
	}
}

static void find_kustomize(struct pin_finding *f, const struct yaml_node *root)
{
	const struct yaml_node *images = yaml_node_get(root, "images");

	for (const struct yaml_node *c = images ? images->first : NULL; c; c = c->next) {
		struct pieces p = {
			.repository = first_of(c, "newName", "name", "name"),
			.tag = yaml_node_get(c, "newTag"),
			.digest = yaml_node_get(c, "digest"),
			.is_kustomize = true,
		};

		if (is_text(p.repository) && (p.tag || p.digest))
			add_pieces(f, &p);
	}
}

/* ---- compose --------------------------------------------------------------------------------- */

static void take_contexts(struct pin_finding *f, const struct yaml_node *list)
{
	static const struct span head = SPAN_INIT("docker-image://");

	for (const struct yaml_node *c = list ? list->first : NULL; c; c = c->next) {
		size_t at = is_text(c) ? span_find_span(c->text, head) : 0;

		if (is_text(c) && at < c->text.len)
			add_image(f, c, at + head.len);
	}
}

static bool is_child(const struct yaml_node *of, const struct yaml_node *n)
{
	for (const struct yaml_node *c = of->first; c; c = c->next)
		if (c == n)
			return true;
	return false;
}

/* Whether the image of what is merged into a service is looked at where it is: in a service, or
 * in a mapping of the file's own. */
static bool is_seen_elsewhere(const struct yaml_node *root, const struct yaml_node *services,
	const struct yaml_node *merged)
{
	const struct yaml_node *t =
		merged && merged->kind == YAML_NODE_ALIAS ? merged->target : NULL;

	if (!t || yaml_node_get(t, "<<"))
		return false;
	return !yaml_node_get(t, "image") || is_child(services, t) || is_child(root, t);
}

/* The image of a service that is built is the name of the result. */
static void find_compose(struct pin_finding *f, const struct yaml_node *root)
{
	const struct yaml_node *services = yaml_node_get(root, "services");

	for (const struct yaml_node *c = root->first; c; c = c->next)
		if (span_starts(c->name, SPAN("x-")) && c->is_shared && yaml_node_get(c, "image") &&
			!yaml_node_get(c, "build"))
			add_image(f, yaml_node_get(c, "image"), 0);
	for (const struct yaml_node *c = services ? services->first : NULL; c; c = c->next) {
		const struct yaml_node *build = yaml_node_get(c, "build"),
				       *image = yaml_node_get(c, "image"),
				       *merged = yaml_node_get(c, "<<"),
				       *inlined = yaml_node_get(build, "dockerfile_inline");

		if (image && !build)
			add_image(f, image, 0);
		if (c->kind == YAML_NODE_ALIAS ||
			(merged && !image && !build && !is_seen_elsewhere(root, services, merged)))
			pin_add(f, &(struct pin_spot){ .line = c->line,
					   .image = c->name,
					   .left = "its image may come from an anchor" });
		take_contexts(f, yaml_node_get(build, "additional_contexts"));
		if (inlined)
			pin_add(f, &(struct pin_spot){ .line = inlined->line,
					   .image = c->name,
					   .left = "a Dockerfile in a compose file is not read" });
	}
}

/* ---- workflows and actions of GitHub --------------------------------------------------------- */

/* A full commit: SHA-1 or SHA-256. */
static bool is_commit(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_hex(span_at(s, i)))
			return false;
	return s.len == 40 || s.len == 64;
}

/* The end of the line's value, when only blanks or a comment follow; else 0. */
static size_t comment_place(const struct pin_finding *f, const struct yaml_node *n)
{
	size_t at = n->to + n->is_quoted, end = at;

	while (ascii_is_blank(span_at(f->file, end)))
		end++;
	if (end < f->file.len && !ascii_is_space(span_at(f->file, end)) &&
		(span_at(f->file, end) != '#' || end == at))
		return 0;
	return at;
}

/* The comment after a commit, "# v4": what it is of. */
static struct span comment_of(const struct pin_finding *f, size_t at)
{
	struct span line = span_from(f->file, at), word;

	line = span_trim(span_sub(line, 0, span_find(line, '\n')));
	if (span_at(line, 0) != '#')
		return (struct span){ 0 };
	line = span_trim(span_from(line, 1));
	if (span_starts(line, SPAN("tag=")))
		line = span_from(line, 4);
	return span_split(&line, ' ', &word) ? word : (struct span){ 0 };
}

static void add_uses(struct pin_finding *f, const struct yaml_node *n)
{
	static const struct span docker = SPAN_INIT("docker://");
	size_t at = is_text(n) ? span_rfind(n->text, '@') : 0;

	if (!is_text(n) || span_starts(n->text, SPAN("./")))
		return;
	if (span_starts(n->text, docker)) {
		add_image(f, n, docker.len);
		return;
	}
	struct pin_spot s = {
		.form = PIN_COMMIT,
		.line = n->line,
		.image = n->text,
		.has_tag = true,
		.from = n->from + at + 1,
		.to = n->to,
		.left = why_left(n),
	};

	if (at + 1 >= n->text.len || pin_is_variable(n->text) || !at)
		s.left = "not an action as owner/name@reference";
	if (!s.left)
		s.comment_at = comment_place(f, n);
	if (is_commit(span_from(n->text, at + 1))) {
		struct span of = comment_of(f, n->to + n->is_quoted);

		s.left = NULL;
		s.digest = span_from(n->text, at + 1);
		s.image = of.len ? span_str(arena_printf(
					   f->a, "%.*s@%.*s", (int)at, n->text.p, SPAN_ARG(of)))
				 : span_sub(n->text, 0, at);
		s.has_tag = of.len > 0;
	}
	pin_add(f, &s);
}

static void find_steps(struct pin_finding *f, const struct yaml_node *of)
{
	const struct yaml_node *steps = yaml_node_get(of, "steps");

	for (const struct yaml_node *c = steps ? steps->first : NULL; c; c = c->next)
		if (yaml_node_get(c, "uses"))
			add_uses(f, yaml_node_get(c, "uses"));
}

static void find_job(struct pin_finding *f, const struct yaml_node *job)
{
	const struct yaml_node *container = yaml_node_get(job, "container"),
			       *services = yaml_node_get(job, "services"),
			       *uses = yaml_node_get(job, "uses");

	if (container && container->kind == YAML_NODE_DICT)
		container = yaml_node_get(container, "image");
	if (container)
		add_image(f, container, 0);
	for (const struct yaml_node *c = services ? services->first : NULL; c; c = c->next)
		if (yaml_node_get(c, "image"))
			add_image(f, yaml_node_get(c, "image"), 0);
	if (uses)
		add_uses(f, uses);
	find_steps(f, job);
}

static void find_actions(struct pin_finding *f, const struct yaml_node *root)
{
	const struct yaml_node *jobs = yaml_node_get(root, "jobs"),
			       *runs = yaml_node_get(root, "runs"),
			       *image = yaml_node_get(runs, "image");

	for (const struct yaml_node *c = jobs ? jobs->first : NULL; c; c = c->next)
		find_job(f, c);
	find_steps(f, runs);
	if (is_text(image) && span_starts(image->text, SPAN("docker://")))
		add_uses(f, image);
}

/* ---- which it is ----------------------------------------------------------------------------- */

static void find_document(struct pin_finding *f, const struct yaml_node *root)
{
	const struct yaml_node *kind = yaml_node_get(root, "kind"),
			       *services = yaml_node_get(root, "services"),
			       *jobs = yaml_node_get(root, "jobs"),
			       *runs = yaml_node_get(root, "runs");

	bool is_kube = kind && yaml_node_get(root, "apiVersion");

	if (is_text(kind) && span_eq(kind->text, SPAN("Kustomization")))
		find_kustomize(f, root);
	else if (!is_kube && ((jobs && jobs->kind == YAML_NODE_DICT && yaml_node_get(root, "on")) ||
				     (runs && yaml_node_get(runs, "using"))))
		find_actions(f, root);
	else if (!is_kube && services && services->kind == YAML_NODE_DICT)
		find_compose(f, root);
	else
		walk(f, root, is_kube);
}

int pin_find_yaml(struct pin_finding *f, struct scov_err *err)
{
	struct yaml_node *root = NULL;

	if (yaml_tree(f->file, f->a, &root, err))
		return span_has(f->file, SPAN("{{")) && err->code == SCOV_E_FORMAT
			       ? err_fail(err, SCOV_E_FORMAT,
					 "%.500s (it has templates {{ }}: pin the values instead)",
					 err->text)
			       : err->code;
	for (; root; root = root->next) {
		/* any line of words is YAML: it may be a Dockerfile of another name */
		if (is_text(root) && !is_nothing(root))
			return err_fail(err, SCOV_E_FORMAT,
				"neither YAML with keys nor, by its name, a Dockerfile "
				"(Dockerfile, "
				"Dockerfile.NAME, NAME.dockerfile)");
		find_document(f, root);
	}
	return 0;
}
