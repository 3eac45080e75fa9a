/* slsa.c - provenance of SLSA v0.1, v0.2 and v1, and what BuildKit adds to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/predicate/predicate.h"

#include "base/ascii.h"
#include "base/date.h"
#include "format/purl.h"
#include "syntax/base64.h"
#include "syntax/json.h"

struct reading {
	struct arena *a;
	struct provenance *out;
	struct scov_err *err;
};

static const struct {
	const char *type, *version;
} versions[] = {
	{ "https://in-toto.io/Provenance/v0.1", "v0.1" },
	{ "https://slsa.dev/provenance/v0.1", "v0.1" },
	{ "https://slsa.dev/provenance/v0.2", "v0.2" },
	{ "https://slsa.dev/provenance/v1", "v1" },
	{ "https://slsa.dev/provenance/v1.0", "v1" },
	{ "https://slsa.dev/provenance/v1-rc1", "v1" },
	{ "https://slsa.dev/provenance/v1-rc2", "v1" },
};

static struct span version_of(struct span type)
{
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++)
		if (span_eq(type, span_str(versions[i].type)))
			return span_str(versions[i].version);
	return (struct span){ 0 };
}

/* ---- digests and inputs ---------------------------------------------------------------------- */

static bool is_hex(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_digit(span_at(s, i)) && (span_at(s, i) < 'a' || span_at(s, i) > 'f'))
			return false;
	return s.len != 0;
}

static void take_digest(const struct json *set, struct provenance_input *in)
{
	static const char *const order[] = { "sha256", "sha512", "gitCommit", "sha1" };

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		struct span hex = json_get_text(set, order[i]);

		if (!is_hex(hex))
			continue;
		in->algorithm = span_str(order[i]);
		in->hex = hex;
		return;
	}
}

/* Of v1-rc1, which Go wrote with capitals too. */
static const struct json *either(const struct json *v, const char *name, const char *other)
{
	const struct json *found = json_get(v, name);

	return found ? found : json_get(v, other);
}

/* "pkg:docker/alpine@3.20?platform=..." to "alpine:3.20", with the digest that goes with it. */
static struct span image_of(struct span uri, const struct provenance_input *in, struct arena *a)
{
	static const struct span heads[] = { SPAN_INIT("docker-image://"), SPAN_INIT("oci://"),
		SPAN_INIT("docker://") };
	struct purl p;

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (span_starts(uri, heads[i]))
			return span_from(uri, heads[i].len);
	if (!purl_parse(uri, a, &p) ||
		!(span_eq(p.type, SPAN("docker")) || span_eq(p.type, SPAN("oci"))))
		return (struct span){ 0 };

	struct span host = purl_qualifier(&p, "repository_url", a),
		    tag = purl_qualifier(&p, "tag", a);
	bool by_digest = span_starts(p.version, SPAN("sha256:")),
	     has_digest = span_eq(in->algorithm, SPAN("sha256"));

	if (!by_digest && p.version.len)
		tag = p.version;
	return span_str(arena_printf(a, "%.*s%s%.*s%s%.*s%s%.*s",
		SPAN_ARG(host.len ? host : p.space), host.len || p.space.len ? "/" : "",
		SPAN_ARG(host.len && span_ends(host, p.name) ? SPAN("") : p.name),
		tag.len ? ":" : "", SPAN_ARG(tag), has_digest ? "@sha256:" : "",
		SPAN_ARG(has_digest ? in->hex : SPAN(""))));
}

static struct provenance_input input_of(const struct json *v, struct arena *a)
{
	struct provenance_input in = { .uri = json_text(either(v, "uri", "URI")) };

	if (!in.uri.len)
		in.uri = json_get_text(v, "name");
	take_digest(either(v, "digest", "Digest"), &in);
	in.image = image_of(in.uri, &in, a);
	return in;
}

