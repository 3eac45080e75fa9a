/* trust.c - names of levels and kinds, and which type of predicate is which kind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/trust.h"

#include "base/table.h"

const char *const trust_level_names[] = { "none", "claimed", "intact", "rooted", "expected",
	"transparent" };
ROWS(trust_level_names, TRUST_LEVELS);
const char *const attached_kind_names[] = { "signature", "provenance", "sbom", "vex", "profile",
	"grade", "other" };
ROWS(attached_kind_names, ATTACHED_KINDS);

/* A row fits a type that is equal to it, or that goes on after it with '/', '+', ';' or '.'.
 * Sources: in-toto attestation, spec/predicates; cosign, specs/COSIGN_PREDICATE_SPEC.md and
 * pkg/types/media.go; KEP-6061. */
static const struct {
	struct span type;
	uint8_t kind;
} rows[] = {
	{ SPAN_INIT(PREDICATE_SIGNATURE), ATTACHED_SIGNATURE },
	{ SPAN_INIT("application/vnd.dev.cosign.simplesigning.v1"), ATTACHED_SIGNATURE },
	{ SPAN_INIT("application/vnd.cncf.notary.signature"), ATTACHED_SIGNATURE },
	{ SPAN_INIT("https://slsa.dev/provenance"), ATTACHED_PROVENANCE },
	{ SPAN_INIT("https://in-toto.io/Provenance"), ATTACHED_PROVENANCE },
	{ SPAN_INIT("https://spdx.dev/Document"), ATTACHED_SBOM },
	{ SPAN_INIT("https://cyclonedx.org/bom"), ATTACHED_SBOM },
	{ SPAN_INIT("https://syft.dev/bom"), ATTACHED_SBOM },
	{ SPAN_INIT("text/spdx"), ATTACHED_SBOM },
	{ SPAN_INIT("application/spdx"), ATTACHED_SBOM },
	{ SPAN_INIT("application/vnd.cyclonedx"), ATTACHED_SBOM },
	{ SPAN_INIT("application/vnd.syft"), ATTACHED_SBOM },
	{ SPAN_INIT("application/vnd.dev.cosign.artifact.sbom.v1"), ATTACHED_SBOM },
	{ SPAN_INIT("https://openvex.dev/ns"), ATTACHED_VEX },
	{ SPAN_INIT("application/vnd.openvex"), ATTACHED_VEX },
	{ SPAN_INIT("application/vnd.cncf.seccomp-profile"), ATTACHED_PROFILE },
	{ SPAN_INIT("application/vnd.cncf.apparmor-profile"), ATTACHED_PROFILE },
	{ SPAN_INIT(PREDICATE_SECCOMP), ATTACHED_PROFILE },
	{ SPAN_INIT(PREDICATE_GRADE), ATTACHED_GRADE },
};

uint8_t attached_kind_of(struct span type)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t next = span_at(type, rows[i].type.len);

		if (span_starts(type, rows[i].type) &&
			(type.len == rows[i].type.len || next == '/' || next == '+' ||
				next == ';' || next == '.'))
			return rows[i].kind;
	}
	return ATTACHED_OTHER;
}

bool attached_names_profile(struct span key)
{
	static const struct span keys[] = { SPAN_INIT("seccomp-profile.kubernetes.cri-o.io"),
		SPAN_INIT("seccomp-profile.crio.io") };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (span_starts(key, keys[i]) &&
			(key.len == keys[i].len || span_at(key, keys[i].len) == '/'))
			return true;
	return false;
}

bool trust_counts(const struct trust_evidence *e, enum trust_level least)
{
	return !e->is_bad && !e->is_wrong_signer && e->level >= least;
}

enum trust_level trust_least(const struct trust *t, bool is_strict)
{
	return t->has_policy || is_strict ? TRUST_EXPECTED : TRUST_ROOTED;
}
