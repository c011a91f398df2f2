#include "explore/search/mix.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct mix_part mix_part(size_t number)
{
    /* What needs nothing to be known comes first. */
    static const struct mix_part first[] = {
        {MIX_POS, 0}, {MIX_RANDOM, 0},   {MIX_ORDER, 0},     {MIX_SURW, 0},
        {MIX_PCT, 3}, {MIX_DEADLOCK, 0}, {MIX_ATOMICITY, 0}, {MIX_ORDER, 0},
    };
    static const struct mix_part turn[] = {
        {MIX_SURW, 0}, {MIX_FOCUS, 0},    {MIX_POS, 0},       {MIX_ORDER, 0},     {MIX_PCT, 3},
        {MIX_SURW, 0}, {MIX_TRAIL, 0},    {MIX_ATOMICITY, 0}, {MIX_RANDOM, 0},    {MIX_FOCUS, 0},
        {MIX_SURW, 0}, {MIX_DEADLOCK, 0}, {MIX_PCT, 2},       {MIX_TRAIL, 0},     {MIX_ORDER, 0},
        {MIX_SURW, 0}, {MIX_PCT, 5},      {MIX_POS, 0},       {MIX_ATOMICITY, 0}, {MIX_RANDOM, 0},
    };
    return number < COUNT(first) ? first[number] : turn[(number - COUNT(first)) % COUNT(turn)];
}
