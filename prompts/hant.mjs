// Makes the traditional Chinese texts from the simplified ones. Run after editing zh-Hans:
//   cd $(mktemp -d) && npm i opencc-js@1.4.2 && cp <repo>/prompts/hant.mjs . && node hant.mjs <repo>/prompts
// The result is committed; nothing runs this at build time.
import { readFileSync, writeFileSync } from "node:fs";
import * as OpenCC from "opencc-js";

const dir = process.argv[2];
const conv = OpenCC.Converter({ from: "cn", to: "tw" });
const keep = (s) => s.replaceAll("帳", "賬"); // one form of the word in all texts

const replies = readFileSync(`${dir}/replies/zh-Hans.yaml`, "utf8");
writeFileSync(`${dir}/replies/zh-Hant.yaml`,
  "# Generated from zh-Hans.yaml by prompts/hant.mjs; do not edit.\n" + keep(conv(replies)).replace("lang: zh-Hans", "lang: zh-Hant"));

const out = ["# Generated from statements.yaml and answers.yaml by prompts/hant.mjs; do not edit.", "text:"];
for (const f of ["statements", "answers"]) {
  let id = "";
  for (const line of readFileSync(`${dir}/law/${f}.yaml`, "utf8").split("\n")) {
    const i = line.match(/^\s+- id: (\S+)/);
    if (i) id = i[1];
    const t = line.match(/^\s+zh-Hans: (.*)$/);
    if (t) out.push(`  ${id}: ${keep(conv(t[1]))}`);
  }
}
writeFileSync(`${dir}/law/zh-Hant.yaml`, out.join("\n") + "\n");

const words = readFileSync(`${dir}/agreement/zh-Hans.tmpl`, "utf8");
writeFileSync(`${dir}/agreement/zh-Hant.tmpl`, keep(conv(words)).replace("zh-Hans", "zh-Hant"));
