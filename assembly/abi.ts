// The numbers both compilers read: AssemblyScript compiles them into the engine, TypeScript into the bindings.
// Untyped integer constants only. Codes are never reused: a saved file may hold them.

// Element types.
export const f32Type = 0;
export const f64Type = 1;
export const i32Type = 2;
export const u8Type = 3;

// Ops. A new op takes the next number.
export const opLeaf = 1;
export const opConstant = 2;
export const opFill = 3;
export const opIota = 4;
export const opUniform = 5;
export const opNormal = 6;
export const opBernoulli = 7;
export const opReshape = 8;
export const opStopGradient = 9;
export const opBroadcastTo = 10;
export const opTranspose = 11;
export const opSlice = 12;
export const opPad = 13;
export const opConcatenate = 14;
export const opGather = 15;
export const opScatterAdd = 16;
export const opOneHot = 17;
export const opCast = 18;
export const opOrthogonal = 19;
export const opAdd = 20;
export const opSubtract = 21;
export const opMultiply = 22;
export const opDivide = 23;
export const opNegate = 24;
export const opReciprocal = 25;
export const opPower = 26;
export const opSquare = 27;
export const opSqrt = 28;
export const opRsqrt = 29;
export const opAbs = 30;
export const opSign = 31;
export const opMinimum = 32;
export const opMaximum = 33;
export const opClamp = 34;
export const opEqual = 35;
export const opNotEqual = 36;
export const opLess = 37;
export const opLessEqual = 38;
export const opGreater = 39;
export const opGreaterEqual = 40;
export const opWhere = 41;
export const opExp = 45;
export const opExpm1 = 46;
export const opLog = 47;
export const opLog1p = 48;
export const opSin = 49;
export const opCos = 50;
export const opErf = 51;
export const opAtan = 52;
export const opRelu = 55;
export const opLeakyRelu = 56;
export const opElu = 57;
export const opSigmoid = 58;
export const opTanh = 59;
export const opSoftplus = 60;
export const opGelu = 61;
export const opGeluTanh = 62;
export const opSilu = 63;
export const opSelu = 64;
export const opMish = 65;
export const opHardswish = 66;
export const opSoftmax = 70;
export const opLogSoftmax = 71;
export const opLogSumExp = 72;
export const opCrossEntropy = 73;
export const opMatmul = 75;
export const opSum = 80;
export const opMax = 81;
export const opMin = 82;
export const opArgMax = 83;
export const opCumulativeSum = 84;
export const opProduct = 85;
export const opCount = 96;

export const ruleCount = 64; // update rules at most; scripts/optimizers.mjs numbers them

// Schedule laws. A new law takes the next number.
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
export const scheduleCount = 64;

// Gradient transforms. A new transform takes the next number.
export const transformClipValue = 0;
export const transformClipNorm = 1;
export const transformClipGlobalNorm = 2;
export const transformCentralize = 3;
export const transformClipAdaptive = 4;
export const transformNoise = 5;
export const transformCount = 32;

// Wrappers of an optimizer. A new wrapper takes the next number.
export const wrapperLookahead = 0;
export const wrapperSam = 1;
export const wrapperCautious = 2;
export const wrapperCount = 16;

// Where an operand lies; an instruction holds (space, offset), never an address.
export const spaceConstants = 0;
export const spaceScratch = 1;
export const spaceArguments = 2;
export const spaceResults = 3;
export const spaceParameters = 4;
export const spaceGradients = 5;
export const spaceState = 6;
export const spaceNextState = 7;
export const spaceCount = 8;

// Faults: a code and up to six operands; the bindings own the sentences.
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
export const faultLoss = 13; // [step low, step high]: loss not finite
export const faultGradient = 14; // [step low, step high, element low]: gradient not finite
export const faultIndex = 15; // [op, index got, extent]: an index out of range while running
export const faultUnknownOp = 16; // [op]
export const faultSchedule = 17; // [step low, step high, group, index from groupShrink]: a value that is not finite

// A region of memory begins so many bytes before its address; see memory/regions.
export const regionHeader = 64;

// The engine record: one region, its address is what `initialize` returns.
export const engineFault = 0; // i32 code, then six i32 operands
// u32 address of the call that is being made, in a build with assertions; 0 between runs.
export const engineCall = 32;
export const engineBases = 64; // u32 address per space
// The address of random numbers: u32 seed low, seed high, step low, step high, and the rows of the batch that earlier
// runs of the step have done.
export const engineRandom = 96;
export const engineMessage = 128; // what a call takes or gives beyond its arguments, see below
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
export const engineBytes = 9216;

