/* curl.c - libcurl, loaded when the first request needs it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "net/curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static struct curl_calls calls;
static char problem[256];
static bool is_loaded;

static void load(void)
{
	void *so = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

	if (!so) {
		snprintf(problem, sizeof(problem), "%s", dlerror());
		return;
	}
#define X(name)                                                                                    \
	{                                                                                          \
		void *sym = dlsym(so, "curl_" #name);                                              \
		if (!sym) {                                                                        \
			snprintf(problem, sizeof(problem), "libcurl.so.4 has no curl_" #name);     \
			return;                                                                    \
		}                                                                                  \
		memcpy(&calls.name, &sym, sizeof(sym)); /* ISO C has no cast for this */           \
	}
	CURL_CALLS(X)
#undef X
	if (calls.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		snprintf(problem, sizeof(problem), "libcurl failed to initialise");
		return;
	}
	is_loaded = true;
}

const struct curl_calls *curl_calls(struct scov_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	if (is_loaded)
		return &calls;
	err_fail(
		err, SCOV_E_UNSUPPORTED, "registries need libcurl (Debian: libcurl4): %s", problem);
	return NULL;
}
