/* base.c - what the image is built on: --base, an annotation, or marks in the file system.
 *
 * What the file system shows outweighs what an annotation says: a name that claims a small
 * base over a full distribution is not believed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "join/steps.h"
#include "known/bases.h"

/* More than a minimal base has. Source: debootstrap --print-debs. */
enum { MINIMAL_PACKAGES = 60 };

static bool visible(const struct join *j, const char *path)
{
	return image_find(j->out, span_str(path), true) != NULL;
}

/* A visible fact of this kind; *at is its file. */
static bool has_marker(const struct join *j, uint8_t kind, struct place *at)
{
	for (uint32_t layer = 0; layer < j->out->layers_n; layer++)
		for (size_t i = 0; j->out->parts[layer] && i < j->out->parts[layer]->markers.n;
			i++) {
			const struct marker_fact *m = &j->out->parts[layer]->markers.p[i];
			const struct known_body *b =
				m->kind == kind ? known_at(j, layer, m->entry) : NULL;

			if (b) {
				*at = place_line((int32_t)b->file->layer, b->file->path, m->line);
				return true;
			}
		}
	return false;
}

static bool at_file(const struct join *j, const char *path, struct place *at)
{
	const struct file *f = image_find(j->out, span_str(path), true);

	if (f)
		*at = place_file((int32_t)f->layer, f->path);
	return f != NULL;
}

/* ---- marks, each a test that may set *at and *name ---- */

static uint8_t kind_of_id(struct span id)
{
	for (size_t i = 0; i < known_systems_n; i++)
		if (span_eq(id, known_systems[i].id))
			return known_systems[i].kind;
	return KNOWN_NOTHING;
}

/* A derivative is as full as what it is like; a small one does not make its derivatives small. */
static bool is_system(const struct join *j, uint8_t kind)
{
	const struct distribution *d = &j->out->distribution;
	uint8_t own = kind_of_id(d->id);
	struct span like = d->id_like, word;

	while (own == KNOWN_NOTHING && kind == KNOWN_FULL && span_split(&like, ' ', &word))
		own = kind_of_id(word) == KNOWN_FULL ? KNOWN_FULL : own;
	return own == kind;
}

/* A release file of any distribution, in the image or in a lower layer. */
static bool had_release(const struct join *j)
{
	if (known_first(j, KIND_OS_RELEASE) || known_first(j, KIND_RELEASE))
		return true;
	for (size_t i = 0; i < j->out->buried.n; i++) {
		uint8_t kind = known_kind_of(j->out->buried.p[i].path);

		if (kind == KIND_OS_RELEASE || kind == KIND_RELEASE)
			return true;
	}
	return false;
}

/* No release file and no package database, and none that a later layer took away. */
static bool mark_scratch(const struct join *j, struct place *at)
{
	*at = place_image();
	return !j->out->distribution.is_known && !j->out->has_package_database &&
	       !j->out->database_removed && !had_release(j) && !visible(j, "nix/store");
}

/* GoogleContainerTools/distroless: PRETTY_NAME of its os-release; packages as
 * var/lib/dpkg/status.d/NAME. */
static bool mark_distroless(const struct join *j, struct place *at)
{
	*at = j->out->distribution.at;
	if (span_eq(j->out->distribution.pretty_name, SPAN("Distroless")))
		return true;
	*at = place_image();
	return j->out->dpkg_status_d_only && !image_was_buried(j->out, SPAN("var/lib/dpkg/status"));
}

static bool mark_apk(const struct join *j, struct place *at)
{
	*at = j->out->distribution.at;
	return is_system(j, KNOWN_MINIMAL);
}

/* debuerreotype: etc/dpkg/dpkg.cfg.d/docker calls itself the slim variant. */
static bool mark_slim(const struct join *j, struct place *at)
{
	return has_marker(j, MARKER_DPKG_SLIM, at);
}

static bool has_rpm_database(const struct join *j, struct place *at)
{
	for (size_t i = 0; i < j->out->packages.n; i++)
		if (package_row(j->out->packages.p[i].fact->type)->ecosystem == ECOSYSTEM_RPM) {
			const struct image_package *p = &j->out->packages.p[i];

			*at = place_file((int32_t)p->database_layer,
				j->out->parts[p->database_layer]->entries.p[p->fact->entry].path);
			return true;
		}
	return false;
}

static bool has_program(const struct join *j, struct span name)
{
	static const char *const folders[] = { "usr/bin/", "bin/", "usr/sbin/", "sbin/",
		"usr/local/bin/" };
	char path[64];

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), "%s%.*s", folders[i], SPAN_ARG(name));
		if (visible(j, path) || image_was_buried(j->out, span_str(path)))
			return true;
	}
	return false;
}

