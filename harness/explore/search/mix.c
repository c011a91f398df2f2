#include "explore/search/mix.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What needs nothing to be known comes first, and each source once before any is there for the second time. */
static struct mix_part part_of_few(size_t number)
{
    static const struct mix_part first[] = {
        {MIX_POS, 0},  {MIX_RANDOM, 0},   {MIX_ORDER, 0},     {MIX_SURW, 0},
        {MIX_PCT, 3},  {MIX_DEADLOCK, 0}, {MIX_ATOMICITY, 0}, {MIX_ORDER, 0},
        {MIX_SURW, 0}, {MIX_TURNS, 0},    {MIX_WINDOWS, 0},   {MIX_ORDER, 0},
        {MIX_PCT, 3},  {MIX_TRAIL, 0},    {MIX_TURNS, 0},     {MIX_FOCUS, 0},
    };
    static const struct mix_part turn[] = {
        {MIX_SURW, 0},   {MIX_FOCUS, 0}, {MIX_POS, 0},  {MIX_ORDER, 0},   {MIX_PCT, 3},
        {MIX_TRAIL, 0},  {MIX_TURNS, 0}, {MIX_SURW, 0}, {MIX_WINDOWS, 0}, {MIX_ATOMICITY, 0},
        {MIX_RANDOM, 0}, {MIX_FOCUS, 0}, {MIX_PCT, 3},  {MIX_ORDER, 0},   {MIX_DEADLOCK, 0},
        {MIX_TRAIL, 0},  {MIX_PCT, 5},   {MIX_SURW, 0}, {MIX_POS, 0},     {MIX_ATOMICITY, 0},
        {MIX_PCT, 2},    {MIX_TURNS, 0}, {MIX_PCT, 3},  {MIX_WINDOWS, 0},
    };
    return number < COUNT(first) ? first[number] : turn[(number - COUNT(first)) % COUNT(turn)];
}

/* Of many threads all but few are to stand aside. */
static struct mix_part part_of_many(size_t number)
{
    static const struct mix_part turn[] = {
        {MIX_FOCUS, 0}, {MIX_ORDER, 0},    {MIX_FOCUS, 0},   {MIX_SURW, 0},  {MIX_FOCUS, 0},
        {MIX_POS, 0},   {MIX_DEADLOCK, 0}, {MIX_FOCUS, 0},   {MIX_ORDER, 0}, {MIX_FOCUS, 0},
        {MIX_PCT, 3},   {MIX_FOCUS, 0},    {MIX_TRAIL, 0},   {MIX_FOCUS, 0}, {MIX_ATOMICITY, 0},
        {MIX_TURNS, 0}, {MIX_FOCUS, 0},    {MIX_WINDOWS, 0}, {MIX_SURW, 0},  {MIX_RANDOM, 0},
    };
    return turn[number % COUNT(turn)];
}

struct mix_part mix_part(size_t number, bool many)
{
    return many ? part_of_many(number) : part_of_few(number);
}
