#pragma once
#include "core/lanes.hpp"

namespace digitcompress {

// Gradient of a dense matrix: gradient[r][c] = sum over samples of rows[r] · columns[c], row by row. Both sides are [group][feature][lane].
struct OuterProduct {
  int rows = 0, columns = 0;
};

// The work falls into parts that write columns of their own. Adds to `gradient` if `accumulate`, else overwrites.
[[nodiscard]] int outer_product_parts(const OuterProduct& problem);
void outer_product(const OuterProduct& problem, int part, int groups, const Lane* rows, const Lane* columns, float* gradient,
                   bool accumulate);

}  // namespace digitcompress
