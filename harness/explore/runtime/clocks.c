#include "explore/runtime/clocks.h"

#include "explore/runtime/runtime.h"

uint64_t clock_deadline(clockid_t clock, const struct timespec *at)
{
    return runtime_deadline(clock, at);
}
