/* names.h - names of programs: shells, tools, package managers, privilege droppers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "known/tables.h"

/* Of the exact name: enum known_roles; 0: not in the table. */
uint32_t known_roles(struct span name);

enum known_shell {
	SHELL_NOT,
	SHELL_NAME,
	SHELL_SHARED_NAME /* rc, es, nu ...: other programs have it too */,
	SHELL_MULTI_CALL /* busybox, toybox: a shell only by its applets */
};
enum known_shell known_shell(struct span name);

enum known_tool { TOOL_NOT, TOOL_BUILD, TOOL_DEBUG };
/* The full name, or without target triple, suffixes and version (x86_64-linux-gnu-gcc-12 is gcc,
 * zsh-static zsh). *plain is the name of the table; may be NULL. */
enum known_tool known_tool(struct span name, struct span *plain);

enum known_manager { MANAGER_NOT, MANAGER_OS, MANAGER_LANGUAGE };
/* *shared: other programs have the name too (yarn, stack ...): it decides only with another sign.
 */
enum known_manager known_manager(struct span name, bool *shared);

/* The tool that a file of a module belongs to, and the module's folder, the outermost of its role;
 * NULL: none. */
const struct known_module *known_module_find(struct span path, bool is_build, struct span *folder);

/* python, perl, node ...: interpreters that min.shell remarks on; with or without version
 * suffix. */
bool known_interpreter(struct span name);
