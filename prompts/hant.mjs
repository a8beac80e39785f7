// Makes the traditional Chinese texts from the simplified ones. Run after editing zh-Hans:
//   cd $(mktemp -d) && npm i opencc-js@1.4.2 && cp <repo>/prompts/hant.mjs . && node hant.mjs <repo>/prompts
// The result is committed; nothing runs this at build time.
import { readFileSync, writeFileSync } from "node:fs";
import * as OpenCC from "opencc-js";

const dir = process.argv[2];
const conv = OpenCC.Converter({ from: "cn", to: "tw" });

// Characters are not enough: readers of traditional script use other words for some things. What the converter cannot know of
// ours stands here too: we sign papers (簽) and never draw lots (籤). Longer ones first.
const words = [
  ["籤", "簽"], ["賬", "帳"], ["瞭解", "了解"], ["身份", "身分"], ["手機號後四位", "手機號碼末四碼"], ["後四位", "末四碼"], ["尾號", "末四碼"],
  ["證明材料", "證明文件"], ["報銷材料", "報銷文件"], ["材料", "文件"], ["信息", "資料"], ["短信", "簡訊"], ["消息", "訊息"], ["登錄", "登入"], ["渠道", "管道"],
  ["網絡", "網路"], ["運營", "營運"], ["合同", "合約"], ["回執", "憑證"], ["導出", "匯出"], ["回復", "回覆"], ["復核", "覆核"],
  ["複核", "覆核"], ["轉人工", "轉真人"], ["人工服務", "真人服務"], ["在線", "線上"], ["鏈接", "連結"], ["二維碼", "QR Code"],
];
const hant = (s) => words.reduce((t, [a, b]) => t.replaceAll(a, b), conv(s));

const replies = readFileSync(`${dir}/replies/zh-Hans.yaml`, "utf8");
writeFileSync(`${dir}/replies/zh-Hant.yaml`,
  "# Generated from zh-Hans.yaml by prompts/hant.mjs; do not edit.\n" + hant(replies).replace("lang: zh-Hans", "lang: zh-Hant"));

const out = ["# Generated from statements.yaml and answers.yaml by prompts/hant.mjs; do not edit.", "text:"];
for (const f of ["statements", "answers"]) {
  let id = "";
  for (const line of readFileSync(`${dir}/law/${f}.yaml`, "utf8").split("\n")) {
    const i = line.match(/^\s+- id: (\S+)/);
    if (i) id = i[1];
    const t = line.match(/^\s+zh-Hans: (.*)$/);
    if (t) out.push(`  ${id}: ${hant(t[1])}`);
  }
}
writeFileSync(`${dir}/law/zh-Hant.yaml`, out.join("\n") + "\n");

const paper = readFileSync(`${dir}/agreement/zh-Hans.tmpl`, "utf8");
writeFileSync(`${dir}/agreement/zh-Hant.tmpl`, hant(paper).replace("zh-Hans", "zh-Hant"));
