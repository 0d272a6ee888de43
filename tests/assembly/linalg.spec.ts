// The floor of linear algebra: factorizations in place, inside larger matrices, within their scratch.

import "./cases/factorization";
