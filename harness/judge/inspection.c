#include "judge/inspection.h"

#include "model/memory.h"

#include <stdlib.h>
#include <string.h>

struct inspected *inspection_add(struct inspection *inspection, const char *name)
{
    struct inspected *inspected =
        xappend((void **)&inspection->detectors, &inspection->detector_count,
                sizeof(*inspection->detectors));
    inspected->name = xstrdup(name);
    return inspected;
}

struct inspected *inspection_get(struct inspection *inspection, const char *name)
{
    for (size_t i = 0; i < inspection->detector_count; i++) {
        if (strcmp(inspection->detectors[i].name, name) == 0)
            return &inspection->detectors[i];
    }
    struct inspected *inspected = inspection_add(inspection, name);
    const struct detector *row = detector_find(name);
    inspected->sees = row ? row->sees : 1u << DEFECT_RACE;
    inspected->atomics = row ? row->atomics : true;
    inspected->nature = row ? xstrdup(row->nature) : NULL;
    return inspected;
}

struct inspected_run *inspected_add_run(struct inspected *inspected)
{
    return xappend((void **)&inspected->runs, &inspected->run_count, sizeof(*inspected->runs));
}

static void inspected_release(struct inspected *inspected)
{
    for (size_t i = 0; i < inspected->run_count; i++) {
        report_release(&inspected->runs[i].report);
        free(inspected->runs[i].output);
    }
    free(inspected->runs);
    free(inspected->name);
    free(inspected->nature);
    free(inspected->skipped);
    free(inspected->replay);
    if (inspected->search)
        exploration_release(inspected->search);
    free(inspected->search);
}

void inspection_release(struct inspection *inspection)
{
    for (size_t i = 0; i < inspection->detector_count; i++)
        inspected_release(&inspection->detectors[i]);
    free(inspection->detectors);
    free(inspection->program);
    free(inspection->root);
    *inspection = (struct inspection){0};
}

const char *inspection_path(const struct inspection *inspection, const char *path)
{
    size_t length = inspection->root ? strlen(inspection->root) : 0;
    bool below = length > 0 && strncmp(path, inspection->root, length) == 0 && path[length] == '/';
    return below ? path + length + 1 : path;
}