/* A program that is there, or was in a lower layer: taking the package manager away does not change
 * the base. */
static bool has_role(const struct join *j, uint32_t role)
{
	for (size_t i = 0; i < known_programs_n; i++)
		if ((known_programs[i].roles & role) && has_program(j, known_programs[i].name))
			return true;
	return false;
}

/* Every full install has dpkg, and lists it among its packages. */
static bool has_dpkg(const struct join *j)
{
	for (size_t i = 0; i < j->out->packages.n; i++)
		if (j->out->packages.p[i].fact->type == PACKAGE_DEB &&
			span_eq(j->out->packages.p[i].fact->name, SPAN("dpkg")))
			return true;
	return has_program(j, SPAN("dpkg")) || has_program(j, SPAN("apt")) ||
	       has_program(j, SPAN("apt-get"));
}

/* canonical/chisel: the manifest of its slices. */
static bool mark_chisel(const struct join *j, struct place *at)
{
	const struct known_body *b = known_first(j, KIND_WALL);

	if (b)
		*at = place_file((int32_t)b->file->layer, b->file->path);
	return b && !has_dpkg(j);
}

/* A database of cut packages, as Microsoft ships chiselled Ubuntu and others make distroless
 * Debian: it does not list dpkg, and there is no shell, which every full install needs. */
static bool mark_no_dpkg(const struct join *j, struct place *at)
{
	const struct known_body *b = known_first(j, KIND_DPKG_STATUS);

	if (b)
		*at = place_file((int32_t)b->file->layer, b->file->path);
	return b && b->packages && j->out->system_packages <= MINIMAL_PACKAGES && !has_dpkg(j) &&
	       !has_role(j, ROLE_SHELL);
}

static bool is_ubuntu(const struct join *j)
{
	return span_eq(j->out->distribution.id, SPAN("ubuntu"));
}

static bool mark_chisel_status(const struct join *j, struct place *at)
{
	return is_ubuntu(j) && mark_no_dpkg(j, at);
}

/* Slices without chisel's manifest: nothing is left that could install or start anything. */
static bool mark_slices(const struct join *j, struct place *at)
{
	*at = j->out->distribution.at;
	return is_ubuntu(j) && !j->out->has_package_database && !j->out->database_removed &&
	       !has_dpkg(j) && !has_role(j, ROLE_SHELL);
}

static bool mark_rpm_micro(const struct join *j, struct place *at)
{
	return has_rpm_database(j, at) && !has_role(j, ROLE_RPM_MANAGER);
}

static bool mark_rpm_minimal(const struct join *j, struct place *at)
{
	return has_rpm_database(j, at) && has_program(j, SPAN("microdnf")) &&
	       !has_role(j, ROLE_RPM_FULL_MANAGER);
}

static bool mark_nix(const struct join *j, struct place *at)
{
	return !j->out->distribution.is_known && !j->out->has_package_database &&
	       !j->out->database_removed && at_file(j, "nix/store", at);
}

/* chainguard-dev/apko: the author it writes, its history line, or the copy of its configuration. */
static bool mark_apko(const struct join *j, struct place *at)
{
	const struct part *c = j->out->config;

	if (has_marker(j, MARKER_APKO, at))
		return true;
	*at = place_config("/author");
	if (span_eq(image_config(j->out->config, CONFIG_AUTHOR, (struct span){ 0 }),
		    SPAN("github.com/chainguard-dev/apko")))
		return true;
	for (size_t i = 0; c && i < c->history.n; i++)
		if (span_eq(c->history.p[i].created_by, SPAN("apko"))) {
			*at = place_history((uint32_t)i);
			return true;
		}
	return false;
}

static bool mark_full(const struct join *j, struct place *at)
{
	*at = j->out->distribution.at;
	return is_system(j, KNOWN_FULL);
}

/* In the order in which they are asked; the first that answers decides. name NULL: the
 * distribution's id. */
