/*
 * Folders that were made for a while.
 */
#ifndef RACELAB_MODEL_FOLDER_H
#define RACELAB_MODEL_FOLDER_H

/* Removes all that is in the folder, and keeps the folder. Links are removed, not followed. Returns 0, or the negative
 * errno of the first entry that could not be removed, where it stops. */
int folder_clear(const char *path);

/* The same, and the folder with it. */
int folder_remove(const char *path);

#endif
