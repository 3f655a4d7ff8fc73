/*
 * status_files: page.html, page.css and page.js, as the build compiles them in.
 */
#ifndef EXPORTER_STATUS_STATUS_FILES_H
#define EXPORTER_STATUS_STATUS_FILES_H

extern const char status_html[];
extern const char status_css[];
extern const char status_js[];
extern const char status_policy[]; /* allows these two by their hashes, and no others */

#endif
