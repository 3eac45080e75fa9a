/* schema.c - the fields of every record of a part, as data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/schema.h"

#include "base/limits.h"

#define RANGE(type, field, kind, number, min, max)                                                 \
	{                                                                                          \
#field, kind, number, offsetof(struct type, field), min, max                       \
	}
#define TEXT(type, field, number) RANGE(type, field, FIELD_SPAN, number, 0, UINT32_MAX)
#define NAME(type, field, number)                                                                  \
	{                                                                                          \
#field, FIELD_SPAN, number, offsetof(struct type, field), 0, UINT32_MAX, true      \
	}
#define FLAG(type, field, number) RANGE(type, field, FIELD_BOOL, number, 0, 1)
#define ENUM(type, field, number, min, max) RANGE(type, field, FIELD_U8, number, min, max)
#define U32(type, field, number) RANGE(type, field, FIELD_U32, number, 0, UINT32_MAX)
#define U64(type, field, number) RANGE(type, field, FIELD_U64, number, 0, UINT64_MAX)
#define REF(type, field, kind, number) RANGE(type, field, kind, number, 0, UINT32_MAX)
#define TIME(type, field, number) RANGE(type, field, FIELD_TIME, number, 0, 0)

static const struct field entry_fields[] = {
	NAME(entry, path, 2),
	NAME(entry, link, 4),
	U64(entry, size, 6),
	TIME(entry, mtime, 7),
	RANGE(entry, mode, FIELD_U32, 8, 0, 07777),
	U32(entry, uid, 9),
	U32(entry, gid, 10),
	ENUM(entry, type, 11, ENTRY_FILE, ENTRY_OPAQUE),
};

enum {
	EXEC_FLAGS = EXEC_STATIC | EXEC_MULTI_CALL | EXEC_HAS_SHELL | EXEC_GO | EXEC_SHARED_OBJECT |
		     EXEC_SHELL_MARKS | EXEC_LISTED
};

static const struct field exec_fact_fields[] = {
	REF(exec_fact, entry, FIELD_ENTRY, 2),
	ENUM(exec_fact, kind, 3, EXEC_OTHER, EXEC_SCRIPT),
	RANGE(exec_fact, flags, FIELD_U32, 4, 0, EXEC_FLAGS),
	TEXT(exec_fact, interpreter, 5),
	TEXT(exec_fact, applets, 7),
};

static const struct field capability_fact_fields[] = {
	REF(capability_fact, entry, FIELD_ENTRY, 2),
	FLAG(capability_fact, malformed, 3),
	FLAG(capability_fact, effective, 4),
	U64(capability_fact, permitted, 5),
	U64(capability_fact, inheritable, 6),
};

static const struct field package_fact_fields[] = {
	REF(package_fact, entry, FIELD_ENTRY, 2),
	ENUM(package_fact, type, 3, PACKAGE_DEB, PACKAGE_TYPES - 1),
	NAME(package_fact, name, 4),
	TEXT(package_fact, version, 6),
	TEXT(package_fact, arch, 8),
	TEXT(package_fact, source, 10),
	TEXT(package_fact, source_version, 12),
	TEXT(package_fact, vendor, 14),
	TEXT(package_fact, license, 16),
	TIME(package_fact, built, 18),
	U32(package_fact, files, 19),
	FLAG(package_fact, from_status_d, 20),
	TEXT(package_fact, needs, 21),
	TEXT(package_fact, provides, 23),
	FLAG(package_fact, is_essential, 25),
	NAME(package_fact, member, 26),
	TEXT(package_fact, module, 28),
	FLAG(package_fact, is_main, 30),
};

static const struct field owner_fact_fields[] = {
	REF(owner_fact, entry, FIELD_ENTRY, 2),
	ENUM(owner_fact, type, 3, PACKAGE_DEB, PACKAGE_TYPES - 1),
	NAME(owner_fact, package, 4),
};

static const struct field owned_fact_fields[] = {
	REF(owned_fact, package, FIELD_OWNER, 2),
	RANGE(owned_fact, path_hash, FIELD_HASH, 3, 0, UINT64_MAX),
};

static const struct field release_fact_fields[] = {
	REF(release_fact, entry, FIELD_ENTRY, 2),
	TEXT(release_fact, key, 3),
	TEXT(release_fact, value, 5),
};

static const struct field user_fact_fields[] = {
	REF(user_fact, entry, FIELD_ENTRY, 2),
	U32(user_fact, line, 3),
	FLAG(user_fact, is_group, 4),
	U32(user_fact, uid, 5),
	U32(user_fact, gid, 6),
	NAME(user_fact, name, 7),
	NAME(user_fact, home, 9),
	NAME(user_fact, shell, 11),
};

static const struct field marker_fact_fields[] = {
	REF(marker_fact, entry, FIELD_ENTRY, 2),
	ENUM(marker_fact, kind, 3, MARKER_SHELLS, MARKER_YARN),
	NAME(marker_fact, text, 4),
	U32(marker_fact, line, 6),
};

static const struct field script_fact_fields[] = {
	REF(script_fact, entry, FIELD_ENTRY, 2),
	ENUM(script_fact, kind, 3, SCRIPT_READS_FILE, SCRIPT_RUNS),
	U32(script_fact, line, 4),
	NAME(script_fact, name, 5),
	TEXT(script_fact, detail, 7),
};

static const struct field config_fact_fields[] = {
	ENUM(config_fact, key, 2, CONFIG_ENV, CONFIG_BUILDINFO),
	TEXT(config_fact, name, 3),
	NAME(config_fact, value, 5),
	FLAG(config_fact, has_value, 7),
};

static const struct field history_fact_fields[] = {
	TEXT(history_fact, created, 2),
	TEXT(history_fact, created_by, 4),
	TEXT(history_fact, author, 6),
	TEXT(history_fact, comment, 8),
	FLAG(history_fact, empty_layer, 10),
};

static const struct field diff_id_fact_fields[] = {
	TEXT(diff_id_fact, text, 2),
};

enum {
	HIDES_MAX = HIDES_ALL | HIDES_PACKAGES | HIDES_FILE | HIDES_SECRETS | HIDES_READING |
		    HIDES_INVENTORY
};

static const struct field diag_fact_fields[] = {
	ENUM(diag_fact, severity, 2, DIAG_NOTE, DIAG_ERROR),
	REF(diag_fact, entry, FIELD_ENTRY_OR_NONE, 3),
	ENUM(diag_fact, hides, 4, HIDES_NOTHING, HIDES_MAX),
	TEXT(diag_fact, text, 5),
};

enum {
	SECRET_FLAGS = SECRET_ENCRYPTED | SECRET_CHECKSUM_BAD | SECRET_CA | SECRET_PLACEHOLDER |
		       SECRET_EXAMPLE | SECRET_TELECOM | SECRET_DEFAULT | SECRET_PAIRED |
		       SECRET_GENERIC | SECRET_IN_BINARY | SECRET_ELSEWHERE | SECRET_IN_DOCSTRING,
};

static const struct field secret_fact_fields[] = {
	REF(secret_fact, entry, FIELD_ENTRY_OR_NONE, 2),
	ENUM(secret_fact, surface, 3, SURFACE_CONTENT, SURFACE_SETTING),
	ENUM(secret_fact, encoding, 4, ENCODED_PLAIN, ENCODED_HEX),
	ENUM(secret_fact, level, 5, SECRET_NONE, SECRET_HIGH),
	ENUM(secret_fact, proof, 6, PROOF_NONE, PROOF_OPENED),
	RANGE(secret_fact, flags, FIELD_U32, 7, 0, SECRET_FLAGS),
	U32(secret_fact, line, 8),
	U32(secret_fact, end_line, 9),
	U32(secret_fact, length, 10),
	TIME(secret_fact, expires, 11),
	TEXT(secret_fact, rule, 12),
	TEXT(secret_fact, kind, 14),
	TEXT(secret_fact, member, 16),
	TEXT(secret_fact, prefix, 18),
	TEXT(secret_fact, known, 20),
	TEXT(secret_fact, fingerprint, 22),
	TEXT(secret_fact, public_hash, 24),
	U64(secret_fact, offset, 26),
	TEXT(secret_fact, detail, 27),
	U32(secret_fact, judgment, 29),
	U32(secret_fact, tree, 30),
};

static const struct field public_fact_fields[] = {
	REF(public_fact, entry, FIELD_ENTRY_OR_NONE, 2),
	FLAG(public_fact, is_ca, 3),
	TIME(public_fact, not_after, 4),
	TEXT(public_fact, public_hash, 5),
	TEXT(public_fact, member, 7),
};

static const struct field annotation_fact_fields[] = {
	U32(annotation_fact, manifest, 2),
	TEXT(annotation_fact, key, 3),
	TEXT(annotation_fact, value, 5),
};

static const struct field guess_fact_fields[] = {
	REF(guess_fact, entry, FIELD_ENTRY, 2),
	RANGE(guess_fact, kind, FIELD_U8, 3, 1, UINT8_MAX),
	FLAG(guess_fact, failed, 4),
};

static const struct field symbols_fact_fields[] = {
	REF(symbols_fact, entry, FIELD_ENTRY, 2),
	TEXT(symbols_fact, bits, 3),
};

static const struct field detail_fact_fields[] = {
	ENUM(detail_fact, form, 2, 1, 5),
	TEXT(detail_fact, content, 3),
	TEXT(detail_fact, xattrs, 5),
	RANGE(detail_fact, header, FIELD_HASH, 7, 0, UINT64_MAX),
	NAME(detail_fact, user, 8),
	NAME(detail_fact, group, 10),
	U32(detail_fact, mtime_ns, 12),
	U64(detail_fact, device, 13),
};

static const struct field value_fact_fields[] = {
	NAME(value_fact, pointer, 2),
	TEXT(value_fact, value, 4),
	TEXT(value_fact, content, 6),
};

static const struct field imports_fact_fields[] = {
	REF(imports_fact, entry, FIELD_ENTRY, 2),
	ENUM(imports_fact, state, 3, IMPORTS_KNOWN, IMPORTS_STATES - 1),
	RANGE(imports_fact, machine, FIELD_U32, 4, 0, UINT16_MAX),
	TEXT(imports_fact, calls, 5),
};

/* Which limit bounds which array: records, but for those that have a limit of their own. */
#define LIMIT_entry offsetof(struct limits, layer_entries)
#define LIMIT_package_fact offsetof(struct limits, packages)
#define LIMIT_exec_fact offsetof(struct limits, records)
#define LIMIT_capability_fact LIMIT_exec_fact
#define LIMIT_owner_fact LIMIT_exec_fact
#define LIMIT_owned_fact LIMIT_exec_fact
#define LIMIT_release_fact LIMIT_exec_fact
#define LIMIT_user_fact LIMIT_exec_fact
#define LIMIT_marker_fact LIMIT_exec_fact
#define LIMIT_script_fact LIMIT_exec_fact
#define LIMIT_config_fact LIMIT_exec_fact
#define LIMIT_history_fact LIMIT_exec_fact
#define LIMIT_diff_id_fact LIMIT_exec_fact
#define LIMIT_diag_fact LIMIT_exec_fact
#define LIMIT_secret_fact LIMIT_exec_fact
#define LIMIT_public_fact LIMIT_exec_fact
#define LIMIT_annotation_fact LIMIT_exec_fact
#define LIMIT_guess_fact LIMIT_exec_fact
#define LIMIT_symbols_fact LIMIT_exec_fact
#define LIMIT_detail_fact LIMIT_entry
#define LIMIT_value_fact LIMIT_exec_fact
#define LIMIT_imports_fact LIMIT_exec_fact

const struct record part_records[RECORDS] = {
#define X(name, type, number)                                                                      \
	{ #name, number, sizeof(struct type), offsetof(struct part, name), LIMIT_##type,           \
		type##_fields, sizeof(type##_fields) / sizeof(*type##_fields) },
	PART_RECORDS(X)
#undef X
};
