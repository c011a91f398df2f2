/* Temporary directories for the tools' reports, one a run. */
#ifndef RACELAB_CLI_REPORT_DIR_H
#define RACELAB_CLI_REPORT_DIR_H

/* A new directory under TMPDIR (or /tmp), readable by this user alone. Returns its path from
 * malloc, or NULL with errno set. */
char *report_dir_make(void);
/* Removes it with all it holds, and frees the path. NULL is allowed. */
void report_dir_remove(char *path);

#endif
