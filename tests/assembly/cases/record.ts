// The engine record: its tables do not overlap, the first fault of a call stands, scratch only grows.

import {
  directionCount,
  directionEntryBytes,
  engineBases,
  engineBytes,
  engineDirections,
  engineFault,
  engineMessage,
  engineOps,
  engineRandom,
  engineRules,
  engineSchedules,
  engineSearches,
  engineTransforms,
  engineWrappers,
  faultAxis,
  faultMemory,
  faultRange,
  messageExtents,
  messageInputCount,
  messageInputLimit,
  messageInputs,
  messageOp,
  messageRank,
  messageType,
  messageWordCount,
  messageWordLimit,
  messageWords,
  opCount,
  opEntryBytes,
  rankLimit,
  ruleCount,
  ruleEntryBytes,
  scheduleCount,
  scheduleEntryBytes,
  searchCount,
  searchEntryBytes,
  spaceCount,
  spaceInputLimit,
  spaceInputs,
  spaceResults,
  spaceScratch,
  transformCount,
  transformEntryBytes,
  wrapperCount,
  wrapperEntryBytes,
} from "../../../assembly/abi";
import {
  basesTable,
  claim,
  createEngineRecord,
  fault,
  faulted,
  message,
  opEntry,
  randomAddress,
  reserveScratch,
  ruleEntry,
  setBase,
  transformEntry,
} from "../../../assembly/memory/engine";
import { allocateRegion, bytesInUse, freeRegion, limitPages } from "../../../assembly/memory/regions";

/** The fault that so many bytes are not to be had, which is cleared. */
function expectLacking(bytes: u64): void {
  const at = basesTable() - engineBases + engineFault;
  expect(load<i32>(at)).toBe(faultMemory);
  expect(load<u32>(at, 4)).toBe(<u32>(bytes >> 32), "high word");
  expect(load<u32>(at, 8)).toBe(<u32>bytes, "low word");
  store<i32>(at, 0);
}

/** The record, made where the memory was not 0. */
function dirtyRecord(): usize {
  const region = allocateRegion(engineBytes);
  memory.fill(region, 0xff, engineBytes);
  freeRegion(region);
  return createEngineRecord();
}

const ENGINE = dirtyRecord();

function base(space: i32): u32 {
  return load<u32>(ENGINE + engineBases + ((<usize>space) << 2));
}

describe("the engine record", () => {
  it("is all 0 when it is made", () => {
    let count = 0;
    for (let at: usize = 0; at < <usize>engineBytes; at++) if (load<u8>(ENGINE + at) !== 0) count++;
    expect(count).toBe(0);
  });
  it("has its tables one after the other, within its bytes", () => {
    expect(engineFault + 4 * 7).toBeLessThanOrEqual(engineBases);
    expect(engineBases + 4 * spaceCount).toBeLessThanOrEqual(engineRandom);
    expect(engineRandom + 32).toBeLessThanOrEqual(engineMessage);
    expect(engineMessage + messageWords + 4 * messageWordLimit).toBeLessThanOrEqual(engineBases + 4 * spaceInputs);
    expect(engineBases + 4 * (spaceInputs + spaceInputLimit)).toBeLessThanOrEqual(engineOps);
    expect(engineOps + opCount * opEntryBytes).toBeLessThanOrEqual(engineRules);
    expect(engineRules + ruleCount * ruleEntryBytes).toBeLessThanOrEqual(engineSchedules);
    expect(engineSchedules + scheduleCount * scheduleEntryBytes).toBeLessThanOrEqual(engineTransforms);
    expect(engineTransforms + transformCount * transformEntryBytes).toBeLessThanOrEqual(engineWrappers);
    expect(engineWrappers + wrapperCount * wrapperEntryBytes).toBeLessThanOrEqual(engineSearches);
    expect(engineSearches + searchCount * searchEntryBytes).toBeLessThanOrEqual(engineDirections);
    expect(engineDirections + directionCount * directionEntryBytes).toBeLessThanOrEqual(engineBytes);
  });
  it("has the fields of the message one after the other", () => {
    expect(messageOp + 4).toBeLessThanOrEqual(messageInputCount);
    expect(messageInputCount + 4).toBeLessThanOrEqual(messageWordCount);
    expect(messageWordCount + 4).toBeLessThanOrEqual(messageRank);
    expect(messageRank + 4).toBeLessThanOrEqual(messageType);
    expect(messageType + 4).toBeLessThanOrEqual(messageExtents);
    expect(messageExtents + 4 * rankLimit).toBeLessThanOrEqual(messageInputs);
    expect(messageInputs + 4 * messageInputLimit).toBeLessThanOrEqual(messageWords);
  });
  it("is found where abi.ts says, by every part", () => {
    expect(message()).toBe(ENGINE + engineMessage);
    expect(basesTable()).toBe(ENGINE + engineBases);
    expect(changetype<usize>(randomAddress())).toBe(ENGINE + engineRandom);
    expect(opEntry(3)).toBe(ENGINE + engineOps + 3 * opEntryBytes);
    expect(ruleEntry(5)).toBe(ENGINE + engineRules + 5 * ruleEntryBytes);
    expect(transformEntry(2)).toBe(ENGINE + engineTransforms + 2 * transformEntryBytes);
    setBase(spaceResults, 4711);
    expect(base(spaceResults)).toBe(4711);
    setBase(spaceResults, 0);
  });
});