// The message: an op to emit (op, inputs, words), or a list.
export const messageOp = 0;
export const messageInputCount = 4;
export const messageWordCount = 8;
export const messageRank = 12; // of the shape rule's answer
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

// A unit of a program and its calls: see program/encode, graph/call and, for what stands behind the words, graph/notes.
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

// What a watched run found: the first call in program order that wrote a number that is not finite.
export const foundCall = 0; // u32 address, 0 if there is none
export const foundElement = 4; // u32 of the output
export const foundRow = 8; // u32 rows of the batch that earlier runs of the step have done
export const foundInputs = 12; // u32 inputs of which the element is known
export const foundValue = 16; // f64
export const foundInputValues = 24; // f64 each
export const foundInputLimit = 3;
export const foundBytes = 48;

// A data set: columns of rows; fields in the order of the class Column.
export const columnAddress = 0; // u32
export const columnType = 4; // u32
export const columnRowElements = 8; // u32
export const columnTarget = 12; // u32, offset in the argument block
export const columnTargetType = 16; // u32
export const columnScale = 24; // f64
export const columnShift = 32; // f64
export const columnBytes = 40;

// A trainer: the record the step reads and writes; fields in the order of the class Trainer.
export const trainerType = 0; // u32, float type of the parameters
export const trainerWorkspace = 4; // u32 address of scratch for rules that work on whole matrices, 0 if there is none
export const trainerParameters = 8; // u32 address
export const trainerElements = 12; // u32 elements of all groups, padded
export const trainerGradients = 16; // u32 address
export const trainerAccumulator = 20; // u32 address, 0 if a step is always one run
export const trainerPlaced = 24; // u32 address of the weights where the gradient is taken, 0 if those are the weights
export const trainerMoments = 28; // u32 address of the state vectors of the rule, one after the other
export const trainerGroups = 32; // u32 address
export const trainerGroupCount = 36; // u32
export const trainerState = 40; // u32 address of running statistics
// u32 address; behind it as many bytes again for a step of several runs, and again for a second evaluation
export const trainerNextState = 44;
export const trainerStateBytes = 48; // u32
export const trainerArguments = 52; // u32 address
export const trainerResults = 56; // u32 address; the loss comes first, or its numerator and denominator
export const trainerColumns = 60; // u32 address
export const trainerColumnCount = 64; // u32
export const trainerOrder = 68; // u32 address
export const trainerRows = 72; // u32 rows of the data set
export const trainerBatch = 76; // u32 rows a step
export const trainerMicroBatch = 80; // u32 rows a run at most
export const trainerShuffle = 84; // u32, 1 if every epoch is shuffled
export const trainerKeepLast = 88; // u32, 1 keeps a short last batch
export const trainerPosition = 92; // u32 first row, in the order, of the running step
export const trainerStepRows = 96; // u32 rows of the running step that are done
export const trainerEpoch = 100; // u32
export const trainerStep = 104; // f64 updates done
export const trainerSeedLow = 112; // u32
export const trainerSeedHigh = 116; // u32
export const trainerStepLoss = 120; // f64 loss of the running step so far
export const trainerEpochLoss = 128; // f64 sum over samples of this epoch
export const trainerEpochRows = 136; // f64 denominator of the epoch's loss: rows, or their weights
export const trainerGradientNorm = 144; // f64 of the last step
export const trainerHistory = 152; // u32 address of f64 losses, one an update of this call
export const trainerHistoryLimit = 156; // u32
export const trainerHistoryCount = 160; // u32
export const trainerEpochs = 164; // u32 address of f64 triples (updates done, mean loss, mean penalty), one an epoch of this call
export const trainerEpochLimit = 168; // u32, a call ends when so many epochs have ended
export const trainerEpochCount = 172; // u32
export const trainerPrograms = 176; // 6 x (rows u32, program u32)
export const trainerProgramSlots = 6;
export const trainerScheduled = 224; // u32 address of what schedules drive, scheduledBytes each
export const trainerScheduledCount = 228; // u32
export const trainerSchedules = 232; // u32 address of the schedule records, one after the other
export const trainerScheduleWords = 236; // u32 words of all of them
export const trainerObserves = 240; // u32, 1 if the training loss of an epoch is what plateaus look at
export const trainerChain = 244; // u32 address of the chain of gradient transforms, 0 if there is none
export const trainerAverage = 248; // u32 address of the average of the weights, 0 if none is kept
export const trainerSummed = 252; // u32, 1 if the loss is a sum over the batch and not its mean
export const trainerHistoryRecords = 4096; // losses one call can report
export const trainerEpochRecords = 512; // epochs one call can report
export const trainerConstants = 256; // what the rule derives from its hyper-parameters for one step, 32 x 8 bytes
export const trainerSweep = 512; // the sweep under way
export const trainerWrapping = 640; // u32 address of what surrounds the update, 0 if nothing does
export const trainerAccumulate = 644; // u32 batches of an update, 0 if every batch is one
export const trainerAccumulated = 648; // u32 address of their mean gradient so far
export const trainerTensors = 652; // u32 address of the parameters in declaration order, tensorBytes each
export const trainerTensorCount = 656; // u32
export const trainerStatistics = 660; // u32 address of what measures a step, 0 if nothing does
export const trainerWeighted = 664; // u32, 1 if programs leave a loss as numerator and denominator, two f64
export const trainerMeasured = 672; // f64, the step that is measured: updates done before it
// What the core changes from here to the end; with position .. gradientNorm it is all that a step changes of the record.
export const trainerChanging = 680;
export const trainerEvaluation = 680; // u32, 1 while the step takes its gradient a second time
export const trainerAccumulatedCount = 684; // u32 batches in the mean gradient so far
export const trainerAccumulatedRows = 688; // u32 rows of those batches
export const trainerFirstNorm = 696; // f64 norm of the first gradient of a step that takes two
export const trainerPenalty = 704; // f64 penalty of the running step, at the weights where its gradient was taken
export const trainerEpochPenalty = 712; // f64 sum over samples of this epoch
export const trainerStepWeight = 720; // f64 denominator of the loss of the running step so far: rows, or their weights
export const trainerAccumulatedWeight = 728; // f64 denominators of the batches in the mean gradient so far
export const trainerBytes = 768;

