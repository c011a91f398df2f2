#include "review/store_part.h"

#include "model/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Whether a session at this stage of the round can have this answer. */
static bool answer_fits(const struct round *round, const struct answer *answer, enum stage stage)
{
    bool asked = round->what.polarity == BUGGY && answer->verdict == REVIEW_REJECTED;
    bool offered = asked && round->option_count > 0;
    bool between = stage == STAGE_LINES || stage == STAGE_CLASS || stage == STAGE_PATCH;
    return (answer->verdict == REVIEW_UNDECIDED) == (stage == STAGE_VERDICT) &&
           (!between || asked) && (stage != STAGE_PATCH || offered) &&
           (answer->defect >= 0) == (asked && stage > STAGE_CLASS) &&
           (answer->option >= 0) == (offered && stage > STAGE_PATCH);
}

static bool read_marked(const json_t *json, struct answer *answer, char **why)
{
    const json_t *marked = json_object_get(json, "marked");
    bool good = json_is_array(marked);
    for (size_t i = 0; i < json_array_size(marked) && good; i++) {
        json_int_t line = json_integer_value(json_array_get(marked, i));
        good = line >= 1 && line <= (json_int_t)answer->line_count;
        if (good)
            answer->marked[line - 1] = true;
    }
    if (!good)
        *why = xasprintf("`marked` is no list of lines from 1 to %zu", answer->line_count);
    return good;
}

/* `answer->marked` is there, and all false. */
static bool read_answer(const json_t *json, const struct round *round, enum stage stage,
                        struct answer *answer, char **why)
{
    size_t verdict = 0;
    const char *defect_text = NULL;
    enum defect defect = DEFECT_RACE;
    int64_t option = -1;
    int64_t hints = 0;
    int64_t ms = 0;
    bool good = member_word(json, "verdict", store_verdict_words, STORE_VERDICTS, &verdict, why) &&
                read_marked(json, answer, why) &&
                member_text(json, "defect", true, &defect_text, why) &&
                (json_is_null(json_object_get(json, "option")) ||
                 member_int(json, "option", 0, (int64_t)round->option_count - 1, &option, why)) &&
                member_int(json, "hints", 0, REVIEW_HINTS, &hints, why) &&
                member_int(json, "ms", 0, INT64_MAX, &ms, why);
    if (good && defect_text && !defect_from_word(defect_text, strlen(defect_text), &defect)) {
        *why = xstrdup("`defect` is not a word that it can be");
        good = false;
    }
    answer->verdict = (enum review_verdict)verdict;
    answer->defect = defect_text ? (int)defect : -1;
    answer->option = (int)option;
    answer->hints = (unsigned)hints;
    answer->ms = (uint64_t)ms;
    if (good && !answer_fits(round, answer, stage)) {
        *why = xasprintf("what is answered there does not go with the stage `%s`",
                         store_stage_words[stage]);
        good = false;
    }
    return good;
}

/* Whether the rounds are those that the answers were given to. */
static bool same_rounds(const json_t *answers, const struct session *session)
{
    bool same = json_array_size(answers) == session->rounds.count;
    for (size_t i = 0; i < session->rounds.count && same; i++) {
        char print[33];
        store_round_print(&session->rounds.items[i], print);
        const char *was = json_string_value(json_object_get(json_array_get(answers, i), "round"));
        same = was && strcmp(was, print) == 0;
    }
    return same;
}

static void answers_free(struct answer *answers, size_t count)
{
    for (size_t i = 0; answers && i < count; i++)
        free(answers[i].marked);
    free(answers);
}

/* All answers with at and stage; NULL, and why. */
static struct answer *read_answers(const json_t *json, const struct session *session, size_t *at,
                                   size_t *stage, char **why)
{
    size_t count = session->rounds.count;
    int64_t number = 0;
    if (!member_int(json, "at", 0, (int64_t)count, &number, why) ||
        !member_word(json, "stage", store_stage_words, STAGE_COUNT, stage, why))
        return NULL;
    *at = (size_t)number;
    if ((*at == count) != (*stage == STAGE_OVER)) {
        *why = xstrdup("`at` and `stage` do not go together");
        return NULL;
    }
    struct answer *answers = xcalloc(count, sizeof(*answers));
    for (size_t i = 0; i < count; i++) {
        enum stage reached = i < *at    ? STAGE_TRUTH
                             : i == *at ? (enum stage) * stage
                                        : STAGE_VERDICT;
        answers[i].line_count = session->rounds.items[i].program.line_count;
        answers[i].marked = xcalloc(answers[i].line_count + 1, sizeof(*answers[i].marked));
        char *wrong = NULL;
        if (!read_answer(json_array_get(json_object_get(json, "answers"), i),
                         &session->rounds.items[i], reached, &answers[i], &wrong)) {
            *why = xasprintf("answer %zu: %s", i + 1, wrong);
            free(wrong);
            answers_free(answers, count);
            return NULL;
        }
    }
    return answers;
}

int store_resume(struct store *store, struct session *session, char **message)
{
    *message = NULL;
    struct session_origin origin = {0};
    json_t *json = NULL;
    int result = store_read_session(store, &json, &origin, message);
    session_origin_release(&origin);
    if (result)
        return result;
    if (!same_rounds(json_object_get(json, "answers"), session)) {
        result =
            store_fail(message, ESTALE,
                       "%s: the pairs have changed since this session was begun, and its rounds "
                       "are no longer the same; begin a new one without --continue",
                       store->session);
        goto out;
    }
    char *why = NULL;
    size_t at = 0;
    size_t stage = 0;
    struct answer *answers = read_answers(json, session, &at, &stage, &why);
    if (answers) {
        answers_free(session->answers, session->rounds.count);
        session->answers = answers;
        session->at = at;
        session->stage = (enum stage)stage;
    } else {
        result = store_unreadable(store, why, message);
    }
    free(why);
out:
    json_decref(json);
    return result;
}
