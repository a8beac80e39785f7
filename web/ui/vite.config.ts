import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// The real build is build.mjs (one self-contained bundle for each page). This file serves `vite` during development and Vitest.
export default defineConfig({
  plugins: [vue()],
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': 'http://127.0.0.1:8080',
      '/demo': 'http://127.0.0.1:8080',
      '/ws': { target: 'ws://127.0.0.1:8080', ws: true },
    },
  },
  // A busy machine is not a failing test.
  test: { include: ['src/**/*.test.ts'], environment: 'node', testTimeout: 60_000 },
})
