/* table.h - the writers, each in its file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "report/report.h"

extern const struct writer text_writer, json_writer, badge_writer;
