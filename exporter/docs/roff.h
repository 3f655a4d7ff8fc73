/*
 * roff: text in pages of man macros. Source: man(7), groff_char(7).
 */
#ifndef EXPORTER_DOCS_ROFF_H
#define EXPORTER_DOCS_ROFF_H

#include "metrics/text.h"

/* .TH with the program's version. */
void roff_title(struct text *to, const char *name, int section, const char *manual);

/* A heading: "SH" of a section, "SS" of a part of one. */
void roff_heading(struct text *to, const char *macro, const char *heading);

/* The tag of an indented paragraph: `bold`, and in italics what follows it; "": nothing. */
void roff_tag(struct text *to, const char *bold, const char *italic);

/* Words as they are, whatever roff would make of their letters; no newline behind. */
void roff_words(struct text *to, const char *words);

/* The same as a line, or a paragraph, of its own. */
void roff_line(struct text *to, const char *words);
void roff_paragraph(struct text *to, const char *words);

#endif
