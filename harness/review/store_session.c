#include "review/store_part.h"

#include "corpus/file.h"
#include "judge/fingerprint.h"
#include "model/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const store_stage_words[STAGE_COUNT] = {
    [STAGE_VERDICT] = "verdict", [STAGE_LINES] = "lines", [STAGE_CLASS] = "class",
    [STAGE_PATCH] = "patch",     [STAGE_TRUTH] = "truth", [STAGE_OVER] = "over",
};
const char *const store_verdict_words[STORE_VERDICTS] = {
    [REVIEW_UNDECIDED] = "undecided",
    [REVIEW_ACCEPTED] = "accepted",
    [REVIEW_REJECTED] = "rejected",
};

#define MOST_ROUNDS 1000000

static hash128 hash_text(hash128 hash, const char *text)
{
    /* With its NUL, so that two texts do not run into one. */
    return hash128_add(hash, text ? text : "", text ? strlen(text) + 1 : 1);
}

static hash128 hash_number(hash128 hash, uint64_t number)
{
    return hash128_add(hash, &number, sizeof(number));
}

void store_round_print(const struct round *round, char text[33])
{
    hash128 hash = hash_text(HASH128_EMPTY, round->what.pair->id);
    hash = hash_text(hash, round->what.change ? round->what.change->id : NULL);
    hash = hash_number(hash, round->what.polarity);
    hash = hash_number(hash, round->what.form);
    hash = hash_text(hash, round->program.text);
    hash = hash_text(hash, round->diff);
    for (size_t i = 0; i < round->program.line_count; i++)
        hash = hash_number(hash, round->parts[i]);
    for (size_t i = 0; i < DEFECT_COUNT; i++)
        hash = hash_number(hash, round->classes[i]);
    for (size_t i = 0; i < round->option_count; i++) {
        hash = hash_text(hash, round->options[i].program.text);
        hash = hash_number(hash, round->options[i].right);
    }
    hash128_write(hash, text);
}

static json_t *answer_json(const struct round *round, const struct answer *answer)
{
    char print[33];
    store_round_print(round, print);
    json_t *marked = json_array();
    for (size_t i = 0; answer->marked && i < answer->line_count; i++) {
        if (answer->marked[i])
            json_array_append_new(marked, json_integer((json_int_t)i + 1));
    }
    const char *defect = answer->defect < 0 ? NULL : defect_word((enum defect)answer->defect);
    json_t *option = answer->option < 0 ? json_null() : json_integer(answer->option);
    return json_pack("{ss ss so ss? so sI sI}", "round", print, "verdict",
                     store_verdict_words[answer->verdict], "marked", marked, "defect", defect,
                     "option", option, "hints", (json_int_t)answer->hints, "ms",
                     (json_int_t)answer->ms);
}

static json_t *session_json(const struct session_origin *origin, const struct session *session)
{
    json_t *names = json_array();
    for (char **name = origin->names; *name; name++)
        json_array_append_new(names, json_string(*name));
    json_t *answers = json_array();
    for (size_t i = 0; i < session->rounds.count; i++)
        json_array_append_new(answers,
                              answer_json(&session->rounds.items[i], &session->answers[i]));
    return json_pack("{si so sI so sI ss so}", "version", STORE_VERSION, "seed",
                     seed_json(origin->seed), "rounds", (json_int_t)origin->rounds, "names", names,
                     "at", (json_int_t)session->at, "stage", store_stage_words[session->stage],
                     "answers", answers);
}

static bool origin_read(const json_t *json, struct session_origin *origin, char **why)
{
    int64_t rounds = 0;
    const json_t *names = json_object_get(json, "names");
    bool good = member_version(json, why) && member_seed(json, "seed", &origin->seed, why) &&
                member_int(json, "rounds", 1, MOST_ROUNDS, &rounds, why);
    bool texts = json_is_array(names);
    for (size_t i = 0; i < json_array_size(names); i++)
        texts = texts && json_is_string(json_array_get(names, i));
    if (good && !texts)
        *why = xstrdup("`names` is no list of texts");
    if (!good || !texts)
        return false;
    origin->rounds = (size_t)rounds;
    origin->names = xcalloc(json_array_size(names) + 1, sizeof(*origin->names));
    for (size_t i = 0; i < json_array_size(names); i++)
        origin->names[i] = xstrdup(json_string_value(json_array_get(names, i)));
    return true;
}

