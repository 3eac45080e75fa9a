/* kind.c - media types: what is an image, and what else registries hold.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/oci.h"

#include "base/err.h"

/* Prefixes of media types and artifact types, from the specifications of the projects in the right
 * column. */
static const struct {
	struct span head;
	const char *what;
} others[] = {
	{ SPAN_INIT("application/vnd.cncf.helm."), "a Helm chart" },
	{ SPAN_INIT("application/vnd.dev.cosign.simplesigning."), "a cosign signature" },
	{ SPAN_INIT("application/vnd.dev.cosign.artifact.sig."), "a cosign signature" },
	{ SPAN_INIT("application/vnd.dev.cosign.artifact.sbom."), "an SBOM" },
	{ SPAN_INIT("application/vnd.dev.cosign."), "a cosign artifact" },
	{ SPAN_INIT("application/vnd.dev.sigstore.bundle"), "a sigstore bundle" },
	{ SPAN_INIT("application/vnd.cncf.notary.signature"), "a Notary Project signature" },
	{ SPAN_INIT("application/vnd.cncf.openpolicyagent."), "an Open Policy Agent bundle" },
	{ SPAN_INIT("application/vnd.cncf.falco."), "a Falco artifact" },
	{ SPAN_INIT("application/vnd.cncf.flux."), "a Flux artifact" },
	{ SPAN_INIT("application/vnd.cncf.kubernetes."), "a Kubernetes artifact" },
	{ SPAN_INIT("application/vnd.cncf.model."), "a model" },
	{ SPAN_INIT("application/vnd.docker.ai."), "a model" },
	{ SPAN_INIT("application/vnd.ollama."), "a model" },
	{ SPAN_INIT("application/vnd.cncf."), "an artifact of a CNCF project" },
	{ SPAN_INIT("application/vnd.in-toto"), "an in-toto attestation" },
	{ SPAN_INIT("application/vnd.dsse.envelope"), "a signed attestation" },
	{ SPAN_INIT("application/spdx"), "an SBOM" },
	{ SPAN_INIT("text/spdx"), "an SBOM" },
	{ SPAN_INIT("application/vnd.cyclonedx"), "an SBOM" },
	{ SPAN_INIT("application/vnd.syft"), "an SBOM" },
	{ SPAN_INIT("application/vnd.docker.plugin."), "a Docker engine plugin" },
	{ SPAN_INIT("application/vnd.docker.scout."), "a Docker Scout report" },
	{ SPAN_INIT("application/vnd.buildkit.cacheconfig."), "a BuildKit cache" },
	{ SPAN_INIT("application/vnd.sylabs.sif."), "a Singularity image" },
	{ SPAN_INIT("application/vnd.wasm."), "a WebAssembly module" },
	{ SPAN_INIT("application/vnd.module.wasm."), "a WebAssembly module" },
	{ SPAN_INIT("application/wasm"), "a WebAssembly module" },
	{ SPAN_INIT("application/vnd.unknown."), "an artifact of unknown type" },
	{ SPAN_INIT("application/vnd.oci.empty."), "an artifact without a config" },
	{ SPAN_INIT("application/vnd.oci.artifact."), "an OCI artifact" },
	{ SPAN_INIT("application/sarif"), "a SARIF report" },
};

struct span oci_bare_type(struct span media_type)
{
	return span_trim(span_sub(media_type, 0, span_find(media_type, ';')));
}

const char *oci_other_kind(struct span media_type)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (span_starts(media_type, others[i].head))
			return others[i].what;
	return NULL;
}

/* What Docker takes for the config of an image: besides the two right ones those that Docker 1.10
 * pushed and registries made up (distribution/distribution issue 1621). */
static bool is_config(struct span type)
{
	static const struct span types[] = { SPAN_INIT(OCI_CONFIG), SPAN_INIT(DOCKER_CONFIG),
		SPAN_INIT("application/octet-stream"), SPAN_INIT("application/json"),
		SPAN_INIT("text/html"), SPAN_INIT("") };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (span_eq_nocase(type, types[i]))
			return true;
	return false;
}

static bool is_layer(struct span type)
{
	return span_starts(type, SPAN("application/vnd.oci.image.layer.")) ||
	       span_starts(type, SPAN("application/vnd.docker.image.rootfs."));
}

/* Helm, cosign and others declare what they are in different places. */
int oci_check_image(const struct json *manifest, struct scov_err *err)
{
	const struct json *layers = json_get(manifest, "layers");
	struct span config =
		oci_bare_type(json_get_text(json_get(manifest, "config"), "mediaType"));
	struct span layer = oci_bare_type(json_get_text(json_at(layers, 0), "mediaType"));
	struct span type = json_get_text(manifest, "artifactType");
	/* Podman runs a manifest of Docker's whatever its config is called. */
	bool is_docker =
		span_eq(oci_bare_type(json_get_text(manifest, "mediaType")), SPAN(DOCKER_MANIFEST));

	if ((is_config(config) || (is_docker && !oci_other_kind(config))) &&
		(is_layer(layer) || (!oci_other_kind(layer) && !oci_other_kind(type))))
		return 0;
	/* The most telling first: an empty config says less than the layer beside it. */
	const struct span places[] = { type, config, layer };
	struct span said = type.len ? type : config;
	const char *what = NULL;
	bool is_vague = false;

	for (size_t i = 0; i < 3 && (!what || is_vague); i++) {
		const char *here = oci_other_kind(places[i]);

		if (!here)
			continue;
		what = here;
		said = places[i];
		is_vague = span_starts(said, SPAN("application/vnd.oci.empty.")) ||
			   span_starts(said, SPAN("application/vnd.unknown."));
	}
	if (what)
		return err_fail(
			err, SCOV_E_UNSUPPORTED, "%s, not an image (%.*s)", what, SPAN_ARG(said));
	return err_fail(err, SCOV_E_UNSUPPORTED, "an artifact, not an image: its config is '%.*s'",
		SPAN_ARG(config));
}
