/* recipe.c - what only the Dockerfile shows: downloads, pinned images, pinned packages.
 *
 * Until Dockerfiles and history lines are parsed, all three are not assessed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/rows.h"

const struct criterion prov_downloads = {
	.id = "prov.downloads",
	.title = "Verify d/ls by sig or checksum",
	.vector = PROVENANCE,
	.level = 2,
	.rule = "Every file that the build downloads is checked against a signature or a SHA-2 "
		"checksum in the same stage. Builder stages leave no trace in an image, so this "
		"needs the Dockerfile.",
	.remedy = REMEDY_RECIPE,
	.fix = "ADD --checksum=sha256:... URL, or check with sha256sum -c or gpg --verify in the "
	       "same RUN",
	.effort = 2,
	.needs = INPUT_RECIPE,
	.judge = judge_nothing,
};

const struct criterion prov_pinimg = {
	.id = "prov.pinimg",
	.title = "Pin images to digests",
	.vector = PROVENANCE,
	.level = 3,
	.rule = "Every image in the Dockerfile is pinned with @sha256: and its digest; scratch and "
		"stage names are exempt.",
	.remedy = REMEDY_RECIPE,
	.fix = "FROM name:tag@sha256:...",
	.effort = 1,
	.needs = INPUT_RECIPE,
	.judge = judge_nothing,
};

const struct criterion prov_pinpkg = {
	.id = "prov.pinpkg",
	.title = "Pin packages",
	.vector = PROVENANCE,
	.level = 3,
	.rule = "Every package that the Dockerfile installs has a pinned version, or comes from a "
		"lock file or a repository snapshot of a fixed date.",
	.remedy = REMEDY_RECIPE,
	.fix = "apt-get install curl=VERSION, apk add curl=VERSION, npm ci, pip install "
	       "--require-hashes -r requirements.txt",
	.effort = 2,
	.needs = INPUT_RECIPE,
	.judge = judge_nothing,
};