void session_origin_release(struct session_origin *origin)
{
    for (char **name = origin->names; name && *name; name++)
        free(*name);
    free(origin->names);
    *origin = (struct session_origin){0};
}

int store_unreadable(const struct store *store, const char *why, char **message)
{
    return store_fail(message, EBADMSG,
                      "%s: this is no session that can be gone on with: %s; move it aside, or with "
                      "the history by `racelab review --reset`",
                      store->session, why);
}

int store_read_session(struct store *store, json_t **json, struct session_origin *origin,
                       char **message)
{
    *json = NULL;
    if (store_is_second(store))
        return store_fail(message, EBUSY,
                          "%s: another racelab is at this session; end it there, or begin one of "
                          "your own without --continue",
                          store->session);
    char *text = NULL;
    size_t length = 0;
    int result = file_read(store->session, &text, &length);
    if (result == -ENOENT)
        return store_fail(message, ENOENT,
                          "%s: no session is under way; begin one without --continue",
                          store->session);
    if (result)
        return store_fail(message, -result, "%s: %s; see that it is a file that you may read",
                          store->session, strerror(-result));
    json_error_t error;
    char *why = NULL;
    *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!*json)
        why = xasprintf("line %d, column %d: %s", error.line, error.column, error.text);
    if (*json && origin_read(*json, origin, &why)) {
        store->session_is_own = true;
    } else {
        result = store_unreadable(store, why, message);
        json_decref(*json);
        *json = NULL;
    }
    free(why);
    free(text);
    return result;
}

int store_origin(struct store *store, struct session_origin *origin, char **message)
{
    *origin = (struct session_origin){0};
    *message = NULL;
    json_t *json = NULL;
    int result = store_read_session(store, &json, origin, message);
    json_decref(json);
    return result;
}

/* What stands there is a session, or nothing: it may be overwritten. */
static int may_replace(struct store *store, char **message)
{
    if (store->session_is_own)
        return 0;
    struct session_origin origin;
    int result = store_origin(store, &origin, message);
    session_origin_release(&origin);
    if (result == -ENOENT) {
        free(*message);
        *message = NULL;
        return 0;
    }
    return result;
}

int store_save(struct store *store, const struct session_origin *origin,
               const struct session *session, char **message)
{
    *message = NULL;
    if (store_is_second(store))
        return 0;
    int result = may_replace(store, message);
    if (result)
        return result;
    json_t *json = session_json(origin, session);
    char *text = json ? json_dumps(json, JSON_INDENT(1)) : NULL;
    char *beside = xasprintf("%s.new", store->session);
    result = text ? store_write(beside, O_TRUNC, text, strlen(text)) : -EINVAL;
    if (!result && rename(beside, store->session) != 0)
        result = -errno;
    if (result)
        unlink(beside);
    else
        result = store_sync_folder(store);
    if (result)
        store_fail(message, -result,
                   "%s: %s; this answer is not kept. Make room and see that the folder can be "
                   "written to, or go on without",
                   store->session, strerror(-result));
    else
        store->session_is_own = true;
    free(beside);
    free(text);
    json_decref(json);
    return result;
}

int store_forget_session(struct store *store, char **message)
{
    *message = NULL;
    if (store_is_second(store))
        return 0;
    int result = may_replace(store, message);
    if (result)
        return result;
    if (unlink(store->session) == 0)
        result = store_sync_folder(store);
    else if (errno != ENOENT)
        result = -errno;
    if (result)
        store_fail(message, -result, "%s: %s; delete it yourself", store->session,
                   strerror(-result));
    return result;
}