static int take_inputs(struct reading *r, const struct json *list)
{
	if (list && json_kind(list) != JSON_NIL && !json_is(list, JSON_LIST))
		return err_fail(r->err, SCOV_E_FORMAT, "the inputs of the build are not a list");
	if (json_count(list) > PROVENANCE_INPUTS_MAX)
		return err_fail(r->err, SCOV_E_LIMIT, "more than %d inputs of the build",
			PROVENANCE_INPUTS_MAX);
	for (size_t i = 0; i < json_count(list); i++) {
		struct provenance_input in = input_of(json_at(list, i), r->a);

		if (!json_is(json_at(list, i), JSON_DICT))
			return err_fail(
				r->err, SCOV_E_FORMAT, "an input of the build is not an object");
		if (!vec_add(&r->out->inputs, r->a, &in))
			return arena_check(r->a, r->err);
	}
	return 0;
}

static int take_time(struct reading *r, struct span text)
{
	bool fraction;

	if (text.len && !date_parse_rfc3339(text, &r->out->finished, &fraction))
		return err_fail(r->err, SCOV_E_FORMAT, "the end of the build is not a time");
	return 0;
}

static int take_builder(struct reading *r, const struct json *builder)
{
	const struct json *id = either(builder, "id", "ID");

	if (id && !json_is(id, JSON_TEXT))
		return err_fail(r->err, SCOV_E_FORMAT, "the builder's id is not text");
	r->out->has_builder = id != NULL;
	r->out->builder = json_text(id);
	return 0;
}

/* ---- BuildKit -------------------------------------------------------------------------------- */

/* The file that the build names, else the first. */
static void take_recipe(struct reading *r, const struct json *metadata, struct span name)
{
	const struct json *infos = json_get(json_get(metadata, "source"), "infos"), *best = NULL;
	struct scov_err ignored;

	for (size_t i = 0; i < json_count(infos); i++) {
		const struct json *one = json_at(infos, i);

		if (!json_get_text(one, "data").len)
			continue;
		if (!best || (name.len && span_eq(json_get_text(one, "filename"), name) &&
				     !span_eq(json_get_text(best, "filename"), name)))
			best = one;
	}
	if (!best || base64_decode(json_get_text(best, "data"), r->a, &r->out->recipe, &ignored))
		return;
	r->out->recipe_name = json_get_text(best, "filename");
}

/* Names of arguments are "build-arg:NAME"; others, "target" and "platform", are of the frontend. */
static int take_arguments(struct reading *r, const struct json *args)
{
	if (json_count(args) > PROVENANCE_ARGUMENTS_MAX)
		return err_fail(r->err, SCOV_E_LIMIT, "more than %d arguments of the build",
			PROVENANCE_ARGUMENTS_MAX);
	for (size_t i = 0; i < json_count(args) && json_is(args, JSON_DICT); i++) {
		struct span name = json_name(json_at(args, i));
		struct provenance_argument arg = { name, json_text(json_at(args, i)) };

		if (!span_starts(name, SPAN("build-arg:")))
			continue;
		arg.name = span_from(name, sizeof("build-arg:") - 1);
		if (!vec_add(&r->out->arguments, r->a, &arg))
			return arena_check(r->a, r->err);
	}
	return 0;
}

/* ---- the versions ---------------------------------------------------------------------------- */

static int read_old(struct reading *r, const struct json *v)
{
	static const char metadata_key[] = "https://mobyproject.org/buildkit@v1#metadata";
	const struct json *run = json_get(v, "invocation"), *recipe = json_get(v, "recipe"),
			  *metadata = json_get(v, "metadata"), *parameters, *source;
	struct provenance *p = r->out;
	uint64_t first;

	p->build_type = json_get_text(v, "buildType");
	if (!p->build_type.len)
		p->build_type = json_get_text(recipe, "type");
	source = json_get(run, "configSource");
	parameters = json_get(run, "parameters");
	if (source)
		p->source = input_of(source, r->a);
	else if (json_uint(json_get(recipe, "definedInMaterial"), 10000, &first))
		p->source = input_of(json_at(json_get(v, "materials"), first), r->a);
	p->is_reproducible = json_truth(json_get(metadata, "reproducible"));
	p->is_hermetic =
		json_truth(json_get(metadata, "https://mobyproject.org/buildkit@v1#hermetic"));
	p->has_all_inputs = json_truth(json_get(json_get(metadata, "completeness"), "materials"));
	take_recipe(r, json_get(metadata, metadata_key), json_get_text(source, "entryPoint"));

	int code = take_builder(r, json_get(v, "builder"));

	if (!code)
		code = take_inputs(r, json_get(v, "materials"));
	if (!code)
		code = take_arguments(r, json_get(parameters, "args"));
	return code ? code : take_time(r, json_get_text(metadata, "buildFinishedOn"));
}

