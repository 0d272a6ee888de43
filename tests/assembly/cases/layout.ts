// The records both compilers read: every field of a class lies where abi.ts tells the host, and nothing overlaps.

import {
  chainBytes,
  chainElements,
  chainGradients,
  chainSeedHigh,
  chainSeedLow,
  chainSquares,
  chainStep,
  chainTensorCount,
  chainTensors,
  chainTransformCount,
  chainTransforms,
  chainType,
  chainWeights,
  chainWorkspace,
  columnAddress,
  columnBytes,
  columnRowElements,
  columnScale,
  columnShift,
  columnTarget,
  columnTargetType,
  columnType,
  groupBytes,
  groupCautious,
  groupElements,
  groupHyper,
  groupMagnitudes,
  groupMaxNorm,
  groupOffset,
  groupPenalty,
  groupProximal,
  groupRule,
  groupShrink,
  groupSquares,
  tensorBytes,
  tensorColumns,
  tensorElements,
  tensorOffset,
  tensorRows,
  trainerAccumulator,
  trainerArguments,
  trainerBatch,
  trainerBytes,
  trainerColumnCount,
  trainerColumns,
  trainerConstants,
  trainerElements,
  trainerEpoch,
  trainerEpochCount,
  trainerEpochLimit,
  trainerEpochLoss,
  trainerEpochRows,
  trainerEpochs,
  trainerGradientNorm,
  trainerGradients,
  trainerGroupCount,
  trainerGroups,
  trainerHistory,
  trainerHistoryCount,
  trainerHistoryLimit,
  trainerKeepLast,
  trainerMicroBatch,
  trainerMoments,
  trainerNextState,
  trainerOrder,
  trainerParameters,
  trainerPlaced,
  trainerPosition,
  trainerProgramSlots,
  trainerPrograms,
  trainerResults,
  trainerRows,
  trainerSeedHigh,
  trainerSeedLow,
  trainerShuffle,
  trainerState,
  trainerStateBytes,
  trainerStep,
  trainerStepLoss,
  trainerStepRows,
  trainerSweep,
  trainerType,
  trainerWorkspace,
  wrappingBytes,
  wrappingElements,
  wrappingGradients,
  wrappingPerturbed,
  wrappingSquares,
  wrappingState,
  wrappingStep,
  wrappingTensorCount,
  wrappingTensors,
  wrappingType,
  wrappingUpdates,
  wrappingWeights,
  wrappingWrapperCount,
  wrappingWrappers,
} from "../../../assembly/abi";
import { Column } from "../../../assembly/data/columns";
import { Sweep } from "../../../assembly/optimizers/sweep";
import { TensorRange } from "../../../assembly/optimizers/tensor";
import { Chain } from "../../../assembly/optimizers/transforms/chain";
import { Wrapping } from "../../../assembly/optimizers/wrappers/wrapper";
import { Group, Trainer } from "../../../assembly/training/trainer";