// A parameter group: a range and its hyper-parameters.
export const groupOffset = 0; // u32 element
export const groupElements = 4; // u32 elements, padded to a whole number of vectors
export const groupShrink = 8; // f64 decoupled decay: λ of w ← (1 − h λ) w
export const groupPenalty = 16; // f64 coupled decay: λ of g ← g + λ w
export const groupSquares = 24; // f64 λ of the penalty λ Σ w²
export const groupMagnitudes = 32; // f64 λ of the penalty λ Σ |w|
export const groupMaxNorm = 40; // f64 most that the norm of a column may be, 0 if it may be anything
export const groupHyper = 48; // f64 hyper-parameters as the rule's class lists them; the learning rate is the first
export const groupRule = 176; // u32
export const groupMatrices = 180; // u32 address of the matrices that are worked on as a whole
export const groupMatrixCount = 184; // u32
export const groupProximal = 188; // u32, 1 if the penalty λ Σ |w| acts after the update and not through the gradient
export const groupCautious = 192; // u32, 1 if only those weights decay that the update does not make larger
export const groupBytes = 200;

// An average of the weights: what decides it, then the values.
export const averageDecay = 0; // f64 of an exponential average
export const averageEvery = 8; // f64, 0 for an exponential average; else every so many are taken, each with the same weight
export const averageStart = 16; // f64 updates or epochs done when the first is taken
export const averageUnit = 24; // f64, unitStep or unitEpoch
export const averageCount = 32; // f64 taken so far
export const averageHeader = 64;

// What is done to the gradient before the update: transforms in their order, and the tensors they see.
export const chainType = 0; // u32
export const chainGradients = 4; // u32 address, set by the step
export const chainElements = 8; // u32, padding included
export const chainTensors = 12; // u32 address, tensorBytes each
export const chainTensorCount = 16; // u32
export const chainTransforms = 20; // u32 address, transformBytes each
export const chainTransformCount = 24; // u32
export const chainWorkspace = 28; // u32 address of chainScratch bytes, and of two f64 for every column of the widest tensor
export const chainSquares = 32; // f64 sum of squares of the gradient as it came, negative once it is changed
export const chainWeights = 40; // u32 address
export const chainSeedLow = 44; // u32, set by the step
export const chainSeedHigh = 48; // u32, set by the step
export const chainStep = 56; // f64 updates done, set by the step
export const chainBytes = 64;
export const chainScratch = 4096;

// A parameter as transforms, wrappers and random search see it.
export const tensorOffset = 0; // u32 element, from the start of the arena
export const tensorElements = 4; // u32
export const tensorRows = 8; // u32 of the matrix [all axes but the last, last], 0 with fewer than two axes
export const tensorColumns = 12; // u32
export const tensorBytes = 16;

// A transform of a chain.
export const transformCode = 0; // u32
export const transformFields = 8; // f64 as the transform's class lists them
export const transformFieldCount = 3;
export const transformBytes = 32;

