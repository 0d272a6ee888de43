// No search: accepts the same step every time.

import { requestGradient, requestValue, searchFixed } from "../../abi";
import { accepted, Line } from "../line";
import { registerSearch } from "./search";

@unmanaged
class Fixed {
  size: f64;
  begin(line: Line): void {
    line.step = this.size;
  }
  next(line: Line): i32 {
    return accepted;
  }
}

export function registerFixed(): void {
  registerSearch<Fixed>(searchFixed, requestValue | requestGradient);
}
