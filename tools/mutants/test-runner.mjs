import { join, relative } from "node:path";
import { Writable } from "node:stream";
import { loadConfigFromFile, normalizePath } from "vite";
import { createVitest } from "vitest/node";
import { ROOT } from "../house/run-command.mjs";

/** @typedef {Readonly<{ file: string, text: string }>} Replacement What a file says instead of what is on the disk. */
/** @typedef {"passed" | "failed" | "hung"} Outcome */

const CONFIG = join(ROOT, "vitest.config.ts");

/** The order of the plan, which Vitest would change for one of its own. */
class AsGiven {
  /** @param {import("vitest/node").TestSpecification[]} tests */
  sort(tests) {
    return tests;
  }
  /** @param {import("vitest/node").TestSpecification[]} tests */
  shard(tests) {
    return tests;
  }
}

/** As Vite names a file. @param {string} file from the root */
const idOf = (file) => normalizePath(join(ROOT, file));

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

/** The projects of the tests and their tags, with one plugin more. The engine in one piece, as the build makes it, would be that of the disk. @param {import("vite").Plugin} plugin */
const testsWith = async (plugin) => {
  process.env["TESTS_GO_BY_FILES"] = "1";
  const loaded = await loadConfigFromFile({ command: "serve", mode: "test" }, CONFIG, ROOT);
  const { tags = [], projects = [] } = loaded?.config.test ?? {};
  return { tags, projects: projects.map((project) => ({ ...Object(project), extends: CONFIG, plugins: [plugin] })) };
};

/** One Vitest that stays: what it has once read and compiled, it does not again. */
export const createTestRunner = async () => {
  /** @type {Map<string, string>} */
  const texts = new Map();
  /** @type {Map<string, number>} */
  const seconds = new Map();
  /** @type {string | null} */
  let failure = null;
  const vitest = await createVitest(
    "test",
    {
      root: ROOT,
      config: false,
      watch: false,
      bail: 1,
      // Every run has a process of its own, which the files of a run share where their project says that they may (`isolate`).
      maxWorkers: 1,
      sequence: { sequencer: AsGiven },
      reporters: [
        {
          onTestCaseResult: (test) => {
            if (test.result().state === "failed") failure ??= test.fullName;
          },
          onTestModuleEnd: (module) => {
            const name = normalizePath(relative(ROOT, module.moduleId));
            if (!module.ok()) failure ??= module.errors()[0]?.message ?? name;
            const { collectDuration, duration } = module.diagnostic();
            seconds.set(name, (collectDuration + duration) / 1000);
          },
          onTestRunEnd: (_modules, [error]) => {
            if (error !== undefined) failure ??= error.message;
          },
        },
      ],
    },
    { test: await testsWith({ name: "mutant", enforce: "pre", load: (id) => texts.get(id) ?? null }) },
    { stdout: nowhere(), stderr: nowhere() },
  );
  await vitest.standalone();
  const specifications = await vitest.globTestSpecifications();

  /** Twice: the first asks the tests to end, the second ends their process. */
  const end = () => {
    void vitest.cancelCurrentRun("test-failure");
    void vitest.cancelCurrentRun("test-failure");
  };

  /** @param {readonly string[]} tests @param {number} limitSeconds @returns {Promise<Outcome>} */
  const runTests = async (tests, limitSeconds) => {
    let hasHung = false;
    const timer = setTimeout(() => {
      hasHung = true;
      end();
    }, limitSeconds * 1000);
    failure = null;
    await vitest.runTestSpecifications(
      tests.flatMap((test) => specifications.filter(({ moduleId }) => moduleId === idOf(test))),
    );
    clearTimeout(timer);
    return hasHung ? "hung" : failure === null ? "passed" : "failed";
  };

  return {
    /** Seconds that each test took when it last ran. */
    seconds: /** @type {ReadonlyMap<string, number>} */ (seconds),

    /**
     * Runs tests one after the other until one fails.
     *
     * @param {readonly string[]} tests
     * @param {Readonly<{ limitSeconds: number, replacement?: Replacement }>} options beyond the limit they have hung
     */
    run: async (tests, { limitSeconds, replacement }) => {
      if (replacement === undefined) return runTests(tests, limitSeconds);
      const id = idOf(replacement.file);
      texts.set(id, replacement.text);
      vitest.invalidateFile(id);
      const outcome = await runTests(tests, limitSeconds);
      texts.delete(id);
      vitest.invalidateFile(id);
      return outcome;
    },

    /** The first test that failed in the last run, or the error that ended it. */
    failure: () => failure,

    close: () => vitest.close(),
  };
};