describe("the layout", () => {
  it("of a trainer is that of abi.ts, field by field", () => {
    expect(offsetof<Trainer>("type")).toBe(trainerType, "type");
    expect(offsetof<Trainer>("workspace")).toBe(trainerWorkspace, "workspace");
    expect(offsetof<Trainer>("parameters")).toBe(trainerParameters, "parameters");
    expect(offsetof<Trainer>("elements")).toBe(trainerElements, "elements");
    expect(offsetof<Trainer>("gradients")).toBe(trainerGradients, "gradients");
    expect(offsetof<Trainer>("accumulator")).toBe(trainerAccumulator, "accumulator");
    expect(offsetof<Trainer>("placed")).toBe(trainerPlaced, "placed");
    expect(offsetof<Trainer>("moments")).toBe(trainerMoments, "moments");
    expect(offsetof<Trainer>("groups")).toBe(trainerGroups, "groups");
    expect(offsetof<Trainer>("groupCount")).toBe(trainerGroupCount, "groupCount");
    expect(offsetof<Trainer>("state")).toBe(trainerState, "state");
    expect(offsetof<Trainer>("nextState")).toBe(trainerNextState, "nextState");
    expect(offsetof<Trainer>("stateBytes")).toBe(trainerStateBytes, "stateBytes");
    expect(offsetof<Trainer>("arguments")).toBe(trainerArguments, "arguments");
    expect(offsetof<Trainer>("results")).toBe(trainerResults, "results");
    expect(offsetof<Trainer>("columns")).toBe(trainerColumns, "columns");
    expect(offsetof<Trainer>("columnCount")).toBe(trainerColumnCount, "columnCount");
    expect(offsetof<Trainer>("order")).toBe(trainerOrder, "order");
    expect(offsetof<Trainer>("rows")).toBe(trainerRows, "rows");
    expect(offsetof<Trainer>("batch")).toBe(trainerBatch, "batch");
    expect(offsetof<Trainer>("microBatch")).toBe(trainerMicroBatch, "microBatch");
    expect(offsetof<Trainer>("shuffle")).toBe(trainerShuffle, "shuffle");
    expect(offsetof<Trainer>("keepLast")).toBe(trainerKeepLast, "keepLast");
    expect(offsetof<Trainer>("position")).toBe(trainerPosition, "position");
    expect(offsetof<Trainer>("stepRows")).toBe(trainerStepRows, "stepRows");
    expect(offsetof<Trainer>("epoch")).toBe(trainerEpoch, "epoch");
    expect(offsetof<Trainer>("step")).toBe(trainerStep, "step");
    expect(offsetof<Trainer>("seedLow")).toBe(trainerSeedLow, "seedLow");
    expect(offsetof<Trainer>("seedHigh")).toBe(trainerSeedHigh, "seedHigh");
    expect(offsetof<Trainer>("stepLoss")).toBe(trainerStepLoss, "stepLoss");
    expect(offsetof<Trainer>("epochLoss")).toBe(trainerEpochLoss, "epochLoss");
    expect(offsetof<Trainer>("epochRows")).toBe(trainerEpochRows, "epochRows");
    expect(offsetof<Trainer>("gradientNorm")).toBe(trainerGradientNorm, "gradientNorm");
    expect(offsetof<Trainer>("history")).toBe(trainerHistory, "history");
    expect(offsetof<Trainer>("historyLimit")).toBe(trainerHistoryLimit, "historyLimit");
    expect(offsetof<Trainer>("historyCount")).toBe(trainerHistoryCount, "historyCount");
    expect(offsetof<Trainer>("epochs")).toBe(trainerEpochs, "epochs");
    expect(offsetof<Trainer>("epochLimit")).toBe(trainerEpochLimit, "epochLimit");
    expect(offsetof<Trainer>("epochCount")).toBe(trainerEpochCount, "epochCount");
    expect(offsetof<Trainer>()).toBe(trainerPrograms, "a field after the last has no offset in abi.ts");
  });
  it("of what follows a trainer's fields leaves room for each", () => {
    expect(trainerPrograms + 8 * trainerProgramSlots).toBeLessThanOrEqual(trainerConstants);
    expect(trainerConstants + 32 * 8).toBeLessThanOrEqual(trainerSweep);
    expect(<i32>offsetof<Sweep>()).toBeLessThanOrEqual(trainerBytes - trainerSweep);
    expect(trainerConstants % 16).toBe(0);
    expect(trainerSweep % 8).toBe(0);
  });
  it("of a group is that of abi.ts, with room for 16 hyper-parameters", () => {
    expect(offsetof<Group>("offset")).toBe(groupOffset, "offset");
    expect(offsetof<Group>("elements")).toBe(groupElements, "elements");
    expect(offsetof<Group>("shrink")).toBe(groupShrink, "shrink");
    expect(offsetof<Group>("penalty")).toBe(groupPenalty, "penalty");
    expect(offsetof<Group>("squares")).toBe(groupSquares, "squares");
    expect(offsetof<Group>("magnitudes")).toBe(groupMagnitudes, "magnitudes");
    expect(offsetof<Group>("maxNorm")).toBe(groupMaxNorm, "maxNorm");
    expect(offsetof<Group>("learningRate")).toBe(groupHyper, "learningRate");
    expect(offsetof<Group>()).toBe(groupHyper + 8, "the learning rate is the first of them");
    expect(groupHyper + 16 * 8).toBe(groupRule);
    expect(groupProximal + 4).toBeLessThanOrEqual(groupCautious);
    expect(groupCautious + 4).toBeLessThanOrEqual(groupBytes);
    expect(groupBytes % 8).toBe(0, "groups lie one after the other");
  });
  it("of a column is that of abi.ts", () => {
    expect(offsetof<Column>("address")).toBe(columnAddress, "address");
    expect(offsetof<Column>("type")).toBe(columnType, "type");
    expect(offsetof<Column>("rowElements")).toBe(columnRowElements, "rowElements");
    expect(offsetof<Column>("target")).toBe(columnTarget, "target");
    expect(offsetof<Column>("targetType")).toBe(columnTargetType, "targetType");
    expect(offsetof<Column>("scale")).toBe(columnScale, "scale");
    expect(offsetof<Column>("shift")).toBe(columnShift, "shift");
    expect(offsetof<Column>()).toBe(columnBytes, "columns lie one after the other");
  });
  it("of a chain of gradient transforms is that of abi.ts", () => {
    expect(offsetof<Chain>("type")).toBe(chainType, "type");
    expect(offsetof<Chain>("gradients")).toBe(chainGradients, "gradients");
    expect(offsetof<Chain>("elements")).toBe(chainElements, "elements");
    expect(offsetof<Chain>("tensors")).toBe(chainTensors, "tensors");
    expect(offsetof<Chain>("tensorCount")).toBe(chainTensorCount, "tensorCount");
    expect(offsetof<Chain>("transforms")).toBe(chainTransforms, "transforms");
    expect(offsetof<Chain>("transformCount")).toBe(chainTransformCount, "transformCount");
    expect(offsetof<Chain>("workspace")).toBe(chainWorkspace, "workspace");
    expect(offsetof<Chain>("squares")).toBe(chainSquares, "squares");
    expect(offsetof<Chain>("weights")).toBe(chainWeights, "weights");
    expect(offsetof<Chain>("seedLow")).toBe(chainSeedLow, "seedLow");
    expect(offsetof<Chain>("seedHigh")).toBe(chainSeedHigh, "seedHigh");
    expect(offsetof<Chain>("step")).toBe(chainStep, "step");
    expect(offsetof<Chain>()).toBeLessThanOrEqual(chainBytes);
    expect(offsetof<TensorRange>("offset")).toBe(tensorOffset, "offset");
    expect(offsetof<TensorRange>("elements")).toBe(tensorElements, "elements");
    expect(offsetof<TensorRange>("rows")).toBe(tensorRows, "rows");
    expect(offsetof<TensorRange>("columns")).toBe(tensorColumns, "columns");
    expect(offsetof<TensorRange>()).toBe(tensorBytes, "tensors lie one after the other");
  });
  it("of what surrounds an update is that of abi.ts", () => {
    expect(offsetof<Wrapping>("type")).toBe(wrappingType, "type");
    expect(offsetof<Wrapping>("elements")).toBe(wrappingElements, "elements");
    expect(offsetof<Wrapping>("tensors")).toBe(wrappingTensors, "tensors");
    expect(offsetof<Wrapping>("tensorCount")).toBe(wrappingTensorCount, "tensorCount");
    expect(offsetof<Wrapping>("wrappers")).toBe(wrappingWrappers, "wrappers");
    expect(offsetof<Wrapping>("wrapperCount")).toBe(wrappingWrapperCount, "wrapperCount");
    expect(offsetof<Wrapping>("weights")).toBe(wrappingWeights, "weights");
    expect(offsetof<Wrapping>("gradients")).toBe(wrappingGradients, "gradients");
    expect(offsetof<Wrapping>("updates")).toBe(wrappingUpdates, "updates");
    expect(offsetof<Wrapping>("perturbed")).toBe(wrappingPerturbed, "perturbed");
    expect(offsetof<Wrapping>("state")).toBe(wrappingState, "state");
    expect(offsetof<Wrapping>("squares")).toBe(wrappingSquares, "squares");
    expect(offsetof<Wrapping>("step")).toBe(wrappingStep, "step");
    expect(offsetof<Wrapping>()).toBe(wrappingBytes);
  });
  it("of a sweep keeps its reals aligned", () => {
    expect(offsetof<Sweep>("step") % 8).toBe(0);
    expect(offsetof<Sweep>("penalty") % 8).toBe(0);
    expect(offsetof<Sweep>("decay") % 8).toBe(0);
    expect(offsetof<Sweep>("loss") % 8).toBe(0);
  });
});
