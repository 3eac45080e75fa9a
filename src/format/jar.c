/* jar.c - what a Java archive says it is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/jar.h"

#include <string.h>

#include "base/ascii.h"

bool jar_is(struct span path)
{
	static const struct span ends[] = { SPAN_INIT(".jar"), SPAN_INIT(".war"), SPAN_INIT(".ear"),
		SPAN_INIT(".par"), SPAN_INIT(".hpi"), SPAN_INIT(".jpi") };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (span_ends_nocase(path, ends[i]))
			return true;
	return false;
}

/* ---- the manifest ---------------------------------------------------------------------------- */

static const struct span keys[JAR_KEYS] = {
	[JAR_TITLE] = SPAN_INIT("Implementation-Title"),
	[JAR_VERSION] = SPAN_INIT("Implementation-Version"),
	[JAR_VENDOR_ID] = SPAN_INIT("Implementation-Vendor-Id"),
	[JAR_SYMBOLIC_NAME] = SPAN_INIT("Bundle-SymbolicName"),
	[JAR_BUNDLE_VERSION] = SPAN_INIT("Bundle-Version"),
	[JAR_GROUP_ID] = SPAN_INIT("Group-Id"),
	[JAR_SHORT_NAME] = SPAN_INIT("Short-Name"),
	[JAR_PLUGIN_VERSION] = SPAN_INIT("Plugin-Version"),
	[JAR_MODIFIED] = SPAN_INIT("Bnd-LastModified"),
	[JAR_LICENSE] = SPAN_INIT("Bundle-License"),
};

static enum jar_key key_of(struct span name)
{
	unsigned k = 0;

	while (k < JAR_KEYS && !span_eq_nocase(name, keys[k]))
		k++;
	return (enum jar_key)k;
}

/* One more piece of a value; past the bound the whole value is left out. */
static void add(struct jar_manifest *m, enum jar_key k, struct span piece, bool *is_long)
{
	uint16_t len = m->values[k].len;

	*is_long = *is_long || piece.len > (size_t)(JAR_VALUE_MAX - len);
	if (*is_long) {
		m->values[k].len = 0;
		return;
	}
	if (piece.len)
		memcpy(m->values[k].bytes + len, piece.p, piece.len);
	m->values[k].len = (uint16_t)(len + piece.len);
}

void jar_manifest_read(struct span text, struct jar_manifest *out)
{
	struct span line;
	enum jar_key k = JAR_KEYS;
	bool is_long = false;

	while (span_line(&text, &line) && line.len) {
		if (span_at(line, 0) == ' ') {
			if (k < JAR_KEYS)
				add(out, k, span_from(line, 1), &is_long);
			continue;
		}
		size_t colon = span_find(line, ':');

		k = key_of(span_sub(line, 0, colon));
		if (k == JAR_KEYS)
			continue;
		is_long = false;
		out->values[k].len = 0; /* the last one wins */
		add(out, k, span_from(line, colon + 1), &is_long);
	}
}

struct span jar_value(const struct jar_manifest *m, enum jar_key key)
{
	struct span s = span_trim(span_of(m->values[key].bytes, m->values[key].len));

	return key == JAR_SYMBOLIC_NAME ? span_trim(span_sub(s, 0, span_find(s, ';'))) : s;
}

bool jar_is_runtime(const struct jar_manifest *m)
{
	return span_eq(jar_value(m, JAR_TITLE), SPAN("Java Runtime Environment"));
}

/* ---- Maven's properties ---------------------------------------------------------------------- */

bool jar_is_pom(struct span name)
{
	return span_starts(name, SPAN("META-INF/maven/")) &&
	       span_ends(name, SPAN("/pom.properties"));
}