static const struct mark {
	bool (*test)(const struct join *j, struct place *at);
	uint8_t kind;
	const char *name, *how;
} marks[] = {
	{ mark_scratch, BASE_MINIMAL, "scratch",
		"no os-release and no package database in any layer" },
	{ mark_distroless, BASE_MINIMAL, "distroless",
		"os-release or package files of distroless" },
	{ mark_chisel, BASE_MINIMAL, "chiselled", "a chisel manifest, and no dpkg or apt" },
	{ mark_chisel_status, BASE_MINIMAL, "chiselled",
		"a package database that does not list dpkg, and no dpkg, apt or shell" },
	{ mark_slices, BASE_MINIMAL, "chiselled",
		"no package database in any layer, and no dpkg, apt or shell" },
	{ mark_apk, BASE_MINIMAL, NULL, "the ID in os-release" },
	{ mark_slim, BASE_MINIMAL, "slim", "a dpkg configuration of the slim variant" },
	{ mark_no_dpkg, BASE_MINIMAL, "without dpkg",
		"a package database that does not list dpkg, and no dpkg, apt or shell" },
	{ mark_rpm_micro, BASE_MINIMAL, "micro", "an rpm database without rpm, dnf and yum" },
	{ mark_rpm_minimal, BASE_MINIMAL, "minimal", "microdnf without dnf and yum" },
	{ mark_nix, BASE_MINIMAL, "nix store", "nix/store and no distribution" },
	{ mark_apko, BASE_MINIMAL, "apko", "files of apko" },
	{ mark_full, BASE_FULL, NULL, "the ID in os-release, and no sign of a smaller variant" },
};

static void by_marks(struct join *j, struct base *b)
{
	struct span id = j->out->distribution.id;

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		struct place at = place_image();

		if (!marks[i].test(j, &at))
			continue;
		b->source = BASE_MARKERS;
		b->kind = b->by_files = marks[i].kind;
		b->name = !marks[i].name ? id
			  : id.len       ? join_text(j, "%.*s (%s)", SPAN_ARG(id), marks[i].name)
					 : span_str(marks[i].name);
		b->how = span_str(marks[i].how);
		b->at = at;
		return;
	}
	b->how = SPAN("no sign of a known base");
}

/* ---- names ---- */

static uint8_t kind_of_name(struct span name)
{
	const struct known_base *known = known_base_find(name);

	return !known ? BASE_KIND_UNKNOWN : known->kind == KNOWN_MINIMAL ? BASE_MINIMAL : BASE_FULL;
}

/* A claim about the base: its kind by its name, but never smaller than what the file system shows.
 */
static void by_name(struct join *j, struct base *b, uint8_t source, struct span name,
	struct place at, const char *how)
{
	struct base marks_say = { 0 };
	uint8_t kind = kind_of_name(name);

	by_marks(j, &marks_say);
	/* what the files do not show and many packages speak against stays open */
	bool is_doubtful = marks_say.kind == BASE_KIND_UNKNOWN && source == BASE_ANNOTATION &&
			   j->out->system_packages > MINIMAL_PACKAGES;

	if (kind == BASE_KIND_UNKNOWN ||
		(kind == BASE_MINIMAL && (marks_say.kind == BASE_FULL || is_doubtful)))
		kind = marks_say.kind;
	*b = (struct base){
		.source = source,
		.kind = kind,
		.by_files = marks_say.kind,
		.name = name,
		.at = at,
		.how = span_str(how),
	};
	if (kind_of_name(name) == BASE_MINIMAL && kind == BASE_FULL)
		b->how = join_text(j, "%s, but the file system is that of a full %.*s", how,
			SPAN_ARG(marks_say.name));
	else if (kind_of_name(name) == BASE_KIND_UNKNOWN && kind != BASE_KIND_UNKNOWN)
		b->how = join_text(j, "%s, and the file system is that of %.*s", how,
			SPAN_ARG(marks_say.name));
}

/* All layers of --base are the lowest of this image. */
static uint32_t layers_of_base(const struct join *j)
{
	const struct part *base = j->out->base_config;
	size_t n = base ? base->diff_ids.n : 0;

	if (n == 0 || n > j->out->layers_n)
		return 0;
	for (size_t i = 0; i < n; i++) {
		struct digest d;

		if (digest_parse(base->diff_ids.p[i].text, &d, NULL) ||
			!digest_eq(&d, &j->out->layers[i].diff_id))
			return 0;
	}
	return (uint32_t)n;
}

void base_identify(struct join *j)
{
	struct base *b = &j->out->base;
	struct place at;
	struct span name = join_annotation(j, SPAN("org.opencontainers.image.base.name"), &at);
	uint32_t layers = layers_of_base(j);

	/* base.digest without a name is not used: builders write it even for scratch, where it
	 * is the digest of nothing, and a digest says neither kind nor publisher. */
	if (layers)
		by_name(j, b, BASE_LAYERS, j->in->base_name, place_layer(0),
			"its layers are the lowest layers of this image");
	else if (name.len)
		by_name(j, b, BASE_ANNOTATION, name, at, "the image says so");
	else
		by_marks(j, b);
	b->layers = layers;
	for (uint32_t i = 0; i < layers; i++)
		j->out->layers[i].is_base = true;
	if (j->in->base_config && !layers)
		join_diag(j, DIAG_WARNING, place_image(),
			join_text(j, "%.*s is not the base of this image: its layers are different",
				SPAN_ARG(j->in->base_name)));
}
