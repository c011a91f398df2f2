/* detect/valgrind.h, of a run that ended by itself and of one that was ended: the findings are the same. */
#include "detect/valgrind.h"

#include "fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *own_source = size % 2 == 0 ? "/lab/" : NULL;
    const char *text = (const char *)data;
    struct findings findings = {0};
    struct findings cut = {0};
    struct valgrind_proof proof = {0};
    struct valgrind_proof cut_proof = {0};

    fuzz_memory_begin();
    char *trouble = valgrind_read_xml(text, size, false, own_source, NULL, &findings, &proof);
    fuzz_memory_end(size);
    fuzz_check_findings(&findings, size / sizeof("<error/>"));
    char *cut_trouble = valgrind_read_xml(text, size, true, own_source, NULL, &cut, &cut_proof);
    fuzz_check_same(&findings, &cut);
    fuzz_check_same_text(proof.version, cut_proof.version);
    assert(proof.finished == cut_proof.finished && proof.has_lines == cut_proof.has_lines);
    assert(trouble || !cut_trouble);

    free(trouble);
    free(cut_trouble);
    free(proof.version);
    free(cut_proof.version);
    findings_release(&findings);
    findings_release(&cut);
    return 0;
}
