/* The data races of a run whose order is known; see order.h. */
#ifndef RACELAB_EXPLORE_ORDER_RACES_H
#define RACELAB_EXPLORE_ORDER_RACES_H

#include "explore/search/order.h"

/* From malloc; NULL where *count is 0. */
struct order_race *order_find_races(const struct order *order, const struct wire_step *steps,
                                    size_t step_count, size_t *count);

#endif