// What surrounds the update: the wrappers from the outside in, and the memory they share.
export const wrappingType = 0; // u32
export const wrappingElements = 4; // u32, padding included
export const wrappingTensors = 8; // u32 address, tensorBytes each
export const wrappingTensorCount = 12; // u32
export const wrappingWrappers = 16; // u32 address, wrapperBytes each
export const wrappingWrapperCount = 20; // u32
export const wrappingWeights = 24; // u32 address
export const wrappingGradients = 28; // u32 address, set by the step
export const wrappingUpdates = 32; // u32 address of the updates, 0 if they go straight to the weights
export const wrappingPerturbed = 36; // u32 address of the weights of a second evaluation, 0 if there is none
export const wrappingState = 40; // u32 address of the state of the wrapper at work, set by the step
export const wrappingSquares = 48; // f64 sum of squares of the gradient, set by the step
export const wrappingStep = 56; // f64 the update, from 1, set by the step
export const wrappingBytes = 64;

// A wrapper.
export const wrapperCode = 0; // u32
export const wrapperState = 4; // u32 address of a vector of its own, 0 if it keeps none
export const wrapperFields = 8; // f64 as the wrapper's class lists them
export const wrapperFieldCount = 3;
export const wrapperBytes = 32;

// What measures a step: the tensors, the weights before it, and for every tensor three f64 (norms of gradient, weights
// before and update).
export const statisticsTensors = 0; // u32 address, tensorBytes each
export const statisticsTensorCount = 4; // u32
export const statisticsBefore = 8; // u32 address, as large as the arena of the weights
export const statisticsNorms = 12; // u32 address
export const statisticsBytes = 16;

// A matrix of a group.
export const matrixOffset = 0; // u32 element, from the start of the group
export const matrixRows = 4; // u32
export const matrixColumns = 8; // u32
export const matrixBytes = 16;
export const gemmScratchBytes = 278592; // more than a product of matrices of any size needs

// A schedule: f64 words, so that a record can be moved and saved whole.
export const scheduleCode = 0; // of the law
export const scheduleWords = 1; // of the whole record, children included
export const scheduleUnit = 2; // what t counts
export const scheduleHeader = 3; // then the fields of the law's class, then the records of its children
export const unitStep = 0; // updates done
export const unitEpoch = 1; // epochs finished
export const plateauState = 10; // first word, after the header, of what a plateau remembers
export const plateauStateWords = 7;
export const tableFields = 3; // offset in words from these fields to the values, first t, number of values

// What a schedule drives: one f64 of a group.
export const scheduledGroup = 0; // u32
export const scheduledIndex = 4; // u32, counted in f64 from groupShrink
export const scheduledRecord = 8; // u32, offset of the record in bytes
export const scheduledBytes = 16;

// Random streams: purpose in the high byte, index of parameter or layer below; a layer that draws more than once a step
// counts its draws in the byte between.
export const streamShuffle = 0x01000000;
export const streamInitialize = 0x02000000;
export const streamNoise = 0x03000000;
export const streamLayer = 0x04000000;
export const streamGradientNoise = 0x05000000;
export const streamSearch = 0x06000000;
export const streamCurvature = 0x07000000;
export const streamDraw = 0x00010000;

// Directions of minimizers. A new one takes the next number.
export const directionSteepest = 0;
export const directionConjugate = 1;
export const directionBfgs = 2;
export const directionLbfgs = 3;
export const directionBounded = 4; // L-BFGS within bounds
export const directionNewton = 5;
export const directionDamped = 6;
export const directionSaddleFree = 7;
export const directionGaussNewton = 8;
export const directionTrustRegion = 9;
export const directionLevenbergMarquardt = 10;

// Line searches of minimizers. A new one takes the next number.
export const searchFixed = 0;
export const searchBacktracking = 1;
export const searchStrongWolfe = 2;
export const searchMoreThuente = 3;
export const searchHagerZhang = 4;
export const searchQuadratic = 5;

// What a minimizer asks for: bits, 0 when it has ended.
export const requestValue = 1; // f at the trial point; with residuals: r, and f = r'r / 2
export const requestGradient = 2; // its gradient there; with residuals: the Jacobian, and g = J'r
export const requestHessian = 4; // H at the accepted point
export const requestProduct = 8; // H v there
export const requestPause = 16; // nothing: as many evaluations as the call allows are done, or the trace is full

