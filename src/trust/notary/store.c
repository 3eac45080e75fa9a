/* store.c - the configuration folder of notation: its trust policy and its trust stores.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "trust/notary/config.h"

/* Of one file of a store. */
static int store_add(struct store *s, struct span text, struct scov_err *err)
{
	size_t before = s->list.n;
	int rc = certificates_add(&s->list, text, CERTIFICATES_MAX, err);

	for (size_t i = before; i < s->list.n && !rc; i++) {
		const struct certificate *c = s->list.p[i];
		bool is_self = certificate_is_self_signed(c), is_ca = certificate_is_ca(c);

		if (s->type == STORE_TSA && !(is_self && is_ca))
			rc = err_fail(err, SCOV_E_FORMAT, "a certificate that is not of a root CA");
		else if (!is_self && !is_ca)
			rc = err_fail(err, SCOV_E_FORMAT,
				"a certificate that is neither of a CA nor self-signed");
	}
	return rc;
}

static int load_file(struct store *s, int dir, const char *name, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = CERTIFICATES_TEXT_MAX + (1 << 20) };
	struct span text;
	struct stat st;

	/* notation refuses links and folders, so that nothing outside is trusted by mistake. */
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return err_fail(err, SCOV_E_FORMAT, "'%s': not a plain file", name);
	int rc = fd_load(dir, name, CERTIFICATES_TEXT_MAX, &a, &text, err);

	if (rc)
		return rc;
	rc = store_add(s, text, err);
	return rc ? err_wrap(err, "'%s'", name) : 0;
}

static int load_folder(struct store *s, int fd, struct scov_err *err)
{
	DIR *dir = fdopendir(fd);
	size_t n = 0;
	int rc = 0;

	if (!dir) {
		close(fd);
		return err_memory(err);
	}
	for (const struct dirent *e; !rc && (errno = 0, e = readdir(dir));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (++n > NOTARY_STORE_FILES_MAX)
			rc = err_fail(
				err, SCOV_E_LIMIT, "more than %d files", NOTARY_STORE_FILES_MAX);
		else
			rc = load_file(s, dirfd(dir), e->d_name, err);
	}
	closedir(dir);
	if (!rc && !s->list.n)
		rc = err_fail(err, SCOV_E_FORMAT, "no certificate in it");
	return rc;
}

static int load_store(struct store *s, int config, struct scov_err *err)
{
	scoped_arena struct arena a = { 0 };
	const char *path = arena_printf(&a, "truststore/x509/%.*s/%.*s",
		SPAN_ARG(store_type_names[s->type]), SPAN_ARG(s->name));
	int rc;

	if (!path)
		return arena_check(&a, err);
	int fd = openat(config, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		rc = err_fail(
			err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO, "%s", strerror(errno));
	else
		rc = load_folder(s, fd, err);
	return rc ? err_wrap(err, "trust store '%.*s:%.*s'", SPAN_ARG(store_type_names[s->type]),
			    SPAN_ARG(s->name))
		  : 0;
}

static int load_policy(int config, struct notary_config **out, struct scov_err *err)
{
	static const char *const names[] = { "trustpolicy.oci.json", "trustpolicy.json" };
	scoped_arena struct arena a = { .limit = 2 * NOTARY_POLICY_MAX };
	struct span text;
	size_t i = 0;
	int rc = fd_load(config, names[0], NOTARY_POLICY_MAX, &a, &text, err);

	if (rc == SCOV_E_NOT_FOUND)
		rc = fd_load(config, names[i = 1], NOTARY_POLICY_MAX, &a, &text, err);
	if (rc)
		return rc;
	rc = notary_config_parse(text, out, err);
	return rc ? err_wrap(err, "'%s'", names[i]) : 0;
}

int notary_config_open(const char *folder, struct notary_config **out, struct scov_err *err)
{
	scoped_fd int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct notary_config *c = NULL;

	if (fd < 0)
		return err_fail(err, errno == ENOENT ? SCOV_E_NOT_FOUND : SCOV_E_IO, "%s: %s",
			folder, strerror(errno));
	int rc = load_policy(fd, &c, err);

	for (size_t i = 0; !rc && i < c->stores.n; i++)
		rc = load_store(&c->stores.p[i], fd, err);
	if (rc) {
		notary_config_free(c);
		return err_wrap(err, "%s", folder);
	}
	*out = c;
	return 0;
}
