#include "review/dice.h"

uint64_t dice_next(struct dice *dice)
{
    dice->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = dice->state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

size_t dice_below(struct dice *dice, size_t count)
{
    /* The first 2^64 mod count values are passed over: what is left divides evenly. */
    uint64_t uneven = -(uint64_t)count % count;
    uint64_t value = dice_next(dice);
    while (value < uneven)
        value = dice_next(dice);
    return (size_t)(value % count);
}

void dice_shuffle(struct dice *dice, size_t *items, size_t count)
{
    for (size_t left = count; left > 1; left--) {
        size_t other = dice_below(dice, left);
        size_t kept = items[left - 1];
        items[left - 1] = items[other];
        items[other] = kept;
    }
}
