// Builds every page into ../dist under fixed names. Each page is one bundle of its own, so that a page never waits for, or
// breaks with, another page's chunk, and so that git shows one changed file when one page changes.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { build } from 'vite'

const root = dirname(fileURLToPath(import.meta.url))
const out = join(root, '..', 'dist')
const every = ['loader', 'chat', 'portal', 'console']
// `node build.mjs chat portal` builds only these; without names, everything.
const wanted = process.argv.length > 2 ? process.argv.slice(2) : every
// Budgets in bytes after gzip -9: what a debtor on a phone has to load.
const budgets = { 'loader.js': 10 * 1024, chat: 40 * 1024 }

const common = {
  root,
  configFile: false,
  base: '/',
  logLevel: 'warn',
  publicDir: false,
  define: {
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
}

async function buildLoader() {
  await build({
    ...common,
    build: {
      outDir: out,
      emptyOutDir: false,
      target: 'es2020',
      lib: {
        entry: join(root, 'src/loader/main.ts'),
        formats: ['iife'],
        name: 'HejieLoader',
        fileName: () => 'loader.js',
      },
    },
  })
}

async function buildPage(name) {
  await build({
    ...common,
    plugins: [vue()],
    build: {
      outDir: out,
      emptyOutDir: false,
      target: 'es2022',
      modulePreload: false,
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: {
        input: join(root, `${name}.html`),
        output: {
          // The chat alone is split: a language comes only to those who read it. Elsewhere one file is simpler.
          codeSplitting: name === 'chat',
          chunkFileNames: `assets/${name}-[name].js`,
          entryFileNames: 'assets/[name].js',
          assetFileNames: (a) => (a.names?.[0]?.endsWith('.css') ? `assets/${name}.css` : 'assets/[name][extname]'),
        },
      },
    },
  })
  stamp(name)
}

// stamp adds ?v=<content hash> to a page's own files: fixed names in git, yet no stale script after an upgrade.
function stamp(name) {
  const page = join(out, `${name}.html`)
  const html = readFileSync(page, 'utf8').replace(/\/assets\/[\w.-]+/g, (path) => {
    const sum = createHash('sha256')
      .update(readFileSync(join(out, path)))
      .digest('hex')
    return `${path}?v=${sum.slice(0, 12)}`
  })
  writeFileSync(page, html)
}

function size(file) {
  const path = join(out, file)
  return existsSync(path) ? gzipSync(readFileSync(path), { level: 9 }).length : 0
}

// pageSize is what one visitor loads: the page, its script and styles, and at most one language.
function pageSize(page) {
  const chunks = readdirSync(join(out, 'assets')).filter((f) => f.startsWith(`${page}-`))
  const largest = Math.max(0, ...chunks.map((f) => size(`assets/${f}`)))
  return size(`${page}.html`) + size(`assets/${page}.js`) + size(`assets/${page}.css`) + largest
}

function report() {
  const sizes = { 'loader.js': size('loader.js') }
  for (const p of every.slice(1)) sizes[p] = pageSize(p)
  for (const [name, bytes] of Object.entries(sizes)) {
    const budget = budgets[name]
    const bad = budget !== undefined && bytes > budget
    const limit = budget ? ` of ${(budget / 1024).toFixed(0)} KB` : ''
    console.log(
      `${name.padEnd(10)} ${(bytes / 1024).toFixed(1).padStart(6)} KB gz${limit}${bad ? '  OVER BUDGET' : ''}`,
    )
    if (bad) process.exitCode = 1
  }
}

// sweep removes what an older build left behind.
function sweep() {
  const fixed = new Set(['loader.js', ...every.slice(1).map((p) => `${p}.html`)])
  const asset = new RegExp(`^assets/(${every.slice(1).join('|')})(-[\\w-]+)?\\.(js|css)$`)
  for (const f of readdirSync(out, { recursive: true, withFileTypes: true })) {
    const path = join(f.parentPath, f.name)
    const name = relative(out, path)
    if (f.isFile() && !fixed.has(name) && !asset.test(name)) rmSync(path)
  }
}

for (const name of wanted) {
  if (!every.includes(name)) throw new Error(`no page "${name}"; there are ${every.join(', ')}`)
}
mkdirSync(out, { recursive: true })
for (const name of wanted) await (name === 'loader' ? buildLoader() : buildPage(name))
sweep()
report()