// How a minimizer ended.
export const statusRunning = 0;
export const statusGradient = 1; // no component of the gradient above the tolerance
export const statusValue = 2; // the value changed by less than the tolerance
export const statusStep = 3; // x changed by less than the tolerance
export const statusPrecision = 4; // what is left to gain lies below the rounding of the value
export const statusIterations = 5;
export const statusEvaluations = 6;
export const statusSearch = 7; // no step lowered the value
export const statusNotFinite = 8; // value or gradient at the start or after a step
export const statusSingular = 9;
export const statusUphill = 10; // the direction does not lead down, and the method has no other
export const statusContradiction = 11; // values do not fall where the gradient says so
export const statusRegion = 12; // no step lowered the value, however small the region it was sought in

// A minimizer: the record, then the blocks it names; fields in the order of the class Minimizer.
export const minimizerDirection = 0; // u32
export const minimizerSearch = 4; // u32
export const minimizerElements = 8; // u32, of x
export const minimizerResiduals = 12; // u32, 0 if the function answers its value
export const minimizerX = 16; // u32 address of the accepted point
export const minimizerResults = 20; // u32 address of its value, then, resultsHeader bytes on, its gradient
export const minimizerTrial = 24; // u32 address of the point to evaluate
export const minimizerTrialResults = 28; // u32 address of its value and gradient
export const minimizerBest = 32; // u32 address of the best point seen
export const minimizerBestResults = 36; // u32 address of its value and gradient
export const minimizerStep = 40; // u32 address of the direction
export const minimizerVector = 44; // u32 address of v of H v
export const minimizerProduct = 48; // u32 address of H v
export const minimizerMatrix = 52; // u32 address of H, or of J'
export const minimizerResidual = 56; // u32 address of r at the trial point
export const minimizerArena = 60; // u32 address of what the direction keeps
export const minimizerLower = 64; // u32 address of lower bounds, 0 if there are none
export const minimizerUpper = 68; // u32 address of upper bounds
export const minimizerTrace = 72; // u32 address of the trace, traceHeader f64 and x an iteration, 0 if none is kept
export const minimizerTraceLimit = 76; // u32
export const minimizerTraceCount = 80; // u32
export const minimizerIterations = 84; // u32
export const minimizerIterationLimit = 88; // u32
export const minimizerValues = 92; // u32 evaluations of the value
export const minimizerGradients = 96; // u32 evaluations of the gradient
export const minimizerEvaluationLimit = 100; // u32 evaluations of the value at most
export const minimizerStatus = 104; // u32
export const minimizerRequest = 108; // u32, what is under way
export const minimizerPrograms = 112; // 5 x u32 programs for the core's own loop: see below
export const minimizerRenews = 152; // u32, 1 if the function is another one after every step: see minimizers/descent
export const minimizerGradientTolerance = 160; // f64
export const minimizerValueTolerance = 168; // f64
export const minimizerStepTolerance = 176; // f64
export const minimizerGradientNorm = 184; // f64 largest component at the accepted point
export const minimizerBestNorm = 192; // f64 the same at the best point, NaN if its gradient was not asked for
export const minimizerOptions = 200; // 8 x f64 of the direction
export const minimizerLine = 264; // the line search under way, lineBytes
export const minimizerSearchOptions = 384; // 8 x f64 of the line search, then what it remembers
export const minimizerBytes = 704;
export const resultsHeader = 64;

// What a minimizer that fits a trainer keeps between the value and the gradient.
export const resultsLoss = 8; // f64, without the penalty
export const resultsPenalty = 16; // f64
export const resultsNorm = 24; // f64 Euclidean norm of the gradient
export const traceHeader = 3; // value, gradient norm, step length
export const programValue = 0; // x → f, or r
export const programGradient = 4; // x → f and gradient
export const programProduct = 8; // x, v → H v
export const programTangent = 12; // x, v → J v

// A surface: what the solvers know of a function of a vector, as the sum of the runs of a few programs over parts of the
// data.
export const surfacePoint = 0; // u32 address of x, f64
export const surfaceVector = 4; // u32 address of the vector that products are taken with, f64
export const surfaceElements = 8; // u32, of x
export const surfaceArguments = 12; // u32 address of the argument block
export const surfaceResults = 16; // u32 address of the results of one run
export const surfaceColumns = 20; // u32 address
export const surfaceColumnCount = 24; // u32, 0 if there is no data
export const surfaceOrder = 28; // u32 address of the rows
export const surfaceParts = 32; // u32 address
export const surfacePartCount = 36; // u32
export const surfaceRandom = 40; // u32 x 4: seed, step
export const surfaceBytes = 64;
export const partPrograms = 0; // u32 x surfacePrograms
export const partFrom = 12; // u32, first row
export const partRows = 16; // u32
export const partWeight = 24; // f64
export const partBytes = 32;
export const surfaceValue = 0; // what a part's programs answer: the value,
export const surfaceGradient = 1; // the gradient,
export const surfaceProduct = 2; // the product with the vector
