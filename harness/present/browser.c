#include "present/browser.h"

#include "detect/detect.h"
#include "model/folder.h"
#include "model/memory.h"
#include "supervise/sweep.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

/* Above what any answer needs, also on a busy machine: reaching it is a failure. */
enum { LIMIT_MS = 60000 };

struct browser {
    uv_loop_t loop;
    uv_process_t process;
    uv_pipe_t to;
    uv_pipe_t from;
    uv_timer_t limit;
    char *folder; /* home and profile */
    char *session;
    char *url;   /* of the loaded file, without its hash */
    char *heard; /* from the browser, not yet a whole message */
    size_t heard_length;
    json_t *reply; /* to the request `asked` */
    json_int_t asked;
    bool loaded;
    bool gone;
    bool late;
    char *complaints;
    char *prepared; /* the number of the script before a page's own */
};

bool browser_missing(void)
{
    char *path = find_in_path("chromium");
    bool missing = !path;
    if (missing)
        puts("skipped: chromium is not installed (Debian: chromium)");
    free(path);
    return missing;
}

static void complain(struct browser *browser, const char *kind, const char *what)
{
    char *longer = xasprintf("%s%s: %s\n", browser->complaints, kind, what ? what : "?");
    free(browser->complaints);
    browser->complaints = longer;
}

/* The text at this path of members; NULL where there is none. */
static const char *text_at(const json_t *json, const char *const *path)
{
    for (; *path; path++)
        json = json_object_get(json, *path);
    return json_string_value(json);
}
#define TEXT_AT(json, ...) text_at(json, (const char *const[]){__VA_ARGS__, NULL})

static void hear_event(struct browser *browser, const char *method, const json_t *told)
{
    if (strcmp(method, "Page.loadEventFired") == 0) {
        browser->loaded = true;
    } else if (strcmp(method, "Runtime.exceptionThrown") == 0) {
        complain(browser, "exception",
                 TEXT_AT(told, "exceptionDetails", "exception", "description"));
    } else if (strcmp(method, "Log.entryAdded") == 0) {
        if (strcmp(TEXT_AT(told, "entry", "level"), "error") == 0)
            complain(browser, "log", TEXT_AT(told, "entry", "text"));
    } else if (strcmp(method, "Runtime.consoleAPICalled") == 0) {
        complain(browser, "console", TEXT_AT(told, "type"));
    } else if (strcmp(method, "Network.requestWillBeSent") == 0) {
        const char *url = TEXT_AT(told, "request", "url");
        if (!browser->url || strcmp(url, browser->url) != 0)
            complain(browser, "request", url);
    }
}

static void hear_message(struct browser *browser, const char *text)
{
    json_t *message = json_loads(text, JSON_ALLOW_NUL, NULL);
    const char *method = TEXT_AT(message, "method");
    if (method) {
        hear_event(browser, method, json_object_get(message, "params"));
    } else if (json_integer_value(json_object_get(message, "id")) == browser->asked) {
        json_decref(browser->reply);
        browser->reply = json_incref(message);
    }
    json_decref(message);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)handle;
    *buffer = uv_buf_init(xcalloc(suggested, 1), (unsigned)suggested);
}

static void hear(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
    struct browser *browser = stream->data;
    if (got < 0) {
        uv_read_stop(stream);
        browser->gone = true;
    } else if (got > 0) {
        char *all = xcalloc(browser->heard_length + (size_t)got + 1, 1);
        if (browser->heard)
            memcpy(all, browser->heard, browser->heard_length);
        memcpy(all + browser->heard_length, buffer->base, (size_t)got);
        size_t length = browser->heard_length + (size_t)got;
        size_t at = 0;
        const char *end = NULL;
        while ((end = memchr(all + at, '\0', length - at))) {
            hear_message(browser, all + at);
            at = (size_t)(end - all) + 1;
        }
        free(browser->heard);
        browser->heard = xcalloc(length - at + 1, 1);
        memcpy(browser->heard, all + at, length - at);
        browser->heard_length = length - at;
        free(all);
    }
    free(buffer->base);
}

