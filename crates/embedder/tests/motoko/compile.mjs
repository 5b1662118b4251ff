/**
 * Compiles Motoko files with the npm package `motoko`: node compile.mjs MODULES_FOLDER OUTPUT_FOLDER FILE...
 * Each FILE.mo becomes OUTPUT_FOLDER/FILE.wasm. Invariant: any diagnostic of severity 1 ends it with exit code 1.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const [modules, output, ...files] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const loaded = require("motoko");
const motoko = loaded.default ?? loaded;
motoko.loadPackage(JSON.parse(readFileSync(join(modules, "motoko/packages/latest/core.json"), "utf8")));
motoko.compiler.setExtraFlags(["--default-persistent-actors"]);
for (const file of files) {
  const name = basename(file, ".mo");
  motoko.write(`${name}.mo`, readFileSync(file, "utf8"));
  const result = motoko.compiler.compileWasm("ic", `${name}.mo`);
  const errors = (result.diagnostics ?? []).filter((diagnostic) => diagnostic.severity === 1);
  if (errors.length > 0 || !result.code) {
    console.error(JSON.stringify(errors));
    process.exit(1);
  }
  writeFileSync(join(output, `${name}.wasm`), result.code.wasm);
}
