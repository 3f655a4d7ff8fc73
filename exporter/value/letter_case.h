/*
 * letter_case: letters as lower and upper case, whatever the locale.
 *
 * Simple case mapping, one code point for one, as Unicode has it, of the scripts that file, user
 * and host names are likely to be in: Latin (basic, Latin-1, Extended-A, Extended Additional, full
 * width), Greek, Coptic letters in the Greek block, Cyrillic with its supplement, and Armenian.
 * Letters of others stay as they are. Pure functions, any thread.
 */
#ifndef EXPORTER_LETTER_CASE_H
#define EXPORTER_LETTER_CASE_H

#include <stdint.h>

uint32_t letter_lower(uint32_t c);
uint32_t letter_upper(uint32_t c);

#endif
