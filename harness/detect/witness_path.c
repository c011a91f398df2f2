#include "detect/witness.h"

#include "model/memory.h"

char *witness_path(const char *report_dir)
{
    return xasprintf("%s/concurrent", report_dir);
}
