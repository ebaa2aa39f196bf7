import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { checkFirstLoad } from './firstLoad.ts'

// Where `npm run dev` finds the service (or mock/server.mjs).
const service = process.env.HOTLINE_CONSOLE_SERVICE ?? 'http://127.0.0.1:8012'

export default defineConfig({
  base: '/',
  plugins: [vue(), checkFirstLoad()],
  build: {
    outDir: '../static',
    emptyOutDir: true,
    assetsDir: 'assets',
    // Fonts and pictures stay files: the page's security policy allows no data: scripts or fonts.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': service, '/live': { target: service, ws: true }, '/sip': { target: service, ws: true } },
  },
  test: { environment: 'node', include: ['test/**/*.test.ts'] },
})
