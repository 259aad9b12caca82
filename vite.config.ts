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

type ModuleGraph = Readonly<{
  getModuleInfo: (id: string) => Readonly<{ isEntry: boolean; importers: readonly string[] }> | null;
}>;

/** Whether a module is needed before anything can be shown: imported, step by step and never on demand, from the entry. */
const isFirst = (graph: ModuleGraph): ((id: string) => boolean) => {
  const known = new Map<string, boolean>();
  const reaches = (id: string): boolean => {
    const before = known.get(id);
    if (before !== undefined) return before;
    known.set(id, false); // a circle of imports reaches nothing by itself
    const info = graph.getModuleInfo(id);
    const reached = info !== null && (info.isEntry || info.importers.some(reaches));
    known.set(id, reached);
    return reached;
  };
  return reaches;
};

/** One chunk for all that is needed first: a dozen small ones compress worse and wait for each other. */
const firstChunk = (id: string, graph: ModuleGraph): string | null => (isFirst(graph)(id) ? "first" : null);

/** Parts that the static page shows and that come to life right after the first chunk: one chunk too, for one request instead of a dozen. */
const SOON =
  /\/src\/panels\/(scenario\/(BytesPerParameter|ModelSource|SectionRows|TargetModules)|answer\/(Computed|Moments|PeakTable))\.tsx$/;

export default defineConfig({
  base: "./",
  plugins: [react(), contentSecurityPolicy],
  // Short class names: the usual long ones are a kilobyte of hashes, in script, style and static page alike.
  css: { modules: { generateScopedName: "[hash:base64:5]" } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // One style sheet: the static page shows parts whose script comes late, and they must not stand there unstyled until then.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: firstChunk, debugName: "first", priority: 1 },
            { name: "soon", test: SOON },
          ],
        },
      },
    },
  },
});
