// Rejects calls that come at the wrong time: after the trainer was freed, from a function that the trainer calls, or, if
// they change it, during a run of `fit`.

import { TraceError } from "../values/errors.js";

/** The lock of a trainer. */
export class TrainerLock {
  /**
   * "fitting" between the slices of a run, "away" if the run has state elsewhere, in a worker or a method, "held" while user
   * functions may run.
   */
  state: "idle" | "fitting" | "away" | "held" | "freed" = "idle";

  /** @throws TraceError  the trainer was freed, or one of its functions calls it */
  check(): void {
    if (this.state === "freed") throw new TraceError("trainer: used after it was freed. Create it again.");
    if (this.state === "held")
      throw new TraceError("trainer: used by a function that it calls. Use only the arguments there.");
  }

  /** @throws TraceError  as `check`, or a run is in progress */
  checkIdle(): void {
    this.check();
    if (this.state !== "idle") throw new TraceError("trainer: a run is in progress. Wait for it, or stop it first.");
  }

  /** Runs `body`, whose user functions can neither change nor free the trainer. */
  hold<T>(body: () => T): T {
    const { state } = this;
    this.state = "held";
    try {
      return body();
    } finally {
      this.state = state;
    }
  }

  /** Runs a call that only reads the trainer. */
  read<T>(body: () => T): T {
    this.check();
    return this.hold(body);
  }

  /** Runs an update, which may come between two updates of a run in this thread. */
  update<T>(body: () => T): T {
    if (this.state !== "fitting") this.checkIdle();
    return this.hold(body);
  }

  /** Runs a call that changes the trainer. */
  change<T>(body: () => T): T {
    this.checkIdle();
    return this.hold(body);
  }
}
