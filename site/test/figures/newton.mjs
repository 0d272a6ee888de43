// Newton's methods: steps, eigenvalues, kinds of points and the course's numbers against closed forms.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));
const near = (got, expected, share = 5e-3) =>
  holds(Math.abs(got - expected) <= share * Math.max(Math.abs(expected), 1e-6), `${got}, not ${expected}`);
const pairOf = (text) => {
  const [, u, v] = /^\((.*), (.*)\)$/.exec(text);
  return [number(u), number(v)];
};

export default {
  name: "newton",
  read: (root) => ({
    rows: [...root.querySelectorAll(".results tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
    circles: root.querySelectorAll("ellipse.region").length,
    stops: root.querySelector(".stops").getAttribute("d").split("M").length - 1,
  }),
  keyboard: { focus: ".handle", keys: ["ArrowRight", "Shift+ArrowUp"], search: /^\?newton\.start=1\.04,0\.7$/ },
  pointer: { drag: ".handle", by: [40, 40], search: /^\?newton\.start=1\.[2-6]\d*,(-0\.\d+|0)/ },
  address: {
    search: "?newton.surface=monkey&newton.steps=8&newton.at=2",
    // Each step of Newton's method halves the distance: (1.2, 0.6) / 4.
    shows: ({ values, says, own }) =>
      values.surface === "monkey" && says.startsWith("At iteration 2 the point is (0.3, 0.15)") && own.stops === 9,
  },
  chinese: /^第 0 次迭代时位于 \(1, 0\.3\)，f = 0\.9141/,
  tests: {
    "one step on a bowl, into a saddle by Newton, out of it by absolute eigenvalues": async ({ open, silent }) => {
      // 2x² + xy + y² − 5x − 3y is least at (1, 1), with the value −4.
      const bowl = await open("?newton.surface=bowl&newton.start=-1,3");
      holds(bowl.says.includes("ends at iteration 1 in (1, 1), f = −4: a minimum (converged)."), bowl.says);
      // The gradient at (−1, 3) is (4x + y − 5, x + 2y − 3) = (−6, 2); with H d = −g the step is (2, −2).
      equal(pairOf(bowl.own.rows[0][1]), [2, -2]);
      near(number(bowl.own.rows[0][2]), number(bowl.own.rows[0][3]), 1e-6);
      const saddle = await open("?newton.surface=wells&newton.method=newton&newton.start=1,0.3");
      holds(/in \(−?0, −?0\), f = −?0: a saddle point/.test(saddle.says), saddle.says);
      // H = diag(2, −2 + 6y²).
      holds(saddle.says.includes("eigenvalues are −1.46 and 2:"), saddle.says);
      const free = await open("?newton.surface=wells&newton.method=saddleFree&newton.start=1,0.3&newton.search=1");
      holds(free.says.includes("(0, 1), f = −0.5: a minimum"), free.says);
      holds(free.says.includes("ends at iteration 7"), free.says); // the example, with a tolerance of 1e-6, after 6
      await silent();
    },
    "damping: −g/α for large α, and downhill only above minus the smallest eigenvalue": async ({ open, silent }) => {
      // ½ (x² + 9y²) at (3, 1): g = (3, 9), H = diag(1, 9). The course's table has 0.137° at α = 1000.
      const damped = await open("?newton.surface=valley&newton.method=damped&newton.damping=3&newton.start=3,1");
      const [u, v] = [-3 / 1001, -9 / 1009];
      const angle = (Math.atan2(u * -9 - v * -3, u * -3 + v * -9) * 180) / Math.PI;
      equal(Math.abs(angle).toFixed(3), "0.137");
      holds(damped.says.includes("is 0.137° off −g and"), damped.says);
      const [, share] = /and (\S+) times as long as −g\/α/.exec(damped.says);
      near(number(share), (1000 * Math.hypot(u, v)) / Math.hypot(3, 9));
      // x² − y² has the eigenvalues 2 and −2: H + I is not positive definite, and the method has no step.
      const little = await open("?newton.surface=saddle&newton.method=damped&newton.damping=0&newton.start=1,0.5");
      equal(little.own.rows[1].slice(1), ["–", "–", "–"]);
      holds(little.says.includes("α = 1 is not above 2"), little.says);
      const enough = await open("?newton.surface=saddle&newton.method=damped&newton.damping=0.5&newton.start=1,0.5");
      holds(enough.says.includes("α is above 2"), enough.says);
      // (2 + α, −2 + α) d = −(2, −1)
      near(pairOf(enough.own.rows[1][1])[0], -2 / 5.16);
      near(pairOf(enough.own.rows[1][1])[1], 1 / 1.16);
      holds(number(enough.own.rows[1][3]) < 0, "f falls");
      await silent();
    },
    "eigenvalues and the model's prediction in Rosenbrock's valley": async ({ open, silent }) => {
      const { says, own } = await open("?newton.surface=rosenbrock&newton.start=-1.2,1&newton.steps=20");
      // H = [[1200x² − 400y + 2, −400x], [−400x, 200]] at (−1.2, 1).
      const half = Math.hypot((1330 - 200) / 2, 480);
      const [, low, high] = /eigenvalues are (\S+) and (\S+): the surface bends up in both/.exec(says);
      near(number(low), 765 - half);
      near(number(high), 765 + half);
      // Newton's step solves H d = (215.6, 88); the model then falls by ½ gᵀH⁻¹g.
      const determinant = 1330 * 200 - 480 * 480;
      const step = [(200 * 215.6 - 480 * 88) / determinant, (1330 * 88 - 480 * 215.6) / determinant];
      near(pairOf(own.rows[0][1])[0], step[0]);
      near(pairOf(own.rows[0][1])[1], step[1]);
      near(number(own.rows[0][2]), -(215.6 * step[0] + 88 * step[1]) / 2);
      near(number(own.rows[0][3]), 4.731884325266608 - 24.2, 1e-3);
      holds(/ends at iteration [67] in \(1, 1\), f = \S+: a minimum/.test(says), says);
      await silent();
    },
    "the trust region's step stays in its circle, and is the one that is taken": async ({
      open,
      press,
      shows,
      silent,
    }) => {
      const search =
        "?newton.surface=rosenbrock&newton.method=trust&newton.start=-1.2,1&newton.steps=40&newton.radius=0.2";
      let shown = await open(search);
      equal(shown.own.circles, 1);
      for (let at = 0; at < 4; at++) {
        const [, x, y] = /point is \((\S+), (\S+)\)/.exec(shown.says);
        const [, radius] = /Within the radius (\S+) the step/.exec(shown.says);
        const [u, v] = pairOf(shown.own.rows[3][1]);
        holds(Math.hypot(u, v) <= number(radius) * 1.01, `${Math.hypot(u, v)} in ${radius}`);
        await press("next");
        shown = await shows(({ says }) => says.startsWith(`At iteration ${at + 1} `), "one step more");
        const [, nx, ny] = /point is \((\S+), (\S+)\)/.exec(shown.says);
        holds(Math.abs(number(nx) - number(x) - u) < 2e-3, `${x} + ${u} is not ${nx}`);
        holds(Math.abs(number(ny) - number(y) - v) < 2e-3, `${y} + ${v} is not ${ny}`);
      }
      await silent();
    },
    "its program goes the same way": async ({ open, runProgram, silent }) => {
      const { says } = await open(
        "?newton.surface=himmelblau&newton.method=saddleFree&newton.start=1,-1&newton.search=1",
      );
      const lines = await runProgram();
      const [, steps, x, y, kind] = /ends at iteration (\d+) in \((\S+), (\S+)\), f = \S+: an? (\w+)/.exec(says);
      equal(lines.length, Number(steps) + 2);
      equal(lines.at(-1), "converged");
      const [, px, py, last] = /^f\((\S+), (\S+)\) = .*: (\w+)$/.exec(lines.at(-2));
      near(number(x), Number(px), 1e-3);
      near(number(y), Number(py), 1e-3);
      equal(kind, last);
      await silent();
    },
  },
};
