/*
 * docs: manual pages, the configuration's JSON schema and completions of shells, made of the tables
 * of commands, flags and keys that the program itself goes by.
 *
 * Each appends a whole document. Pure functions, any thread.
 */
#ifndef EXPORTER_DOCS_DOCS_H
#define EXPORTER_DOCS_DOCS_H

#include "metrics/text.h"

/* etw_exporter.1, in the man macros of roff. */
void docs_man_page(struct text *to);

/* etw_exporter.yml.5, likewise; with the keys of the web configuration. */
void docs_config_page(struct text *to);

/* JSON Schema, draft 7, of the configuration file, by which editors complete and check it. */
void docs_config_schema(struct text *to);
/* Likewise, of the web configuration file. */
void docs_web_schema(struct text *to);

/* To be sourced by bash, and a function file of zsh. */
void docs_bash_completion(struct text *to);
void docs_zsh_completion(struct text *to);

#endif
