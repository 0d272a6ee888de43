// Regions of memory: a first-fit allocator in units of 64 KiB that joins free neighbors. Memory comes from memory.grow; the
// host may grow the memory too, so the pages of two calls need not be adjacent. A region starts with a header of 64 bytes
// and ends with slack, because kernels may read 16 bytes past an input.

import { regionHeader } from "../abi";

const unit: usize = 65536;
const header: usize = regionHeader;
const slack: usize = 64;
const pagesOfAddressSpace: i32 = 65535;
const growthLimit: i32 = 256; // pages taken ahead at most

let firstFree: usize = 0; // sorted by address; a free region holds its units and the next free address
let pagesLimit: i32 = pagesOfAddressSpace;
let unitsInUse: usize = 0;

@unmanaged
class Region {
  units: usize;
  next: usize;
}

/** Limits the pages that the memory may grow to. */
export function limitPages(pages: i32): void {
  pagesLimit = min(pages, pagesOfAddressSpace);
}

/** Bytes in regions that are in use. */
export function bytesInUse(): f64 {
  return <f64>unitsInUse * <f64>unit;
}

/** Allocates at least `bytes` bytes, aligned to 64 and not zeroed; returns 0 when the memory limit is reached. */
export function allocateRegion(bytes: u64): usize {
  if (bytes > <u64>pagesLimit * unit) return 0;
  const wanted: u64 = (bytes + header + slack + unit - 1) / unit;
  if (wanted > <u64>pagesLimit) return 0;
  const units = <usize>wanted;
  let before: usize = 0;
  let at = firstFree;
  while (at !== 0) {
    const region = changetype<Region>(at);
    if (region.units >= units) return take(before, at, units);
    before = at;
    at = region.next;
  }
  return grow(units);
}

/**
 * Makes a region of new memory. Growing costs milliseconds once a memory is large (measured on Node 20, above 64 MiB), so
 * the memory grows by a quarter at a time, as far as the limit allows, and the rest becomes a free region.
 */
function grow(units: usize): usize {
  const room = pagesLimit - memory.size();
  if (<i32>units > room) return 0;
  const ahead = min(room, max(<i32>units, min(memory.size() / 4, growthLimit)));
  let taken = <usize>ahead;
  let page = memory.grow(ahead);
  if (page < 0) {
    taken = units;
    page = memory.grow(<i32>units);
  }
  if (page < 0) return 0;
  const address = <usize>page * unit;
  changetype<Region>(address).units = taken;
  unitsInUse += taken;
  freeRegion(address + header);
  return allocateRegion(units * unit - header - slack);
}

function take(before: usize, at: usize, units: usize): usize {
  const region = changetype<Region>(at);
  let next = region.next;
  if (region.units > units) {
    const rest = at + units * unit;
    changetype<Region>(rest).units = region.units - units;
    changetype<Region>(rest).next = next;
    next = rest;
    region.units = units;
  }
  if (before === 0) firstFree = next;
  else changetype<Region>(before).next = next;
  unitsInUse += units;
  return at + header;
}

/** Bytes the region at this address can hold. */
export function regionBytes(address: usize): usize {
  return changetype<Region>(address - header).units * unit - header - slack;
}

/** Frees a region; 0 does nothing. */
export function freeRegion(address: usize): void {
  if (address === 0) return;
  const freed = address - header;
  let before: usize = 0;
  let after = firstFree;
  while (after !== 0 && after < freed) {
    before = after;
    after = changetype<Region>(after).next;
  }
  const region = changetype<Region>(freed);
  unitsInUse -= region.units;
  region.next = after;
  if (after !== 0 && freed + region.units * unit === after) {
    region.units += changetype<Region>(after).units;
    region.next = changetype<Region>(after).next;
  }
  if (before === 0) {
    firstFree = freed;
    return;
  }
  const left = changetype<Region>(before);
  if (before + left.units * unit === freed) {
    left.units += region.units;
    left.next = region.next;
  } else left.next = freed;
}
