import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

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

/** Vite wraps late imports in code that preloads chunks and styles; we have neither (`modulePreload`, `noStylesOfChunks`), and it is 0.7 kB of the first script. */
const plainImports: Plugin = {
  name: "plain-imports",
  apply: "build",
  enforce: "pre",
  load: (id) => (id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : null),
};

type ModuleGraph = Readonly<{
  getModuleInfo: (id: string) => Readonly<{ isEntry: boolean; importers: readonly string[] }> | null;
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

/** Whether a module is needed before anything can be shown: imported, step by step and never on demand, from the entry. */
const isFirst = (graph: ModuleGraph): ((id: string) => boolean) =>
  asked((id, ask) => {
    const info = graph.getModuleInfo(id);
    return info !== null && (info.isEntry || info.importers.some(ask));
  });

/** The parts that the static page shows and that come to life right after the first chunk. */
const SOON_PARTS =
  /\/src\/panels\/(scenario\/(BytesPerParameter|ModelSource|SectionRows|TargetModules)|answer\/(Computed|LinkIssues|Margins|Moments|PeakTable)|advice\/(AdvicePanels|UnderVerdict)|take\/Take|compare\/Compare)\.tsx$/;

/** Whether a module is such a part, or needed by such parts alone. */
const isSoon = (graph: ModuleGraph): ((id: string) => boolean) =>
  asked((id, ask) => {
    const importers = graph.getModuleInfo(id)?.importers ?? [];
    return SOON_PARTS.test(id) || (importers.length > 0 && importers.every(ask));
  });

/** Whether a module is needed to read a link: imported, step by step and never on demand, from the reading of links. */
const isForLink = (graph: ModuleGraph): ((id: string) => boolean) =>
  asked(
    (id, ask) =>
      id.endsWith("/src/scenario/page/open-link.ts") ||
      (graph.getModuleInfo(id)?.importers ?? []).some((other) => ask(other)),
  );

/** Writing the address, and all that it writes. */
const SYNC_PARTS = /\/src\/scenario\/(?:page\/(?:sync-url|page-link)|choices\/(?:pinned-link|as-scenario))\.ts$/;

/** One chunk for all that is needed first, one for reading a link, one for what comes right after: dozens of small ones compress worse and wait for each other. */
const chunkOf = (id: string, graph: ModuleGraph): string | null => {
  if (isFirst(graph)(id)) return "first";
  if (isForLink(graph)(id)) return "open-link";
  if (SYNC_PARTS.test(id)) return "sync-url";
  return isSoon(graph)(id) ? "soon" : null;
};

export default defineConfig({
  base: "./",
  plugins: [plainImports, noStylesOfChunks, react(), contentSecurityPolicy, stylesForAll],
  // Short class names: the usual long ones are a kilobyte of hashes, in script, style and static page alike.
  css: { modules: { generateScopedName: "[hash:base64:5]" } },
  build: {
    target: "es2022",
    // No list of chunks to fetch together: late chunks need the first one and hardly each other.
    modulePreload: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: chunkOf, debugName: "first, open-link, sync-url or soon" }],
          includeDependenciesRecursively: false,
        },
      },
    },
  },
});
