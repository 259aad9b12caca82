import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { ROOT, runTool } from "../house/run-command.mjs";

/** `from "./issue.ts"`, `import("../../calc/base/quantity.ts")`. */
const SPECIFIER = /(from |import\()"([^"]+)"/g;

/** Where a declaration imports from, as a path under `src` without its ending. @param {string} file @param {string} specifier */
const targetOf = (file, specifier) => {
  const path = specifier.startsWith("#") ? specifier.slice(1) : posix.join(posix.dirname(file), specifier);
  if (path.startsWith("..") || !path.endsWith(".ts")) throw new Error(`${file}.d.ts imports ${specifier}`);
  return path.slice(0, -".ts".length);
};

/** A path of another declaration as every resolution of modules understands it. @param {string} file @param {string} target */
const relativeTo = (file, target) => {
  const path = posix.relative(posix.dirname(file), target);
  return `${path.startsWith(".") ? path : `./${path}`}.js`;
};

/** @param {string} entry under `src`, without its ending @param {string} emitted @returns {Promise<ReadonlyMap<string, string>>} */
const reached = async (entry, emitted) => {
  /** @type {Map<string, string>} */
  const texts = new Map();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (texts.has(file)) continue;
    const here = file;
    const text = await readFile(join(emitted, `${here}.d.ts`), "utf8");
    const said = text.replaceAll(SPECIFIER, (_, before, specifier) => {
      const target = targetOf(here, specifier);
      open.push(target);
      return `${before}"${relativeTo(here, target)}"`;
    });
    texts.set(here, said);
  }
  return texts;
};

/**
 * Writes the types of a module of `src` and of all that they are made of. Inside they import one another by relative paths, so that nothing has to know how this
 * repository names its rooms.
 *
 * @param {string} entry under `src`, without its ending: `package/api`
 * @param {string} folder emptied first
 * @throws Error with what TypeScript says
 */
export const writeDeclarations = async (entry, folder) => {
  const built = join(ROOT, ".built");
  await mkdir(built, { recursive: true });
  const work = await mkdtemp(join(built, "declarations-"));
  try {
    const compilerOptions = {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      // `npm run check` has checked them.
      noCheck: true,
      incremental: false,
      tsBuildInfoFile: null,
      rootDir: join(ROOT, "src"),
      outDir: join(work, "emitted"),
    };
    const config = {
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions,
      files: [join(ROOT, "src", `${entry}.ts`)],
      include: [],
    };
    await writeFile(join(work, "tsconfig.json"), JSON.stringify(config));
    const { code, output } = await runTool("typescript/tsc", ["-p", work]);
    if (code !== 0) throw new Error(output);
    await rm(folder, { recursive: true, force: true });
    for (const [file, text] of await reached(entry, compilerOptions.outDir)) {
      const path = join(folder, `${file}.d.ts`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  } finally {
    await rm(work, { recursive: true });
  }
};
