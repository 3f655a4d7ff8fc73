/*
 * code_page: text of Windows code page 1252, in which Western programs of Windows write 8-bit text.
 *
 * Source: Unicode's mapping of cp1252. A pure function, any thread.
 */
#ifndef EXPORTER_CODE_PAGE_H
#define EXPORTER_CODE_PAGE_H

#include <stdint.h>

/* The code point of a byte; the five without a character stay as they are. */
uint32_t code_page_1252(uint8_t byte);

#endif
