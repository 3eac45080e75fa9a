/* jar.h - what a Java archive says it is: its manifest, the coordinates that Maven put in, its
 * file name.
 *
 * Sources: JAR File Specification (main section, lines of 72 bytes that go on after a blank);
 * maven-archiver (META-INF/maven/GROUP/ARTIFACT/pom.properties); OSGi Core 3.2.1; Jenkins plugin
 * manifest.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum {
	JAR_TEXT_MAX = 256 << 10, /* bytes of a manifest or of properties that are read */
	JAR_VALUE_MAX = 256       /* of one value; a longer one is left out */
};

enum jar_key {
	JAR_TITLE,         /* Implementation-Title */
	JAR_VERSION,       /* Implementation-Version */
	JAR_VENDOR_ID,     /* Implementation-Vendor-Id */
	JAR_SYMBOLIC_NAME, /* Bundle-SymbolicName, without its directives */
	JAR_BUNDLE_VERSION,
	JAR_GROUP_ID, /* of a Jenkins plugin */
	JAR_SHORT_NAME,
	JAR_PLUGIN_VERSION,
	JAR_MODIFIED, /* Bnd-LastModified: milliseconds since 1970 */
	JAR_LICENSE,  /* Bundle-License, Apache-Maven's form too */
	JAR_KEYS,
};

/* The values are copies: nothing of the text is kept. */
struct jar_manifest {
	struct {
		uint16_t len;
		uint8_t bytes[JAR_VALUE_MAX];
	} values[JAR_KEYS];
};

/* Coordinates; what is not known is empty. Views into what they were read from. */
struct jar_id {
	struct span group, artifact, version;
};

/* jar, war, ear, par, hpi, jpi: by the end of its name. */
bool jar_is(struct span path);
/* The main section, added to *out (zeroed before the first). */
void jar_manifest_read(struct span text, struct jar_manifest *out);
struct span jar_value(const struct jar_manifest *m, enum jar_key key);
/* META-INF/maven/GROUP/ARTIFACT/pom.properties; name: of the member in its archive. */
bool jar_is_pom(struct span name);
/* False without groupId or artifactId. A version that is still a property, "${...}", is empty. */
bool jar_pom(struct span text, struct jar_id *out);
/* "guava-31.1-jre.jar": guava and 31.1-jre. A name without a version: all of it is the artifact. */
void jar_file_name(struct span path, struct jar_id *out);
/* Of an archive without Maven's coordinates: from its file name and its manifest. The group only
 * where the manifest names it for certain. */
void jar_identify(const struct jar_manifest *m, struct span path, struct jar_id *out);
/* A part of a Java runtime, of no coordinates. */
bool jar_is_runtime(const struct jar_manifest *m);
