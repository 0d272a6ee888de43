// Every line search the engine knows: a new one is a line in each of these.

import {
  requestGradient,
  requestValue,
  searchBacktracking,
  searchFixed,
  searchHagerZhang,
  searchMoreThuente,
  searchQuadratic,
  searchStrongWolfe,
} from "../../abi";
import { failed, Line, searching } from "../line";
import { Backtracking } from "./backtracking";
import { Fixed } from "./fixed";
import { HagerZhang } from "./hagerZhang";
import { MoreThuente } from "./moreThuente";
import { Quadratic } from "./quadratic";
import { StrongWolfe } from "./strongWolfe";

/** What a search wants to know at a trial: the slope as well, or the value alone. */
export function needsOf(code: u32): i32 {
  return code === searchBacktracking || code === searchQuadratic ? requestValue : requestValue | requestGradient;
}

/** Starts a search whose first step, value and slope are in the line. */
export function beginSearch(code: u32, search: usize, line: Line): void {
  line.trials = 0;
  line.finite = 0;
  switch (code) {
    case searchFixed:
      changetype<Fixed>(search).begin(line);
      break;
    case searchBacktracking:
      changetype<Backtracking>(search).begin(line);
      break;
    case searchStrongWolfe:
      changetype<StrongWolfe>(search).begin(line);
      break;
    case searchMoreThuente:
      changetype<MoreThuente>(search).begin(line);
      break;
    case searchHagerZhang:
      changetype<HagerZhang>(search).begin(line);
      break;
    case searchQuadratic:
      changetype<Quadratic>(search).begin(line);
      break;
    default:
      unreachable();
  }
  line.first = line.step;
}

/** Looks at a trial. Where the function is not finite, the line ends: the next step is a tenth of the way to there. */
export function nextStep(code: u32, search: usize, line: Line): i32 {
  line.trials++;
  if (code !== searchFixed && !isFinite(line.value + line.slope)) {
    if (line.trials >= line.limit) return failed;
    line.largest = line.step;
    line.step = line.finite + 0.1 * (line.step - line.finite);
    return searching;
  }
  line.finite = line.step;
  switch (code) {
    case searchFixed:
      return changetype<Fixed>(search).next(line);
    case searchBacktracking:
      return changetype<Backtracking>(search).next(line);
    case searchStrongWolfe:
      return changetype<StrongWolfe>(search).next(line);
    case searchMoreThuente:
      return changetype<MoreThuente>(search).next(line);
    case searchHagerZhang:
      return changetype<HagerZhang>(search).next(line);
    case searchQuadratic:
      return changetype<Quadratic>(search).next(line);
  }
  return failed;
}