static void on_limit(uv_timer_t *timer)
{
    ((struct browser *)timer->data)->late = true;
}

static void on_exit_of(uv_process_t *process, int64_t status, int signal)
{
    (void)status;
    (void)signal;
    ((struct browser *)process->data)->gone = true;
}

/* Runs the loop until *done, or fails the test. */
static void await(struct browser *browser, const bool *done, const char *what)
{
    browser->late = false;
    uv_timer_start(&browser->limit, on_limit, LIMIT_MS, 0);
    while (!*done && !browser->gone && !browser->late)
        uv_run(&browser->loop, UV_RUN_ONCE);
    uv_timer_stop(&browser->limit);
    if (!*done)
        fail_msg("%s while waiting for %s", browser->gone ? "the browser ended" : "time ran out",
                 what);
}

struct written {
    uv_write_t request;
    char *text;
};

static void on_written(uv_write_t *request, int status)
{
    (void)status;
    struct written *written = request->data;
    free(written->text);
    free(written);
}

static void put(struct browser *browser, const char *method, json_t *parameters)
{
    json_t *message = json_pack("{s:I, s:s, s:o}", "id", ++browser->asked, "method", method,
                                "params", parameters ? parameters : json_object());
    if (browser->session)
        json_object_set_new(message, "sessionId", json_string(browser->session));
    struct written *written = xcalloc(1, sizeof(*written));
    written->text = json_dumps(message, JSON_COMPACT);
    written->request.data = written;
    uv_buf_t buffer = uv_buf_init(written->text, (unsigned)strlen(written->text) + 1);
    json_decref(message);
    assert_int_equal(
        uv_write(&written->request, (uv_stream_t *)&browser->to, &buffer, 1, on_written), 0);
}

/* Sends a request and gives its result, which lives until the next one. `parameters` are taken over;
 * NULL: none. */
static const json_t *ask(struct browser *browser, const char *method, json_t *parameters)
{
    json_decref(browser->reply);
    browser->reply = NULL;
    put(browser, method, parameters);
    browser->late = false;
    uv_timer_start(&browser->limit, on_limit, LIMIT_MS, 0);
    while (!browser->reply && !browser->gone && !browser->late)
        uv_run(&browser->loop, UV_RUN_ONCE);
    uv_timer_stop(&browser->limit);
    if (!browser->reply)
        fail_msg("%s %s", method, browser->gone ? "ended the browser" : "was never answered");
    const char *error = TEXT_AT(browser->reply, "error", "message");
    if (error)
        fail_msg("%s: %s", method, error);
    return json_object_get(browser->reply, "result");
}

static int start(struct browser *browser, const char *path)
{
    char *profile = xasprintf("--user-data-dir=%s/profile", browser->folder);
    const char *search = getenv("PATH");
    char *environment[] = {xasprintf("PATH=%s", search ? search : "/usr/bin:/bin"),
                           xasprintf("HOME=%s", browser->folder),
                           xasprintf("TMPDIR=%s", browser->folder), NULL};
    /* Without the sandbox: root and containers cannot have it, and the page is our own. */
    char *arguments[] = {(char *)path,
                         "--headless=new",
                         "--no-sandbox",
                         "--disable-gpu",
                         "--disable-breakpad",
                         "--disable-crash-reporter",
                         "--no-first-run",
                         "--disable-dev-shm-usage",
                         "--remote-debugging-pipe",
                         profile,
                         "about:blank",
                         NULL};
    uv_stdio_container_t stdio[5] = {
        {.flags = UV_IGNORE},
        {.flags = UV_IGNORE},
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&browser->to},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&browser->from},
    };
    uv_process_options_t options = {
        .file = path,
        .args = arguments,
        .env = environment,
        .exit_cb = on_exit_of,
        .flags = UV_PROCESS_DETACHED, /* a process group of its own, to be ended as one */
        .stdio = stdio,
        .stdio_count = 5,
    };
    int result = uv_spawn(&browser->loop, &browser->process, &options);
    free(profile);
    for (size_t i = 0; environment[i]; i++)
        free(environment[i]);
    return result;
}

