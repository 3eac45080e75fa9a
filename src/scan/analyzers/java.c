/* java.c - packages of Java: jars, and those in jars.
 *
 * Each pom.properties is a package: a jar that holds others' classes has many. A jar without one is
 * what its file name and its manifest say; without a group nothing can be matched to it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/jar.h"

#include <string.h>

#include "base/buf.h"
#include "scan/analyzers/record.h"
#include "secret/find/find.h"

enum { LEVELS = 8 /* archives in each other, more than the finder unpacks */, NAME_ROOM = 1024 };

/* An archive that is open. */
struct jar {
	bool is_jar, has_pom, has_class;
	size_t name_n;
	uint8_t name[NAME_ROOM]; /* of the member that it is; empty: the file */
	struct jar_manifest manifest;
};

struct java {
	struct jar levels[LEVELS];
	uint8_t *text; /* of the manifest or properties that pass, JAR_TEXT_MAX */
	size_t text_n;
	bool is_manifest, is_pom, is_long, is_lost, has_members;
};

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)kind;
	return is_file(e) && e->size && jar_is(path) ? WANT_MEMBERS : WANT_NOTHING;
}

static struct java *java_of(const struct members_of *m)
{
	return m->state;
}

static bool begin(void *ctx, struct span name, unsigned depth)
{
	struct members_of *m = ctx;
	struct java *j = java_of(m);

	/* A manifest that is an archive is not a manifest, and a name as long as the room was cut.
	 */
	j->is_lost = j->is_lost || j->is_manifest || j->is_pom || depth >= LEVELS ||
		     name.len >= NAME_ROOM;
	j->is_manifest = j->is_pom = false;
	j->has_members = depth;
	if (depth >= LEVELS)
		return false;
	struct jar *self = &j->levels[depth];

	self->is_jar = jar_is(depth ? name : m->path) && name.len < NAME_ROOM;
	if (self->is_jar) {
		self->has_pom = self->has_class = false;
		self->name_n = name.len;
		if (name.len)
			memcpy(self->name, name.p, name.len);
		memset(&self->manifest, 0, sizeof(self->manifest));
	}
	if (!depth || !j->levels[depth - 1].is_jar)
		return false;
	struct jar *around = &j->levels[depth - 1];
	struct span member = span_from(name, around->name_n + (around->name_n != 0));

	around->has_class |= span_ends(member, SPAN(".class"));
	j->is_manifest = span_eq_nocase(member, SPAN("META-INF/MANIFEST.MF"));
	j->is_pom = jar_is_pom(member);
	if (!j->is_manifest && !j->is_pom)
		return self->is_jar;
	if (!j->text)
		j->text = arena_alloc(m->out->scratch, JAR_TEXT_MAX);
	j->text_n = 0;
	j->is_long = !j->text;
	return true;
}

static void content(void *ctx, struct span piece)
{
	struct java *j = java_of(ctx);

	if (!j->is_manifest && !j->is_pom) /* an archive */
		return;
	j->is_long = j->is_long || piece.len > JAR_TEXT_MAX - j->text_n;
	if (j->is_long)
		return;
	memcpy(j->text + j->text_n, piece.p, piece.len);
	j->text_n += piece.len;
}

static void record(struct members_of *m, const struct jar *jar, const struct jar_id *id)
{
	scoped_buf struct buf name = { 0 };
	uint64_t modified = 0;

	(void)!span_number(jar_value(&jar->manifest, JAR_MODIFIED), 10, INT64_MAX, &modified);
	buf_span(&name, id->group);
	buf_byte(&name, ':');
	buf_span(&name, id->artifact);
	if (name.failed || name.len > RECORD_TEXT_MAX) {
		java_of(m)->is_lost = true;
		return;
	}
	struct package_fact p = {
		.entry = m->entry,
		.type = PACKAGE_MAVEN,
		.name = buf_view(&name),
		.version = id->version,
		.license = jar_value(&jar->manifest, JAR_LICENSE),
		.built = (int64_t)(modified / 1000),
		.member = span_of(jar->name, jar->name_n),
	};

	if (record_package(m->out, &p))
		java_of(m)->is_lost = true;
}

static void end_text(struct members_of *m, struct jar *jar)
{
	struct java *j = java_of(m);
	struct span text = span_of(j->text, j->text_n);
	struct jar_id id, file;

	if (j->is_long) {
		j->is_lost = true;
		return;
	}
	if (j->is_manifest) {
		jar_manifest_read(text, &jar->manifest);
		return;
	}
	if (!jar_pom(text, &id)) { /* what is in it is not known */
		j->is_lost = true;
		return;
	}
	jar->has_pom = true;
	jar_file_name(jar->name_n ? span_of(jar->name, jar->name_n) : m->path, &file);
	if (!id.version.len && span_eq(id.artifact, file.artifact))
		id.version = file.version;
	record(m, jar, &id);
}

static void end_jar(struct members_of *m, struct jar *jar)
{
	struct jar_id id;

	jar->is_jar = false;
	if (jar->has_pom || jar_is_runtime(&jar->manifest))
		return;
	jar_identify(&jar->manifest, jar->name_n ? span_of(jar->name, jar->name_n) : m->path, &id);
	if (id.artifact.len && (id.version.len || jar->has_class))
		record(m, jar, &id);
}

static void end(void *ctx, unsigned depth)
{
	struct members_of *m = ctx;
	struct java *j = java_of(m);

	if (depth && depth < LEVELS && (j->is_manifest || j->is_pom))
		end_text(m, &j->levels[depth - 1]);
	j->is_manifest = j->is_pom = false;
	if (depth < LEVELS && j->levels[depth].is_jar)
		end_jar(m, &j->levels[depth]);
	if (!depth && (j->is_lost || !j->has_members))
		diag_add(m->out, DIAG_WARNING, m->entry, HIDES_INVENTORY,
			"not all of this Java archive could be read");
}

static void lost(void *ctx)
{
	java_of(ctx)->is_lost = true;
}

static const struct finder_members members = { begin, content, end, lost };

const struct analyzer analyzer_java = {
	.name = "java",
	.bit = BIT_JAVA,
	.hides = HIDES_INVENTORY,
	.want = want,
	.stream_size = sizeof(struct java),
	.members = &members,
};