bool jar_pom(struct span text, struct jar_id *out)
{
	struct span line;

	*out = (struct jar_id){ 0 };
	while (span_line(&text, &line)) {
		line = span_trim(line);
		if (!line.len || span_at(line, 0) == '#' || span_at(line, 0) == '!')
			continue;
		size_t equals = span_find(line, '=');

		if (equals == line.len)
			equals = span_find(line, ':');
		struct span key = span_trim(span_sub(line, 0, equals)),
			    value = span_trim(span_from(line, equals + 1));

		if (value.len > JAR_VALUE_MAX)
			continue;
		if (span_eq(key, SPAN("groupId")))
			out->group = value;
		else if (span_eq(key, SPAN("artifactId")))
			out->artifact = value;
		else if (span_eq(key, SPAN("version")))
			out->version = value;
	}
	if (span_has(out->version, SPAN("${")))
		out->version = (struct span){ 0 };
	return out->group.len && out->artifact.len && !span_has(out->group, SPAN("${")) &&
	       !span_has(out->artifact, SPAN("${"));
}

/* ---- the file name --------------------------------------------------------------------------- */

/* What may follow a '-' inside of a version. */
static bool is_qualifier(struct span word)
{
	static const struct span starts[] = { SPAN_INIT("alpha"), SPAN_INIT("beta"),
		SPAN_INIT("rc"), SPAN_INIT("cr"), SPAN_INIT("snapshot"), SPAN_INIT("release"),
		SPAN_INIT("final"), SPAN_INIT("ga"), SPAN_INIT("jre"), SPAN_INIT("jdk"),
		SPAN_INIT("java"), SPAN_INIT("android"), SPAN_INIT("incubating"),
		SPAN_INIT("milestone"), SPAN_INIT("pre"), SPAN_INIT("sp"), SPAN_INIT("build"),
		SPAN_INIT("redhat"), SPAN_INIT("debian"), SPAN_INIT("ea"), SPAN_INIT("hadoop") };

	if (ascii_is_digit(span_at(word, 0)))
		return true;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (span_eq_nocase(span_sub(word, 0, starts[i].len), starts[i]))
			return true;
	/* M1, b05, v20220101 */
	return span_at(word, 1) && ascii_is_digit(span_at(word, 1)) &&
	       span_has(SPAN("MmBbVvRr"), span_sub(word, 0, 1));
}

static bool is_version(struct span s)
{
	struct span word;

	while (span_split(&s, '-', &word))
		if (!is_qualifier(word))
			return false;
	return true;
}

void jar_file_name(struct span path, struct jar_id *out)
{
	struct span name = span_base(span_member(path));

	name = span_sub(name, 0, span_rfind(name, '.'));
	*out = (struct jar_id){ .artifact = name };
	for (size_t i = 1; i + 1 < name.len && name.len <= JAR_VALUE_MAX; i++) {
		struct span rest = span_from(name, i + 1);

		if (span_at(name, i) != '-' || !ascii_is_digit(span_at(rest, 0)) ||
			!is_version(rest))
			continue;
		out->artifact = span_sub(name, 0, i);
		out->version = rest;
		return;
	}
}

/* A bundle's name is often group and artifact with a dot between; a vendor's id is the group only
 * where the bundle's name begins with it. */
static struct span group_of(const struct jar_manifest *m, struct span artifact)
{
	struct span bundle = jar_value(m, JAR_SYMBOLIC_NAME), vendor = jar_value(m, JAR_VENDOR_ID);

	if (jar_value(m, JAR_GROUP_ID).len)
		return jar_value(m, JAR_GROUP_ID);
	if (bundle.len > artifact.len + 1 && span_ends(bundle, artifact) &&
		span_at(bundle, bundle.len - artifact.len - 1) == '.')
		return span_sub(bundle, 0, bundle.len - artifact.len - 1);
	if (vendor.len && span_starts(bundle, vendor) && span_at(bundle, vendor.len) == '.')
		return vendor;
	return (struct span){ 0 };
}

void jar_identify(const struct jar_manifest *m, struct span path, struct jar_id *out)
{
	static const enum jar_key versions[] = { JAR_PLUGIN_VERSION, JAR_VERSION,
		JAR_BUNDLE_VERSION };

	jar_file_name(path, out);
	if (jar_value(m, JAR_SHORT_NAME).len)
		out->artifact = jar_value(m, JAR_SHORT_NAME);
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions) && !out->version.len; i++)
		if (span_find(jar_value(m, versions[i]), ' ') == jar_value(m, versions[i]).len)
			out->version = jar_value(m, versions[i]);
	out->group = group_of(m, out->artifact);
}
