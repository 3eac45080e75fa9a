/* ascii.h - what a byte is, whatever the locale.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

static inline bool ascii_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool ascii_is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool ascii_is_letter(uint8_t c)
{
	return ascii_is_lower(c | 0x20);
}

static inline bool ascii_is_alnum(uint8_t c)
{
	return ascii_is_digit(c) || ascii_is_letter(c);
}

/* 0 to 15, or -1. */
static inline int ascii_hex(uint8_t c)
{
	uint8_t low = c | 0x20;

	return ascii_is_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static inline bool ascii_is_hex(uint8_t c)
{
	return ascii_hex(c) >= 0;
}

/* A blank or a tab. */
static inline bool ascii_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The same, or an end of a line. */
static inline bool ascii_is_space(uint8_t c)
{
	return ascii_is_blank(c) || c == '\r' || c == '\n';
}

static inline uint8_t ascii_lower(uint8_t c)
{
	return ascii_is_upper(c) ? (uint8_t)(c | 0x20) : c;
}
