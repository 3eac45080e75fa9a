/* credentials_find.c - look for credentials where Docker and Podman keep them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "source/credentials.h"
#include "source/helper.h"

static int read_file(const char *path, struct span host, struct span repository, struct arena *a,
	struct credentials_entry *out, struct scov_err *err)
{
	struct span text;
	int rc = fd_load(AT_FDCWD, path, CREDENTIALS_FILE_MAX, a, &text, err);

	if (rc)
		return rc;
	rc = credentials_parse(text, host, repository, a, out, err);
	if (rc)
		err_wrap(err, "credentials '%s'", path);
	return rc;
}

static bool is_empty(const struct credentials *c)
{
	return !c->username.len && !c->password.len && !c->identity_token.len &&
	       !c->registry_token.len;
}

/* 1: found, 0: this file knows nothing of the host. */
static int use_file(const char *path, const struct credentials_search *where, struct span host,
	struct span repository, struct arena *a, struct credentials *out, struct scov_err *err)
{
	struct credentials_entry e = { 0 };
	struct scov_err why = { 0 };
	int rc = read_file(path, host, repository, a, &e, err);

	if (rc)
		return rc;
	if (e.helper.len) {
		struct credentials told = { 0 };

		rc = helper_get(e.helper, e.helper_key, where, a, &told, &why);
		if (rc == SCOV_E_CANCELLED)
			return err_fail(err, rc, "%s", why.text);
		if (!rc && !is_empty(&told)) {
			*out = told;
			return 1;
		}
		if (rc) /* many images need no credentials: go on, and tell it if access is refused
			 */
			out->note = arena_printf(a, "%s", why.text);
	}
	if (!e.is_found)
		return 0;
	e.found.note = out->note;
	*out = e.found;
	return 1;
}

static const char *at_home(struct arena *a, const char *file)
{
	const char *home = getenv("HOME");

	return home && *home ? arena_printf(a, "%s/%s", home, file) : NULL;
}

int credentials_find(const struct credentials_search *where, struct span host, struct span path,
	struct arena *a, struct credentials *out, struct scov_err *err)
{
	const char *named = where->authfile ? where->authfile : getenv("REGISTRY_AUTH_FILE");
	const char *docker = getenv("DOCKER_CONFIG"), *runtime = getenv("XDG_RUNTIME_DIR");
	struct credentials c = { 0 };
	int rc = 0;

	if (named && *named) {
		rc = use_file(named, where, host, path, a, &c, err);
	} else {
		const char *const places[] = {
			docker && *docker ? arena_printf(a, "%s/config.json", docker)
					  : at_home(a, ".docker/config.json"),
			runtime && *runtime ? arena_printf(a, "%s/containers/auth.json", runtime)
					    : NULL,
			at_home(a, ".config/containers/auth.json"),
		};

		for (size_t i = 0; !rc && i < sizeof(places) / sizeof(*places); i++)
			if (places[i] && access(places[i], R_OK) == 0)
				rc = use_file(places[i], where, host, path, a, &c, err);
	}
	if (rc < 0)
		return rc;
	*out = c;
	return 0;
}
