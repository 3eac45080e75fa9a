/* kind.c - media types: what is an image, and what else registries hold.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "image/image.h"

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

const char *image_other_kind(struct span media_type)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (span_starts(media_type, others[i].head))
			return others[i].what;
	return NULL;
}
