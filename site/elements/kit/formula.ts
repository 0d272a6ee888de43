// A formula that a user writes, such as "(1-x)^2 + 100*(y-x^2)^2": read by jsep, without eval, and turned into tensor
// operations, or into a program that does the same.

import jsep from "jsep";
import { acos, acosh, asin, asinh, atanh, cosh, sinh, type Tensor, tan } from "thalweg";

// In jsep ^ is the "exclusive or" of the language; here it is the power, and binds tighter than products, to the right.
jsep.addBinaryOp("^", 11, true);

/** Methods of tensors that a formula may use, and functions of the library. */
const methods = ["sin", "cos", "atan", "exp", "log", "sqrt", "abs", "tanh", "sigmoid", "relu", "erf"] as const;
const imported = { tan, asin, acos, sinh, cosh, asinh, acosh, atanh };
type Imported = keyof typeof imported;
type Unary = (typeof methods)[number] | Imported | "negate" | "square" | "reciprocal";

const isImported = (name: string): name is Imported => Object.hasOwn(imported, name);
const isFunction = (name: string): name is Unary => methods.includes(name as "sin") || isImported(name);
type Binary = "add" | "subtract" | "multiply" | "divide" | "power";

/** Operations that a formula is made of; a number is kept as one until it meets a variable. */
interface Algebra<T> {
  variable(name: string): T;
  unary(name: Unary, a: T): T;
  binary(name: Binary, a: T, b: T | number): T;
}

const tensors = (variables: Readonly<Record<string, Tensor>>): Algebra<Tensor> => ({
  variable: (name) => variables[name] as Tensor,
  unary: (name, a) => (isImported(name) ? imported[name](a) : a[name]()),
  binary: (name, a, b) => a[name](b),
});

const program: Algebra<string> = {
  variable: (name) => name,
  unary: (name, a) => (isImported(name) ? `${name}(${a})` : `${a}.${name}()`),
  binary: (name, a, b) => `${a}.${name}(${b})`,
};

/** Something wrong with a formula, as key of the texts and its values. */
export class FormulaFault extends Error {
  constructor(
    readonly key: "formula.syntax" | "formula.unknown" | "formula.empty",
    readonly values: Readonly<Record<string, string>>,
  ) {
    super(key);
  }
}

const constants: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };

const ofNumbers: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power: (a, b) => a ** b,
};
const operations: Readonly<Record<string, Binary>> = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "^": "power",
};

/** A minus in front binds weaker than a power, and products may leave out their sign: −x^2 is (0−1)·x^2, 2x is 2·x. */
function spelledOut(text: string): string {
  let out = text
    .replaceAll("**", "^")
    .replaceAll("−", "-")
    .replaceAll("·", "*")
    .replace(/\^\s*-\s*([\w.]+)/g, "^(0-$1)")
    .replace(/(?<![a-z\d.])(\d+\.?\d*|\.\d+)\s*(?=(?!e[-+]?\d)[a-z(])/gi, "$1*")
    .replace(/\)\s*(?=[\w(])/g, ")*");
  for (let before = ""; before !== out; ) {
    before = out;
    out = out.replace(/(^|[-+*/^(])\s*-/, "$1(0-1)*");
  }
  return out;
}

/** An operation with a number on the left, as operations that have it on the right. */
function numberFirst<T>(algebra: Algebra<T>, name: Binary, a: number, b: T): T {
  if (name === "add" || name === "multiply") return algebra.binary(name, b, a);
  if (name === "subtract") return algebra.binary("add", algebra.unary("negate", b), a);
  if (name === "divide") return algebra.binary("multiply", algebra.unary("reciprocal", b), a);
  return algebra.unary("exp", algebra.binary("multiply", b, Math.log(a)));
}

/** Small whole powers are products, which have derivatives everywhere. */
function power<T>(algebra: Algebra<T>, a: T, exponent: number): T {
  if (exponent === 1) return a;
  if (exponent === 2) return algebra.unary("square", a);
  if (Number.isInteger(exponent) && exponent > 2 && exponent <= 16) {
    const half = algebra.unary("square", power(algebra, a, Math.floor(exponent / 2)));
    return exponent % 2 === 0 ? half : algebra.binary("multiply", half, a);
  }
  return algebra.binary("power", a, exponent);
}

function fold<T>(node: jsep.Expression, algebra: Algebra<T>, variables: readonly string[]): T | number {
  const inner = (part: unknown): T | number => fold(part as jsep.Expression, algebra, variables);
  switch (node.type) {
    case "Literal":
      if (typeof node.value === "number") return node.value;
      break;
    case "Identifier": {
      const name = node.name as string;
      if (variables.includes(name)) return algebra.variable(name);
      if (constants[name] !== undefined) return constants[name];
      throw new FormulaFault("formula.unknown", { name });
    }
    case "UnaryExpression":
      if (node.operator === "+") return inner(node.argument);
      break;
    case "BinaryExpression": {
      const name = operations[node.operator as string];
      if (!name) throw new FormulaFault("formula.unknown", { name: node.operator as string });
      const [a, b] = [inner(node.left), inner(node.right)];
      if (typeof a === "number")
        return typeof b === "number"
          ? (ofNumbers[name] as (a: number, b: number) => number)(a, b)
          : numberFirst(algebra, name, a, b);
      return name === "power" && typeof b === "number" ? power(algebra, a, b) : algebra.binary(name, a, b);
    }
    case "CallExpression": {
      const { name } = node.callee as { name?: string };
      const [argument, ...more] = node.arguments as jsep.Expression[];
      if (!name || !isFunction(name)) throw new FormulaFault("formula.unknown", { name: name ?? "()" });
      if (argument === undefined || more.length > 0) break;
      const a = inner(argument);
      if (typeof a !== "number") return algebra.unary(name, a);
      const own = (Math as unknown as Record<string, ((a: number) => number) | undefined>)[name];
      if (own) return own(a);
      break;
    }
  }
  throw new FormulaFault("formula.syntax", { place: String(node.type) });
}

function parsed(text: string): jsep.Expression {
  if (text.trim() === "") throw new FormulaFault("formula.empty", {});
  try {
    return jsep(spelledOut(text));
  } catch (error) {
    throw new FormulaFault("formula.syntax", { place: (error as Error).message.replace(/ at character \d+$/, "") });
  }
}

/** The function of tensors that a formula describes; throws FormulaFault. */
export function tensorFunction(text: string, names: readonly string[] = ["x", "y"]) {
  const tree = parsed(text);
  fold(tree, program, names);
  return (variables: Readonly<Record<string, Tensor>>): Tensor => {
    const made = fold(tree, tensors(variables), names);
    // A formula without variables is a constant of their shape.
    return typeof made === "number" ? (variables[names[0] as string] as Tensor).multiply(0).add(made) : made;
  };
}

/** The same as the text of a program, such as "x.square().add(y)". */
export function programText(text: string, names: readonly string[] = ["x", "y"]): string {
  const made = fold(parsed(text), program, names);
  return typeof made === "number" ? `${names[0]}.multiply(0).add(${made})` : made;
}

/** Functions of thalweg that the program of a formula imports. */
export function importsOf(text: string, names: readonly string[] = ["x", "y"]): string[] {
  const made = programText(text, names);
  return Object.keys(imported).filter((name) => new RegExp(`\\b${name}\\(`).test(made.replace(/\.\w+/g, "")));
}

/** Fault of a formula; null if it has none. */
export function faultOf(text: string): FormulaFault | null {
  try {
    tensorFunction(text);
    return null;
  } catch (error) {
    if (error instanceof FormulaFault) return error;
    throw error;
  }
}
