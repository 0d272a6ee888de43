// Offsets of records, which scripts/contract.mjs computes from the classes, are those of the compiler. The last field of a
// record moves with any before it.

import {
  chainStep,
  columnShift,
  groupLearningRate,
  minimizerPrograms,
  sweepConstants,
  trainerBytes,
  trainerProgramSlots,
  trainerPrograms,
  wrappingStep,
} from "../../../assembly/abi";
import { Column } from "../../../assembly/data/columns";
import { Minimizer } from "../../../assembly/minimizers/minimizer";
import { Sweep } from "../../../assembly/optimizers/sweep";
import { Chain } from "../../../assembly/optimizers/transforms/chain";
import { Wrapping } from "../../../assembly/optimizers/wrappers/wrapper";
import { Group, Trainer } from "../../../assembly/training/trainer";

describe("the layout", () => {
  it("that the host reads is that of the classes", () => {
    expect(trainerPrograms).toBe(offsetof<Trainer>("programs"));
    expect(groupLearningRate).toBe(offsetof<Group>("learningRate"));
    expect(columnShift).toBe(offsetof<Column>("shift"));
    expect(chainStep).toBe(offsetof<Chain>("step"));
    expect(wrappingStep).toBe(offsetof<Wrapping>("step"));
    expect(sweepConstants).toBe(offsetof<Sweep>("constants"));
    expect(minimizerPrograms).toBe(offsetof<Minimizer>("programs"));
  });
  it("has room for what is there several times", () => {
    expect(trainerPrograms + 8 * trainerProgramSlots).toBe(trainerBytes);
  });
});
