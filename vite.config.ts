import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { shortClassNames } from "./tools/build/class-names.mjs";

const SOURCES = fileURLToPath(new URL("src", import.meta.url));

/** What the built page may do: nothing from elsewhere, no inline code or style; a request to Hugging Face only when the user asks. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' https://huggingface.co",
  "frame-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** Only in the build: the development server injects an inline script of its own. */
const contentSecurityPolicy: Plugin = {
  name: "content-security-policy",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: CONTENT_SECURITY_POLICY },
      injectTo: "head-prepend",
    },
  ],
};

/**
 * Vite asks for the style sheet as other origins may, which a frame without an origin of its own is refused where the host does not allow it. A style sheet
 * needs no permission: the static answer keeps its looks there.
 */
const stylesForAll: Plugin = {
  name: "styles-for-all",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler: (html) => html.replace('<link rel="stylesheet" crossorigin', '<link rel="stylesheet"'),
  },
};

/**
 * The page's styles come in two sheets that the build puts together (`tools/build/style-sheets.mjs`), not one with each late chunk: a part whose script
 * comes late may stand in the static page already.
 */
const noStylesOfChunks: Plugin = {
  name: "no-styles-of-chunks",
  apply: "build",
  generateBundle: {
    order: "pre",
    handler: (_, bundle) => {
      for (const each of Object.values(bundle))
        if (each.type === "chunk" && !each.isEntry) each.viteMetadata?.importedCss.clear();
    },
  },
};

/** What stands around each late import. */
const FETCH_PART = fileURLToPath(new URL("src/service/fetch-part.ts", import.meta.url));

/**
 * Vite wraps each `import()` in a function that preloads chunks and styles. The page preloads neither (`modulePreload`, `noStylesOfChunks`), and Vite's function
 * does not run in a worker. `fetchPart` replaces it: it reports a chunk that cannot be loaded.
 */
const reportedImports: Plugin = {
  name: "reported-imports",
  apply: "build",
  enforce: "pre",
  load: (id) =>
    id === "\0vite/preload-helper.js"
      ? `export { fetchPart as __vitePreload } from ${JSON.stringify(FETCH_PART)};`
      : null,
};

type ModuleGraph = Readonly<{
  getModuleInfo: (id: string) => Readonly<{ importers: readonly string[]; dynamicImporters: readonly string[] }> | null;
}>;

/** Remembers the answer for each module while it is asked for; a circle of imports decides nothing by itself. */
const asked = (decide: (id: string, ask: (id: string) => boolean) => boolean): ((id: string) => boolean) => {
  const known = new Map<string, boolean>();
  const ask = (id: string): boolean => {
    const before = known.get(id);
    if (before !== undefined) return before;
    known.set(id, false);
    const answer = decide(id, ask);
    known.set(id, answer);
    return answer;
  };
  return ask;
};

/** Whether a module is one of these, or imported by them, step by step and never on demand. */
const isOf = (these: RegExp, graph: ModuleGraph): ((id: string) => boolean) =>
  asked((id, ask) => these.test(id) || (graph.getModuleInfo(id)?.importers ?? []).some(ask));

/** What is needed before anything can be shown. */
const ENTRY = /\/index\.html$/;

/** The engine's script, which a worker runs. */
const ENGINE = /\/src\/service\/worker\.ts$/;

/** The door to it for the page, where no worker can be had. */
const ENGINE_DOOR = /\/src\/service\/serve-here\.ts$/;

/** What the worker fetches when files come in or go out. The page's chunks are for a page alone: what both use stands in those between them. */
const FETCHED_BY_WORKER = /\/src\/interop\/(import\/import-files|export\/export-files)\.ts$/;

/** The parts that the static page shows and that come to life right after the first chunk. */
const SOON_PARTS =
  /\/src\/panels\/(scenario\/(BytesPerParameter|ModelSource|SectionRows|TargetModules)|answer\/(BarsLegend|Computed|LinkIssues|Margins|Moments|PeakTable)|advice\/(AdvicePanels|UnderVerdict)|take\/Take|compare\/Compare|import\/ImportDoor)\.tsx$/;

/** Whether a part of the page, first or late, imports a module otherwise than as the engine's. */
const isOfPage = (graph: ModuleGraph): ((id: string) => boolean) =>
  asked((id, ask) => {
    if (ENGINE.test(id) || ENGINE_DOOR.test(id)) return false;
    const { importers = [], dynamicImporters = [] } = graph.getModuleInfo(id) ?? {};
    return ENTRY.test(id) || [...importers, ...dynamicImporters].some(ask);
  });

/**
 * One chunk for all that is needed first, one for what comes right after, one for the engine, whose worker imports nothing of the page; and between them
 * what both use. No part waits for a dozen small ones: each costs a request, and a slow processor some milliseconds.
 */
const chunkOf = (id: string, graph: ModuleGraph): string | null => {
  const first = isOf(ENTRY, graph)(id);
  const late = isOfPage(graph)(id);
  if (isOf(ENGINE, graph)(id)) return first ? "shared" : late ? "words" : "engine";
  const between = isOf(FETCHED_BY_WORKER, graph)(id);
  if (first) return between ? "shared" : "first";
  if (between && late) return "words";
  return isOf(SOON_PARTS, graph)(id) ? "soon" : null;
};

/** Where the page starts the engine's worker. */
const WORKER_PLACE = 'new URL("./worker.ts", import.meta.url).href';

/** Stands in the page's script for the name of the worker's, which is known when both are made. */
const WORKER_NAME = "name-of-the-worker-script";

/**
 * The worker is a part of this build, not one of its own as Vite makes it: the page that has to compute by itself loads the same chunk, and what both need
 * is there once. The chunks that the worker fetches late import it, too: its exports are more than its module has (`allow-extension`), or the worker would
 * be two files. The page's script changes its name with the worker's, whose door (`serve-here.ts`) it imports.
 */
const workerOfThisBuild: Plugin = {
  name: "worker-of-this-build",
  apply: (config, { command }) => command === "build" && !config.build?.ssr,
  enforce: "pre",
  buildStart() {
    const id = "src/service/worker.ts";
    this.emitFile({ type: "chunk", id, name: "engine", preserveSignature: "allow-extension" });
  },
  transform: (code, id) =>
    id.endsWith("/src/service/start-service.ts")
      ? `const workerName = "${WORKER_NAME}";${code.replace(WORKER_PLACE, "new URL(workerName, import.meta.url).href")}`
      : null,
  generateBundle(_, bundle) {
    const chunks = Object.values(bundle).filter((each) => each.type === "chunk");
    const worker = chunks.find(({ moduleIds }) => moduleIds.some((id) => ENGINE.test(id)));
    if (worker === undefined) throw new Error("The build has no script for the worker.");
    for (const chunk of chunks) chunk.code = chunk.code.replaceAll(WORKER_NAME, basename(worker.fileName));
  },
};

export default defineConfig(({ command }) => ({
  base: "./",
  plugins: [reportedImports, workerOfThisBuild, noStylesOfChunks, react(), contentSecurityPolicy, stylesForAll],
  ...(command === "build" && { css: { modules: { generateScopedName: shortClassNames(SOURCES) } } }),
  build: {
    target: "es2022",
    // The notices of everything that is in the bundle, which its licences ask for.
    license: { fileName: "licences.md" },
    // The page fetches what the first script imports beside it. Late chunks have no such list: they need the first one and hardly each other.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, files, { hostType }) => (hostType === "html" ? files : []),
    },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: chunkOf, debugName: "first, soon, shared or words" }],
          includeDependenciesRecursively: false,
        },
      },
    },
  },
}));
