/**
 * Parts of the studio's source, for tests that need no browser.
 */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** What the module at `path` in `src/` exports. */
export async function load(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../src/${path}`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    // Node has a navigator of its own, which speaks as the machine does.
    banner: { js: 'Object.defineProperty(globalThis, "navigator", { value: { languages: ["en"], language: "en" }, configurable: true });' },
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
