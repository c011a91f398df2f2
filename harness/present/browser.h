/*
 * A headless Chromium for tests of pages, driven by the DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol/) over its pipe: JSON, each message ended by a NUL,
 * on the browser's descriptors 3 and 4.
 *
 * What goes wrong with the browser itself fails the running test (cmocka) with its reason. One at a time,
 * from one thread.
 */
#ifndef RACELAB_PRESENT_BROWSER_H
#define RACELAB_PRESENT_BROWSER_H

#include <jansson.h>
#include <stdbool.h>

struct browser;

/* The browser's path in PATH, from malloc; NULL: not installed. */
char *browser_find(void);

/* Starts it with a new profile and an empty page. */
struct browser *browser_open(const char *path);
/* Ends all its processes and removes its profile. NULL is allowed. */
void browser_close(struct browser *browser);

/* Loads a file and waits until its scripts have run; `hash` is put behind its address. Forgets the
 * complaints about the page before. */
void browser_load(struct browser *browser, const char *file, const char *hash);

/* The value of a JavaScript expression, a promise's once it is settled. The caller owns it. */
json_t *browser_value(struct browser *browser, const char *expression);
bool browser_holds(struct browser *browser, const char *expression);
long browser_number(struct browser *browser, const char *expression);
/* Waits until the expression holds. */
void browser_until(struct browser *browser, const char *expression);

/* Presses a key by its name in KeyboardEvent.key: "Enter", "ArrowDown", "a", ... */
void browser_press(struct browser *browser, const char *key);
/* The size of the window in CSS pixels; `mobile` as a phone has it. */
void browser_resize(struct browser *browser, int width, int height, bool mobile);
/* What the media feature of this name is from now on: "prefers-color-scheme", "dark". */
void browser_prefer(struct browser *browser, const char *feature, const char *value);
void browser_scripting(struct browser *browser, bool on);

/* Exceptions, errors on the console and requests other than for the loaded file, since that was loaded:
 * one a line; "" where there are none. Valid until the next call of any of these functions. */
const char *browser_complaints(struct browser *browser);

#endif