/* Where the source is depends on the type of the build: GitHub's workflow, BuildKit's configSource,
 * the source or repository of others. */
static struct provenance_input source_of(
	const struct json *parameters, const struct provenance *p, struct arena *a)
{
	const struct json *workflow = json_get(parameters, "workflow"),
			  *config = json_get(parameters, "configSource"),
			  *source = json_get(parameters, "source");
	struct provenance_input in = { 0 };

	if (config)
		return input_of(config, a);
	if (json_is(source, JSON_DICT))
		return input_of(source, a);
	in.uri = json_get_text(workflow, "repository");
	if (!in.uri.len)
		in.uri = json_text(source);
	if (!in.uri.len)
		in.uri = json_get_text(parameters, "repository");
	/* Its commit is that of the input from the same place. */
	for (size_t i = 0; i < p->inputs.n && in.uri.len && !in.hex.len; i++) {
		struct span uri = p->inputs.p[i].uri;

		if (span_starts(uri, SPAN("git+")))
			uri = span_from(uri, 4);
		if (!span_starts(uri, in.uri))
			continue;
		in.algorithm = p->inputs.p[i].algorithm;
		in.hex = p->inputs.p[i].hex;
	}
	return in;
}

static int read_new(struct reading *r, const struct json *v)
{
	const struct json *definition = json_get(v, "buildDefinition"),
			  *run = json_get(v, "runDetails"), *metadata = json_get(run, "metadata"),
			  *parameters = json_get(definition, "externalParameters");
	struct provenance *p = r->out;

	if (!json_is(definition, JSON_DICT) || !json_is(run, JSON_DICT))
		return err_fail(
			r->err, SCOV_E_FORMAT, "it lacks \"buildDefinition\" or \"runDetails\"");
	p->build_type = json_get_text(definition, "buildType");
	if (!p->build_type.len)
		return err_fail(r->err, SCOV_E_FORMAT, "it lacks \"buildType\"");
	p->is_reproducible = json_truth(json_get(metadata, "buildkit_reproducible"));
	p->is_hermetic = json_truth(json_get(metadata, "buildkit_hermetic"));
	p->has_all_inputs = json_truth(
		json_get(json_get(metadata, "buildkit_completeness"), "resolvedDependencies"));
	take_recipe(r, json_get(metadata, "buildkit_metadata"),
		json_get_text(json_get(parameters, "configSource"), "path"));

	int code = take_builder(r, json_get(run, "builder"));

	if (!code)
		code = take_inputs(r, json_get(definition, "resolvedDependencies"));
	if (!code)
		code = take_arguments(r, json_get(json_get(parameters, "request"), "args"));
	if (!code)
		p->source = source_of(parameters, p, r->a);
	return code ? code : take_time(r, json_text(either(metadata, "finishedOn", "finishedon")));
}

int provenance_read(struct span predicate, struct span type, struct arena *a,
	struct provenance *out, struct scov_err *err)
{
	struct reading r = { .a = a, .out = out, .err = err };
	const struct json *v;

	*out = (struct provenance){ .version = version_of(type) };
	if (!out->version.len)
		return err_fail(err, SCOV_E_UNSUPPORTED, "not provenance of SLSA v0.1, v0.2 or v1");
	int code = json_parse(predicate, PROVENANCE_MAX, a, &v, err);

	if (!code && !json_is(v, JSON_DICT))
		code = err_fail(err, SCOV_E_FORMAT, "the predicate is not an object");
	if (!code)
		code = span_eq(out->version, SPAN("v1")) ? read_new(&r, v) : read_old(&r, v);
	return code ? code : arena_check(a, err);
}
