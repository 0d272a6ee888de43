// Numbers for both compilers: AssemblyScript compiles them into the engine, TypeScript into the bindings. Untyped integer constants
// only. Sources import them from abi.ts, to which scripts/contract.mjs adds the offsets of the fields of records and a code for
// everything that is registered.

// Element types.
export const f32Type = 0;
export const f64Type = 1;
export const i32Type = 2;
export const u8Type = 3;

// Most entries of the tables of the engine record: ops, update rules, gradient transforms and so on.
export const opCount = 96;
export const ruleCount = 64;
export const scheduleCount = 64;
export const transformCount = 32;
export const wrapperCount = 16;
export const searchCount = 16;
export const directionCount = 32;

// Schedule laws. Saved files hold these codes: a new law gets the next number, and no number is reused.
export const scheduleConstant = 0;
export const scheduleStep = 1;
export const scheduleMultiStep = 2;
export const scheduleExponential = 3;
export const scheduleInverseTime = 4;
export const scheduleInverseSquareRoot = 5;
export const scheduleLinear = 6;
export const schedulePolynomial = 7;
export const scheduleCosine = 8;
export const scheduleWarmRestarts = 9;
export const scheduleWarmUp = 10;
export const scheduleOneCycle = 11;
export const scheduleWarmupStableDecay = 12;
export const scheduleCyclic = 13;
export const schedulePlateau = 14;
export const scheduleJoined = 15;
export const scheduleScaled = 16;
export const scheduleTable = 17;

// Spaces of operands; a call holds (space, offset), never an address.
export const spaceConstants = 0;
export const spaceScratch = 1;
export const spaceArguments = 2;
export const spaceResults = 3;
export const spaceParameters = 4;
export const spaceGradients = 5;
export const spaceState = 6;
export const spaceNextState = 7;
export const spaceCount = 8;
// Blocks of the host that a program reads where they lie: its arguments, then what else it reads. Their bases are behind the
// message, so that those of the other spaces stay where short offsets reach them.
export const spaceInputs = 672;
export const spaceInputLimit = 256;
// What the body of a loop reads and writes at a step, one space each; loops inside it take those that follow. Their bases are
// behind the tables of the record.
export const spaceLoops = 2608;
export const spaceLoopLimit = 512;
// Space of a leaf of a body until the body is planned.
export const spaceBody = 4096;

// Faults: a code and up to five operands, and the first row of the run in its batch; the bindings have the messages.
export const faultNone = 0;
export const faultMemory = 1; // [bytes high, bytes low]
export const faultShapes = 2; // [op, node a, node b]: do not broadcast together
export const faultInner = 3; // [op, node a, node b, inner extent a, inner extent b]
export const faultRank = 4; // [op, node, rank got, least rank wanted]
export const faultAxis = 5; // [op, node, axis got]
export const faultType = 6; // [op, node, type got, type wanted or -1 for any float]
export const faultTypes = 7; // [op, node a, node b]: float types mixed
export const faultReshape = 8; // [op, node]: extents of the message do not hold its elements
export const faultRange = 9; // [op, node, axis, start, stop]
export const faultScalar = 10; // [op, node]: a derivative needs a scalar
export const faultTooLarge = 11; // [op, bytes high, bytes low]: more elements than an engine can address
export const faultExtent = 12; // [op, node, axis, extent got, extent wanted]
export const faultLoss = 13; // [step low, step high]: loss not finite
export const faultGradient = 14; // [step low, step high, element low]: gradient not finite
export const faultIndex = 15; // [op, index got, extent, element]: an index out of range while running; the high half of op
// is the number of a sentence that a layer has for it, or 0: see bindings/layers/faults
export const faultUnknownOp = 16; // [op]
export const faultLoop = 18; // [op]: a loop reads too much, or its tensors are used outside of it
export const faultSchedule = 17; // [step low, step high, which of what schedules drive]: a value that is not finite

