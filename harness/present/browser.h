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

/* Whether it is not installed. Says so on standard output then, for a test that is to end with BROWSER_SKIPS. */
bool browser_missing(void);
enum { BROWSER_SKIPS = 77 };

/* Starts it with a new profile and an empty page. */
struct browser *browser_open(void);
/* For the pages of the test; belongs to the browser. */
const char *browser_folder(const struct browser *browser);
/* Ends all its processes and removes its profile and its folder. NULL is allowed. */
void browser_close(struct browser *browser);

/* Loads a file and waits until its scripts have run; `hash` is put behind its address. Forgets the
 * complaints about the page before. */
void browser_load(struct browser *browser, const char *file, const char *hash);

/* A script that runs in every page that is loaded from now on, before the page's own; NULL: none. */
void browser_prepare(struct browser *browser, const char *script);

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

/* An expression: every text against the first ground behind it that is not transparent: WCAG 2.2, 1.4.3. Gives the
 * worst offenders. */
#define BROWSER_CONTRAST                                                                           \
    "(() => {"                                                                                     \
    "const parse = (text) => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);"                \
    "const light = (rgb) => rgb.slice(0, 3).map((value) => value / 255).map((value) =>"            \
    "  value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4).reduce("                 \
    "  (sum, value, i) => sum + value * [.2126, .7152, .0722][i], 0);"                             \
    "const ground = (node) => { for (; node; node = node.parentElement) {"                         \
    "  const shape = node.tagName === 'g' && node.querySelector('rect, ellipse');"                 \
    "  const style = getComputedStyle(shape || node);"                                             \
    "  const rgb = parse(shape ? style.fill : style.backgroundColor);"                             \
    "  if (rgb.length < 4 || rgb[3] === 1) return rgb; } return [255, 255, 255]; };"               \
    "const bad = [];"                                                                              \
    "for (const node of document.body.querySelectorAll('*')) {"                                    \
    "  if (!node.checkVisibility() || node.disabled || node.tagName === 'TITLE'"                   \
    "      || ![...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))"   \
    "    continue;"                                                                                \
    "  const style = getComputedStyle(node);"                                                      \
    "  const text = light(parse(node instanceof SVGElement ? style.fill : style.color));"          \
    "  const behind = light(ground(node));"                                                        \
    "  const ratio = (Math.max(text, behind) + .05) / (Math.min(text, behind) + .05);"             \
    "  if (ratio < 4.5) bad.push(node.tagName + '.' + node.getAttribute('class') + ' '"            \
    "    + ratio.toFixed(2)); }"                                                                   \
    "return bad.join(', '); })()"

#endif
