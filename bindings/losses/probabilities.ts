/** Function of tensors that makes probabilities of the outputs which a loss takes, by the name of the loss. @internal */
export const probabilityFunctions: Readonly<Record<string, "softmax" | "sigmoid" | "exp">> = {
  softmaxCrossEntropy: "softmax",
  binaryCrossEntropyWithLogits: "sigmoid",
  negativeLogLikelihood: "exp",
};