// Words of one axis of a geometry, see kernels/geometry: two axes, then the groups of channels, or which windows.
export const axisWords = 7;
export const geometryWords = 15;
// Which pixels of an axis a window reads, and with what weights: see kernels/windows.
export const windowStrided = 0; // kernel, stride, padding, dilation; a mean is over the pixels inside
export const windowPadded = 1; // the same, with padding counted in a mean
export const windowAdaptive = 2; // equal parts
export const windowStarts = 3; // of kernel pixels, from starts given as data
export const windowDisjoint = 4; // from one start to the next
export const windowNearest = 5;
export const windowLinear = 6;
export const windowLinearCorners = 7; // the corners of both images lie on each other
export const windowReflect = 8;
export const windowReplicate = 9;
export const windowCircular = 10;
// How a pixel at affine coordinates is read: see kernels/warp.
export const warpNearest = 0;
export const warpBilinear = 1;
export const warpClamped = 2; // bilinear, at coordinates clamped to a box

// A loop: words of its node, see graph/loop, and which of its results an op `part` takes.
export const loopSteps = 0;
export const loopFlags = 1;
export const loopCarries = 2;
export const loopSequences = 3;
export const loopOutputs = 4;
export const loopFirst = 5; // random nodes from this one up to the next word are drawn anew at every step
export const loopEnd = 6;
export const loopProgram = 7; // address of the planned body, while the program around it is planned
export const loopNodes = 8;
export const loopListLimit = 512; // nodes of one kind in the derivative of a loop
export const loopReverse = 1; // flags: the last step is first
export const loopRecompute = 2; // the derivative keeps the carries alone
export const takeLast = 0; // a carry after the last step
export const takeOutput = 1; // an output of all steps
export const takeAll = 2; // a carry before and after every step, if they are kept
export const takeRows = 3; // of these those before every step, or those after it

// Edits of token ids: see kernels/tokens.
export const editReplace = 0;
export const editInsert = 1;
export const editSwap = 2;
export const editDelete = 3;

// Bytes of the header before the address of a region; see memory/regions.
export const regionHeader = 64;

// The engine record: one region, whose address `initialize` returns.
export const engineFault = 0; // i32 code, then six i32 operands
// u32 address of the call that is being made, in a build with assertions; 0 between runs.
export const engineCall = 32;
export const engineSquares = 36; // u32 function that sums the squares of a gradient of few rows: see training/touched
export const engineBatch = 40; // BatchPlace, three u32: see memory/engine
export const engineBases = 64; // u32 address per space
// RandomAddress, eight u32: see memory/engine.
export const engineRandom = 96;
export const engineMessage = 128; // arguments and results of exports that are no numbers: see below
export const engineOps = 4096; // table of ops, opEntryBytes each
export const opEntryBytes = 32;
export const engineRules = 7168; // table of update rules, ruleEntryBytes each
export const ruleEntryBytes = 16;
export const engineSchedules = 8192; // table of schedule laws, scheduleEntryBytes each
export const scheduleEntryBytes = 8;
export const engineTransforms = 8704; // table of gradient transforms, transformEntryBytes each
export const transformEntryBytes = 8;
export const engineWrappers = 8960; // table of wrappers, wrapperEntryBytes each
export const wrapperEntryBytes = 16;
export const engineSearches = 9216; // table of line searches, searchEntryBytes each
export const searchEntryBytes = 16;
export const engineDirections = 9472; // table of directions, directionEntryBytes each
export const directionEntryBytes = 32;
export const engineBytes = 12544; // behind the tables the bases of spaceLoops

// The message: an op to emit (op, inputs, words), or a list.
export const messageOp = 0;
export const messageInputCount = 4;
export const messageWordCount = 8;
export const messageRank = 12; // of the output, set by the shape rule
export const messageType = 16;
export const messageExtents = 20; // 8 x i32
export const messageInputs = 64; // 128 x i32
export const messageWords = 576; // 512 x i32
export const messageInputLimit = 128;
export const messageWordLimit = 512;
export const rankLimit = 8;

// A program: header of its region.
export const programBytes = 0; // u32, of the whole image
export const programUnits = 4; // u32, offset of the first unit
export const programEnd = 8; // u32, offset after the last unit
export const programScratch = 12; // u32, bytes of scratch it needs
export const programFlops = 16; // f64
export const programTraffic = 24; // f64, bytes read and written
export const programInstructions = 32; // u32
export const programNodes = 36; // u32, live nodes
export const programConstants = 40; // u32, offset of the constants
export const programHeader = 64;

