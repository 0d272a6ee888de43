// Random edits of rows of token ids: synonym replacement, random insertion, random swap and random deletion (Wei and Zou, EDA:
// Easy data augmentation techniques for boosting performance on text classification tasks, EMNLP 2019, section 2). A row has l
// tokens and then padding; n = max(1, ⌊α l⌋) of them are edited, as in the paper's code. Draws u are uniform numbers.

import { editDelete, editInsert, editReplace, editSwap } from "../abi";

/** Words of the op, and the arrays of a row. */
@unmanaged
export class Edit {
  /** α, or the probability of a deletion. */
  alpha: f64;
  form: u32;
  padding: i32;
  /** Code of the fault at a token that is no row of the table, or not whole. */
  fault: i32;
  rows: u32;
  /** Tokens of a row, padding included. */
  length: u32;
  /** Draws of a row. */
  draws: u32;
  /** Rows of the table of synonyms, or more than any id, and its columns, or 0; −1 fills a row of it. */
  vocabulary: u32;
  synonyms: u32;
}

/** Draws that each edit of a form takes. */
export function drawsOf(form: u32): u32 {
  return form === editInsert ? 3 : form === editDelete ? 1 : 2;
}

function at(list: usize, k: u32): i32 {
  return load<i32>(list + ((<usize>k) << 2));
}

function put(list: usize, k: u32, value: i32): void {
  store<i32>(list + ((<usize>k) << 2), value);
}

/** Returns ⌊u m⌋ for draw k. */
function pick(u: usize, k: u32, m: u32): u32 {
  return min<u32>(<u32>(load<f64>(u + ((<usize>k) << 3)) * <f64>m), m - 1);
}

/** Number of synonyms of a token. */
function synonymsOf(q: Edit, table: usize, token: i32): u32 {
  const row = table + <usize>((<u32>token * q.synonyms) << 2);
  let count: u32 = 0;
  while (count < q.synonyms && at(row, count) >= 0) count++;
  return count;
}

/** A synonym of a token that has some, by draw k. */
function synonymOf(q: Edit, table: usize, token: i32, u: usize, k: u32): i32 {
  return at(table + <usize>((<u32>token * q.synonyms) << 2), pick(u, k, synonymsOf(q, table, token)));
}

/** Lists the places of a row of `count` tokens that have synonyms; returns their number. */
function listPlaces(q: Edit, row: usize, count: u32, table: usize, places: usize): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const token = at(row, i);
    if (token !== q.padding && synonymsOf(q, table, token) > 0) put(places, found++, i);
  }
  return found;
}

/** Replaces n different tokens that have synonyms, by synonyms. */
function replace(q: Edit, row: usize, count: u32, n: u32, u: usize, table: usize, places: usize): void {
  const found = listPlaces(q, row, count, table, places);
  for (let k: u32 = 0; k < min(n, found); k++) {
    const other = k + pick(u, 2 * k, found - k);
    const place = at(places, other);
    put(places, other, at(places, k));
    put(row, place, synonymOf(q, table, at(row, place), u, 2 * k + 1));
  }
}

/** Inserts n times a synonym of a token at a place; tokens that are pushed out at the end are lost. Returns the tokens. */
function insert(q: Edit, row: usize, count: u32, n: u32, u: usize, table: usize, places: usize): u32 {
  for (let k: u32 = 0; k < n; k++) {
    const found = listPlaces(q, row, count, table, places);
    if (found === 0) return count;
    const token = at(row, at(places, pick(u, 3 * k, found)));
    const synonym = synonymOf(q, table, token, u, 3 * k + 1);
    const place = pick(u, 3 * k + 2, count + 1);
    if (place === q.length) continue;
    count = min(count + 1, q.length);
    const from = row + ((<usize>place) << 2);
    memory.copy(from + 4, from, (<usize>(count - 1 - place)) << 2);
    put(row, place, synonym);
  }
  return count;
}

/** Swaps n times two different tokens. */
function swap(row: usize, count: u32, n: u32, u: usize): void {
  if (count < 2) return;
  for (let k: u32 = 0; k < n; k++) {
    const a = pick(u, 2 * k, count);
    let b = pick(u, 2 * k + 1, count - 1);
    if (b >= a) b++;
    const token = at(row, a);
    put(row, a, at(row, b));
    put(row, b, token);
  }
}

/** Removes each token with probability α; if all would go, one of them stays. Returns the tokens that stay. */
function remove(q: Edit, row: usize, count: u32, u: usize): u32 {
  const kept = at(row, pick(u, q.length, count));
  let next: u32 = 0;
  for (let i: u32 = 0; i < count; i++) if (load<f64>(u + ((<usize>i) << 3)) >= q.alpha) put(row, next++, at(row, i));
  if (next === 0) put(row, next++, kept);
  return next;
}

/**
 * Edits rows of token ids x into out by draws u [rows, draws] in f64. `scratch` has room for two rows of i32 and two more. Returns
 * false at a token that is not whole, or no row of the table; the first numbers of `scratch` are then the token and its place in x.
 */
export function editTokens<T>(q: Edit, out: usize, x: usize, u: usize, table: usize, scratch: usize): bool {
  const places = scratch + ((<usize>(q.length + 1)) << 2);
  for (let r: u32 = 0; r < q.rows; r++) {
    let count: u32 = 0;
    for (let i: u32 = 0; i < q.length; i++) {
      const given = load<T>(x + <usize>i * sizeof<T>());
      const token = <T>(<i32>given) === given ? <i32>given : i32.MIN_VALUE;
      put(scratch, i, token);
      if (token === q.padding) continue;
      if (<u32>token >= q.vocabulary) {
        put(scratch, 0, token);
        put(scratch, 1, r * q.length + i);
        return false;
      }
      count = i + 1;
    }
    let kept = count;
    if (count > 0) {
      const most = q.draws / drawsOf(q.form);
      const n = min(most, max<u32>(1, <u32>(q.alpha * <f64>count)));
      if (q.form === editReplace) replace(q, scratch, count, n, u, table, places);
      else if (q.form === editInsert) kept = insert(q, scratch, count, n, u, table, places);
      else if (q.form === editSwap) swap(scratch, count, n, u);
      else kept = remove(q, scratch, count, u);
    }
    for (let i: u32 = 0; i < q.length; i++) {
      store<T>(out + <usize>i * sizeof<T>(), <T>(i < kept ? at(scratch, i) : q.padding));
    }
    out += <usize>q.length * sizeof<T>();
    x += <usize>q.length * sizeof<T>();
    u += (<usize>q.draws) << 3;
  }
  return true;
}
