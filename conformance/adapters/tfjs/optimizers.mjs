// Optimizers of TensorFlow.js. They know neither weight decay nor AMSGrad; Momentum has no dampening.

import { unsupported } from "../../source/run.js";

let variables = 0;

/** A learning rate for the next update: rules keep it as a field, and those of gradient descent as a tensor beside it. */
function setRate(optimizer, rate) {
  if (optimizer.setLearningRate) optimizer.setLearningRate(rate);
  else optimizer.learningRate = rate;
}

const makers = {
  SGD: ({ train }, { lr, momentum, nesterov = false, dampening }) => {
    if (dampening) throw unsupported("dampening");
    return momentum ? train.momentum(lr, momentum, nesterov) : train.sgd(lr);
  },
  // Epsilon is that of the backend.
  Adagrad: ({ train }, { lr, lr_decay, initial_accumulator_value = 0 }) => {
    if (lr_decay) throw unsupported("decay of the learning rate");
    return train.adagrad(lr, initial_accumulator_value);
  },
  Adadelta: ({ train }, { lr, rho = 0.9, eps = 1e-6 }) => train.adadelta(lr, rho, eps),
  RMSprop: ({ train }, { lr, alpha = 0.99, momentum = 0, eps = 1e-8, centered = false }) =>
    train.rmsprop(lr, alpha, momentum, eps, centered),
  Adam: ({ train }, { lr, betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8, amsgrad }) => {
    if (amsgrad) throw unsupported("amsgrad");
    return train.adam(lr, beta1, beta2, eps);
  },
  Adamax: ({ train }, { lr, betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8 }) => train.adamax(lr, beta1, beta2, eps),
};

/** All optimizers, each at the start of a problem whose gradients it is given. */
export const optimizersOf = (tf) =>
  Object.fromEntries(
    Object.entries(makers).map(([name, make]) => [
      name,
      (hyper, { start, gradient }) => {
        if (hyper.weight_decay) throw unsupported("weight decay");
        const optimizer = make(tf, hyper);
        const own = Object.entries(start).map(([key, { data, shape }]) => [
          key,
          tf.variable(tf.tensor(data, shape, "float32"), true, `weights${variables++}`),
        ]);
        const weights = () => Object.fromEntries(own.map(([key, variable]) => [key, variable.dataSync()]));
        return {
          weights,
          step(rate) {
            setRate(optimizer, rate);
            const slopes = gradient(weights());
            tf.tidy(() =>
              optimizer.applyGradients(
                own.map(([key, variable]) => ({ name: variable.name, tensor: tf.tensor(slopes[key], variable.shape) })),
              ),
            );
          },
        };
      },
    ]),
  );
