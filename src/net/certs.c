/* certs.c - the authorities and client certificates for one host: the certs.d folders of Docker and
 * Podman.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "net/certs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

static int add_authority(
	int dir, const char *path, struct arena *a, struct buf *pem, struct scov_err *err)
{
	struct span text;
	int rc = fd_load(dir, path, CERTS_SIZE_MAX, a, &text, err);

	if (rc)
		return rc;
	buf_span(pem, text);
	buf_byte(pem, '\n');
	if (pem->failed)
		return err_fail(err, SCOV_E_LIMIT, "'%s': more than %d bytes of certificates", path,
			CERTS_SIZE_MAX);
	return 0;
}

/* The first pair in alphabetical order wins, so that the choice does not depend on the file
 * system. */
static int add_client(const char *folder, struct span name, struct arena *a, struct certs *out,
	struct scov_err *err)
{
	char *cert = arena_printf(a, "%s/%.*s", folder, SPAN_ARG(name));
	char *key =
		arena_printf(a, "%s/%.*s.key", folder, SPAN_ARG(span_sub(name, 0, name.len - 5)));

	if (!cert || !key)
		return err_memory(err);
	if (access(key, R_OK) < 0)
		return err_fail(err, SCOV_E_FORMAT, "certificate '%s': cannot read its key '%s'",
			cert, key);
	if (!out->cert || strcmp(cert, out->cert) < 0) {
		out->cert = cert;
		out->key = key;
	}
	return 0;
}

static int read_folder(DIR *dir, const char *folder, struct arena *a, struct buf *pem,
	struct certs *out, struct scov_err *err)
{
	struct dirent *e;
	int rc = 0;

	for (int n = 0; !rc && (e = readdir(dir)); n++) {
		struct span name = span_str(e->d_name);

		if (n > CERTS_FILES_MAX)
			return err_fail(err, SCOV_E_LIMIT, "folder '%s': more than %d files",
				folder, CERTS_FILES_MAX);
		if (span_ends(name, SPAN(".crt")))
			rc = add_authority(dirfd(dir), e->d_name, a, pem, err);
		else if (span_ends(name, SPAN(".cert")))
			rc = add_client(folder, name, a, out, err);
		if (rc)
			err_wrap(err, "folder '%s'", folder);
	}
	return rc;
}

static int look_in(const char *folder, struct arena *a, struct buf *pem, struct certs *out,
	struct scov_err *err)
{
	DIR *dir = folder ? opendir(folder) : NULL;

	if (!folder)
		return err_memory(err);
	if (!dir)
		return errno == ENOENT || errno == ENOTDIR
			       ? 0
			       : err_fail(err, SCOV_E_IO, "folder '%s': %s", folder,
					 strerror(errno));
	out->has_folder = true;
	int rc = read_folder(dir, folder, a, pem, out, err);

	closedir(dir);
	return rc;
}

int certs_find(const char *const *dirs, const char *ca_file, const struct url *u, struct arena *a,
	struct certs *out, struct scov_err *err)
{
	scoped_buf struct buf pem = { .limit = CERTS_SIZE_MAX };
	struct certs found = { 0 };
	const char *open = u->is_ipv6 ? "[" : "", *close = u->is_ipv6 ? "]" : "";
	int rc = ca_file ? add_authority(AT_FDCWD, ca_file, a, &pem, err) : 0;

	if (rc) {
		err_wrap(err, "--ca-file");
		return rc;
	}
	for (; !rc && *dirs; dirs++) {
		rc = look_in(arena_printf(a, "%s/%s%.*s%s:%u", *dirs, open, SPAN_ARG(u->host),
				     close, u->port),
			a, &pem, &found, err);
		if (!rc && u->port == (u->is_https ? 443 : 80))
			rc = look_in(arena_printf(a, "%s/%s%.*s%s", *dirs, open, SPAN_ARG(u->host),
					     close),
				a, &pem, &found, err);
	}
	if (rc)
		return rc;
	if (pem.len) {
		found.authorities = arena_dup(a, buf_view(&pem));
		if (!found.authorities.p)
			return err_memory(err);
	}
	*out = found;
	return 0;
}
