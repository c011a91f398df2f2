/* corpus/diagnostics.h: what a compiler prints, up to the first NUL. */
#include "corpus/diagnostics.h"

#include "model/memory.h"

#include "fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct complaints complaints = {0};
    bool failed = size % 2 == 0;
    char *output = xstrndup((const char *)data, size);

    fuzz_memory_begin();
    diagnostics_read("clang", "x.c", output, failed, &complaints);
    fuzz_memory_end(size);
    assert(complaints.count <= DIAGNOSTICS_MOST);
    assert((complaints.count > 0) == (failed || *output));
    for (size_t i = 0; i < complaints.count; i++)
        assert(complaints.items[i].line >= 0 && complaints.items[i].text[0]);

    complaints_release(&complaints);
    free(output);
    return 0;
}