// A unit of a program and its calls: see program/encode, graph/call and, for the notes behind the words, graph/notes.
export const unitOnce = 0; // u32 bytes of calls made once
export const unitTiled = 4; // u32 bytes of calls made for every tile
export const unitHeader = 16;
export const callOp = 0; // u8
export const callOperands = 3; // u8
export const callSize = 4; // u32 bytes of the whole call
export const callHeader = 16; // then the operands: u16 space * 4, u16 advance, u32 offset
export const operandBytes = 8;
export const noteOrigin = 8; // u16
export const noteCount = 10; // u16 blocks
export const noteBlocks = 12;
export const derived = 0x8000; // bit of an origin: emitted by a derivative rule

// Result of a watched run: the first call in program order that wrote a number that is not finite.
export const nonFiniteCall = 0; // u32 address, 0 if there is none
export const nonFiniteElement = 4; // u32 of the output
export const nonFiniteRow = 8; // u32 rows of the batch that earlier runs of the step have done
export const nonFiniteInputs = 12; // u32, inputs whose element is known
export const nonFiniteValue = 16; // f64
export const nonFiniteInputValues = 24; // f64 each
export const nonFiniteInputLimit = 3;
export const nonFiniteBytes = 48;

// Memory that the host reserves for a trainer beside its record.
export const trainerProgramSlots = 6;
export const trainerHistoryRecords = 4096; // most losses that one call reports
export const trainerEpochRecords = 512; // most epochs that one call reports
export const averageHeader = 64; // bytes from the record of an average to its values
export const chainScratch = 4096;
export const gemmScratchBytes = 278592; // scratch for a product of matrices of any size

// A schedule: f64 words, so that a record can be moved and saved whole.
export const scheduleCode = 0; // of the law
export const scheduleWords = 1; // of the whole record, children included
export const scheduleUnit = 2; // what t counts
export const scheduleHeader = 3; // then the fields of the law's class, then the records of its children
export const unitStep = 0; // updates done
export const unitEpoch = 1; // epochs finished

// Random streams: purpose in the high byte, index of parameter or layer below; a layer that draws more than once a step
// counts its draws in the byte between.
export const streamShuffle = 0x01000000;
export const streamInitialize = 0x02000000;
export const streamNoise = 0x03000000;
export const streamLayer = 0x04000000;
export const streamGradientNoise = 0x05000000;
export const streamSearch = 0x06000000;
export const streamCurvature = 0x07000000;
export const streamAugment = 0x08000000;
export const streamPartner = 0x09000000;
export const streamPredict = 0x0a000000;
export const streamDraw = 0x00010000;

// Requests of a minimizer: bits, 0 at its end.
export const requestValue = 1; // f at the trial point; with residuals: r, and f = r'r / 2
export const requestGradient = 2; // its gradient there; with residuals: the Jacobian, and g = J'r
export const requestHessian = 4; // H at the accepted point
export const requestProduct = 8; // H v there
export const requestResiduals = 32; // never requested, but in lists of needs: residuals in place of the value
export const requestPause = 16; // nothing is requested: the evaluations that the call allows are done, or the trace is full

// How a minimizer ended.
export const statusRunning = 0;
export const statusGradient = 1; // no component of the gradient above the tolerance
export const statusValue = 2; // the value changed by less than the tolerance
export const statusStep = 3; // x changed by less than the tolerance
export const statusPrecision = 4; // the predicted decrease is below the rounding of the value
export const statusIterations = 5;
export const statusEvaluations = 6;
export const statusSearch = 7; // no step decreased the value
export const statusNotFinite = 8; // value or gradient not finite, at the start or after a step
export const statusSingular = 9;
export const statusUphill = 10; // the direction is no descent direction, and the method has no other
export const statusContradiction = 11; // values do not decrease as the gradient predicts
export const statusRegion = 12; // no step decreased the value, in a trust region of any size

// Results of a minimizer's programs: the value, numbers of a minimizer that fits a trainer, then the gradient.
export const resultsHeader = 64;
export const resultsLoss = 8; // f64, without the penalty
export const resultsPenalty = 16; // f64
export const resultsNorm = 24; // f64 Euclidean norm of the gradient
export const traceHeader = 3; // value, gradient norm, step length
// Programs of a minimizer: offsets in the list of their addresses.
export const programValue = 0; // x → f, or r
export const programGradient = 4; // x → f and gradient
export const programProduct = 8; // x, v → H v
export const programTangent = 12; // x, v → J v

// Programs of a surface.
export const surfaceValue = 0; // x → f
export const surfaceGradient = 1; // x → gradient
export const surfaceProduct = 2; // x, v → H v
