/* detect/ending.h: the assertions that a program's standard error tells of. */
#include "detect/ending.h"

#include "model/memory.h"

#include "fuzz/fuzz.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct target target = {.own_source = size % 2 == 0 ? "/lab/" : NULL};
    struct run_outcome outcome = {.end = RUN_SIGNALED, .status = SIGABRT};
    struct report report = {0};
    outcome.err = (struct run_output){xstrndup((const char *)data, size), size, 0};

    fuzz_memory_begin();
    ending_read(&target, &outcome, &report);
    fuzz_memory_end(size);
    bool asserted = strstr(outcome.err.text, ": Assertion `") != NULL;
    size_t lines = fuzz_lines(data, size);
    assert(report.findings.count >= 1 && report.findings.count <= (asserted ? lines : 1));
    assert(!report.trouble);
    for (size_t i = 0; i < report.findings.count; i++) {
        const struct finding *finding = &report.findings.items[i];
        assert(finding->defect == (asserted ? DEFECT_WRONG_RESULT : DEFECT_CRASH));
        assert(finding->times == 1 && finding->site_count <= 1);
        assert(finding->message && !strchr(finding->message, '\n'));
        for (size_t k = 0; k < finding->site_count; k++)
            assert(finding->sites[k].file && finding->sites[k].line >= 0);
        char *sentence = finding_sentence(finding, NULL);
        assert(sentence && sentence[0]);
        free(sentence);
    }

    findings_release(&report.findings);
    free(outcome.err.text);
    return 0;
}
