import { listBytes } from "./lists";

/** Data of the derivative of a loop; its lists lie behind it: see autodiff/lists. */
@unmanaged
export class Reversal {
  static lists: usize = 12;
  loop: i32;
  /** Nodes of the graph before the walk, and the marks of graph/body for each. */
  nodes: i32;
  marks: usize;
  /** Cotangents of the parts of the loop, -1 for none: last carries, carries at all steps, outputs. */
  cotangents: usize;
  /** For every input of the loop 1 if it needs a cotangent, and its carry or output of the loop backwards, or -1. */
  wanted: usize;
  places: usize;
  /** The loop backwards: first carries, their leaves and next values; sequences, and what stands for them in the body; outputs. */
  firsts: usize;
  leaves: usize;
  nexts: usize;
  sequences: usize;
  stands: usize;
  results: usize;
  /** Terms of the cotangents of captured nodes, and the input of each. */
  terms: usize;
  owners: usize;
  /** Carries and elements of sequences of which terms read the values at all steps. */
  stacked: usize;

  place(lists: usize): void {
    this.cotangents = lists;
    this.wanted = lists + listBytes;
    this.places = lists + 2 * listBytes;
    this.firsts = lists + 3 * listBytes;
    this.leaves = lists + 4 * listBytes;
    this.nexts = lists + 5 * listBytes;
    this.sequences = lists + 6 * listBytes;
    this.stands = lists + 7 * listBytes;
    this.results = lists + 8 * listBytes;
    this.terms = lists + 9 * listBytes;
    this.owners = lists + 10 * listBytes;
    this.stacked = lists + 11 * listBytes;
  }
}
