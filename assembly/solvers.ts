// Everything a host may call to solve and to minimize in f64; apart from the training core, so that a page that only
// trains need not download it.
