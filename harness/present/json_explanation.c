#include "present/json_value.h"

static json_t *place_json(const struct place *place)
{
    return json_pack("{s:o, s:o, s:i, s:o}", "function", json_text(place->function), "file",
                     json_text(place->file), "line", place->line, "module",
                     json_text(place->module));
}

/* An index in the list of threads or processes; null where it is none of the tree. */
static json_t *index_json(size_t index)
{
    return index == NO_INDEX ? json_null() : json_integer((json_int_t)index);
}

static json_t *waiting_json(const struct waiting *waiting)
{
    json_t *holders = json_array();
    for (size_t i = 0; i < waiting->holder_count; i++) {
        const struct holder *holder = &waiting->holders[i];
        json_array_append_new(
            holders,
            json_pack("{s:o, s:o, s:o, s:b, s:o, s:o}", "thread", index_json(holder->thread),
                      "process", index_json(holder->process), "who", json_text(holder->who),
                      "queued", holder->queued, "taken", place_json(&holder->taken), "fd",
                      holder->fd < 0 ? json_null() : json_integer(holder->fd)));
    }
    return json_pack(
        "{s:s, s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "for",
        wait_for_word(waiting->what), "call", json_text(waiting->call), "object",
        json_text(waiting->name), "limited", waiting->limited, "certain", waiting->certain, "count",
        waiting->count < 0 ? json_null() : json_integer(waiting->count), "needed",
        waiting->needed < 0 ? json_null() : json_integer(waiting->needed), "predicate",
        json_text(waiting->predicate), "values", json_text(waiting->values), "history",
        json_text(waiting->history), "note", json_text(waiting->note), "holders", holders);
}

static json_t *thread_json(const struct stuck_thread *thread)
{
    json_t *stack = json_array();
    json_t *held = json_array();
    for (size_t i = 0; i < thread->frame_count; i++)
        json_array_append_new(stack, place_json(&thread->frames[i]));
    for (size_t i = 0; i < thread->held_count; i++)
        json_array_append_new(
            held, json_pack("{s:o, s:b, s:o}", "object", json_text(thread->held[i].name), "shared",
                            thread->held[i].shared, "taken", place_json(&thread->held[i].taken)));
    return json_pack("{s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "label",
                     json_text(thread->label), "name", json_text(thread->name), "process",
                     index_json(thread->process), "stuck", thread->stuck, "waits",
                     waiting_json(&thread->waiting), "own_frame", index_json(thread->own), "stack",
                     stack, "holds", held, "stack_note", json_text(thread->stack_note));
}

json_t *json_explanation(const struct explanation *explanation)
{
    json_t *sentences = json_array();
    json_t *processes = json_array();
    json_t *threads = json_array();
    if (explanation->thread_count == 0 && !explanation->trouble) {
        json_decref(sentences);
        json_decref(processes);
        json_decref(threads);
        return json_null();
    }
    for (size_t i = 0; i < explanation->sentence_count; i++)
        json_array_append_new(sentences, json_text(explanation->sentences[i]));
    for (size_t i = 0; i < explanation->process_count; i++)
        json_array_append_new(processes,
                              json_pack("{s:o, s:o, s:o}", "program",
                                        json_text(explanation->processes[i].program), "parent",
                                        index_json(explanation->processes[i].parent), "note",
                                        json_text(explanation->processes[i].note)));
    for (size_t i = 0; i < explanation->thread_count; i++)
        json_array_append_new(threads, thread_json(&explanation->threads[i]));
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "kind", stuck_word(explanation->stuck),
                     "sentences", sentences, "processes", processes, "threads", threads, "trouble",
                     json_text(explanation->trouble));
}