struct browser *browser_open(void)
{
    char *path = find_in_path("chromium");
    struct browser *browser = xcalloc(1, sizeof(*browser));
    browser->complaints = xstrdup("");
    browser->folder = xstrdup("/tmp/racelab-browser-XXXXXX");
    assert_non_null(mkdtemp(browser->folder));
    /* Its processes fall to this one where the browser itself dies, so that none is left. */
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    uv_loop_init(&browser->loop);
    uv_pipe_init(&browser->loop, &browser->to, 0);
    uv_pipe_init(&browser->loop, &browser->from, 0);
    uv_timer_init(&browser->loop, &browser->limit);
    browser->process.data = browser->from.data = browser->limit.data = browser;
    assert_non_null(path);
    assert_int_equal(start(browser, path), 0);
    free(path);
    assert_int_equal(uv_read_start((uv_stream_t *)&browser->from, give_room, hear), 0);
    const json_t *made =
        ask(browser, "Target.createTarget", json_pack("{s:s}", "url", "about:blank"));
    char *target = xstrdup(TEXT_AT(made, "targetId"));
    made = ask(browser, "Target.attachToTarget",
               json_pack("{s:s, s:b}", "targetId", target, "flatten", 1));
    browser->session = xstrdup(TEXT_AT(made, "sessionId"));
    free(target);
    static const char *const domains[] = {"Page", "Runtime", "Log", "Network"};
    for (size_t i = 0; i < sizeof(domains) / sizeof(*domains); i++) {
        char *method = xasprintf("%s.enable", domains[i]);
        ask(browser, method, NULL);
        free(method);
    }
    return browser;
}

const char *browser_folder(const struct browser *browser)
{
    return browser->folder;
}

/* All of the group, then what left it: as orphans these have fallen to this process. */
static void end_processes(struct browser *browser)
{
    pid_t group = browser->process.pid;
    if (group <= 0)
        return;
    kill(-group, SIGKILL);
    waitpid(group, NULL, 0);
    while (sweep_pass(&browser->loop, 0) > 0)
        kill(-group, SIGKILL);
}