describe("a fault", () => {
  it("is -1 to the caller and stands with its operands until the host clears it", () => {
    expect(faulted()).toBe(false);
    expect(fault(faultRange, 1, -2, 3, -4, 5)).toBe(-1);
    expect(faulted()).toBe(true);
    expect(fault(faultAxis, 9, 9, 9, 9, 9)).toBe(-1);
    const at = ENGINE + engineFault;
    expect(load<i32>(at)).toBe(faultRange);
    expect(load<i32>(at, 4)).toBe(1);
    expect(load<i32>(at, 8)).toBe(-2);
    expect(load<i32>(at, 12)).toBe(3);
    expect(load<i32>(at, 16)).toBe(-4);
    expect(load<i32>(at, 20)).toBe(5);
    store<i32>(at, 0);
    expect(faulted()).toBe(false);
    fault(faultAxis, 9);
    expect(load<i32>(at)).toBe(faultAxis);
    expect(load<i32>(at, 4)).toBe(9);
    expect(load<i32>(at, 8)).toBe(0, "nothing of the fault before");
    store<i32>(at, 0);
  });
});

describe("scratch", () => {
  it("is as large as the largest that was asked for, and its base is set", () => {
    expect(reserveScratch(1000)).toBe(true);
    const first = base(spaceScratch);
    expect(first).toBeGreaterThan(0);
    expect(reserveScratch(500)).toBe(true);
    expect(base(spaceScratch)).toBe(first);
    const bytes = bytesInUse();
    expect(reserveScratch(1000000)).toBe(true);
    const second = base(spaceScratch);
    memory.fill(second, 0xff, 1000000);
    expect(bytesInUse()).toBe(bytes + 15 * 65536, "the smaller one was given back");
    expect(reserveScratch(1000)).toBe(true);
    expect(base(spaceScratch)).toBe(second);
  });
  it("stays as it was when there is no memory for more", () => {
    const at = base(spaceScratch);
    const bytes = bytesInUse();
    limitPages(memory.size());
    expect(reserveScratch((<usize>memory.size()) << 16)).toBe(false);
    limitPages(65535);
    expectLacking((<u64>memory.size()) << 16);
    expect(base(spaceScratch)).toBe(at);
    expect(bytesInUse()).toBe(bytes);
    expect(reserveScratch(1000000)).toBe(true);
    expect(base(spaceScratch)).toBe(at);
  });
});

describe("a claim", () => {
  it("gets a region of its own", () => {
    const before = bytesInUse();
    const address = claim(100000);
    memory.fill(address, 0xff, 100000);
    expect(bytesInUse()).toBe(before + 2 * 65536);
    freeRegion(address);
    expect(faulted()).toBe(false);
  });
  it("of what no memory has is refused with its bytes, however many they are", () => {
    const before = bytesInUse();
    const sizes: StaticArray<f64> = [4294967296, 4294967396, 1e12, 9007199254740991];
    for (let k = 0; k < sizes.length; k++) {
      expect(claim(sizes[k])).toBe(0);
      expectLacking(<u64>sizes[k]);
    }
    const beyond: StaticArray<f64> = [9007199254740992, 1e16, 1.8446744073709552e19, 1e300, Infinity, NaN];
    for (let k = 0; k < beyond.length; k++) {
      expect(claim(beyond[k])).toBe(0);
      expectLacking(9007199254740992);
    }
    expect(bytesInUse()).toBe(before);
  });
});