static void close_handle(uv_handle_t *handle, void *unused)
{
    (void)unused;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void browser_close(struct browser *browser)
{
    if (!browser)
        return;
    end_processes(browser);
    uv_walk(&browser->loop, close_handle, NULL);
    uv_run(&browser->loop, UV_RUN_DEFAULT);
    uv_loop_close(&browser->loop);
    folder_remove(browser->folder);
    json_decref(browser->reply);
    free(browser->folder);
    free(browser->session);
    free(browser->url);
    free(browser->heard);
    free(browser->complaints);
    free(browser->prepared);
    free(browser);
}

void browser_load(struct browser *browser, const char *file, const char *hash)
{
    /* By way of an empty page: an address that differs in its hash alone is not loaded anew. */
    browser->loaded = false;
    free(browser->url);
    browser->url = xstrdup("about:blank");
    ask(browser, "Page.navigate", json_pack("{s:s}", "url", "about:blank"));
    await(browser, &browser->loaded, "an empty page");
    free(browser->complaints);
    browser->complaints = xstrdup("");
    free(browser->url);
    browser->url = xasprintf("file://%s", file);
    char *whole = xasprintf("%s%s", browser->url, hash);
    browser->loaded = false;
    ask(browser, "Page.navigate", json_pack("{s:s}", "url", whole));
    await(browser, &browser->loaded, whole);
    free(whole);
}

void browser_prepare(struct browser *browser, const char *script)
{
    if (browser->prepared)
        ask(browser, "Page.removeScriptToEvaluateOnNewDocument",
            json_pack("{s:s}", "identifier", browser->prepared));
    free(browser->prepared);
    browser->prepared = NULL;
    if (script)
        browser->prepared = xstrdup(TEXT_AT(ask(browser, "Page.addScriptToEvaluateOnNewDocument",
                                                json_pack("{s:s}", "source", script)),
                                            "identifier"));
}

json_t *browser_value(struct browser *browser, const char *expression)
{
    const json_t *result = ask(browser, "Runtime.evaluate",
                               json_pack("{s:s, s:b, s:b}", "expression", expression,
                                         "returnByValue", 1, "awaitPromise", 1));
    const char *exception = TEXT_AT(result, "exceptionDetails", "exception", "description");
    if (exception)
        fail_msg("%s: %s", expression, exception);
    json_t *value = json_object_get(json_object_get(result, "result"), "value");
    return value ? json_incref(value) : json_null();
}

bool browser_holds(struct browser *browser, const char *expression)
{
    char *asked = xasprintf("Boolean(%s)", expression);
    json_t *value = browser_value(browser, asked);
    bool holds = json_is_true(value);
    json_decref(value);
    free(asked);
    return holds;
}

long browser_number(struct browser *browser, const char *expression)
{
    json_t *value = browser_value(browser, expression);
    assert_true(json_is_number(value));
    long number = (long)json_number_value(value);
    json_decref(value);
    return number;
}

void browser_until(struct browser *browser, const char *expression)
{
    /* The page looks for itself, so that nothing is asked in a circle. */
    char *promise = xasprintf("new Promise((settle) => { const look = () => (%s) ? settle(true) : "
                              "setTimeout(look, 5); look(); })",
                              expression);
    json_decref(browser_value(browser, promise));
    free(promise);
}

struct key {
    const char *name;
    int code; /* windowsVirtualKeyCode: without it Chromium takes no default action */
    const char *text;
};

static const struct key keys[] = {
    {"Enter", 13, "\r"},      {"Escape", 27, NULL},    {"Tab", 9, NULL},
    {"ArrowUp", 38, NULL},    {"ArrowDown", 40, NULL}, {"ArrowLeft", 37, NULL},
    {"ArrowRight", 39, NULL}, {"Home", 36, NULL},      {"End", 35, NULL},
};

void browser_press(struct browser *browser, const char *name)
{
    struct key key = {name, 0, strlen(name) == 1 ? name : NULL};
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        if (strcmp(keys[i].name, name) == 0)
            key = keys[i];
    }
    static const char *const types[] = {"keyDown", "keyUp"};
    for (size_t i = 0; i < 2; i++) {
        json_t *event = json_pack("{s:s, s:s, s:i}", "type", types[i], "key", key.name,
                                  "windowsVirtualKeyCode", key.code);
        if (key.text && i == 0)
            json_object_set_new(event, "text", json_string(key.text));
        ask(browser, "Input.dispatchKeyEvent", event);
    }
}

void browser_resize(struct browser *browser, int width, int height, bool mobile)
{
    ask(browser, "Emulation.setDeviceMetricsOverride",
        json_pack("{s:i, s:i, s:i, s:b}", "width", width, "height", height, "deviceScaleFactor", 1,
                  "mobile", mobile));
}

void browser_prefer(struct browser *browser, const char *feature, const char *value)
{
    ask(browser, "Emulation.setEmulatedMedia",
        json_pack("{s:[{s:s, s:s}]}", "features", "name", feature, "value", value));
}

void browser_scripting(struct browser *browser, bool on)
{
    ask(browser, "Emulation.setScriptExecutionDisabled", json_pack("{s:b}", "value", !on));
}

const char *browser_complaints(struct browser *browser)
{
    return browser->complaints;
}
